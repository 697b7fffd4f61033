"""Answers that are no success: a megabyte of their content is enough, and their status comes out whatever it is."""

from __future__ import annotations

import asyncio
import gzip
import time
import tracemalloc
import zlib
from typing import Any

import httpx
import pytest

from aleph_alpha._http.connections import AsyncConnections
from aleph_alpha._http.unpacking import unpacked
from aleph_alpha._http.wire.protocol import MAX_ERROR_BYTES, WireResponse
from tests.wire.halves import AsyncHalf, Half, MakeHalf, SyncHalf, request
from tests.wire.scripted import Peer, Scripted, answer, serving

pytestmark = pytest.mark.slow

ZIPPED = "Content-Encoding: gzip"
WAYS = ["wire", "proxy", "client"]


def reached(make_half: MakeHalf, server: Scripted, way: str) -> tuple[Half, str]:
    """A half, and the address by which it comes to the server."""
    if way == "proxy":
        return make_half(proxy=server.url), "http://far.example"
    if way == "wire":
        return make_half(), server.url
    own: Any = httpx.AsyncClient() if isinstance(make_half(), AsyncHalf) else httpx.Client()
    return make_half(own), server.url


async def closed(half: Half) -> None:
    own: Any = half.connections._client  # type: ignore[attr-defined]
    if own is not None:
        await own.aclose() if isinstance(half, AsyncHalf) else own.close()
    await half.close()


async def received(half: Half, url: str, kind: str) -> WireResponse:
    """By ``exchange``, or as for streams: ``send``, and ``receive`` when it turns out to be an error."""
    if kind == "exchange":
        return await half.exchange(url)
    assert isinstance(half, AsyncHalf | SyncHalf)
    connections = half.connections
    if isinstance(connections, AsyncConnections):
        return await connections.receive(await connections.send(request(url)))
    return await asyncio.to_thread(lambda: connections.receive(connections.send(request(url))))


@pytest.mark.parametrize("kind", ["exchange", "send"])
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("status", ["302 Found", "429 Slow", "503 Busy"])
async def test_an_error_without_end_is_cut_and_keeps_its_status(
    make_half: MakeHalf, status: str, way: str, kind: str
) -> None:
    def script(peer: Peer) -> None:
        peer.request()
        peer.send(f"HTTP/1.1 {status}\r\nContent-Length: 100000000000\r\n\r\nbegin".encode())
        while True:
            peer.send(b"x" * 100_000)

    with Scripted(script) as server:
        half, url = reached(make_half, server, way)
        found = await received(half, url, kind)
        assert (str(found.status), len(found.content)) == (status[:3], MAX_ERROR_BYTES)
        assert found.content.startswith(b"beginx")
        await closed(half)


@pytest.mark.parametrize("way", WAYS)
async def test_an_error_as_long_as_is_read_is_whole_and_keeps_its_connection(make_half: MakeHalf, way: str) -> None:
    body = b"y" * MAX_ERROR_BYTES
    with Scripted(serving(answer(body, "500 Error"))) as server:
        half, url = reached(make_half, server, way)
        for _ in range(2):
            assert (await half.exchange(url)).content == body
        assert server.connections == 1 or way != "wire"
        await closed(half)


BROKEN: dict[str, tuple[bytes, bytes]] = {
    "no gzip": (b"<html>busy</html>", b""),
    "cut off": (gzip.compress(b'{"code": "QUEUE_FULL"}' + bytes(range(256)) * 9)[:-20], b'{"code": "QUEUE_FULL"}'),
    "a bomb": (gzip.compress(b'{"code": "QUEUE_FULL"}' + b" " * 50_000_000), b'{"code": "QUEUE_FULL"}'),
    "longer than is read": (gzip.compress(b"ab" + zlib.compress(b"c" * 9) * 200_000, 0), b"ab"),
}


@pytest.mark.parametrize("kind", ["exchange", "send"])
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", BROKEN)
async def test_an_error_whose_content_cannot_be_unpacked_keeps_its_status(
    make_half: MakeHalf, name: str, way: str, kind: str
) -> None:
    sent, begins = BROKEN[name]
    with Scripted(serving(answer(sent, "503 Busy", ZIPPED))) as server:
        half, url = reached(make_half, server, way)
        found = await received(half, url, kind)
        assert found.status == 503
        assert found.content.startswith(begins)
        assert len(found.content) <= MAX_ERROR_BYTES
        await closed(half)


@pytest.mark.parametrize("way", WAYS)
async def test_the_packed_content_of_an_error_is_unpacked(make_half: MakeHalf, way: str) -> None:
    with Scripted(serving(answer(gzip.compress(b'{"code": "X"}'), "400 Bad Request", ZIPPED))) as server:
        half, url = reached(make_half, server, way)
        assert (await half.exchange(url)).content == b'{"code": "X"}'
        await closed(half)


def packed(content: bytes, wbits: int) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, wbits)
    return packer.compress(content) + packer.flush()


FORMATS = {"gzip": ("gzip", 31), "x-gzip": ("x-gzip", 31), "deflate": ("deflate", 15), "bare deflate": ("deflate", -15)}


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("size", [0, 1, 100_000, 3_000_000])
def test_each_way_to_pack_is_unpacked_whole_whatever_stands_behind_it(name: str, size: int) -> None:
    encoding, wbits = FORMATS[name]
    content = bytes(range(251)) * (size // 251 + 1)
    headers = [(b"Content-Encoding", encoding.encode())]
    for behind in (b"", b"behind" * 10_000):
        sent = packed(content[:size], wbits) + behind
        assert unpacked(WireResponse(200, headers, sent, True, False), 1 << 30).content == content[:size]
    with pytest.raises(httpx.DecodingError, match=encoding):
        unpacked(WireResponse(200, headers, packed(content[:size], wbits)[:-1], True, False), 1 << 30)


@pytest.mark.parametrize("name", FORMATS)
def test_a_bomb_takes_little_more_memory_than_is_allowed(name: str) -> None:
    encoding, wbits = FORMATS[name]
    bomb = packed(b"\0" * 200_000_000, wbits)
    found = WireResponse(200, [(b"Content-Encoding", encoding.encode())], bomb, True, False)
    tracemalloc.start()
    try:
        with pytest.raises(httpx.DecodingError, match="larger than 1000000 bytes"):
            unpacked(found, 1_000_000)
        assert tracemalloc.get_traced_memory()[1] < 2_500_000
    finally:
        tracemalloc.stop()


@pytest.mark.direct  # in a proxy between, a reset takes along what has not been passed on
@pytest.mark.parametrize("kind", ["exchange", "send"])
@pytest.mark.parametrize("ends", ["closes", "resets"])
@pytest.mark.parametrize("framing", ["Content-Length: 100", "Transfer-Encoding: chunked", "Connection: close"])
async def test_an_error_that_breaks_off_in_the_middle_is_the_error_that_it_is(
    half: Half, framing: str, ends: str, kind: str
) -> None:
    """As from a gateway that refuses a request without having read it."""

    def script(peer: Peer) -> None:
        peer.request()
        peer.send(f"HTTP/1.1 503 Busy\r\n{framing}\r\n\r\n".encode())
        if ends == "resets":
            time.sleep(0.1)  # a reset overtakes what has not been read
            peer.reset()

    with Scripted(script) as server:
        assert (await received(half, server.url, kind)).status == 503
        assert len(server.received) == 1
