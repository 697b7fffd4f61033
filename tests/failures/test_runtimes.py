"""Event loops other than asyncio's, and the exit of the interpreter: what cannot be done there is said so."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from aleph_alpha import (
    APIConnectionError,
    AsyncClient,
    BatchSemanticEmbeddingRequest,
    CompletionRequest,
    Prompt,
    SemanticRepresentation,
    UnsupportedRuntimeError,
)
from aleph_alpha.testing import LocalServer
from tests.scripted import Script, answer

REQUEST = CompletionRequest(Prompt.from_text("An apple a day"), maximum_tokens=3)
BATCH = BatchSemanticEmbeddingRequest([Prompt(text) for text in "abc"], SemanticRepresentation.Symmetric, 128)
Use = Callable[[AsyncClient], Awaitable[Any]]


async def iterated(client: AsyncClient) -> list[Any]:
    return [response async for response in client.iter_complete_many([REQUEST] * 3, "toy-base")]


async def streamed(client: AsyncClient) -> Any:
    return await client.stream_complete(REQUEST, "toy-base").final()


WORKS: dict[str, Use] = {
    "a call": lambda client: client.complete(REQUEST, "toy-base"),
    "a stream": streamed,
    "what is parsed in a thread": lambda client: client.tokenizer("toy-base"),
    "many requests, one by one": lambda client: client.complete_many(
        [REQUEST] * 3, "toy-base", num_concurrent_requests=1
    ),
}
REFUSED: dict[str, Use] = {
    "many requests at once": lambda client: client.complete_many([REQUEST] * 3, "toy-base", num_concurrent_requests=2),
    "an iterator of many": iterated,
    "a batch at once": lambda client: client.batch_semantic_embed(BATCH, "toy-base", 2, batch_size=1),
}


def under_trio(use: Use, host: str, **options: Any) -> Any:
    trio = pytest.importorskip("trio")  # not of the tests' dependencies: anyio would run every async test with it, too

    async def main() -> Any:
        async with AsyncClient("token", host, **options) as client:
            return await use(client)

    return trio.run(main)


# httpx leaves generators to be collected, of which trio warns.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("use", WORKS)
def test_under_trio_single_calls_work(use: str) -> None:
    with LocalServer() as server:
        assert under_trio(WORKS[use], server.url)


@pytest.mark.parametrize("use", REFUSED)
def test_under_trio_many_requests_at_once_are_refused_before_one_is_sent(use: str) -> None:
    with LocalServer() as server:
        with pytest.raises(UnsupportedRuntimeError, match=r"asyncio.*trio\.to_thread"):
            under_trio(REFUSED[use], server.url)
        assert server.faults.seen == []


def test_under_trio_a_call_is_tried_again_as_elsewhere() -> None:
    with pytest.raises(APIConnectionError) as caught:
        under_trio(WORKS["a call"], "http://127.0.0.1:1", total_retries=1)
    assert caught.value.attempts == 2


def test_without_an_event_loop_the_error_says_what_there_must_be() -> None:
    call = AsyncClient("token", "http://127.0.0.1:1").complete(REQUEST, "toy-base")
    with pytest.raises(UnsupportedRuntimeError, match="asyncio or trio"):
        call.send(None)


@pytest.mark.parametrize("use", REFUSED)
def test_without_asyncio_many_requests_at_once_are_refused_before_one_is_sent(use: str) -> None:
    script = Script(answer())
    http_client = httpx.AsyncClient(transport=httpx.MockTransport(script))
    client = AsyncClient("token", "https://api.example.com", http_client=http_client)

    async def main() -> Any:
        return await REFUSED[use](client)

    with pytest.raises(UnsupportedRuntimeError, match=r"asyncio.*trio\.to_thread"):
        main().send(None)
    assert script.requests == []


EXIT = """
import asyncio, atexit
from aleph_alpha import AsyncClient, Client, CompletionRequest, Prompt
from aleph_alpha.testing import LocalServer

server = LocalServer()
server.__enter__()
host = server.url.replace("127.0.0.1", "localhost")
request = CompletionRequest(Prompt.from_text("a"), maximum_tokens=3)
sync, asynchronous = Client("token", host, total_retries=0), AsyncClient("token", host, total_retries=0)

def run(call):
    async def main():
        return await call()
    return asyncio.run(main())

CALLS = {
    "call": lambda: sync.complete(request, "toy-base"),
    "one by one": lambda: sync.complete_many([request] * 3, "toy-base", num_concurrent_requests=1),
    "tokenizer": lambda: sync.tokenizer("toy-base"),
    "at once": lambda: sync.complete_many([request] * 3, "toy-base", num_concurrent_requests=2),
    "iterated": lambda: list(sync.iter_complete_many([request] * 3, "toy-base")),
    "async call": lambda: run(lambda: asynchronous.complete(request, "toy-base")),
    "async many": lambda: run(lambda: asynchronous.complete_many([request] * 3, "toy-base")),
    "async tokenizer": lambda: run(lambda: asynchronous.tokenizer("toy-base")),
}

def at_exit():
    for name, call in CALLS.items():
        try:
            call()
            print(name, "done")
        except Exception as error:
            print(name, type(error).__name__, "exits" in str(error), "Client" in str(error))
    server.__exit__(None, None, None)

atexit.register(at_exit)
"""


def test_a_call_at_the_exit_of_the_interpreter_works_or_says_what_does() -> None:
    command = [sys.executable, "-c", textwrap.dedent(EXIT)]
    ended = subprocess.run(
        command, capture_output=True, text=True, timeout=100, cwd=Path(__file__).parents[2], check=False
    )
    assert ended.stdout.splitlines() == [
        "call done",
        "one by one done",
        "tokenizer done",
        "at once UnsupportedRuntimeError True True",
        "iterated UnsupportedRuntimeError True True",
        "async call UnsupportedRuntimeError True True",
        "async many UnsupportedRuntimeError True True",
        "async tokenizer UnsupportedRuntimeError True True",
    ], ended.stderr
