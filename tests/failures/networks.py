"""Networks, proxies and servers that go wrong below the API, and what the clients make of them.

The reference server's own faults are in ``tests/fault_table.py``; here are those that need another
socket, name service, certificate or byte. A place is a context manager: while it is open, a client
with its settings meets the fault with every request.
"""

from __future__ import annotations

import functools
import socket
import ssl
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest import mock

import pytest
import trustme

from aleph_alpha._http import connections
from tests.wire.relay import Relay
from tests.wire.scripted import Peer, Scripted, answer, serving

__all__ = ["NETWORKS", "ROWS", "Network", "Place"]

ANSWER = "the response"
ERROR, TIMEOUT = "APIConnectionError", "APITimeoutError"
BROKEN, CUT = "ResponseError", "StreamConnectionError"
RETRIES = 2
ALL = RETRIES + 1
LARGEST = 4_000_000  # bytes that a response may have, where a bound is to be reached
SHORT = 0.1  # seconds, where a bound is to be reached
BRIEF: dict[str, Any] = {"request_timeout_seconds": SHORT}

COMPLETION = (
    b'{"model_version": "1", "completions": [{"completion": "well", "finish_reason": "maximum_tokens"}], '
    b'"num_tokens_prompt_total": 1, "num_tokens_generated": 1}'
)
EVENTS = (
    b'data: {"type": "stream_chunk", "index": 0, "completion": "well"}\n\n'
    b'data: {"type": "stream_summary", "index": 0, "model_version": "1", "finish_reason": "maximum_tokens"}\n\n'
    b'data: {"type": "completion_summary", "optimized_prompt": null, "num_tokens_prompt_total": 1, '
    b'"num_tokens_generated": 1}\n\n'
)
VECTOR = b'{"model_version": "1", "embeddings": [[0.5]], "num_tokens_prompt_total": 1}'


@dataclass(frozen=True)
class Place:
    """Where a client is sent to.

    Attributes:
        url: its host.
        options: its other settings.
        requests: how many requests have arrived, as far as this place can see them.
    """

    url: str
    options: dict[str, Any] = field(default_factory=dict)
    requests: Callable[[], int] | None = None


@dataclass(frozen=True)
class Network:
    """A fault and its consequences, the same for a call, a batch and a stream unless said otherwise.

    Attributes:
        title: the fault, for people.
        open: makes the place.
        outcome: name of the exception, or ``ANSWER``.
        attempts: that the exception tells, or the response's ``meta``.
        stream: of a stream, where it differs: its head had come before the fault showed.
        size: characters of the prompt that it takes to meet the fault.
        direct: of the connection to the server or of a proxy of its own; another proxy makes another fault of it.
    """

    title: str
    open: Callable[[], AbstractContextManager[Place]]
    outcome: str
    attempts: int = 1
    stream: str = ""
    size: int = 1
    direct: bool = False

    @property
    def in_stream(self) -> str:
        return self.stream or self.outcome


def right_answer(request: Any) -> bytes:
    """What the API would say to a request of the tests."""
    if request.target.endswith("/batch_semantic_embed"):
        return answer(VECTOR)
    if b'"stream":true' in request.body:
        return answer(EVENTS, "200 OK", "Content-Type: text/event-stream")
    return answer(COMPLETION)


# --- names, addresses, connections -------------------------------------------------------------


@contextmanager
def name_service(problem: Callable[[], Any]) -> Iterator[Place]:
    """A host name whose look-up goes wrong."""
    real = socket.getaddrinfo

    def look_up(host: Any, *arguments: Any, **named: Any) -> Any:
        return problem() if host == "api.example" and not named.get("flags") else real(host, *arguments, **named)

    with mock.patch.object(socket, "getaddrinfo", look_up):
        yield Place("http://api.example")


def raising(error: Exception) -> Callable[[], Any]:
    def problem() -> Any:
        raise error

    return problem


@contextmanager
def mute_name_service() -> Iterator[Place]:
    end = threading.Event()

    def problem() -> Any:
        end.wait(60)
        raise socket.gaierror(socket.EAI_AGAIN, "too late")

    try:
        with name_service(problem) as place:
            yield Place(place.url, {"request_timeout_seconds": SHORT})
    finally:
        end.set()
        for thread in threading.enumerate():
            if thread.name.startswith("look up") or "asyncio" in thread.name:
                thread.join(0.2)


