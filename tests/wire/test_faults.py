"""Which exception, and when: connecting, sending, waiting, reading, under each bound of time."""

from __future__ import annotations

import contextlib
import errno
import os
import select
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from aleph_alpha._http.connections import ConnectionSettings
from aleph_alpha._http.wire.failures import Clock
from aleph_alpha._http.wire.origin import Origin
from aleph_alpha._http.wire.request import RequestHead
from aleph_alpha._http.wire.sync_connection import SyncConnection
from tests.wire.halves import TIMEOUTS, Half, MakeHalf, Opened, SyncHalf, request
from tests.wire.scripted import Peer, Script, Scripted, answer, serving

SHORT = 0.15
LARGE = b"x" * 30_000_000  # more than the buffers of a loopback connection hold


@contextmanager
def within(seconds: float, least: float = 0.0) -> Iterator[None]:
    """Not earlier than ``least``, and not so late that a bound was missed; generous for busy machines."""
    started = time.monotonic()
    yield
    took = time.monotonic() - started
    assert least - 0.01 <= took < seconds, f"took {took:.2f} s"


def timeouts(**given: float | None) -> dict[str, float | None]:
    return {**TIMEOUTS, **given}


async def _fails(half: Half, way: str, url: str, kind: type[Exception], match: str, **options: Any) -> Any:
    with pytest.raises(kind, match=match) as caught:
        await half.call(way, url, **options)
    assert type(caught.value) is kind
    return caught.value


ways = pytest.mark.parametrize("way", ["send", "exchange"])


