# Made from tests/_async/test_stream_connections.py by scripts/unasync.py: change it there, then run `make fix`.
"""Streams on real connections: given back or closed however they end, and bounded in time."""

from __future__ import annotations

import gc
import time
from typing import Any

import pytest

from aleph_alpha import ChatRequest, Client, Message, StreamError, TextDelta, errors as err
from aleph_alpha._runtime.threads import in_background
from tests.event_server import END, PAUSE, EventServer, event_server
from tests.event_streams import DONE, chunk, data, text

pytestmark = pytest.mark.proxied

REQUEST = ChatRequest("some-model", [Message("user", "Hi")])
BEGINNING = data(text("Hel"))
REST = data(text("lo"), chunk(finish_reason="stop")) + DONE


def left(server: EventServer, how: str) -> None:
    """Read the first event, and leave in one way or another."""
    with Client("token", server.url) as client:
        stream: Any = client.stream_chat(REQUEST)
        if how == "garbage":
            next(stream)
            del stream
            gc.collect()
        elif how == "generator":
            items: Any = client.chat_with_streaming(REQUEST)
            next(items)
            items.close()
        elif how == "close":
            next(stream)
            stream.close()
        else:
            try:
                with stream:
                    next(stream)
                    if how == "exception":
                        raise LookupError
            except LookupError:
                pass
        assert in_background(server.gone.wait, 5), "the connection is still open"


@pytest.mark.parametrize("how", ["block", "exception", "close", "garbage", "generator"])
def test_a_stream_that_is_left_early_closes_its_connection(how: str) -> None:
    with event_server(BEGINNING, PAUSE, REST, END) as server:
        left(server, how)


@pytest.mark.parametrize("parts", [(BEGINNING, REST, END), (BEGINNING, REST + DONE, b": bye\n", END)])
def test_a_stream_that_was_read_gives_its_connection_back(parts: tuple[bytes, ...]) -> None:
    with event_server(*parts) as server:
        with Client("token", server.url, limit=1) as client:
            for _ in range(3):
                assert (client.stream_chat(REQUEST).final()).message.content == "Hello"
                assert [item for item in client.chat_with_streaming(REQUEST)]
                with client.stream_chat(REQUEST) as stream:
                    assert [piece for piece in stream.text()] == ["Hel", "lo"]
        assert (server.connections, server.requests) == (1, 9)


def test_a_server_that_does_not_end_its_answer_costs_a_connection_and_a_second_at_most() -> None:
    with event_server(BEGINNING, REST, PAUSE) as server:
        with Client("token", server.url, limit=1, request_timeout_seconds=30) as client:
            started = time.monotonic()
            assert (client.stream_chat(REQUEST).final()).message.content == "Hello"
            assert time.monotonic() - started < 10  # not the 30 s that the next event might take
        assert in_background(server.gone.wait, 5)


@pytest.mark.parametrize("drip", [b"", b": still here\n\n", b"data: "])
def test_a_stall_is_told_with_what_had_come(drip: bytes) -> None:
    """Comments and halves of events are no events."""
    with event_server(BEGINNING, PAUSE, drip=drip) as server:
        with Client("token", server.url, request_timeout_seconds=0.3) as client:
            with pytest.raises(err.StreamTimeoutError, match=r"no event came for 0\.3 s") as caught:
                client.stream_chat(REQUEST).final()
            assert caught.value.events == [TextDelta(0, "Hel")]
            assert isinstance(caught.value, (TimeoutError, StreamError))
            assert in_background(server.gone.wait, 5)


@pytest.mark.parametrize("drip", [b"", b": still here\n\n"])
def test_the_first_event_has_to_come_in_time(drip: bytes) -> None:
    with event_server(PAUSE, drip=drip) as server:
        with Client("token", server.url, request_timeout_seconds=0.3) as client:
            with pytest.raises(err.StreamTimeoutError) as caught:
                client.stream_chat(REQUEST).final()
            assert caught.value.events == []
        assert server.requests == 1  # a stream that has begun is not tried again


def test_a_stream_may_take_longer_than_the_time_between_its_events() -> None:
    with event_server(PAUSE, END, drip=BEGINNING) as server:
        with Client("token", server.url, request_timeout_seconds=0.5) as client:
            started = time.monotonic()
            with client.stream_chat(REQUEST) as stream:
                for _ in stream:
                    if time.monotonic() - started > 1.0:
                        break


def test_a_slow_reader_is_no_slow_server() -> None:
    """Only waiting counts: the events are there while the reader is busy."""
    with event_server(BEGINNING, REST, END) as server:
        client = Client("token", server.url, request_timeout_seconds=0.3)
        with client, client.stream_chat(REQUEST) as stream:
            in_background(time.sleep, 0.4)
            for _ in stream:
                in_background(time.sleep, 0.4)
            assert (stream.final()).message.content == "Hello"


def test_the_deadline_bounds_the_whole_stream() -> None:
    with event_server(PAUSE, END, drip=BEGINNING) as server:
        with Client("token", server.url, deadline=0.5) as client:
            with pytest.raises(err.StreamTimeoutError, match="deadline") as caught:
                client.stream_chat(REQUEST).final()
            assert len(caught.value.events) > 1


def test_a_connection_that_is_cut_keeps_what_had_come() -> None:
    with event_server(BEGINNING, PAUSE) as server:
        with Client("token", server.url) as client, client.stream_chat(REQUEST) as stream:
            assert next(stream) == TextDelta(0, "Hel")
            server.cut()
            with pytest.raises(err.StreamConnectionError) as caught:
                stream.final()
            assert caught.value.events == [TextDelta(0, "Hel")]
