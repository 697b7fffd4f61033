"""The pure parts: heads as they are written, bounds of time, limits of the parser."""

from __future__ import annotations

import time
import tracemalloc

import httpx
import pytest

from aleph_alpha._http.wire.failures import Clock
from aleph_alpha._http.wire.origin import Origin
from aleph_alpha._http.wire.protocol import MAX_HEAD_BYTES, BadResponse, ResponseParser, WireResponse
from aleph_alpha._http.wire.request import RequestHead, outgoing


@pytest.mark.parametrize(
    ("url", "origin", "shown"),
    [
        ("http://a.example", ("http", "a.example", 80), "a.example:80"),
        ("https://a.example", ("https", "a.example", 443), "a.example:443"),
        ("HTTPS://A.Example:8443/x", ("https", "a.example", 8443), "a.example:8443"),
        ("http://[::1]:8000", ("http", "::1", 8000), "[::1]:8000"),
        ("http://bücher.example", ("http", "xn--bcher-kva.example", 80), "xn--bcher-kva.example:80"),
        ("http://user:pass@a.example", ("http", "a.example", 80), "a.example:80"),
    ],
)
def test_an_origin_is_where_the_connection_leads(url: str, origin: tuple[str, str, int], shown: str) -> None:
    found = Origin.of(httpx.URL(url))
    assert found[:3] == origin
    assert str(found) == shown


def test_a_head_is_written_once_and_sent_with_any_body() -> None:
    head = RequestHead("POST", "http://a.example:8000/p?q=1", ((b"Accept", b"*/*"),))
    start = b"POST /p?q=1 HTTP/1.1\r\nHost: a.example:8000\r\nAccept: */*\r\n"
    assert head.outgoing(b"abc").first == start + b"Content-Length: 3\r\n\r\nabc"
    assert head.outgoing(b"").first == start + b"Content-Length: 0\r\n\r\n"
    assert head.outgoing(None).first == start + b"Content-Length: 0\r\n\r\n"
    large = head.outgoing(b"x" * 100_000)
    assert (large.first, large.rest) == (start + b"Content-Length: 100000\r\n\r\n", b"x" * 100_000)


def test_an_answer_does_not_show_its_content() -> None:
    assert repr(WireResponse(200, [(b"X-A", b"b")], b"content", False, False)) == "<WireResponse 200, 7 bytes>"


def test_a_host_header_that_is_given_is_kept() -> None:
    head = RequestHead("GET", "http://a.example/", ((b"host", b"b.example"),))
    assert head.outgoing(None).first == b"GET / HTTP/1.1\r\nhost: b.example\r\n\r\n"


def test_both_ways_write_the_same() -> None:
    head = RequestHead("POST", "http://a.example/p", ((b"Host", b"a.example"), (b"Accept", b"*/*")))
    assert outgoing(head.request(b"abc", {})).first == head.outgoing(b"abc").first
    assert outgoing(head.request(None, {})).first == head.outgoing(None).first


def test_a_parser_serves_one_answer_after_the_other() -> None:
    parser = ResponseParser()
    for number in range(3):
        parser.start()
        parser.feed(b"HTTP/1.1 20%d OK\r\nContent-Length: 1\r\nX-Number: %d\r\n\r\n%d" % (number, number, number))
        assert parser.complete
        assert parser.keep_alive
        assert (parser.status, parser.headers[1], parser.take()) == (
            200 + number,
            (b"X-Number", b"%d" % number),
            [b"%d" % number],
        )


def test_bytes_behind_an_answer_end_the_connection_whenever_they_come() -> None:
    whole = b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx"
    for pieces in ([whole + b"H"], [whole, b"H"], [whole, whole]):
        parser = ResponseParser()
        for piece in pieces:
            parser.feed(piece)
        assert parser.complete
        assert not parser.keep_alive
        assert parser.take() == [b"x"]


def test_a_body_in_tiny_chunks_takes_little_more_memory_than_its_size() -> None:
    parser = ResponseParser()
    parser.feed(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    chunks = b"1\r\nx\r\n" * 40_000
    tracemalloc.start()
    try:
        for _ in range(20):
            parser.feed(chunks)
        assert tracemalloc.get_traced_memory()[0] < 1_000_000
    finally:
        tracemalloc.stop()
    parser.feed(b"2\r\nyz\r\n0\r\n\r\n")
    assert parser.complete
    assert b"".join(parser.take()) == b"x" * 800_000 + b"yz"


def test_an_endless_head_takes_no_more_memory_than_the_limit() -> None:
    parser = ResponseParser()
    parser.feed(b"HTTP/1.1 200 OK\r\nX: ")
    for _ in range(MAX_HEAD_BYTES // 1000):
        parser.feed(b"y" * 1000)
    with pytest.raises(BadResponse, match="larger"):
        parser.feed(b"y" * 1000)


def test_a_clock_takes_the_nearer_bound() -> None:
    now = time.monotonic()
    clock = Clock({"read": 5.0, "write": None}, now + 10)
    read, write, pool = clock.until("read"), clock.until("write"), clock.until("pool")
    assert read is not None
    assert read < now + 6
    assert write == pool == now + 10
    assert Clock({"read": 50.0}, now + 10).until("read") == now + 10
    assert Clock(None, None).until("read") is None
    assert Clock(None, None).remaining() is None
    assert not Clock(None, None).passed()
    assert Clock(None, now - 1).passed()
    assert Clock(None, now - 1).left("read") == Clock(None, now - 1).remaining() == 0


def test_an_error_says_which_bound_was_reached() -> None:
    origin = Origin("http", "a.example", 80)
    now = time.monotonic()
    assert str(Clock({"read": 2.5}, None).error("read", origin)) == (
        "no data from a.example:80 within 2.5 s (read timeout)"
    )
    assert "deadline" in str(Clock({"read": 2.5}, now - 1).error("read", origin))


@pytest.mark.parametrize("chunks", [1, 60, 500])
def test_a_body_in_tiny_chunks_is_held_in_few_parts_however_few_arrive_at_a_time(chunks: int) -> None:
    parser = ResponseParser()
    parser.feed(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    for _ in range(60_000 // chunks):
        parser.feed(b"2\r\nab\r\n" * chunks)
    parser.feed(b"0\r\n\r\n")
    assert parser.complete
    assert len(parser.parts) < 1_200
    assert b"".join(parser.take()) == b"ab" * (60_000 // chunks * chunks)
