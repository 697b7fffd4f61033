"""A call, a batch or a stream can be given up at any moment; the client serves the next calls as before."""

from __future__ import annotations

import asyncio
import itertools
import linecache
import sys
from collections.abc import Callable, Coroutine, Generator, Iterator
from types import FrameType
from typing import Any

import pytest

from aleph_alpha import (
    AsyncClient,
    BatchSemanticEmbeddingRequest,
    Client,
    CompletionRequest,
    Prompt,
    SemanticRepresentation,
)
from tests.trust.leaks import held, tasks, watched
from tests.trust.networks import certified, right, trusting
from tests.wire.scripted import Scripted

MODEL = "some-model"
COMPLETION = CompletionRequest(Prompt.from_text("x"), maximum_tokens=1)
BATCH = BatchSemanticEmbeddingRequest([Prompt.from_text(text) for text in "abc"], SemanticRepresentation.Symmetric)
LIMIT = 2  # connections: a place that is lost twice ends all


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
        assert len([event async for event in events]) == 3


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
    with Scripted(right, context=context) as server:
        yield server.url, {"limit": LIMIT, "request_timeout_seconds": 30, "verify_ssl": trusting() if context else True}


@pytest.mark.parametrize("connection", ["fresh", "reused"])
@pytest.mark.parametrize("doing", [call, batch, stream])
async def test_cancelled_at_any_await_the_client_serves_the_next_calls(
    doing: Any, connection: str, place: tuple[str, dict[str, Any]]
) -> None:
    url, options = place
    with watched():
        async with AsyncClient("token", url, **options) as client:
            await asyncio.gather(call(client), call(client))
            open_before, running = len(held()), tasks()
            step = 0
            for step in itertools.count(1):
                if connection == "fresh":
                    await client.close()
                reached = await cancelled_at(step, doing, client)
                for _ in range(20 // LIMIT):
                    await asyncio.gather(*(call(client) for _ in range(LIMIT)))
                assert tasks() == running
                if not reached:
                    break
            assert step > 1
            for _ in range(1_000 // 8):
                await asyncio.gather(*(call(client) for _ in range(8)))
            assert len(held()) <= open_before


# --- threads: Ctrl-C --------------------------------------------------------------------------------


def sync_batch(client: Client) -> None:
    client.batch_semantic_embed(BATCH, MODEL, 2, batch_size=1)


def sync_stream(client: Client) -> None:
    with client.stream_complete(COMPLETION, MODEL) as events:
        assert len(list(events)) == 3


def sync_call(client: Client) -> None:
    client.complete(COMPLETION, MODEL)


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
        return on_line if "aleph_alpha/_sync" in name or "aleph_alpha/_http" in name else None

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
@pytest.mark.parametrize("doing", [sync_call, sync_batch, sync_stream])
def test_ctrl_c_at_any_line_leaves_a_client_that_serves_the_next_calls(doing: Callable[[Client], None]) -> None:
    with (
        Scripted(right) as server,
        watched(),
        Client("token", server.url, limit=LIMIT, request_timeout_seconds=30) as client,
    ):
        step = 0
        for step in itertools.count(1):
            reached = interrupted_at(step, doing, client)
            for _ in range(LIMIT):
                sync_call(client)
            if not reached:
                break
        assert step > 20
        for _ in range(1_000):
            sync_call(client)
