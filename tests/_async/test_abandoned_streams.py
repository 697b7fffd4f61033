"""Streams end once, whatever becomes of them: no span stays open, nothing is logged, each has the right parent."""

from __future__ import annotations

import gc
from contextlib import suppress
from typing import Any

import pytest
from opentelemetry import context, trace

from aleph_alpha import AsyncClient, ChatRequest, Message, StreamError
from aleph_alpha._observe.abandoned import settled
from tests._async.sending import client_for
from tests.event_streams import DONE, Streaming, chunk, data, text
from tests.telemetry.exported import Exported

REQUEST = ChatRequest("some-model", [Message("user", "Hi")])
PARTS = (data(text("Hel")), data(text("lo"), chunk(finish_reason="stop")), DONE)


async def to_the_end(client: AsyncClient) -> None:
    assert [event async for event in client.stream_chat(REQUEST)]


async def closed(client: AsyncClient) -> None:
    async with client.stream_chat(REQUEST) as stream:
        await anext(stream)


async def closed_unread(client: AsyncClient) -> None:
    async with client.stream_chat(REQUEST):
        pass


async def closed_twice(client: AsyncClient) -> None:
    stream = client.stream_chat(REQUEST)
    await anext(stream)
    await stream.close()
    await stream.close()


async def left_by_an_error(client: AsyncClient) -> None:
    with suppress(LookupError):
        async with client.stream_chat(REQUEST) as stream:
            await anext(stream)
            raise LookupError


async def dropped(client: AsyncClient) -> None:
    await anext(client.stream_chat(REQUEST))


async def dropped_in_a_circle(client: AsyncClient) -> None:
    circle: list[Any] = [client.stream_chat(REQUEST)]
    circle.append(circle)
    await anext(circle[0])


async def generator_closed(client: AsyncClient) -> None:
    items: Any = client.chat_with_streaming(REQUEST)
    await anext(items)
    await items.aclose()


async def text_dropped(client: AsyncClient) -> None:
    pieces: Any = client.stream_chat(REQUEST).text()
    await anext(pieces)
    await pieces.aclose()


async def broken(client: AsyncClient) -> None:
    with pytest.raises(StreamError):
        await client_for(Streaming(PARTS[0]), telemetry=client._settings.telemetry).stream_chat(REQUEST).final()


WAYS = [
    to_the_end,
    closed,
    closed_unread,
    closed_twice,
    left_by_an_error,
    dropped,
    dropped_in_a_circle,
    generator_closed,
    text_dropped,
    broken,
]


async def abandon(number: int, exported: Exported) -> None:
    """So many streams, each in a span of its own that is its parent."""
    client = client_for(Streaming(*PARTS), telemetry=exported.option())
    tracer = exported.tracers.get_tracer("test")
    for index in range(number):
        with tracer.start_as_current_span("parent", attributes={"index": index}) as parent:
            await WAYS[index % len(WAYS)](client)
            assert trace.get_current_span() is parent
    gc.collect()
    assert settled(60)


def check(number: int, exported: Exported, caplog: pytest.LogCaptureFixture) -> None:
    assert exported.open.begun == exported.open.ended == 2 * number
    spans = exported.spans
    parents = {span.context.span_id: span for span in spans if span.context is not None and span.name == "parent"}
    streams = [span for span in spans if span.name == "chat some-model"]
    assert len(streams) == len(parents) == number
    assert {span.parent.span_id for span in streams if span.parent is not None} == parents.keys()
    assert caplog.records == []


@pytest.mark.parametrize("way", WAYS)
async def test_a_stream_ends_once_whatever_becomes_of_it(
    way: Any, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    exported = Exported()
    monkeypatch.setitem(globals(), "WAYS", [way])
    await abandon(2, exported)
    check(2, exported, caplog)
    assert context.get_current() == {}


@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_ten_thousand_streams_leave_nothing_behind(caplog: pytest.LogCaptureFixture) -> None:
    exported = Exported()
    await abandon(10_000, exported)
    check(10_000, exported, caplog)