@pytest.mark.direct
@ways
async def test_a_refused_connection_is_a_connect_error_with_its_cause(half: Half, way: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    error = await _fails(half, way, f"http://127.0.0.1:{port}", httpx.ConnectError, f"127.0.0.1:{port}.*ECONNREFUSED")
    assert isinstance(error.__cause__, OSError)


@pytest.mark.direct
@ways
async def test_an_unknown_host_is_a_connect_error_that_names_it(half: Half, way: str) -> None:
    error = await _fails(half, way, "http://no-such-host.invalid", httpx.ConnectError, "no-such-host.invalid")
    assert isinstance(error.__cause__, socket.gaierror)


@pytest.mark.direct
@pytest.mark.parametrize("bound", ["connect", "deadline"])
async def test_a_host_that_does_not_accept_is_a_connect_timeout(half: Half, bound: str) -> None:
    with full_backlog() as port:
        options: dict[str, Any] = {"timeouts": timeouts(connect=SHORT)} if bound == "connect" else {"seconds": SHORT}
        with within(3, SHORT):
            await _fails(half, "send", f"http://127.0.0.1:{port}", httpx.ConnectTimeout, f"127.0.0.1:{port}", **options)


@contextmanager
def full_backlog() -> Iterator[int]:
    """A port on which connecting hangs: nobody accepts, and the queue is full."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        port = listener.getsockname()[1]
        fillers = []
        for _ in range(4):
            filler = socket.socket()
            filler.setblocking(False)
            filler.connect_ex(("127.0.0.1", port))
            fillers.append(filler)
        try:
            yield port
        finally:
            for filler in fillers:
                filler.close()


def _addresses(monkeypatch: pytest.MonkeyPatch, *ports: int) -> None:
    """Let the name ``many.example`` have one address for each port."""
    genuine = socket.getaddrinfo

    def look_up(host: Any, port: Any, *arguments: Any, **options: Any) -> Any:
        if host != "many.example":
            return genuine(host, port, *arguments, **options)
        if options.get("flags", 0) & socket.AI_NUMERICHOST:
            raise socket.gaierror(socket.EAI_NONAME, "no number")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", each)) for each in ports]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)


@pytest.mark.direct
async def test_an_address_that_hangs_does_not_keep_the_next_one_waiting(
    half: Half, monkeypatch: pytest.MonkeyPatch
) -> None:
    with full_backlog() as hanging, Scripted(serving(answer())) as server, within(3, 0.2):
        _addresses(monkeypatch, hanging, server.port)
        assert (await half.exchange("http://many.example")).content == b"ok"


async def test_the_first_address_is_left_time_to_answer(half: Half, monkeypatch: pytest.MonkeyPatch) -> None:
    with Scripted(serving(answer(b"first"))) as first, Scripted(serving(answer(b"second"))) as second:
        _addresses(monkeypatch, first.port, second.port)
        for _ in range(5):
            assert (await half.exchange("http://many.example")).content == b"first"
        assert second.connections == 0


@pytest.mark.direct
async def test_addresses_that_refuse_are_passed_over(half: Half, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        refusing = listener.getsockname()[1]
    with Scripted(serving(answer())) as server:
        _addresses(monkeypatch, refusing, refusing, server.port)
        assert (await half.exchange("http://many.example")).content == b"ok"
        _addresses(monkeypatch, refusing, refusing)
        await half.close()
        await _fails(half, "exchange", "http://many.example", httpx.ConnectError, r"many\.example:80.*ECONNREFUSED")


@pytest.mark.direct
@pytest.mark.parametrize("bound", ["connect", "deadline"])
async def test_addresses_that_all_hang_are_a_connect_timeout(
    half: Half, monkeypatch: pytest.MonkeyPatch, bound: str
) -> None:
    options: dict[str, Any] = {"timeouts": timeouts(connect=0.4)} if bound == "connect" else {"seconds": 0.4}
    with full_backlog() as one, full_backlog() as other, within(3, 0.4):
        _addresses(monkeypatch, one, other)
        await _fails(half, "exchange", "http://many.example", httpx.ConnectTimeout, "many.example", **options)


@pytest.mark.parametrize("bound", ["connect", "deadline"])
async def test_a_look_up_that_hangs_is_a_connect_timeout(
    half: Half, monkeypatch: pytest.MonkeyPatch, bound: str
) -> None:
    over = threading.Event()

    def look_up(*_: Any, flags: int = 0, **__: Any) -> Any:
        if not flags & socket.AI_NUMERICHOST:
            over.wait(10)
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    options: dict[str, Any] = {"timeouts": timeouts(connect=SHORT)} if bound == "connect" else {"seconds": SHORT}
    try:
        with within(3, SHORT):
            await _fails(half, "exchange", "http://slow.example", httpx.ConnectTimeout, "slow.example", **options)
    finally:
        over.set()


@pytest.mark.parametrize("scheme", ["plain", "busy"])
async def test_without_poll_the_wire_waits_by_select(scheme: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on Windows."""
    monkeypatch.delattr(select, "poll", raising=False)
    half = SyncHalf(ConnectionSettings())
    with Scripted(serving(answer())) as server:
        body = LARGE if scheme == "busy" else b"x"
        for _ in range(3):
            assert await half.call("exchange", server.url, body) == (200, b"ok")
        assert server.connections == 1
    with Scripted(silent) as server:
        await _fails(half, "exchange", server.url, httpx.ReadTimeout, "read timeout", timeouts=timeouts(read=SHORT))
    await half.close()


@ways
@pytest.mark.parametrize("bound", ["read", "deadline"])
async def test_a_silent_server_is_a_read_timeout(half: Half, way: str, bound: str) -> None:
    options: dict[str, Any] = {"timeouts": timeouts(read=SHORT)} if bound == "read" else {"seconds": SHORT}
    with Scripted(silent) as server, within(3, SHORT):
        await _fails(half, way, server.url, httpx.ReadTimeout, f"127.0.0.1:{server.port}", **options)


def silent(peer: Peer) -> None:
    peer.request()
    peer.until_closed()


DRIPS = {
    "head": (b"HTTP/1.1 200 OK\r\nX: ", b"y"),
    "informational": (b"", b"HTTP/1.1 102 P\r\n\r\n"),
    "body": (b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n", b"y"),
    "chunks": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\ny\r\n"),
    "chunk size": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0", b"0"),
    "trailers": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: ", b"y"),
    "until closed": (b"HTTP/1.1 200 OK\r\n\r\n", b"y"),
}


def dripping(first: bytes, drop: bytes) -> Script:
    def script(peer: Peer) -> None:
        peer.request()
        peer.send(first)
        gone = threading.Event()

        def watch() -> None:
            peer.until_closed()
            gone.set()

        threading.Thread(target=watch, daemon=True).start()
        while not gone.wait(0.03):
            peer.send(drop)

    return script


@ways
@pytest.mark.parametrize("where", DRIPS)
async def test_a_dripping_server_cannot_hold_a_call_beyond_its_deadline(half: Half, way: str, where: str) -> None:
    with Scripted(dripping(*DRIPS[where])) as server, within(3, 0.3):
        await _fails(half, way, server.url, httpx.ReadTimeout, "deadline", seconds=0.3, timeouts=timeouts(read=5))


@ways
async def test_the_read_timeout_is_one_of_silence_not_of_the_whole_answer(half: Half, way: str) -> None:
    def script(peer: Peer) -> None:
        peer.request()
        peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n")
        for index in range(8):
            time.sleep(0.06)
            peer.send(b"%d" % index)

    options = {"timeouts": timeouts(read=0.3)}
    with Scripted(script) as server:
        assert await half.call(way, server.url, **options) == (200, b"01234567")


async def test_the_deadline_of_a_stream_may_be_moved_while_it_is_read(half: Half) -> None:
    """So that a time between events can be kept against a server that drips."""

    def script(peer: Peer) -> None:
        peer.request()
        peer.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _ in range(3):
            time.sleep(0.2)
            peer.send(b"5\r\nevent\r\n")
        with contextlib.suppress(OSError):
            while True:
                time.sleep(0.03)
                peer.send(b"1\r\n.\r\n")

    with Scripted(script) as server:
        sent = request(server.url, seconds=0.35)
        async with half.opened(sent) as opened:
            for _ in range(3):
                assert await opened.part() == b"event"
                sent.extensions["deadline"] = time.monotonic() + 0.35
            with within(3), pytest.raises(httpx.ReadTimeout, match="deadline"):
                await _rest(opened)


async def _rest(opened: Opened) -> None:
    while await opened.part():
        pass


async def test_silence_in_the_middle_of_a_body_is_a_read_timeout(half: Half) -> None:
    def script(peer: Peer) -> None:
        peer.request()
        peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nhalf")
        peer.until_closed()

    with Scripted(script) as server:
        async with half.opened(request(server.url, timeouts=timeouts(read=SHORT))) as opened:
            assert await opened.part() == b"half"
            with within(3, SHORT), pytest.raises(httpx.ReadTimeout, match="read timeout"):
                await opened.part()


@ways
@pytest.mark.parametrize("bound", ["write", "deadline"])
async def test_a_server_that_takes_nothing_is_a_write_timeout(half: Half, way: str, bound: str) -> None:
    free = threading.Event()

    def script(peer: Peer) -> None:
        free.wait(10)

    options: dict[str, Any] = {"timeouts": timeouts(write=SHORT)} if bound == "write" else {"seconds": SHORT}
    with Scripted(script) as server:
        try:
            with within(3, SHORT):
                await _fails(
                    half, way, server.url, httpx.WriteTimeout, f"127.0.0.1:{server.port}", body=LARGE, **options
                )
        finally:
            free.set()


@ways
async def test_a_slow_but_steady_reader_is_no_write_timeout(half: Half, way: str) -> None:
    def script(peer: Peer) -> None:
        peer.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 200_000)
        head = peer.head()
        assert head is not None
        left = int(head.headers["content-length"]) - len(peer._buffer)
        while left:
            left -= len(peer.sock.recv(min(left, 1_000_000)))
            time.sleep(0.02)
        peer.send(answer(b"got it"))

    body = LARGE[:12_000_000]
    with Scripted(script) as server:
        options = {"timeouts": timeouts(write=0.4)}
        assert await half.call(way, server.url, body, **options) == (200, b"got it")


@ways
@pytest.mark.parametrize("bound", ["pool", "deadline"])
async def test_no_free_connection_is_a_pool_timeout(make_half: MakeHalf, way: str, bound: str) -> None:
    half = make_half(max_connections=1)
    options: dict[str, Any] = {"timeouts": timeouts(pool=SHORT)} if bound == "pool" else {"seconds": SHORT}
    with Scripted(answering_slowly_in_parts) as server:
        async with half.opened(request(server.url)):
            with within(3, SHORT):
                await _fails(half, way, server.url, httpx.PoolTimeout, f"127.0.0.1:{server.port}", **options)
        await half.close()


def answering_slowly_in_parts(peer: Peer) -> None:
    peer.request()
    peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nhalf")
    peer.until_closed()


@ways
async def test_a_deadline_that_is_over_sends_nothing(half: Half, way: str) -> None:
    with Scripted(serving(answer())) as server:
        for sent in (0, 1):  # without a connection, and with one that could be reused
            await _fails(half, way, server.url, httpx.PoolTimeout, "deadline", seconds=-1)
            assert len(server.received) == sent
            await half.exchange(server.url)


@ways
async def test_no_bounds_at_all_still_work(half: Half, way: str) -> None:
    nothing = dict.fromkeys(TIMEOUTS, None)
    with Scripted(serving(answer(b"ok"))) as server:
        assert await half.call(way, server.url, timeouts=nothing) == (200, b"ok")


@ways
async def test_a_reset_before_the_answer_is_a_read_error(half: Half, way: str) -> None:
    def script(peer: Peer) -> None:
        peer.request()
        peer.reset()

    with Scripted(script) as server:
        await _fails(half, way, server.url, httpx.ReadError, f"127.0.0.1:{server.port}.*ECONNRESET")
        assert server.connections == 1


@ways
async def test_a_reset_while_the_request_is_sent_is_a_write_error(half: Half, way: str) -> None:
    def script(peer: Peer) -> None:
        peer.head()
        peer.reset()

    with Scripted(script) as server:
        await _fails(half, way, server.url, httpx.WriteError, f"127.0.0.1:{server.port}", body=LARGE)


def test_a_network_that_takes_nothing_more_does_not_keep_a_thread_busy_for_ever() -> None:
    """The server is still there, and silent, but nothing can be sent to it."""

    class Unplugged(socket.socket):
        def send(self, *_: Any) -> int:
            raise OSError(errno.ENETDOWN, os.strerror(errno.ENETDOWN))

    ours, theirs = socket.socketpair()
    with theirs, Unplugged(ours.family, ours.type, ours.proto, ours.detach()) as unplugged:
        unplugged.setblocking(False)
        connection = SyncConnection(Origin("http", "a.example", 80), unplugged)
        with pytest.raises(httpx.WriteError, match="ENETDOWN"):
            connection.send(RequestHead("POST", "http://a.example", ()).outgoing(b"x"), Clock(TIMEOUTS, None))
        connection.close()


@ways
async def test_a_reset_in_the_middle_of_the_body_is_a_read_error(half: Half, way: str) -> None:
    def script(peer: Peer) -> None:
        peer.request()
        peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nhalf")
        time.sleep(0.05)
        peer.reset()

    with Scripted(script) as server:
        await _fails(half, way, server.url, httpx.ReadError, "ECONNRESET")


@pytest.mark.direct
@ways
@pytest.mark.parametrize("behind", ["waits", "closes"])
async def test_an_answer_during_the_upload_ends_it(half: Half, way: str, behind: str) -> None:
    def script(peer: Peer) -> None:
        peer.head()
        peer.send(answer(b"too large", "413 Content Too Large", *(["Connection: close"] if behind == "closes" else [])))
        if behind == "waits":
            stop.wait(10)

    stop = threading.Event()
    with Scripted(script) as server:
        try:
            for connections in (1, 2):
                with within(5):
                    assert await half.call(way, server.url, LARGE) == (413, b"too large")
                assert server.connections == connections, "what was cut off carries no other request"
        finally:
            stop.set()


@ways
async def test_the_bounds_of_one_call_do_not_reach_into_the_next(half: Half, way: str) -> None:
    def script(peer: Peer) -> None:
        while peer.request() is not None:
            if len(peer.server.received) == 2:
                time.sleep(0.4)
            peer.send(answer(b"ok"))

    with Scripted(script) as server:
        for bounds in ({"timeouts": timeouts(read=0.2), "seconds": 0.3}, {}):
            assert await half.call(way, server.url, **bounds) == (200, b"ok")
        assert server.connections == 1
