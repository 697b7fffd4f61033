"""What arrives at the caller for everything a server may answer, whole or wrong."""

from __future__ import annotations

import asyncio
import gzip
import tracemalloc
import zlib
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from aleph_alpha._http.wire.protocol import MAX_HEAD_BYTES, MAX_HEADERS, MAX_INFORMATIONAL
from tests.wire.halves import Half, MakeHalf, request
from tests.wire.scripted import Peer, Script, Scripted, answer, serving


@dataclass(frozen=True)
class Case:
    name: str
    sent: bytes
    body: bytes = b"ok"
    status: int = 200
    closes: bool = False  # the server closes behind it
    kept: bool = True  # the connection carries the next request
    method: str = "POST"

    def __str__(self) -> str:
        return self.name


HEAD = b"HTTP/1.1 200 OK\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
LONG = b"y" * (MAX_HEAD_BYTES - 100)
WHOLE = [
    Case("content length", answer(b"ok")),
    Case("empty", answer(b""), b""),
    Case("one length twice", HEAD + b"Content-Length: 2\r\ncontent-length:2 \r\n\r\nok"),
    Case("one length twice with others between", HEAD + b"Content-Length: 2\r\nX: y\r\nContent-Length: 2\r\n\r\nok"),
    Case("one length twice in a line", HEAD + b"Content-Length: 2, 2\r\nX: y\r\n\r\nok"),
    Case("one length twice behind a 100", b"HTTP/1.1 100 C\r\n\r\n" + HEAD + b"Content-Length: 2, 2\r\n\r\nok"),
    Case("no reason", b"HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok"),
    Case("latin-1 reason", b"HTTP/1.1 200 \xe4\r\nContent-Length: 2\r\n\r\nok"),
    Case("large", answer(b"x" * 3_000_000), b"x" * 3_000_000),
    Case("chunked", CHUNKED + b"1\r\no\r\n1\r\nk\r\n0\r\n\r\n"),
    Case("chunk extensions", CHUNKED + b'2;a=b;c="d"\r\nok\r\n0;e\r\n\r\n'),
    Case("trailers", CHUNKED + b"2\r\nok\r\n0\r\nX-Sum: 1\r\nX-More: 2\r\n\r\n"),
    Case("until closed", HEAD + b"\r\nok", closes=True, kept=False),
    Case("connection close", answer(b"ok", "200 OK", "Connection: close"), kept=False),
    Case("http 1.0", b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", kept=False),
    Case("http 1.0 keep-alive", b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok"),
    Case("204", b"HTTP/1.1 204 No Content\r\n\r\n", b"", 204),
    Case("204 announcing a body", b"HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\n", b"", 204),
    Case("304 announcing a body", b"HTTP/1.1 304 Not Modified\r\nContent-Length: 2\r\n\r\n", b"", 304),
    Case("head", b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n", b"", kept=False, method="HEAD"),
    Case("head, chunked", CHUNKED, b"", kept=False, method="HEAD"),
    Case("100 first", b"HTTP/1.1 100 Continue\r\n\r\n" + answer(b"ok")),
    Case("103 and 102 first", b"HTTP/1.1 103 E\r\nLink: </a>\r\n\r\nHTTP/1.1 102 P\r\n\r\n" + answer(b"ok")),
    Case("status 999", answer(b"ok", "999 Odd"), status=999),
    Case("500", answer(b"ok", "500 Oh"), status=500),
    Case("bytes behind it", answer(b"ok") + b"HTTP/1.1 200 OK\r\n", kept=False),
    Case("head of nearly the limit", HEAD + b"X: " + LONG + b"\r\nContent-Length: 2\r\n\r\nok"),
    Case("trailers of nearly the limit", CHUNKED + b"2\r\nok\r\n0\r\nX: " + LONG + b"\r\n\r\n"),
    Case("upgrade offered", answer(b"ok", "200 OK", "Connection: Upgrade", "Upgrade: h2c")),
]


def script_of(case: Case, pieces: list[bytes]) -> Script:
    def script(peer: Peer) -> None:
        while peer.request() is not None:
            for piece in pieces:
                peer.send(piece)
            if case.closes:
                return

    return script


@pytest.mark.parametrize("pieces", ["at once", "in pieces"])
@pytest.mark.parametrize("way", ["send", "exchange"])
@pytest.mark.parametrize("case", WHOLE, ids=str)
async def test_an_answer_arrives_whole_and_its_connection_is_reused_if_it_may(
    half: Half, case: Case, way: str, pieces: str
) -> None:
    middle = len(case.sent) // 2
    cut = [case.sent] if pieces == "at once" else [case.sent[:9], case.sent[9:middle], case.sent[middle:]]
    with Scripted(script_of(case, cut)) as server:
        for _ in range(2):
            assert await half.call(way, server.url, method=case.method) == (case.status, case.body)
        assert server.connections == (1 if case.kept else 2)
        assert len(server.received) == 2


BROKEN = [
    Case("nothing", b"", closes=True),
    Case("not http", b"SSH-2.0-OpenSSH\r\n"),
    Case("http 2", b"HTTP/2.0 200 OK\r\n\r\n"),
    Case("http 0.9", b"<html>hello</html>", closes=True),
    Case("bare line feeds", b"HTTP/1.1 200 OK\nContent-Length: 2\n\nok"),
    Case("an empty line first", b"\r\n" + answer(b"ok")),
    Case("half a head", HEAD + b"Content-Le", closes=True),
    Case("half a body", HEAD + b"Content-Length: 5\r\n\r\nok", closes=True),
    Case("half a chunk", CHUNKED + b"5\r\nok", closes=True),
    Case("no last chunk", CHUNKED + b"2\r\nok\r\n", closes=True),
    Case("no chunk size", CHUNKED + b"x\r\nok\r\n"),
    Case("two lengths", HEAD + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\nok"),
    Case("two lengths in a line", HEAD + b"Content-Length: 2, 3\r\n\r\nok"),
    Case("two spellings of a length", HEAD + b"Content-Length: 2\r\nContent-Length: 02\r\n\r\nok"),
    Case("a length and nothing", HEAD + b"Content-Length: 2\r\nContent-Length:\r\n\r\nok"),
    Case(
        "one length twice, and chunked",
        HEAD + b"Content-Length: 2, 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
    ),
    Case("length and chunked", HEAD + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"),
    Case("negative length", HEAD + b"Content-Length: -2\r\n\r\nok"),
    Case("huge length", HEAD + b"Content-Length: 99999999999999999999999\r\n\r\nok"),
    Case("other coding", HEAD + b"Transfer-Encoding: gzip, chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"),
    Case("NUL in a header", HEAD + b"X: a\x00b\r\nContent-Length: 2\r\n\r\nok"),
    Case("NUL in the reason", b"HTTP/1.1 200 O\x00K\r\nContent-Length: 2\r\n\r\nok"),
    Case("header without a name", HEAD + b": x\r\nContent-Length: 2\r\n\r\nok"),
    Case("folded header", HEAD + b"X: a\r\n b\r\nContent-Length: 2\r\n\r\nok"),
    Case("switching protocols", b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"),
    Case("status 099", answer(b"ok", "099 Odd")),
    Case("100 with a body", b"HTTP/1.1 100 C\r\nContent-Length: 2\r\n\r\nok" + answer(b"ok")),
    Case("100 without end", b"HTTP/1.1 100 C\r\n\r\n" * (MAX_INFORMATIONAL + 1)),
    Case("too many headers", HEAD + b"X: y\r\n" * (MAX_HEADERS + 1) + b"\r\n"),
    Case("HTTP/2 that was not asked for", b"\0\0\x12\x04\0\0\0\0\0" + b"\0\x03\0\0\0\x80" * 3),
    Case("huge header", HEAD + b"X: " + b"y" * (MAX_HEAD_BYTES + 1) + b"\r\n\r\n"),
    Case("header without end", HEAD + b"X: " + b"y" * (2 * MAX_HEAD_BYTES)),
    Case("trailer without end", CHUNKED + b"0\r\nX: " + b"y" * (2 * MAX_HEAD_BYTES)),
    Case("too many trailers", CHUNKED + b"0\r\n" + b"X: y\r\n" * (MAX_HEADERS + 1) + b"\r\n"),
    Case("trailer that frames the body", CHUNKED + b"2\r\nok\r\n0\r\nTransfer-Encoding: x\r\n\r\n"),
    Case("chunk extension without end", CHUNKED + b"1;a=" + b"y" * (2 * MAX_HEAD_BYTES)),
]


@pytest.mark.parametrize("way", ["send", "exchange"])
@pytest.mark.parametrize("case", BROKEN, ids=str)
async def test_a_broken_answer_is_a_protocol_error_that_names_the_server(half: Half, case: Case, way: str) -> None:
    def script(peer: Peer) -> None:
        peer.request()
        peer.send(case.sent)
        if not case.closes:
            peer.until_closed()

    with Scripted(script) as server:
        with pytest.raises(httpx.RemoteProtocolError, match=rf"127\.0\.0\.1:{server.port}") as caught:
            await half.call(way, server.url)
        if way == "send":
            assert caught.value.request.url == server.url
        assert len(server.received) == 1, "a fresh connection's failure is never sent again"


@pytest.mark.parametrize("frame", [b"\0\0\x12\x04\0\0\0\0\0", b"\0\0\x08\x07\0\0\0\0\0"], ids=["SETTINGS", "GOAWAY"])
async def test_a_server_of_http_2_alone_is_called_one(half: Half, frame: bytes) -> None:
    def script(peer: Peer) -> None:
        peer.send(frame)
        peer.until_closed()

    with Scripted(script) as server, pytest.raises(httpx.RemoteProtocolError, match=r"HTTP/2.*HTTP/1\.1"):
        await half.exchange(server.url)


@pytest.mark.parametrize(
    ("encoding", "encoded"),
    [("gzip", gzip.compress(b"hello" * 999, mtime=0)), ("deflate", zlib.compress(b"hello" * 999))],
)
async def test_encoded_content_is_decoded(half: Half, encoding: str, encoded: bytes) -> None:
    with Scripted(serving(answer(encoded, "200 OK", f"Content-Encoding: {encoding}"))) as server:
        assert (await half.send(request(server.url))).content == b"hello" * 999
        assert (await half.exchange(server.url)).content == b"hello" * 999


@pytest.mark.parametrize("size", [1, 5, 20_000])
async def test_gzip_in_several_members_is_decoded_whole(half: Half, size: int) -> None:
    text = bytes(range(256)) * 200
    members = b"".join(gzip.compress(text[at : at + size], mtime=0) for at in range(0, 60 * size, size))
    for behind in (b"", b"\0\0"):
        with Scripted(serving(answer(members + behind, "200 OK", "Content-Encoding: gzip"))) as server:
            assert (await half.call("exchange", server.url))[1] == text[: 60 * size]


async def test_content_that_was_packed_twice_is_unpacked_within_the_limit(make_half: MakeHalf) -> None:
    half = make_half(max_response_bytes=1_000_000)
    twice = zlib.compress(gzip.compress(b"hello" * 999, mtime=0))
    bomb = gzip.compress(gzip.compress(b"\0" * 100_000_000, mtime=0), mtime=0)
    with Scripted(serving(answer(twice, "200 OK", "Content-Encoding: gzip, deflate"))) as server:
        assert (await half.call("exchange", server.url))[1] == b"hello" * 999
    with Scripted(serving(answer(bomb, "200 OK", "Content-Encoding: gzip, gzip"))) as server:
        tracemalloc.start()
        try:
            with pytest.raises(httpx.DecodingError, match="larger than 1000000 bytes"):
                await half.call("exchange", server.url)
            assert tracemalloc.get_traced_memory()[1] < 20_000_000
        finally:
            tracemalloc.stop()


async def test_broken_gzip_is_a_decoding_error(half: Half) -> None:
    broken = b"\x1f\x8b\x08 no gzip"
    with Scripted(serving(answer(broken, "200 OK", "Content-Encoding: gzip"))) as server:
        with pytest.raises(httpx.DecodingError):
            await half.send(request(server.url))
        with pytest.raises(httpx.DecodingError):
            await half.exchange(server.url)


async def test_gzip_that_is_cut_off_is_a_decoding_error(half: Half) -> None:
    whole = gzip.compress(b"4.7.0", mtime=0)
    for cut in range(1, len(whole)):
        cut_off = serving(answer(whole[:cut], "200 OK", "Content-Encoding: gzip"))
        with Scripted(cut_off) as server, pytest.raises(httpx.DecodingError):
            await half.exchange(server.url)


async def test_a_gzip_bomb_is_refused_before_it_is_unpacked(make_half: MakeHalf) -> None:
    half = make_half(max_response_bytes=1_000_000)
    bomb = gzip.compress(b"\0" * 50_000_000, mtime=0)
    with Scripted(serving(answer(bomb, "200 OK", "Content-Encoding: gzip"))) as server:
        with pytest.raises(httpx.DecodingError, match="1000000 bytes"):
            await half.exchange(server.url)
        await half.close()


@pytest.mark.parametrize("framing", ["length", "chunks"])
async def test_content_without_end_is_not_read(make_half: MakeHalf, framing: str) -> None:
    def script(peer: Peer) -> None:
        peer.request()
        if framing == "length":
            peer.send(HEAD + b"Content-Length: 1000000000\r\n\r\n")
        else:
            peer.send(CHUNKED + b"3b9aca00\r\n")
        while True:
            peer.send(b"x" * 100_000)

    half = make_half(max_response_bytes=1_000_000)
    with Scripted(script) as server:
        with pytest.raises(httpx.DecodingError, match=rf"127.0.0.1:{server.port}.*1000000 bytes"):
            await half.exchange(server.url)
        await half.close()


async def test_names_and_values_of_headers_arrive(half: Half) -> None:
    headers = ("X-One: 1", "X-Many: a", "X-Many: b", "X-Spaces:   c \t", "X-Empty:")
    with Scripted(serving(answer(b"ok", "200 OK", *headers))) as server:
        reply = await half.send(request(server.url))
        assert reply.headers.get_list("x-many") == ["a", "b"]
        assert (reply.headers["x-one"], reply.headers["x-spaces"], reply.headers["x-empty"]) == ("1", "c", "")
        found = await half.exchange(server.url)
        assert dict(found.headers)[b"X-Spaces"] == b"c"


async def test_parts_of_a_stream_arrive_as_they_are_sent(half: Half) -> None:
    def script(peer: Peer) -> None:
        peer.request()
        peer.send(CHUNKED)
        for part in (b"one", b"two", b"three"):
            peer.send(b"%x\r\n%b\r\n" % (len(part), part))
            if peer.sock.recv(1) != b"+":  # the client asks for more only when it has this
                return

    with Scripted(script) as server:
        async with half.opened(request(server.url)) as opened:
            stream = _socket_of(opened.response)
            for part in (b"one", b"two", b"three"):
                assert await opened.part() == part
                stream.send(b"+")


def _socket_of(response: httpx.Response) -> Any:
    stream: Any = response.stream
    connection = stream._connection
    return connection._socket if hasattr(connection, "_socket") else _Writes(connection._transport)


class _Writes:
    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport

    def send(self, data: bytes) -> None:
        self._transport.write(data)
