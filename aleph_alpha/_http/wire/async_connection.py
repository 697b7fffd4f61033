"""One connection of the asynchronous wire: an asyncio protocol that one task at a time waits on."""

from __future__ import annotations

import asyncio
import contextlib
import os
import ssl
import time
import weakref
from collections.abc import AsyncGenerator, AsyncIterable, Callable
from typing import NoReturn, Protocol, cast

import httpx

from aleph_alpha._http.wire.async_socket import Opened, open_socket
from aleph_alpha._http.wire.connect import round_trip
from aleph_alpha._http.wire.failures import Clock, closed, connect_error, lost, read_error, write_error
from aleph_alpha._http.wire.origin import Origin
from aleph_alpha._http.wire.protocol import BadResponse, ResponseParser
from aleph_alpha._http.wire.request import Outgoing
from aleph_alpha._http.wire.tls_layer import TlsLayer

__all__ = ["AsyncConnection"]

_WRITE_BYTES = 256 * 1024  # handed to the loop at a time, so that a large body is not copied whole
_BUFFERED_BYTES = 1024 * 1024  # of a body that nobody takes, before the server is made to wait
_TICK = 0.001  # timers may fire early by the clock's resolution

_IDLE = Clock(None, None)

# What a task waits for:
_WRITABLE, _HEAD, _DATA, _WHOLE = range(4)


class Pool(Protocol):
    """What a connection knows of its pool.

    Attributes:
        buffer: read into by all connections of a loop, one after the other.
    """

    buffer: memoryview[int]

    def lost(self, connection: AsyncConnection) -> None:
        """The connection has ended."""


