"""Sends the calls of one load with one client, and prints how they ended; runs in the client's own environment.

python worker.py PEER URL '{"calls": 30, "at_once": 30}'
"""

from __future__ import annotations

import asyncio
import collections
import importlib.util
import json
import sys
import time
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

BODY = {"model": "some-model", "prompt": "An apple", "tokens": True, "token_ids": False}
CLIENT = "aleph_alpha_client" if importlib.util.find_spec("aleph_alpha_client") else "aleph_alpha"
Ends = list[tuple[float, str]]  # seconds, and the error


class Load:
    """So many calls, so many at once, for at least so long.

    Every second one is for another model where there is one; `before`: as many as at once are made before
    and not counted.
    """

    def __init__(
        self, calls: int, at_once: int = 0, least: float = 0.0, other: str = "", before: bool = False, **options: Any
    ) -> None:
        self.calls, self.at_once, self.least, self.other, self.options = calls, at_once, least, other, options
        self.before = before
        self.started = 0.0  # with the first call
        self.begun = 0

    def more(self) -> tuple[str, int] | None:
        """Model and number of the next call."""
        self.started = self.started or time.monotonic()
        if self.begun >= self.calls and time.monotonic() - self.started >= self.least:
            return None
        self.begun += 1
        return self.other if self.other and self.begun % 2 else str(BODY["model"]), self.begun

    @property
    def verifies(self) -> bool:
        """Whether certificates are looked at."""
        return bool(self.options.get("verify_ssl", True))


async def in_tasks(load: Load, call: Callable[[str, int], Any]) -> Ends:
    ends: Ends = []
    if load.before:
        await asyncio.gather(*(call(str(BODY["model"]), 0) for _ in range(load.at_once)))

    async def work() -> None:
        while (following := load.more()) is not None:
            model, number = following
            started, error = time.monotonic(), ""
            try:
                await call(model, number)
            except Exception as caught:
                error = f"{type(caught).__name__} {model}"
            ends.append((time.monotonic() - started, error))

    await asyncio.gather(*(work() for _ in range(load.at_once)))
    return ends


def in_threads(load: Load, call: Callable[[str, int], Any]) -> Ends:
    ends: Ends = []

    def work(_: int) -> None:
        while (following := load.more()) is not None:
            model, number = following
            started, error = time.monotonic(), ""
            try:
                call(model, number)
            except Exception as caught:
                error = f"{type(caught).__name__} {model}"
            ends.append((time.monotonic() - started, error))

    with ThreadPoolExecutor(load.at_once) as threads:
        if load.before:
            list(threads.map(lambda _: call(str(BODY["model"]), 0), range(load.at_once)))
        list(threads.map(work, range(load.at_once)))
    return ends


def body(model: str, number: int) -> dict[str, Any]:
    return {**BODY, "model": model, "prompt": f"{number}"}


async def client_async(load: Load, url: str) -> Ends:
    """`ours`, and the vendor's, whose names are the same."""
    package: Any = importlib.import_module(CLIENT)
    async with package.AsyncClient("token", url, **load.options) as client:

        def call(model: str, number: int) -> Any:
            request = package.TokenizationRequest(f"{number}", tokens=True, token_ids=False)
            return client.tokenize(request, model)

        return await in_tasks(load, call)


def client_threads(load: Load, url: str) -> Ends:
    package: Any = importlib.import_module(CLIENT)
    client = package.Client("token", url, **load.options)

    def call(model: str, number: int) -> Any:
        request = package.TokenizationRequest(f"{number}", tokens=True, token_ids=False)
        return client.tokenize(request, model)

    return in_threads(load, call)


def requests_of(load: Load) -> list[Any]:
    package: Any = importlib.import_module(CLIENT)
    load.started = time.monotonic()
    return [
        package.CompletionRequest(package.Prompt.from_text(f"{number}"), maximum_tokens=1)
        for number in range(load.calls)
    ]


def ends_of(load: Load, error: Any = None) -> Ends:
    """Of a call for many requests: all take as long as it does."""
    took = time.monotonic() - load.started
    lost = 0 if error is None else len(error.remaining)
    return [(took, type(error).__name__ if number < lost else "") for number in range(load.calls)]


async def many_async(load: Load, url: str) -> Ends:
    package: Any = importlib.import_module(CLIENT)
    async with package.AsyncClient("token", url, **load.options) as client:
        try:
            await client.complete_many(requests_of(load), str(BODY["model"]))
        except package.AlephAlphaError as error:
            return ends_of(load, error)
        return ends_of(load)


def many_threads(load: Load, url: str) -> Ends:
    package: Any = importlib.import_module(CLIENT)
    with package.Client("token", url, **load.options) as client:
        try:
            client.complete_many(requests_of(load), str(BODY["model"]))
        except package.AlephAlphaError as error:
            return ends_of(load, error)
        return ends_of(load)


async def httpx_async(load: Load, url: str) -> Ends:
    import httpx

    async with httpx.AsyncClient(timeout=60, verify=load.verifies) as client:

        async def call(model: str, number: int) -> None:
            (await client.post(f"{url}/tokenize", json=body(model, number))).raise_for_status()

        return await in_tasks(load, call)


def httpx_threads(load: Load, url: str) -> Ends:
    import httpx

    with httpx.Client(timeout=60, verify=load.verifies) as client:
        return in_threads(
            load,
            lambda model, number: client.post(f"{url}/tokenize", json=body(model, number)).raise_for_status(),
        )


async def aiohttp_async(load: Load, url: str) -> Ends:
    aiohttp: Any = importlib.import_module("aiohttp")
    connector = aiohttp.TCPConnector(ssl=load.verifies)
    async with aiohttp.ClientSession(raise_for_status=True, trust_env=True, connector=connector) as session:

        async def call(model: str, number: int) -> None:
            async with session.post(f"{url}/tokenize", json=body(model, number)) as response:
                await response.read()

        return await in_tasks(load, call)


def main(peer: str, url: str, options: str) -> None:
    warnings.simplefilter("ignore")  # of certificates that nobody looks at
    load = Load(**json.loads(options))
    function: Any = globals()[peer]
    result = function(load, url)
    ends: Ends = asyncio.run(result) if asyncio.iscoroutine(result) else result
    errors = collections.Counter(error for _, error in ends if error)
    seconds = sorted(each for each, _ in ends)
    print(
        json.dumps(
            {
                "calls": len(ends),
                "lost": errors.total(),
                "errors": errors,
                "first": seconds[0],
                "longest": seconds[-1],
                "ended": time.monotonic(),
                "seconds": time.monotonic() - load.started,
            }
        )
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