@contextmanager
def closed_port(scheme: str = "http") -> Iterator[Place]:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        yield Place(f"{scheme}://127.0.0.1:{sock.getsockname()[1]}")


@contextmanager
def full_queue() -> Iterator[Place]:
    """A port whose queue is full: further connections are neither made nor refused."""
    with ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(8):
            sock = stack.enter_context(socket.socket())
            sock.setblocking(False)
            sock.connect_ex(listener.getsockname())
        yield Place(f"http://127.0.0.1:{listener.getsockname()[1]}", {"request_timeout_seconds": SHORT})


# --- TLS -------------------------------------------------------------------------------------------


@functools.cache
def authority() -> trustme.CA:
    return trustme.CA()


def trusting() -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority().configure_trust(context)
    return context


def certified(*names: str, issuer: trustme.CA | None = None, **options: Any) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    (issuer or authority()).issue_cert(*names, **options).configure_cert(context)
    return context


def right(peer: Peer) -> None:
    """Everything as it should be."""
    while (request := peer.request()) is not None:
        peer.send(right_answer(request))


@contextmanager
def tls(make: Callable[[], ssl.SSLContext], verify: Callable[[], Any] = trusting) -> Iterator[Place]:
    with Scripted(right, context=make()) as server:
        yield Place(server.url, {"verify_ssl": verify()}, lambda: len(server.received))


def expired() -> ssl.SSLContext:
    return certified("127.0.0.1", not_after=datetime.now(UTC) - timedelta(days=1))


def wants_certificate() -> ssl.SSLContext:
    context = certified("127.0.0.1")
    context.verify_mode = ssl.CERT_REQUIRED
    authority().configure_trust(context)
    return context


# --- proxies -----------------------------------------------------------------------------------------


@contextmanager
def proxy(script: Callable[[Peer], None], url: str = "https://api.example", **options: Any) -> Iterator[Place]:
    with Scripted(script) as server:
        yield Place(url, {"proxy": server.url, **options}, lambda: len(server.received))


@contextmanager
def tunnel(by_tls: bool = False) -> Iterator[Place]:
    with (
        Scripted(right, context=certified("127.0.0.1")) as server,
        Relay(context=certified("127.0.0.1") if by_tls else None) as proxy,
    ):
        yield Place(server.url, {"verify_ssl": trusting(), "proxy": proxy.url}, lambda: len(server.received))


@contextmanager
def closed_proxy() -> Iterator[Place]:
    with closed_port() as place:
        yield Place("https://api.example", {"proxy": place.url})


# --- servers -----------------------------------------------------------------------------------------


@contextmanager
def server(script: Callable[[Peer], None], **options: Any) -> Iterator[Place]:
    with Scripted(script) as scripted:
        yield Place(scripted.url, options, lambda: len(scripted.received))


def greets(peer: Peer) -> None:
    peer.send(answer(b"", "400 Bad Request"))


def mute(peer: Peer) -> None:
    peer.until_closed()


@contextmanager
def deaf() -> Iterator[Place]:
    """Takes the head of a request and leaves the rest in the socket."""
    end = threading.Event()

    def script(peer: Peer) -> None:
        peer.head()
        end.wait(60)

    with server(script, request_timeout_seconds=3 * SHORT) as place:  # to connect, with a long body in hand
        try:
            yield place
        finally:
            end.set()


def once_each(peer: Peer) -> None:
    """Closes after each response without having said so."""
    request = peer.request()
    if request is not None:
        peer.send(right_answer(request))


def closed_when_reused(peer: Peer) -> None:
    """Takes the second request on a connection, and closes instead of answering."""
    request = peer.request()
    if request is not None:
        peer.send(right_answer(request))
        peer.head()


def says(*parts: bytes, then: str = "close") -> Callable[[Peer], None]:
    """Always the same bytes; then it closes, stays silent, or goes on with the last part for ever."""

    def script(peer: Peer) -> None:
        while peer.request() is not None:
            for part in parts:
                peer.send(part)
            if then == "close":
                return
            if then == "silence":
                peer.until_closed()
                return
            while True:
                peer.send(parts[-1])

    return script


def after(*interim: bytes) -> Callable[[Peer], None]:
    """Something before the right response."""

    def script(peer: Peer) -> None:
        while (request := peer.request()) is not None:
            for part in interim:
                peer.send(part)
            peer.send(right_answer(request))

    return script


def head(*headers: str, status: str = "200 OK") -> bytes:
    return "\r\n".join([f"HTTP/1.1 {status}", *headers, "", ""]).encode("latin-1")