class AsyncConnection(asyncio.BufferedProtocol):
    """A connected transport with its parser, bound to the loop it was opened on.

    ``send`` then ``read_head`` then ``read`` until ``parser.complete``, or ``read_whole``; any
    exception, cancellation included, leaves it unusable, and the caller aborts it.
    """

    def __init__(self, opened: Opened, origin: Origin, pool: Pool, loop: asyncio.AbstractEventLoop) -> None:
        self.origin = origin
        self.seen = opened.seconds
        self.round_trip = opened.seconds if origin.proxy else round_trip(opened.socket, opened.seconds)
        self._tls = opened.tls
        self.parser = ResponseParser()
        self.reused = False  # it has carried an exchange before the current one
        self.broken = False  # interrupted by the pool while in use
        self.idle = False
        self.lost = False
        self.ref: weakref.ref[AsyncConnection] = weakref.ref(self)
        self._buffer = pool.buffer
        self._pool = weakref.ref(pool)  # a connection must not keep the pool of a client that is gone
        self._loop = loop
        self._transport: asyncio.Transport = cast(asyncio.Transport, None)
        self._error: httpx.RequestError | None = None
        self._writable = True
        self._reading = True
        self._buffered = 0
        self._limited = True  # stop reading when the buffer is full
        self._waiter: asyncio.Future[None] | None = None
        self._goal = _HEAD
        # One timer serves one exchange after the other: it looks, when it fires, how long is left.
        self._clock = _IDLE
        self._phase = "read"
        self._deadline: float | None = None  # by the loop's clock
        self._seconds: float | None = None  # of silence
        self._since = 0.0  # last sign of life, by the loop's clock
        self._timer: asyncio.TimerHandle | None = None
        self._timer_at = 0.0
        self._unsent = 0
        self._sent = 0  # of a body that is a stream
        self._guard: AsyncGenerator[None]

    @classmethod
    async def open(
        cls, origin: Origin, context: Callable[[], ssl.SSLContext], clock: Clock, pool: Pool
    ) -> AsyncConnection:
        """Connect, with TLS for https; raises ``httpx.ConnectError`` or ``httpx.ConnectTimeout``."""
        loop = asyncio.get_running_loop()
        bound = asyncio.timeout(clock.left("connect"))
        try:
            async with bound:
                opened = await open_socket(origin, context, loop)
                _, connection = await loop.create_connection(
                    lambda: cls(opened, origin, pool, loop), sock=opened.socket
                )
        except (OSError, ssl.CertificateError) as error:
            if bound.expired():
                raise clock.error("connect", origin) from error
            raise connect_error(origin, error) from error
        return connection

    # Called by the loop:

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        # Paused as soon as anything stays unsent: then "resumed" means that all of it is sent.
        self._transport.set_write_buffer_limits(high=1, low=0)
        self._guard = _guard(self.ref)
        with contextlib.suppress(StopIteration):
            self._guard.__anext__().send(None)  # up to its yield: from here on the loop knows it

    def get_buffer(self, sizehint: int) -> memoryview:
        # One for all connections of the loop: what is read into it is parsed before anything else is
        # read. A fresh one each time, as asyncio's other kind of protocol has it, costs ten times the read.
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        data: bytes | memoryview = self._buffer[:nbytes]
        if self._tls is not None:
            data = self._decrypt(self._tls, data)
            if not data and not (self.idle and self._tls.ended):
                return
        if self.idle:  # nobody asked for anything
            self.abort()
            return
        self._since = self._loop.time()
        try:
            self.parser.feed(data)
        except BadResponse as error:
            self._fail(lost(self.origin, error))
            return
        if self._waiter is not None:
            self._wake()
        if self._limited:
            self._buffered += nbytes
            if self._buffered > _BUFFERED_BYTES and self._reading and not self.parser.complete:
                self._reading = False
                self._transport.pause_reading()

    def eof_received(self) -> None:
        if not self.idle:
            try:
                if self._tls is not None and (data := self._decrypt(self._tls, b"")):
                    self.parser.feed(data)
                self.parser.finish()
            except BadResponse as error:
                self._fail(lost(self.origin, error))
            else:
                self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost = True
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if exc is not None and self._phase == "write" and not self.parser.complete:
            self._salvage()
        if not self.idle and not self.parser.complete and self._error is None:
            if self.parser.is_error and not self.broken:
                self.parser.finish()
            else:
                self._error = self._broke(exc)
        self._wake()
        pool = self._pool()
        if pool is not None:
            pool.lost(self)
        self.parser.release()
        with contextlib.suppress(StopIteration):
            self._guard.aclose().send(None)

    def pause_writing(self) -> None:
        self._writable = False

    def resume_writing(self) -> None:
        self._writable = True
        self._wake()

    # Called by the task that uses it:

    def begin(self, clock: Clock) -> None:
        """Start an exchange under these bounds."""
        self.idle = False
        self._clock = clock
        self._error = None
        self._buffered = 0
        self._limited = True

    async def send(self, out: Outgoing) -> None:
        """Write a request. Returns early if its response is already complete (say, 413)."""
        parser = self.parser
        parser.start(out.head_only, out.max_response_bytes)
        transport = self._transport
        write = transport.write if self._tls is None else self._write
        self._phase = "write"
        write(out.first)
        if out.rest is not None:
            view = memoryview(out.rest)
            for start in range(0, len(view), _WRITE_BYTES):
                if not self._writable:
                    await self._wait(_WRITABLE, "write")
                if parser.complete or transport.is_closing():
                    parser.keep_alive = False
                    break
                write(view[start : start + _WRITE_BYTES])
        elif out.stream is not None:
            await self._send_stream(out)
        if transport.is_closing():
            await self._wait(_WHOLE, "write")  # until the end is reported
        elif not self._writable:
            await self._wait(_WRITABLE, "write")
            if not self._writable:  # the response is there, the request is not through
                parser.keep_alive = False

    async def read_head(self) -> None:
        """Read until status and headers are there."""
        if not self.parser.head_complete:
            await self._wait(_HEAD, "read")

    async def read(self) -> bytes:
        """The next part of the body, b"" at its end."""
        parser = self.parser
        if not parser.parts and not parser.complete:
            await self._wait(_DATA, "read")
        parts = parser.take()
        self._buffered = 0
        self._resume()
        return parts[0] if len(parts) == 1 else b"".join(parts)

    async def read_whole(self) -> None:
        """Read until the whole response is there, in ``parser.parts``."""
        if not self.parser.complete:
            self._limited = False
            self._resume()
            await self._wait(_WHOLE, "read")

    def rest(self, seconds: float) -> None:
        """The exchange is over: lie idle, at most so long."""
        self.idle = True
        self.reused = True
        self._clock = _IDLE
        self._phase = "idle"
        self._watch(seconds)

    @property
    def usable(self) -> bool:
        """Whether it can carry another exchange, as far as is known here."""
        return not (self.lost or self.broken or self._transport.is_closing())

    def interrupt(self) -> None:
        """Break the connection under whoever uses it."""
        self.broken = True
        self.abort()

    def abort(self) -> None:
        """Close at once, without TLS's farewell."""
        if not self.lost:
            self._transport.abort()

    def call_soon(self, callback: Callable[[], object]) -> None:
        """Have the loop call back, from whatever thread, also while it does not run."""
        if not self.lost:
            with contextlib.suppress(RuntimeError):  # the loop is closed, and with it the connection
                self._loop.call_soon_threadsafe(callback)

    async def _send_stream(self, out: Outgoing) -> None:
        self._sent = 0
        if isinstance(out.stream, AsyncIterable):
            async for part in out.stream:
                if not await self._send_part(out, part):
                    return
        else:
            for piece in out.stream or ():
                if not await self._send_part(out, piece):
                    return
        if out.chunked:
            self._write(b"0\r\n\r\n")
        elif self._sent != out.length:
            raise _of_another_length(out)

    async def _send_part(self, out: Outgoing, part: bytes | memoryview) -> bool:
        """False where the server wants no more."""
        if self.parser.complete or self._transport.is_closing():
            self.parser.keep_alive = False
            return False
        if not part:
            return True
        self._sent += len(part)
        if out.chunked:
            part = b"%x\r\n%b\r\n" % (len(part), bytes(part))
        elif out.length is not None and self._sent > out.length:
            raise _of_another_length(out)
        self._write(part)
        if not self._writable:
            await self._wait(_WRITABLE, "write")
        elif self._clock.passed():
            raise self._clock.error("write", self.origin)
        return True

    def _write(self, data: bytes | memoryview) -> None:
        tls = self._tls
        if tls is not None:
            try:
                tls.write(data)
            except ssl.SSLError as error:
                raise write_error(self.origin, error) from error
            data = tls.to_send()
        self._transport.write(data)

    def _decrypt(self, tls: TlsLayer, data: bytes | memoryview) -> bytes:
        """What is in these bytes for the parser, if anything: TLS has things to say of its own."""
        plain = b""
        try:
            tls.feed(data)
            plain = tls.read()
        except ssl.SSLError as error:
            broke = self._broke(error)
            broke.__cause__ = error.with_traceback(None)
            self._fail(broke)
        if response := tls.to_send():
            self._transport.write(response)
        if tls.ended and data:
            self._loop.call_soon(self._farewell)  # once what came before it is taken in
        return plain

    def _farewell(self) -> None:
        self.eof_received()
        self.abort()

    async def _wait(self, goal: int, phase: str) -> None:
        self._goal = goal
        self._phase = phase
        if self._reached():
            return
        if self._failed():
            self._raise()
        if phase == "write":
            self._unsent = self._transport.get_write_buffer_size()
        self._watch(self._clock.timeout.get(phase))
        self._waiter = self._loop.create_future()
        try:
            await self._waiter
        finally:
            self._waiter = None
        if self._failed() and not self._reached():
            self._raise()

    def _failed(self) -> bool:
        return self._error is not None or self.lost

    def _raise(self) -> NoReturn:
        # Kept, here or in a frame, the error would keep all frames, and the request in them, until a collection.
        error, self._error = self._error or self._broke(None), None
        try:
            raise error
        finally:
            del error

    def _reached(self) -> bool:
        goal, parser = self._goal, self.parser
        if goal == _WHOLE:
            return parser.complete
        if goal == _HEAD:
            return parser.head_complete
        if goal == _DATA:
            return bool(parser.parts) or parser.complete
        return self._writable or parser.complete

    def _wake(self) -> None:
        waiter = self._waiter
        if waiter is not None and not waiter.done() and (self._error is not None or self._reached()):
            waiter.set_result(None)

    def _fail(self, error: httpx.RequestError) -> None:
        self._error = error
        self.abort()
        self._wake()

    def _broke(self, exc: Exception | None) -> httpx.RequestError:
        if self.broken:
            return closed(self.origin)
        return (write_error if self._phase == "write" else read_error)(self.origin, exc)

    def _salvage(self) -> None:
        """The server no longer reads; read what it said before it closed, which the loop does not."""
        try:
            with self._transport.get_extra_info("socket").dup() as sock:
                sock.setblocking(False)
                while not self.parser.complete:
                    data = sock.recv(_WRITE_BYTES)
                    if self._tls is not None:
                        self._tls.feed(data)
                        data = self._tls.read()
                        if not data and not self._tls.ended:
                            continue
                    if data:
                        self.parser.feed(data)
                    else:
                        self.parser.finish()
        except (OSError, BadResponse, AttributeError, NotImplementedError):  # loops differ in what they hand out
            pass

    def _resume(self) -> None:
        if not self._reading:
            self._reading = True
            if not self.lost:
                self._transport.resume_reading()

    def _watch(self, seconds: float | None) -> None:
        """Let no more than so many seconds pass without a sign of life, and not the deadline."""
        self._seconds = seconds
        self._since = self._loop.time()
        deadline = self._clock.deadline
        self._deadline = None if deadline is None else self._since + deadline - time.monotonic()
        if seconds is None and deadline is None:
            return
        limit = self._limit()
        if self._timer is None or limit < self._timer_at:
            if self._timer is not None:
                self._timer.cancel()
            self._timer_at = limit
            self._timer = self._loop.call_at(limit, self._look)

    def _limit(self) -> float:
        limit = float("inf") if self._seconds is None else self._since + self._seconds
        return limit if self._deadline is None or limit < self._deadline else self._deadline

    def _look(self) -> None:
        """The timer fired: is it time?"""
        self._timer = None
        if self._phase == "write" and self._waiter is not None:
            unsent = self._transport.get_write_buffer_size()
            if unsent < self._unsent:  # the peer takes it, slowly
                self._unsent = unsent
                self._since = self._loop.time()
        limit = self._limit()
        if limit == float("inf"):
            return
        if self._loop.time() + _TICK < limit:
            self._timer_at = limit
            self._timer = self._loop.call_at(limit, self._look)
        elif self.idle:
            self.abort()
        elif self._waiter is not None:
            self._error = self._clock.error(self._phase, self.origin)
            self._wake()


def _of_another_length(out: Outgoing) -> httpx.LocalProtocolError:
    return httpx.LocalProtocolError(f"the request announces a body of {out.length} bytes and yields another length")


async def _guard(connection: weakref.ref[AsyncConnection]) -> AsyncGenerator[None]:
    """Closes a connection when its loop winds up.

    A suspended asynchronous generator is the one thing that every loop closes before it ends
    (``shutdown_asyncgens``, which ``asyncio.run`` calls).
    """
    pid = os.getpid()
    try:
        yield
    finally:
        found = connection()
        if found is not None and pid == os.getpid():  # a forked child shares the parent's selector
            found.abort()
