"""A server on the loopback that does exactly what a test says, right or wrong, byte by byte."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self

from aleph_alpha._http.wire.sync_socket import wrapped

__all__ = ["Peer", "Received", "Script", "Scripted", "answer", "eventually", "serving"]


@dataclass(frozen=True)
class Received:
    """A request as it arrived."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


@dataclass(eq=False)
class Peer:
    """The server's end of one connection."""

    sock: socket.socket
    number: int  # of the connection, from 0
    server: Scripted
    _buffer: bytes = field(default=b"", repr=False)

    def head(self) -> Received | None:
        """The head of the next request, or None when the client closed."""
        while b"\r\n\r\n" not in self._buffer:
            if not self._more():
                return None
        head, _, self._buffer = self._buffer.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        method, target, _ = first.split(" ")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
        return Received(method, target, headers, b"")

    def request(self) -> Received | None:
        """The next whole request, or None when the client closed."""
        head = self.head()
        if head is None:
            return None
        if head.headers.get("transfer-encoding") == "chunked":
            body = self._chunked()
        else:
            body = self._exactly(int(head.headers.get("content-length", "0")))
        received = Received(head.method, head.target, head.headers, body)
        self.server.received.append(received)
        return received

    def send(self, data: bytes) -> None:
        self.sock.sendall(data)

    def reset(self) -> None:
        """Close so that the client sees a reset and not an end."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self.sock.shutdown(socket.SHUT_RDWR)
        self.sock.close()

    def until_closed(self) -> None:
        """Wait until the client closes."""
        with contextlib.suppress(OSError):
            while self.sock.recv(65536):
                pass

    def _more(self) -> bool:
        try:
            data = self.sock.recv(262144)
        except (ConnectionError, ssl.SSLError):
            return False
        self._buffer += data
        return bool(data)

    def _exactly(self, size: int) -> bytes:
        parts = [self._buffer]
        have = len(self._buffer)
        while have < size:
            data = self.sock.recv(262144)
            if not data:
                break
            parts.append(data)
            have += len(data)
        whole = b"".join(parts)
        self._buffer = whole[size:]
        return whole[:size]

    def _chunked(self) -> bytes:
        body = b""
        while True:
            while b"\r\n" not in self._buffer:
                if not self._more():
                    return body
            size, _, self._buffer = self._buffer.partition(b"\r\n")
            body += self._exactly(int(size, 16))
            self._exactly(2)
            if int(size, 16) == 0:
                return body


Script = Callable[[Peer], None]


class Scripted:
    """Runs ``script`` for each connection in a thread of its own; remembers what came.

    An exception in a script fails the test when the server stops.
    """

    def __init__(
        self, script: Script, *, context: ssl.SSLContext | None = None, host: str = "127.0.0.1", port: int = 0
    ) -> None:
        self._script = script
        self._context = context
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._listener = socket.create_server((host, port), family=family, backlog=1024)
        self.host = host
        self.port: int = self._listener.getsockname()[1]
        self.received: list[Received] = []
        self.connections = 0
        self.open = 0
        self.most_open = 0
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []
        self._peers: list[Peer] = []
        self._stopping = False
        self._problem: BaseException | None = None
        self._acceptor = threading.Thread(target=self._accept, daemon=True)
        self._acceptor.start()

    @property
    def url(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'https' if self._context else 'http'}://{host}:{self.port}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        if self._stopping:
            return
        self._stopping = True
        self.listen_no_more()
        for peer in list(self._peers):
            peer.close()
        for thread in self._threads:
            thread.join(10)
        if self._problem is not None:
            raise self._problem

    def listen_no_more(self) -> None:
        """Refuse further connections; those that are there stay."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._acceptor.join(10)

    def _accept(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            with self._lock:
                number = self.connections
                self.connections += 1
                self.open += 1
                self.most_open = max(self.most_open, self.open)
            thread = threading.Thread(target=self._run, args=(sock, number), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _run(self, sock: socket.socket, number: int) -> None:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        peer = Peer(sock, number, self)
        self._peers.append(peer)
        try:
            if self._context is not None:
                peer.sock = wrapped(self._context, sock, server_side=True)
            self._script(peer)
        except (OSError, ValueError) as error:  # a socket that `stop` has closed has no number to select by
            if not self._stopping and not isinstance(error, (ConnectionError, ssl.SSLError)):
                self._problem = error
        except BaseException as error:
            self._problem = error
        finally:
            peer.close()
            sock.close()
            with self._lock:
                self.open -= 1


def answer(body: bytes = b"ok", status: str = "200 OK", *headers: str) -> bytes:
    """A whole response with a Content-Length."""
    lines = [f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(body)}", "", ""]
    return "\r\n".join(lines).encode("latin-1") + body


def serving(*answers: bytes) -> Script:
    """A script that gives these responses, one a request, the last one again and again."""

    def script(peer: Peer) -> None:
        given = 0
        while peer.request() is not None:
            peer.send(answers[min(given, len(answers) - 1)])
            given += 1

    return script


async def eventually(condition: Callable[[], bool]) -> None:
    """Wait for what the server, in its threads, brings about."""
    for _ in range(500):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not come about within 5 s")
