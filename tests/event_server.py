"""A server of event streams on real sockets: it hands out given parts when it is told to, and knows its connections."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
PAUSE = object()  # among the parts: wait until `go` is set, or the client is gone
END = b"0\r\n\r\n"


def framed(part: bytes) -> bytes:
    """A part as a chunk of a chunked body."""
    return b"%x\r\n%b\r\n" % (len(part), part)


class EventServer:
    """Answers every request with the same parts, on as many connections as clients make.

    Attributes:
        connections: how many were accepted.
        requests: how many were answered.
        gone: set when a client has closed a connection before its response was through.
        go: lets answers go on that wait at a PAUSE.
    """

    def __init__(self, *parts: bytes | object, drip: bytes = b"", every: float = 0.02) -> None:
        self.parts = parts
        self.drip, self.every = drip, every  # what to send while pausing, and how often
        self.connections = self.requests = 0
        self.gone, self.go = threading.Event(), threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def cut(self) -> None:
        """Break all connections."""
        for connection in self._open:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def stop(self) -> None:
        self.go.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut()
        for connection in self._open:
            connection.close()
        for thread in self._threads:
            thread.join(5)

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._open.append(connection)
            thread = threading.Thread(target=self._serve, args=(connection,))
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            while self._read_request(connection):
                self.requests += 1
                connection.sendall(HEAD)
                for part in self.parts:
                    if part is PAUSE:
                        self._pause(connection)
                    elif isinstance(part, bytes):
                        connection.sendall(part if part == END else framed(part))
        except OSError:
            self.gone.set()

    def _pause(self, connection: socket.socket) -> None:
        while not self.go.wait(self.every):
            if self.drip:
                connection.sendall(framed(self.drip))
            connection.setblocking(False)
            try:
                if connection.recv(1, socket.MSG_PEEK) == b"":
                    raise ConnectionError("the client is gone")
            except BlockingIOError:
                pass
            finally:
                connection.setblocking(True)

    def _read_request(self, connection: socket.socket) -> bool:
        received = b""
        while b"\r\n\r\n" not in received:
            more = connection.recv(65536)
            if not more:
                return False
            received += more
        head, _, body = received.partition(b"\r\n\r\n")
        length = next(int(line[16:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length: "))
        while len(body) < length:
            body += connection.recv(65536)
        return True


@contextmanager
def event_server(*parts: bytes | object, drip: bytes = b"") -> Iterator[EventServer]:
    """A server for the time of a test."""
    server = EventServer(*parts, drip=drip)
    try:
        yield server
    finally:
        server.stop()