@contextmanager
def redirecting() -> Iterator[Place]:
    """To another origin, which must not be asked."""

    def forbidden(peer: Peer) -> None:
        raise AssertionError(f"a redirect was followed: {peer.request()}")

    with Scripted(forbidden) as other:
        location = f"Location: {other.url}/complete"
        with Scripted(serving(answer(b"", "308 Permanent Redirect", location))) as first:
            yield Place(first.url, {}, lambda: len(first.received))
            assert other.connections == 0


@contextmanager
def speaks(scheme: str, script: Callable[[Peer], None], **options: Any) -> Iterator[Place]:
    """A server of plain TCP, reached as if it were another."""
    with Scripted(script) as scripted:
        yield Place(f"{scheme}://127.0.0.1:{scripted.port}", {"verify_ssl": trusting(), **options})


@contextmanager
def plain_to_tls() -> Iterator[Place]:
    with Scripted(right, context=certified("127.0.0.1")) as scripted:
        yield Place(f"http://127.0.0.1:{scripted.port}")


def doubled(peer: Peer) -> None:
    """Each response is followed by one that nobody asked for."""
    while (request := peer.request()) is not None:
        peer.send(right_answer(request) + answer(b'{"not": "yours"}'))


def bomb(peer: Peer) -> None:
    """A small answer that unpacks to far more than there may be."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    space = b" " * 1_000_000
    packed = b"".join([*(packer.compress(space) for _ in range(LARGEST // 1_000_000 + 1)), packer.flush()])
    while peer.request() is not None:
        peer.send(answer(packed, "200 OK", "Content-Encoding: gzip"))


@contextmanager
def bombs() -> Iterator[Place]:
    """With a bound that is soon reached; the real one is a gigabyte."""
    small = functools.partial(connections.ConnectionSettings, max_response_bytes=LARGEST)
    with mock.patch.object(connections, "ConnectionSettings", small), server(bomb) as place:
        yield place


def place(make: Callable[..., AbstractContextManager[Place]], *arguments: Any, **named: Any) -> Any:
    return functools.partial(make, *arguments, **named)


HUGE = b"x" * 65536
LONG_CHUNK = b"%x\r\n%b\r\n" % (200_000, b":\n" * 100_000)  # more than is read at a time

NETWORKS: list[Network] = [
    Network(
        "an unknown host name",
        place(name_service, raising(socket.gaierror(socket.EAI_NONAME, "unknown"))),
        ERROR,
        direct=True,
    ),
    Network(
        "a name service in trouble",
        place(name_service, raising(socket.gaierror(socket.EAI_AGAIN, "try again"))),
        ERROR,
        ALL,
        direct=True,
    ),
    Network("a name without addresses", place(name_service, list), ERROR, ALL, direct=True),
    Network("a name service that does not answer", mute_name_service, TIMEOUT, ALL, direct=True),
    Network("connection refused", closed_port, ERROR, ALL, direct=True),
    Network("connection neither made nor refused", full_queue, TIMEOUT, ALL, direct=True),
    Network("an untrusted certificate", place(tls, lambda: certified("127.0.0.1", issuer=trustme.CA())), ERROR),
    Network("an expired certificate", place(tls, expired), ERROR),
    Network("a certificate for another name", place(tls, lambda: certified("other.example")), ERROR),
    Network("a server that wants a client certificate", place(tls, wants_certificate), ERROR),
    Network("a TLS server as it should be", place(tls, lambda: certified("127.0.0.1")), ANSWER),
    Network("an untrusted certificate, verify_ssl=False", place(tls, expired, lambda: False), ANSWER),
    Network("a server without TLS behind https", place(speaks, "https", greets), ERROR, direct=True),
    Network(
        "a TLS handshake that is not answered",
        place(speaks, "https", mute, **BRIEF),
        TIMEOUT,
        ALL,
    ),
    Network("a TLS handshake that is cut", place(speaks, "https", lambda peer: None), ERROR, ALL),
    Network("a server with TLS behind http", plain_to_tls, ERROR),
    Network("a proxy that refuses connections", closed_proxy, ERROR, ALL, direct=True),
    Network(
        "a proxy that asks for a password",
        place(proxy, says(head("Content-Length: 0", status="407 Who"))),
        ERROR,
        direct=True,
    ),
    Network(
        "a proxy that cannot reach the server",
        place(proxy, says(head("Content-Length: 0", status="502 Bad"))),
        ERROR,
        ALL,
        direct=True,
    ),
    Network("a proxy that hangs up", place(proxy, says(b"")), ERROR, ALL, direct=True),
    Network("a proxy that does not answer", place(proxy, mute, **BRIEF), TIMEOUT, ALL, direct=True),
    Network(
        "a proxy that forbids it", place(proxy, says(head("Content-Length: 0", status="403 No"))), ERROR, direct=True
    ),
    Network("a proxy that speaks no HTTP", place(proxy, says(b"SSH-2.0-OpenSSH\r\n")), ERROR, direct=True),
    Network("a proxy as it should be", place(proxy, right, "http://api.example"), ANSWER, direct=True),
    Network(
        "a proxy that asks for a password, http",
        place(proxy, says(head("Content-Length: 0", status="407 Who")), "http://api.example"),
        ERROR,
        direct=True,
    ),
    Network("a tunnel as it should be", tunnel, ANSWER, direct=True),
    Network("a tunnel by TLS to the proxy, as it should be", place(tunnel, by_tls=True), ANSWER, direct=True),
    Network("a server that does not take the request", deaf, TIMEOUT, size=20_000_000),
    Network("an idle connection that was closed", place(server, once_each), ANSWER),
    Network("a connection closed just when it is used again", place(server, closed_when_reused), ANSWER),
    Network("100 Continue before the response", place(server, after(head(status="100 Continue"))), ANSWER),
    Network("interim responses without end", place(server, says(head(status="102 Processing"), then="more")), ERROR),
    Network("101 Switching Protocols", place(server, says(head("Upgrade: h2c", status="101 Switching"))), ERROR),
    Network("a redirect to another origin", redirecting, "OtherStatusError"),
    Network(
        "a head without end", place(server, says(b"HTTP/1.1 200 OK\r\n", b"X-More: x\r\n" * 5000, then="more")), ERROR
    ),
    Network("a header line without end", place(server, says(b"HTTP/1.1 200 OK\r\nX-Long: ", HUGE, then="more")), ERROR),
    Network(
        "two different Content-Lengths",
        place(server, says(head("Content-Length: 2", "Content-Length: 3") + b"{}")),
        ERROR,
    ),
    Network(
        "Content-Length beside chunks",
        place(server, says(head("Content-Length: 2", "Transfer-Encoding: chunked") + b"2\r\n{}\r\n0\r\n\r\n")),
        ERROR,
    ),
    Network("a Content-Length that is not a number", place(server, says(head("Content-Length: many") + b"{}")), ERROR),
    Network("a negative Content-Length", place(server, says(head("Content-Length: -1") + b"{}")), ERROR),
    Network(
        "a chunk size that is not a number",
        place(server, says(head("Transfer-Encoding: chunked"), LONG_CHUNK, b"zz\r\n{}\r\n")),
        ERROR,
        stream=CUT,
    ),
    Network(
        "chunks without their end",
        place(server, says(head("Transfer-Encoding: chunked") + b"2\r\n{}\r\n")),
        ERROR,
        stream=CUT,
    ),
    Network("an unknown Transfer-Encoding", place(server, says(head("Transfer-Encoding: br") + b"{}")), ERROR),
    Network(
        "an unknown Content-Encoding",
        place(server, says(answer(b"{}", "200 OK", "Content-Encoding: zip"))),
        BROKEN,
        stream=CUT,
    ),
    Network("a status that is not a number", place(server, says(b"HTTP/1.1 abc OK\r\n\r\n")), ERROR),
    Network("a status of four digits", place(server, says(b"HTTP/1.1 2000 OK\r\n\r\n")), ERROR),
    Network("a status below 100", place(server, says(b"HTTP/1.1 099 OK\r\nContent-Length: 2\r\n\r\n{}")), ERROR),
    Network("a header with a NUL", place(server, says(head("X-Bad: a\0b", "Content-Length: 2") + b"{}")), ERROR),
    Network("a header without a colon", place(server, says(head("surprise", "Content-Length: 2") + b"{}")), ERROR),
    Network("HTTP/0.9", place(server, says(COMPLETION)), ERROR),
    Network("HTTP/2", place(server, says(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")), ERROR),
    Network("a second response behind the first", place(server, doubled), ANSWER),
    Network("a gzip bomb", bombs, BROKEN, stream=CUT),
]

ROWS = [
    pytest.param(network, id=network.title, marks=[pytest.mark.direct] if network.direct else [])
    for network in NETWORKS
]
