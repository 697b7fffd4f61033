"""One connection of the synchronous wire: a socket that never blocks, and waiting with a bound."""

from __future__ import annotations

import contextlib
import os
import socket
import ssl
import time
from collections.abc import Callable, Iterable

import httpx

from aleph_alpha._http.wire.connect import round_trip
from aleph_alpha._http.wire.failures import Clock, closed, connect_error, lost, read_error, write_error
from aleph_alpha._http.wire.origin import Origin
from aleph_alpha._http.wire.protocol import BadResponse, ResponseParser
from aleph_alpha._http.wire.request import Outgoing
from aleph_alpha._http.wire.sync_socket import BOTH, READ, WRITE, TlsSocket, break_off, open_socket, waiter
from aleph_alpha._runtime.threads import Scope, current_scope

__all__ = ["SyncConnection"]

_READ_BYTES = 64 * 1024


class SyncConnection:
    """A connected socket with its parser. Not for several threads at a time.

    ``send`` then ``read_head`` then ``read`` until ``parser.complete``; any exception leaves the
    connection unusable, and the caller closes it.
    """

    __slots__ = (
        "_ready",
        "_socket",
        "_tls",
        "broken",
        "idle_since",
        "origin",
        "parser",
        "pid",
        "place",
        "reused",
        "round_trip",
        "scope",
        "seen",
    )

    def __init__(self, origin: Origin, connected: socket.socket | TlsSocket, seen: float = 0.0) -> None:
        self.origin = origin
        self.seen = seen  # seconds that it took to be made, TLS not counted
        self.round_trip = seen if origin.proxy or isinstance(connected, TlsSocket) else round_trip(connected, seen)
        self.parser = ResponseParser()
        self.pid = os.getpid()
        self.idle_since = 0.0
        self.reused = False  # it has carried an exchange before the current one
        self.broken = False  # closed, or interrupted while in use
        self.place: int | None = None  # the number of the place that it belongs to; None while idle
        self.scope: Scope | None = None  # whoever may interrupt the current exchange
        self._socket = connected
        self._tls = isinstance(connected, ssl.SSLSocket | TlsSocket)
        self._ready = waiter(connected)

    @classmethod
    def open(cls, origin: Origin, context: Callable[[], ssl.SSLContext], clock: Clock) -> SyncConnection:
        """Connect, with TLS for https; raises ``httpx.ConnectError`` or ``httpx.ConnectTimeout``."""
        limit = clock.until("connect")
        try:
            return cls(origin, *open_socket(origin, context, limit))
        except TimeoutError as error:
            if limit is not None and time.monotonic() >= limit - 0.001:
                raise clock.error("connect", origin) from error
            raise connect_error(origin, error) from error  # the system gave up first
        except (OSError, ssl.CertificateError) as error:
            raise connect_error(origin, error) from error

    def alive(self) -> bool:
        """Whether an idle connection can still be used: the server has neither closed it nor spoken."""
        if self.broken:
            return False
        try:
            if not self._ready(READ, 0):
                return True
            if self._tls:
                self._socket.recv(1)  # perhaps only a session ticket
        except (ssl.SSLWantReadError, BlockingIOError):
            return True
        except (OSError, ValueError):
            pass
        return False

    def send(self, out: Outgoing, clock: Clock) -> None:
        """Write a request. Returns early if its response is already complete (say, 413)."""
        parser = self.parser
        parser.start(out.head_only, out.max_response_bytes)
        self._write(memoryview(out.first), clock)
        if out.rest is not None and not parser.complete:
            self._write(memoryview(out.rest), clock)
        elif out.stream is not None:
            self._write_stream(out, clock)

    def read_head(self, clock: Clock) -> None:
        """Read until status and headers are there."""
        while not self.parser.head_complete:
            self._fill(clock)

    def read(self, clock: Clock) -> bytes:
        """The next part of the body, b"" at its end."""
        parser = self.parser
        while not parser.parts:
            if parser.complete:
                return b""
            self._fill(clock)
        parts = parser.take()
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def read_all(self, clock: Clock) -> bytes:
        """The whole rest of the body."""
        parser = self.parser
        while not parser.complete:
            self._fill(clock)
        parts = parser.take()
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def interrupt(self) -> None:
        """Break the connection under whoever uses it; that one closes it."""
        self.broken = True
        break_off(self._socket)

    def enter_scope(self) -> None:
        """Let the bulk call that this thread works for, if there is one, interrupt the exchange that begins."""
        scope = self.scope = current_scope.get()
        if scope is not None:
            scope.register(self.interrupt)

    def leave_scope(self) -> None:
        """The exchange is over: nobody interrupts the next one."""
        scope = self.scope
        if scope is not None:
            scope.unregister(self.interrupt)
            self.scope = None

    def close(self) -> None:
        self.broken = True
        self.leave_scope()
        self.parser.release()
        with contextlib.suppress(OSError):
            self._socket.close()

    def _write(self, data: memoryview, clock: Clock) -> None:
        while data:
            try:
                data = data[self._socket.send(data) :]
                continue
            except (BlockingIOError, ssl.SSLWantWriteError):
                wanted = BOTH
            except ssl.SSLWantReadError:
                wanted = READ
            except OSError as error:
                self._after_write_error(error, clock)
                return
            ready = self._await(wanted, "write", clock)
            # A response before the request is through: take it in, and stop once it is whole.
            if ready & READ and wanted == BOTH:
                try:
                    self._receive(clock, wait=False)
                except httpx.ReadError as error:
                    raise write_error(self.origin, error.__cause__) from error.__cause__
                if self.parser.complete:
                    self.parser.keep_alive = False
                    return

    def _write_stream(self, out: Outgoing, clock: Clock) -> None:
        if not isinstance(out.stream, Iterable):
            raise httpx.LocalProtocolError("the body of the request can only be read asynchronously")
        sent = 0
        for part in out.stream:
            if self.parser.complete:
                self.parser.keep_alive = False
                return
            if not part:
                continue
            sent += len(part)
            if out.chunked:
                part = b"%x\r\n%b\r\n" % (len(part), bytes(part))
            elif out.length is not None and sent > out.length:
                break
            if clock.passed():
                raise clock.error("write", self.origin)
            self._write(memoryview(part), clock)
        if out.chunked:
            self._write(memoryview(b"0\r\n\r\n"), clock)
        elif sent != out.length:
            raise httpx.LocalProtocolError(
                f"the request announces a body of {out.length} bytes and yields another length"
            )

    def _after_write_error(self, error: OSError, clock: Clock) -> None:
        """The server no longer reads; it may have said why before it closed."""
        try:
            while not self.parser.complete and self._receive(clock, wait=False):
                pass
        except (httpx.RemoteProtocolError, httpx.ReadError):
            pass
        if not self.parser.head_complete:
            raise self._fault(write_error(self.origin, error)) from error
        self.parser.keep_alive = False

    def _fill(self, clock: Clock) -> None:
        self._receive(clock, wait=True)

    def _receive(self, clock: Clock, *, wait: bool) -> bool:
        """Feed what arrives next to the parser; if not ``wait``, only what is there. False if there was nothing."""
        receive = self._socket.recv
        # TLS may hold decrypted bytes that no poll shows; a plain socket is asked first, since the
        # response is hardly ever there already.
        must_wait = wait and not self._tls
        while True:
            if must_wait:
                self._await(READ, "read", clock)
            elif wait and clock.passed():
                raise clock.error("read", self.origin)
            try:
                data = receive(_READ_BYTES)
                break
            except (BlockingIOError, ssl.SSLWantReadError):
                if not wait:
                    return False
                must_wait = True
            except ssl.SSLWantWriteError:  # without ``wait`` it is the writer that waits
                self._await(WRITE, "read" if wait else "write", clock)
            except ssl.SSLEOFError:
                data = b""  # closed without close_notify: the framing decides whether something is missing
                break
            except OSError as error:
                if not self.parser.is_error or self.broken:
                    raise self._fault(read_error(self.origin, error)) from error
                data = b""
                break
        try:
            if data:
                self.parser.feed(data)
            elif self.broken:  # by us: this is not the end of a response that ends with its connection
                raise closed(self.origin)
            else:
                self.parser.finish()
        except BadResponse as error:
            raise lost(self.origin, error) from None
        return True

    def _fault(self, error: httpx.RequestError) -> httpx.RequestError:
        """What to blame: not the server, where the caller has closed the client."""
        return closed(self.origin) if self.broken else error

    def _await(self, wanted: int, phase: str, clock: Clock) -> int:
        limit = clock.until(phase)
        while True:
            left = None if limit is None else limit - time.monotonic()
            if left is not None and left <= 0:
                raise clock.error(phase, self.origin)
            ready = self._ready(wanted, left)
            if ready:
                return ready
