# Made from tests/_async/test_abandoned_streams.py by scripts/unasync.py: change it there, then run `make fix`.
"""Streams end once, whatever becomes of them: no span stays open, nothing is logged, each has the right parent."""

from __future__ import annotations

import gc
from contextlib import suppress
from typing import Any

import pytest
from opentelemetry import context, trace

from aleph_alpha import ChatRequest, Client, Message, StreamError
from aleph_alpha._observe.abandoned import settled
from tests._sync.sending import client_for
from tests.event_streams import DONE, Streaming, chunk, data, text
from tests.telemetry.exported import Exported

REQUEST = ChatRequest("some-model", [Message("user", "Hi")])
PARTS = (data(text("Hel")), data(text("lo"), chunk(finish_reason="stop")), DONE)


def to_the_end(client: Client) -> None:
    assert [event for event in client.stream_chat(REQUEST)]


def closed(client: Client) -> None:
    with client.stream_chat(REQUEST) as stream:
        next(stream)


def closed_unread(client: Client) -> None:
    with client.stream_chat(REQUEST):
        pass


def closed_twice(client: Client) -> None:
    stream = client.stream_chat(REQUEST)
    next(stream)
    stream.close()
    stream.close()


def left_by_an_error(client: Client) -> None:
    with suppress(LookupError):
        with client.stream_chat(REQUEST) as stream:
            next(stream)
            raise LookupError


def dropped(client: Client) -> None:
    next(client.stream_chat(REQUEST))


def dropped_in_a_circle(client: Client) -> None:
    circle: list[Any] = [client.stream_chat(REQUEST)]
    circle.append(circle)
    next(circle[0])


def generator_closed(client: Client) -> None:
    items: Any = client.chat_with_streaming(REQUEST)
    next(items)
    items.close()


def text_dropped(client: Client) -> None:
    pieces: Any = client.stream_chat(REQUEST).text()
    next(pieces)
    pieces.close()


def broken(client: Client) -> None:
    with pytest.raises(StreamError):
        client_for(Streaming(PARTS[0]), telemetry=client._settings.telemetry).stream_chat(REQUEST).final()


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


def abandon(number: int, exported: Exported) -> None:
    """So many streams, each in a span of its own that is its parent."""
    client = client_for(Streaming(*PARTS), telemetry=exported.option())
    tracer = exported.tracers.get_tracer("test")
    for index in range(number):
        with tracer.start_as_current_span("parent", attributes={"index": index}) as parent:
            WAYS[index % len(WAYS)](client)
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
def test_a_stream_ends_once_whatever_becomes_of_it(
    way: Any, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    exported = Exported()
    monkeypatch.setitem(globals(), "WAYS", [way])
    abandon(2, exported)
    check(2, exported, caplog)
    assert context.get_current() == {}


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_ten_thousand_streams_leave_nothing_behind(caplog: pytest.LogCaptureFixture) -> None:
    exported = Exported()
    abandon(10_000, exported)
    check(10_000, exported, caplog)
