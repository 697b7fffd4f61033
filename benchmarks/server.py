"""The stub server: answers each path with bytes that were made before, and does next to nothing else.

A process of its own, ``python -m benchmarks.server WORK [SIZE=NUMBER ...] [FILE]``; it prints its port and ends
when its standard input does. ``GET /-/stats`` tells how many connections had a request at most at a time.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import socket
import sys
from collections.abc import Callable, Mapping

from benchmarks.responses import StubResponse, answers

_READ = selectors.EVENT_READ
_BOTH = selectors.EVENT_READ | selectors.EVENT_WRITE
_BUFFER = bytearray(1 << 20)
_VIEW = memoryview(_BUFFER)


class Stub:
    """Listens on a free port of 127.0.0.1; :meth:`run` serves until it is told to stop."""

    def __init__(self, routes: Mapping[bytes, StubResponse]) -> None:
        self.routes = {path: _pieces(answer) for path, answer in routes.items()}
        self.selector = selectors.DefaultSelector()
        self.active = 0
        self.most = 0
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=2048)
        self._socket.setblocking(False)
        self.port: int = self._socket.getsockname()[1]
        self.selector.register(self._socket, _READ, self._accept)

    def run(self, stop: socket.socket | int) -> None:
        """Serve until `stop` can be read from."""
        going = True

        def end() -> None:
            nonlocal going
            going = False

        self.selector.register(stop, _READ, end)
        while going:
            for key, _ in self.selector.select():
                key.data()

    def stats(self) -> bytes:
        """The response to a question for figures; the highest number begins anew."""
        body = b"%d" % self.most
        self.most = self.active
        return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%b" % (len(body), body)

    def _accept(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while True:
                accepted, _ = self._socket.accept()
                accepted.setblocking(False)
                accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self.selector.register(accepted, _READ, _Connection(self, accepted).ready)


class _Connection:
    """One client's connection: counts the bytes of each request down and sends the path's response."""

    def __init__(self, stub: Stub, connected: socket.socket) -> None:
        self._stub = stub
        self._socket = connected
        self._head = b""  # as far as it has come
        self._missing = 0  # bytes of the body
        self._response: list[bytes] = []
        self._unsent: list[memoryview] = []
        self._counted = False

    def ready(self) -> None:
        """Something can be read, or written."""
        try:
            if self._unsent:
                self._send()
                return
            size = self._socket.recv_into(_BUFFER)
        except BlockingIOError:
            return
        except OSError:
            size = 0
        if not size:
            self._close()
        elif self._missing:
            self._missing -= size
            if self._missing <= 0:
                self._reply()
        else:
            self._begin(self._head + bytes(_VIEW[:size]) if self._head else bytes(_VIEW[:size]))

    def _begin(self, data: bytes) -> None:
        end = data.find(b"\r\n\r\n")
        if end < 0:
            self._head = data
            return
        self._head = b""
        path = data[data.index(b" ") + 1 : data.index(b" ", data.index(b" ") + 1)].partition(b"?")[0]
        if path[:1] != b"/":  # the proxy passes on what it was asked for: http://host/path
            path = b"/" + path.split(b"/", 3)[3]
        if path == b"/-/stats":
            self._response = [self._stub.stats()]
        else:
            self._response = self._stub.routes.get(path, _NOT_FOUND)
            self._count()
        self._missing = _content_length(data[:end]) - (len(data) - end - 4)
        if self._missing <= 0:
            self._reply()

    def _count(self) -> None:
        if not self._counted:
            self._counted = True
            self._stub.active += 1
            self._stub.most = max(self._stub.most, self._stub.active)

    def _reply(self) -> None:
        self._missing = 0
        answer = self._response
        if len(answer) == 1 and len(answer[0]) < 16_384:
            try:
                if self._socket.send(answer[0]) == len(answer[0]):
                    return
            except OSError:
                self._close()
            return
        self._unsent = [memoryview(piece) for piece in answer]
        self._stub.selector.modify(self._socket, _BOTH, self.ready)
        self._send()

    def _send(self) -> None:
        """Send piece by piece, each in a packet of its own where it fits."""
        unsent = self._unsent
        index = 0
        with contextlib.suppress(BlockingIOError):
            while index < len(unsent):
                sent = self._socket.send(unsent[index])
                if sent < len(unsent[index]):
                    unsent[index] = unsent[index][sent:]
                else:
                    index += 1
        del unsent[:index]
        if unsent:
            return
        self._stub.selector.modify(self._socket, _READ, self.ready)

    def _close(self) -> None:
        self._stub.selector.unregister(self._socket)
        self._socket.close()
        if self._counted:
            self._stub.active -= 1


def _content_length(head: bytes) -> int:
    at = head.find(b"Content-Length:")
    if at < 0:
        at = head.lower().find(b"content-length:")
        if at < 0:
            return 0
    end = head.find(b"\r\n", at)
    return int(head[at + 15 : end if end >= 0 else len(head)])


def _pieces(answer: StubResponse) -> list[bytes]:
    """What is sent, with the headers of the real API."""
    chunked = isinstance(answer.body, list)
    length = b"Transfer-Encoding: chunked" if chunked else b"Content-Length: %d" % len(answer.body)
    head = (
        b"HTTP/1.1 200 OK\r\nDate: Wed, 06 Aug 2025 12:52:52 GMT\r\nContent-Type: %b\r\n%b\r\n"
        b"Connection: keep-alive\r\n"
        b"Strict-Transport-Security: max-age=31536000; includeSubDomains\r\nAccess-Control-Allow-Credentials: true\r\n"
        b"Vary: Origin, Access-Control-Request-Method, Access-Control-Request-Headers\r\n\r\n"
    ) % (answer.content_type, length)
    if isinstance(answer.body, list):
        return [head, *(b"%x\r\n%b\r\n" % (len(event), event) for event in answer.body), b"0\r\n\r\n"]
    return [head + answer.body]


_NOT_FOUND = [b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"]


def main(arguments: list[str], made: Callable[..., dict[bytes, StubResponse]] = answers) -> None:
    """Serve the responses of a work until standard input ends."""
    work, file, *rest = arguments
    sizes = {name: int(number) for name, _, number in (each.partition("=") for each in rest)}
    stub = Stub(made(work, sizes, file))
    print(stub.port, flush=True)
    stub.run(sys.stdin.fileno())
    os._exit(0)  # nothing to tidy up


if __name__ == "__main__":
    main(sys.argv[1:])
