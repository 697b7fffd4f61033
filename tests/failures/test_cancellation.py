"""Whatever a client does can be given up at any moment; it serves the next calls as before.

How many moments there are: ``pytest -s tests/failures/test_cancellation.py``.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import linecache
import sys
import threading
from collections.abc import Callable, Coroutine, Generator, Iterator
from contextlib import aclosing, closing
from types import FrameType
from typing import Any

import pytest

from aleph_alpha import (
    AsyncClient,
    BatchSemanticEmbeddingRequest,
    ChatRequest,
    Client,
    CompletionRequest,
    Message,
    Prompt,
    SemanticRepresentation,
)
from aleph_alpha._async import sender as async_sender
from aleph_alpha._sync import sender as sync_sender
from tests.event_streams import DONE, call_piece, chunk, data, text
from tests.failures.networks import certified, right_answer, trusting
from tests.leaks import held, tasks, watched
from tests.wire.scripted import Peer, Received, Scripted, answer

pytestmark = [pytest.mark.slow, pytest.mark.proxied]

MODEL = "some-model"
COMPLETION = CompletionRequest(Prompt.from_text("x"), maximum_tokens=1)
BATCH = BatchSemanticEmbeddingRequest([Prompt.from_text(text) for text in "abc"], SemanticRepresentation.Symmetric)
CHAT = ChatRequest(MODEL, [Message("user", "What is the weather in Paris?")])
LIMIT = 2  # connections: a place that is lost twice ends all

CALL = {"id": "1", "type": "function", "function": {"name": "weather", "arguments": '{"place": "Paris"}'}}
ASKS: dict[str, Any] = {"role": "assistant", "content": None, "tool_calls": [CALL]}
TELLS: dict[str, Any] = {"role": "assistant", "content": "It rains."}
CHUNKS = data(
    chunk({"role": "assistant", "content": ""}),
    text("It "),
    text("rains."),
    chunk({"tool_calls": [call_piece(0, "", "1", "weather")]}),
    chunk({"tool_calls": [call_piece(0, CALL["function"]["arguments"])]}),  # type: ignore[index]
    chunk(finish_reason="tool_calls"),
)


SECOND_PART = threading.Event()  # of a stream is asked for


class Api:
    """Answers whatever is asked; refuses some prompts once; keeps the second part of a stream until it is asked for."""

    def __init__(self) -> None:
        self.refused: set[bytes] = set()

    def __call__(self, peer: Peer) -> None:
        while (request := peer.request()) is not None:
            if b"refused at first" in request.body and request.body not in self.refused:
                self.refused.add(request.body)
                peer.send(answer(b"", "500 Error"))
                continue
            whole = chat_answer(request) if request.target.endswith("/completions") else right_answer(request)
            if b'"stream":true' in request.body:
                cut = whole.index(b"data:", whole.index(b"ell") if b'"well"' in whole else whole.index(b"It "))
                peer.send(whole[:cut])
                SECOND_PART.wait(60)
                whole = whole[cut:]
            peer.send(whole)


def chat_answer(request: Received) -> bytes:
    """A call of a tool, and when that was made, a text."""
    if b'"stream":true' in request.body:
        return answer(CHUNKS + DONE, "200 OK", "Content-Type: text/event-stream")
    message, reason = (TELLS, "stop") if b'"role":"tool"' in request.body else (ASKS, "tool_calls")
    choices = [{"index": 0, "message": message, "finish_reason": reason, "logprobs": None}]
    return answer(json.dumps({"id": "1", "created": 1, "model": MODEL, "choices": choices}).encode())


def taken(event: object) -> object:
    """Of a stream; the next ones may come."""
    SECOND_PART.set()
    return event


numbers = itertools.count()


def refused_at_first() -> CompletionRequest:
    return CompletionRequest(Prompt.from_text(f"refused at first {next(numbers)}"), maximum_tokens=1)


class Steps:
    """Counts the times at which any task of the loop waits, and cancels one task at a chosen time."""

    def __init__(self, target: int) -> None:
        self.count = 0
        self.target = target
        self.cancels: asyncio.Task[Any] | None = None

    def take(self) -> None:
        self.count += 1
        if self.count == self.target and self.cancels is not None:
            asyncio.get_running_loop().call_soon(self.cancels.cancel)

    def factory(self, loop: asyncio.AbstractEventLoop, coroutine: Any, **options: Any) -> asyncio.Task[Any]:
        """Tasks that are counted, for `loop.set_task_factory`."""
        return asyncio.Task(Counted(coroutine, self), loop=loop, **options)


class Counted(Coroutine[Any, Any, Any]):
    """A coroutine that tells each time it waits."""

    def __init__(self, coroutine: Coroutine[Any, Any, Any], steps: Steps) -> None:
        self._coroutine = coroutine
        self._steps = steps

    def __await__(self) -> Generator[Any, Any, Any]:
        return self._coroutine.__await__()

    def send(self, value: Any) -> Any:
        waited_for = self._coroutine.send(value)
        self._steps.take()
        return waited_for

    def throw(self, *error: Any) -> Any:
        waited_for = self._coroutine.throw(*error)
        self._steps.take()
        return waited_for

    def close(self) -> None:
        self._coroutine.close()


async def call(client: AsyncClient) -> None:
    await client.complete(COMPLETION, MODEL)


async def batch(client: AsyncClient) -> None:
    await client.batch_semantic_embed(BATCH, MODEL, 3, batch_size=1)


async def stream(client: AsyncClient) -> None:
    async with client.stream_complete(COMPLETION, MODEL) as events:
        assert len([taken(event) async for event in events]) == 3


async def with_a_retry(client: AsyncClient) -> None:
    await client.complete(refused_at_first(), MODEL)


async def many(client: AsyncClient) -> None:
    assert len(await client.complete_many([COMPLETION] * 4, MODEL, num_concurrent_requests=3)) == 4


async def batches(client: AsyncClient) -> None:
    async with aclosing(client.iter_batch_semantic_embed(BATCH, MODEL, 2, batch_size=1)) as parts:
        assert len([part async for part in parts]) == 3


async def chat_stream(client: AsyncClient) -> None:
    async with client.stream_chat(CHAT) as stream:
        assert len([taken(event) async for event in stream]) > 3
        assert len((await stream.final()).tool_calls) == 1


async def chat_items(client: AsyncClient) -> None:
    async with aclosing(client.chat_with_streaming(CHAT)) as items:
        assert len([taken(item) async for item in items]) > 3


async def tools(client: AsyncClient) -> None:
    async def weather(place: str) -> str:
        await asyncio.sleep(0)
        return f"It rains in {place}."

    run = await client.chat_with_tools(CHAT, tools=[weather])
    assert run.response.message.content == "It rains."


async def cancelled_at(step: int, doing: Callable[[AsyncClient], Any], client: AsyncClient) -> bool:
    """Whether it came to that step; if it did, it was cancelled there."""
    loop, steps = asyncio.get_running_loop(), Steps(step)
    loop.set_task_factory(steps.factory)
    try:
        steps.cancels = asyncio.create_task(doing(client))
        await asyncio.wait([steps.cancels])
    finally:
        loop.set_task_factory(None)
    if steps.count >= step:
        # What cannot be cancelled any more is the end of the work.
        assert steps.cancels.cancelled() or steps.cancels.exception() is None
        return True
    return False


@pytest.fixture(params=["http", "https"])
def place(request: pytest.FixtureRequest) -> Iterator[tuple[str, dict[str, Any]]]:
    """A server that answers, with and without TLS."""
    context = certified("127.0.0.1") if request.param == "https" else None
    with Scripted(Api(), context=context) as server:
        yield server.url, {"limit": LIMIT, "request_timeout_seconds": 30, "verify_ssl": trusting() if context else True}


@pytest.mark.parametrize("connection", ["fresh", "reused"])
@pytest.mark.parametrize("doing", [call, with_a_retry, batch, batches, many, stream, chat_stream, chat_items, tools])
async def test_cancelled_at_any_await_the_client_serves_the_next_calls(
    doing: Any, connection: str, place: tuple[str, dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def sleep(seconds: float) -> None:
        await asyncio.sleep(0)

    monkeypatch.setattr(async_sender, "sleep", sleep)
    url, options = place
    with watched():
        async with AsyncClient("token", url, **options) as client:
            await asyncio.gather(call(client), call(client))
            open_before, running = len(held()), tasks()
            step = 0
            for step in itertools.count(1):
                if connection == "fresh":
                    await client.close()
                SECOND_PART.clear()
                reached = await cancelled_at(step, doing, client)
                SECOND_PART.set()
                for _ in range(20 // LIMIT):
                    await asyncio.gather(*(call(client) for _ in range(LIMIT)))
                assert tasks() == running
                if not reached:
                    break
            print(step - 1, "awaits")
            assert step > 1
            for _ in range(1_000 // 8):
                await asyncio.gather(*(call(client) for _ in range(8)))
            assert len(held()) <= open_before


# --- threads: Ctrl-C --------------------------------------------------------------------------------


def sync_batch(client: Client) -> None:
    client.batch_semantic_embed(BATCH, MODEL, 2, batch_size=1)


def sync_stream(client: Client) -> None:
    with client.stream_complete(COMPLETION, MODEL) as events:
        assert len(list(map(taken, events))) == 3


def sync_call(client: Client) -> None:
    client.complete(COMPLETION, MODEL)


def sync_with_a_retry(client: Client) -> None:
    client.complete(refused_at_first(), MODEL)


def sync_many(client: Client) -> None:
    assert len(client.complete_many([COMPLETION] * 3, MODEL, num_concurrent_requests=2)) == 3


def sync_batches(client: Client) -> None:
    with closing(client.iter_batch_semantic_embed(BATCH, MODEL, 2, batch_size=1)) as parts:
        assert len(list(parts)) == 3


def sync_chat_stream(client: Client) -> None:
    with client.stream_chat(CHAT) as stream:
        assert len(list(map(taken, stream))) > 3


def sync_tools(client: Client) -> None:
    def weather(place: str) -> str:
        return f"It rains in {place}."

    assert client.chat_with_tools(CHAT, tools=[weather]).response.message.content == "It rains."


def interrupted_at(step: int, doing: Callable[[Client], None], client: Client) -> bool:
    """Raise KeyboardInterrupt at a line of ours, counted from 1; whether it came to that line."""
    lines = 0

    def on_line(frame: FrameType, event: str, _: object) -> Any:
        nonlocal lines
        if event == "line":
            lines += 1
            # A lock is taken and freed without anything in between; only a tracer sees a line there.
            text = linecache.getline(frame.f_code.co_filename, frame.f_lineno).strip()
            if lines == step and not text.startswith("with "):
                raise KeyboardInterrupt
        return on_line

    def on_call(frame: FrameType, _event: str, _: object) -> Any:
        name = frame.f_code.co_filename
        return on_line if any(f"aleph_alpha/{room}" in name for room in ("_sync", "_http", "_runtime")) else None

    sys.settrace(on_call)
    try:
        doing(client)
    except KeyboardInterrupt:
        pass
    finally:
        sys.settrace(None)
    return lines >= step


@pytest.mark.skipif(sys.gettrace() is not None, reason="something else traces")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # Ctrl-C in a finalizer is only shown
@pytest.mark.parametrize(
    "doing",
    [
        *(sync_call, sync_with_a_retry, sync_batch, sync_batches, sync_many),
        *(sync_stream, *(pytest.param(longer, marks=pytest.mark.direct) for longer in (sync_chat_stream, sync_tools))),
    ],
)
def test_ctrl_c_at_any_line_leaves_a_client_that_serves_the_next_calls(
    doing: Callable[[Client], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sync_sender, "sleep", lambda seconds: None)
    with (
        Scripted(Api()) as server,
        watched(),
        Client("token", server.url, limit=LIMIT, request_timeout_seconds=30) as client,
    ):
        step = 0
        for step in itertools.count(1):
            SECOND_PART.clear()
            reached = interrupted_at(step, doing, client)
            SECOND_PART.set()
            for _ in range(LIMIT):
                sync_call(client)
            if not reached:
                break
        print(step - 1, "lines")
        assert step > 20
        for _ in range(1_000):
            sync_call(client)
