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
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

BODY = {"model": "some-model", "prompt": "An apple", "tokens": True, "token_ids": False}
CLIENT = "aleph_alpha_client" if importlib.util.find_spec("aleph_alpha_client") else "aleph_alpha"
Ends = list[tuple[float, str]]  # seconds, and the error


class Load:
    """So many calls, so many at once, for at least so long; every second one for another model where there is one."""

    def __init__(self, calls: int, at_once: int, least: float = 0.0, other: str = "", **options: Any) -> None:
        self.calls, self.at_once, self.least, self.other, self.options = calls, at_once, least, other, options
        self.started = 0.0  # with the first call
        self.begun = 0

    def more(self) -> str | None:
        """The model of the next call."""
        self.started = self.started or time.monotonic()
        if self.begun >= self.calls and time.monotonic() - self.started >= self.least:
            return None
        self.begun += 1
        return self.other if self.other and self.begun % 2 else str(BODY["model"])


async def in_tasks(load: Load, call: Callable[[str], Any]) -> Ends:
    ends: Ends = []

    async def work() -> None:
        while (model := load.more()) is not None:
            started, error = time.monotonic(), ""
            try:
                await call(model)
            except Exception as caught:
                error = f"{type(caught).__name__} {model}"
            ends.append((time.monotonic() - started, error))

    await asyncio.gather(*(work() for _ in range(load.at_once)))
    return ends


def in_threads(load: Load, call: Callable[[str], Any]) -> Ends:
    ends: Ends = []

    def work(_: int) -> None:
        while (model := load.more()) is not None:
            started, error = time.monotonic(), ""
            try:
                call(model)
            except Exception as caught:
                error = f"{type(caught).__name__} {model}"
            ends.append((time.monotonic() - started, error))

    with ThreadPoolExecutor(load.at_once) as threads:
        list(threads.map(work, range(load.at_once)))
    return ends


async def client_async(load: Load, url: str) -> Ends:
    """`ours`, and the vendor's, whose names are the same."""
    package: Any = importlib.import_module(CLIENT)
    async with package.AsyncClient("token", url, **load.options) as client:
        request = package.TokenizationRequest("An apple", tokens=True, token_ids=False)
        return await in_tasks(load, lambda model: client.tokenize(request, model))


def client_threads(load: Load, url: str) -> Ends:
    package: Any = importlib.import_module(CLIENT)
    client = package.Client("token", url, **load.options)
    request = package.TokenizationRequest("An apple", tokens=True, token_ids=False)
    return in_threads(load, lambda model: client.tokenize(request, model))


async def httpx_async(load: Load, url: str) -> Ends:
    import httpx

    async with httpx.AsyncClient(timeout=60) as client:

        async def call(model: str) -> None:
            (await client.post(f"{url}/tokenize", json={**BODY, "model": model})).raise_for_status()

        return await in_tasks(load, call)


def httpx_threads(load: Load, url: str) -> Ends:
    import httpx

    with httpx.Client(timeout=60) as client:
        return in_threads(
            load, lambda model: client.post(f"{url}/tokenize", json={**BODY, "model": model}).raise_for_status()
        )


async def aiohttp_async(load: Load, url: str) -> Ends:
    aiohttp: Any = importlib.import_module("aiohttp")
    async with aiohttp.ClientSession(raise_for_status=True) as session:

        async def call(model: str) -> None:
            async with session.post(f"{url}/tokenize", json={**BODY, "model": model}) as response:
                await response.read()

        return await in_tasks(load, call)


def main(peer: str, url: str, options: str) -> None:
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
