"""Each span has the parent that was current where its call was made: in tasks, threads, batches and bulk jobs."""

from __future__ import annotations

import asyncio
import gc
import random
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from opentelemetry import context, trace

from aleph_alpha import (
    AsyncClient,
    BatchSemanticEmbeddingRequest,
    ChatRequest,
    Client,
    CompletionRequest,
    Message,
    Prompt,
    SemanticRepresentation,
    bulk,
)
from aleph_alpha._observe import abandoned
from aleph_alpha.testing import LocalServer
from tests.event_server import END, PAUSE, EventServer, event_server
from tests.event_streams import DONE, chunk, data, text
from tests.telemetry.exported import Exported

REQUEST = ChatRequest("some-model", [Message("user", "Hi")])
BEGINNING, REST = data(text("Hel")), data(text("lo"), chunk(finish_reason="stop")) + DONE
COMPLETIONS = [CompletionRequest(Prompt.from_text(f"Text {number}"), maximum_tokens=1) for number in range(12)]
BATCH = BatchSemanticEmbeddingRequest([Prompt.from_text("a")] * 12, SemanticRepresentation.Document)


@pytest.fixture
def exported() -> Exported:
    return Exported()


@pytest.fixture
def streaming() -> Iterator[EventServer]:
    with event_server(BEGINNING, REST, END) as server:
        yield server


@pytest.fixture
def pausing() -> Iterator[EventServer]:
    """Its streams begin, and do not go on."""
    with event_server(BEGINNING, PAUSE, REST, END) as server:
        yield server


def check(exported: Exported, number: int, caplog: pytest.LogCaptureFixture) -> None:
    """So many streams, each under the one parent that has its number."""
    gc.collect()
    assert abandoned.settled(60)
    assert exported.open.begun == exported.open.ended == 2 * number
    parents = {span.context.span_id for span in exported.spans if span.name == "parent" and span.context is not None}
    streams = [span.parent.span_id for span in exported.spans if span.name != "parent" and span.parent is not None]
    assert len(parents) == len(streams) == number
    assert set(streams) == parents
    assert caplog.records == []


# --- tasks -------------------------------------------------------------------------------------


async def whole(client: AsyncClient) -> None:
    assert (await client.stream_chat(REQUEST).final()).message.content == "Hello"


async def dropped(client: AsyncClient) -> None:
    await anext(client.stream_chat(REQUEST))


async def closed(client: AsyncClient) -> None:
    async with client.stream_chat(REQUEST) as stream:
        await anext(stream)


async def left_generator(client: AsyncClient) -> None:
    async for _ in client.chat_with_streaming(REQUEST):
        break


async def closed_elsewhere(client: AsyncClient) -> None:
    """As servers do: the stream begins in one task, and is closed in another with another context."""
    stream = client.stream_chat(REQUEST)
    await anext(stream)

    async def close() -> None:
        await stream.close()

    await asyncio.create_task(close(), context=contextless())


async def generator_closed_elsewhere(client: AsyncClient) -> None:
    items: Any = client.chat_with_streaming(REQUEST)
    await anext(items)

    async def close() -> None:
        await items.aclose()

    await asyncio.create_task(close(), context=contextless())


async def cancelled(client: AsyncClient) -> None:
    began = asyncio.Event()

    async def read() -> None:
        async for _ in client.stream_chat(REQUEST):
            began.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(read())
    await began.wait()
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def cancelled_before_it_began(client: AsyncClient) -> None:
    task = asyncio.create_task(whole(client))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


def contextless() -> Any:
    import contextvars

    return contextvars.Context()


WAYS: list[Callable[[AsyncClient], Awaitable[None]]] = [
    whole,
    dropped,
    closed,
    left_generator,
    closed_elsewhere,
    generator_closed_elsewhere,
    cancelled,
    cancelled_before_it_began,
]


async def in_tasks(number: int, at_once: int, server: EventServer, exported: Exported) -> None:
    tracer = exported.tracers.get_tracer("test")
    numbers = iter(range(number))

    async def work(client: AsyncClient) -> None:
        for index in numbers:
            with tracer.start_as_current_span("parent") as parent:
                await WAYS[index % len(WAYS)](client)
                assert trace.get_current_span() is parent

    async with AsyncClient("token", server.url, telemetry=exported.option()) as client:
        await asyncio.gather(*(work(client) for _ in range(at_once)))
    gc.collect()
    await asyncio.sleep(0)  # generators that were dropped are closed by the loop


