"""Requests on the wire: what is refused unsent, and bodies of all sizes and kinds."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest

from tests.wire.halves import AsyncHalf, Half, request
from tests.wire.scripted import Scripted, answer, serving
from tests.wire.test_faults import ways


@pytest.mark.parametrize(
    ("field", "bad"),
    [
        ("header", (b"X-A", b"b\r\nX-B: c")),
        ("header", (b"X-A", b"b\nX-B: c")),
        ("header", (b"X-A", b"b\x00")),
        ("header", (b"X A", b"b")),
        ("header", (b"X-A:", b"b")),
        ("header", (b"", b"b")),
        ("method", "GET / HTTP/1.1\r\nX: y"),
        ("method", ""),
        ("method", "GÉT"),
    ],
)
@ways
async def test_a_request_that_would_smuggle_lines_is_refused_unsent(half: Half, way: str, field: str, bad: Any) -> None:
    with Scripted(serving(answer())) as server:
        options = {"headers": (bad,)} if field == "header" else {"method": bad}
        with pytest.raises(httpx.LocalProtocolError) as caught:
            await half.call(way, server.url, **options)
        assert "X-B" not in str(caught.value), "values may be secret"
        await asyncio.sleep(0)
        assert server.connections == 0


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/", "//127.0.0.1/", "file:///etc/passwd"])
@ways
async def test_other_schemes_are_refused(half: Half, way: str, url: str) -> None:
    with pytest.raises(httpx.UnsupportedProtocol):
        await half.call(way, url)


@pytest.mark.parametrize(
    "headers",
    [
        ((b"Content-Length", b"5"),),
        ((b"Content-Length", b"1"), (b"Content-Length", b"1")),
        ((b"Content-Length", b"1"), (b"Transfer-Encoding", b"chunked")),
        ((b"Transfer-Encoding", b"gzip"),),
        ((b"Content-Length", b"-1"),),
    ],
)
async def test_a_request_framed_wrongly_is_refused(half: Half, headers: Any) -> None:
    with Scripted(serving(answer())) as server:
        with pytest.raises(httpx.LocalProtocolError):
            await half.send(httpx.Request("POST", server.url, headers=list(headers), stream=httpx.ByteStream(b"x")))
        assert server.received == []


def _parts(half: Half, *parts: bytes) -> Any:
    async def produce() -> AsyncIterator[bytes]:
        for part in parts:
            yield part

    return produce() if isinstance(half, AsyncHalf) else iter(parts)


@pytest.mark.parametrize("length", [None, b"6"])
async def test_a_body_made_while_it_is_sent_arrives(half: Half, length: bytes | None) -> None:
    headers = ((b"Content-Length", length),) if length else ()
    with Scripted(serving(answer())) as server:
        for _ in range(2):
            await half.send(request(server.url, _parts(half, b"abc", b"", b"def"), headers=headers))
        assert [received.body for received in server.received] == [b"abcdef"] * 2
        assert server.connections == 1


@pytest.mark.parametrize("length", [b"5", b"7"])
async def test_a_stream_that_is_not_as_long_as_announced_is_an_error(half: Half, length: bytes) -> None:
    with Scripted(serving(answer())) as server, pytest.raises(httpx.LocalProtocolError, match="length"):
        await half.send(request(server.url, _parts(half, b"abc", b"def"), headers=((b"Content-Length", length),)))


async def test_an_exception_of_the_body_reaches_the_caller_and_breaks_the_connection(half: Half) -> None:
    def parts() -> Iterator[bytes]:
        yield b"abc"
        raise ZeroDivisionError

    async def async_parts() -> AsyncIterator[bytes]:
        for part in parts():
            yield part

    with Scripted(serving(answer())) as server:
        with pytest.raises(ZeroDivisionError):
            await half.send(request(server.url, async_parts() if isinstance(half, AsyncHalf) else parts()))
        assert (await half.send(request(server.url))).content == b"ok"
        assert server.connections == 2


@pytest.mark.parametrize("size", [0, 1, 65_536, 65_537, 5_000_000])
@ways
async def test_bodies_of_any_size_arrive(half: Half, way: str, size: int) -> None:
    body = bytes(bytearray(index % 251 for index in range(min(size, 1000)))) * (size // 1000 or 1)
    with Scripted(serving(answer())) as server:
        await half.call(way, server.url, body)
        assert server.received[0].body == body
        assert server.received[0].headers["content-length"] == str(len(body))
        assert server.received[0].headers["host"] == f"127.0.0.1:{server.port}"


@ways
async def test_get_and_delete_announce_no_body(half: Half, way: str) -> None:
    with Scripted(serving(answer())) as server:
        for method in ("GET", "DELETE"):
            await half.call(way, server.url, None, method=method)
        assert all("content-length" not in received.headers for received in server.received)