@pytest.mark.parametrize("way", WAYS)
async def test_streams_in_tasks(
    way: Any, streaming: EventServer, exported: Exported, caplog: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(globals(), "WAYS", [way])
    await in_tasks(4, 2, streaming, exported)
    check(exported, 4, caplog)
    assert context.get_current() == {}


@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_ten_thousand_streams_in_tasks(streaming: EventServer, exported: Exported, caplog: Any) -> None:
    await in_tasks(10_000, 20, streaming, exported)
    check(exported, 10_000, caplog)


async def test_a_stream_that_is_read_is_not_the_parent_of_what_its_reader_does(
    streaming: EventServer, exported: Exported
) -> None:
    tracer = exported.tracers.get_tracer("test")
    async with AsyncClient("token", streaming.url, telemetry=exported.option()) as client:
        with tracer.start_as_current_span("outer") as outer:
            async for _ in client.chat_with_streaming(REQUEST):
                tracer.start_span("inner").end()
    inner = [span for span in exported.spans if span.name == "inner"]
    assert len(inner) > 1
    assert {span.parent.span_id for span in inner if span.parent} == {outer.get_span_context().span_id}


# --- threads -----------------------------------------------------------------------------------


def in_threads(number: int, at_once: int, server: EventServer, exported: Exported) -> None:
    tracer = exported.tracers.get_tracer("test")
    failures: list[BaseException] = []

    def one(client: Client, index: int) -> None:
        way = index % 5
        if way == 4:
            for _ in client.chat_with_streaming(REQUEST):
                break
            return
        stream = client.stream_chat(REQUEST)
        if way == 0:
            assert stream.final()
        elif way == 1:
            with stream:
                next(stream)
        elif way == 2:
            next(stream)
            closing = threading.Thread(target=stream.close)
            closing.start()
            closing.join()
        else:
            circle: list[Any] = [stream]
            circle.append(circle)
            next(stream)

    def work(client: Client, indices: range) -> None:
        try:
            for index in indices:
                with tracer.start_as_current_span("parent") as parent:
                    one(client, index)
                    assert trace.get_current_span() is parent
        except BaseException as error:
            failures.append(error)

    with Client("token", server.url, telemetry=exported.option()) as client:
        threads = [
            threading.Thread(target=work, args=(client, range(first, number, at_once))) for first in range(at_once)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        gc.collect()
    assert failures == []


def test_streams_in_threads(streaming: EventServer, exported: Exported, caplog: Any) -> None:
    in_threads(30, 3, streaming, exported)
    check(exported, 30, caplog)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_ten_thousand_streams_in_threads(streaming: EventServer, exported: Exported, caplog: Any) -> None:
    in_threads(10_000, 7, streaming, exported)
    check(exported, 10_000, caplog)


# --- batches and bulk jobs ---------------------------------------------------------------------


def under_one_parent(exported: Exported, number: int) -> None:
    [outer] = [span for span in exported.spans if span.name == "outer"]
    assert outer.context is not None
    calls = [span for span in exported.spans if span.name != "outer"]
    assert len(calls) == number
    assert {span.parent.span_id for span in calls if span.parent is not None} == {outer.context.span_id}
    assert exported.open.begun == exported.open.ended


@pytest.mark.parametrize("at_once", [1, 4])
def test_batches_of_a_sync_client(at_once: int, aleph_alpha_server: LocalServer, exported: Exported) -> None:
    client = Client("token", aleph_alpha_server.url, telemetry=exported.option())
    with client, exported.tracers.get_tracer("test").start_as_current_span("outer"):
        client.complete_many(COMPLETIONS, "toy-base", num_concurrent_requests=at_once)
        assert list(client.iter_complete_many(COMPLETIONS, "toy-base", num_concurrent_requests=at_once))
        client.batch_semantic_embed(BATCH, "toy-base", num_concurrent_requests=at_once, batch_size=3)
    under_one_parent(exported, 12 + 12 + 4)


@pytest.mark.parametrize("at_once", [1, 4])
async def test_batches_of_an_async_client(at_once: int, aleph_alpha_server: LocalServer, exported: Exported) -> None:
    async with AsyncClient("token", aleph_alpha_server.url, telemetry=exported.option()) as client:
        with exported.tracers.get_tracer("test").start_as_current_span("outer"):
            await client.complete_many(COMPLETIONS, "toy-base", num_concurrent_requests=at_once)
            many = client.iter_complete_many(COMPLETIONS, "toy-base", num_concurrent_requests=at_once)
            assert [response async for response in many]
            await client.batch_semantic_embed(BATCH, "toy-base", num_concurrent_requests=at_once, batch_size=3)
    under_one_parent(exported, 12 + 12 + 4)


async def test_batches_that_are_left_end_all_of_their_spans(
    aleph_alpha_server: LocalServer, exported: Exported
) -> None:
    async with AsyncClient("token", aleph_alpha_server.url, telemetry=exported.option()) as client:
        many: Any = client.iter_complete_many(COMPLETIONS, "toy-base", num_concurrent_requests=4)
        await anext(many)
        await many.aclose()
    with Client("token", aleph_alpha_server.url, telemetry=exported.option()) as sync:
        for _ in sync.iter_complete_many(COMPLETIONS, "toy-base", num_concurrent_requests=4):
            break
    gc.collect()
    assert exported.open.begun == exported.open.ended > 1


def job(exported: Exported, server: LocalServer, output: Path) -> None:
    client = AsyncClient("token", server.url, telemetry=exported.option())
    task = bulk.Complete("toy-base", "text", fields={"maximum_tokens": 1})
    rows = [{"id": number, "text": f"Text {number}"} for number in range(20)]
    with exported.tracers.get_tracer("test").start_as_current_span("outer"):
        assert bulk.run(task, rows, key="id", output=output, client=client, progress=False).done == 20


def test_bulk_jobs(aleph_alpha_server: LocalServer, exported: Exported, tmp_path: Path) -> None:
    job(exported, aleph_alpha_server, tmp_path)
    under_one_parent(exported, 20)


async def test_bulk_jobs_where_an_event_loop_runs(
    aleph_alpha_server: LocalServer, exported: Exported, tmp_path: Path
) -> None:
    job(exported, aleph_alpha_server, tmp_path)
    under_one_parent(exported, 20)


# --- garbage collections at a bad time ---------------------------------------------------------


class Counter:
    """A handler with a lock, as counters have them."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.ends: list[str] = []

    def __call__(self, event: Any) -> None:
        assert self.lock.acquire(timeout=5), "a deadlock"
        with suppress(AttributeError):
            self.ends.append(event.end)
        self.lock.release()


def begun_stream(client: Client) -> Any:
    stream = client.stream_chat(REQUEST)
    next(stream)
    return stream


def begun_generator(client: Client) -> Any:
    items = client.chat_with_streaming(REQUEST)
    next(items)
    return items


def begun_text(client: Client) -> Any:
    pieces = client.stream_chat(REQUEST).text()
    next(pieces)
    return pieces


@pytest.mark.parametrize(
    ("begun", "end"), [(begun_stream, "abandoned"), (begun_generator, "closed"), (begun_text, "abandoned")]
)
def test_a_collection_while_a_handler_holds_its_lock_is_no_deadlock(begun: Any, end: str, pausing: EventServer) -> None:
    count = Counter()
    with Client("token", pausing.url, on_event=count) as client:
        circle: list[Any] = [begun(client)]
        circle.append(circle)
        del circle
        with count.lock:
            gc.collect()
            assert count.ends == []
        assert abandoned.settled()
    assert count.ends == [end]


def test_a_call_that_is_collected_while_a_handler_holds_its_lock_is_no_deadlock(pausing: EventServer) -> None:
    count = Counter()

    class Waits:
        """Never done."""

        def __await__(self) -> Any:
            yield

    async def token() -> str:
        await Waits()
        return "token"

    async def call() -> None:
        client = AsyncClient(token, pausing.url, on_event=count)
        await client.chat(REQUEST)

    coroutine = call()
    coroutine.send(None)  # waits for the token
    with count.lock:
        del coroutine
        gc.collect()
        assert count.ends == []
    assert abandoned.settled()
    assert count.ends == ["failed"]


def test_the_thread_is_gone_when_no_stream_is_open(pausing: EventServer) -> None:
    with Client("token", pausing.url, on_event=lambda event: None) as client, client.stream_chat(REQUEST) as stream:
        next(stream)
        [thread] = [one for one in threading.enumerate() if one.name == "aleph-alpha-abandoned"]
    thread.join(10)
    assert not thread.is_alive()
    with Client("token", pausing.url, on_event=lambda event: None) as client, client.stream_chat(REQUEST) as stream:
        next(stream)
        assert [one for one in threading.enumerate() if one.name == "aleph-alpha-abandoned"]


def test_of_many_that_try_to_end_a_stream_one_succeeds(pausing: EventServer, exported: Exported) -> None:
    with Client("token", pausing.url, telemetry=exported.option()) as client:
        for _ in range(20):
            stream = client.stream_chat(REQUEST)
            next(stream)
            start = threading.Barrier(4)

            def close(stream: Any = stream, start: threading.Barrier = start) -> None:
                start.wait()
                with suppress(Exception):
                    stream.close()

            closing = [threading.Thread(target=close) for _ in range(3)]
            for thread in closing:
                thread.start()
            start.wait()
            if random.random() < 0.5:
                del stream
            for thread in closing:
                thread.join()
    assert len(exported.spans) == exported.open.begun == exported.open.ended == 20
