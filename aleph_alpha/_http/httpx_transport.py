"""httpx's own transports, for what the wire leaves to them: SOCKS, patched httpx, other loops.

They know nothing of ``extensions["deadline"]``. Here it is kept as well as it can be from outside:
timeouts are cut to what is left, and time is looked at between the parts of a body; the
asynchronous version also cancels a step that takes longer. The synchronous one cannot: a server that
sends the head of its response byte by byte, or one part of its body late, keeps it beyond the deadline.
"""

from __future__ import annotations

import contextlib
import os
import re
import socket
import ssl
import sys
import weakref
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar

import httpx

from aleph_alpha._http.wire.failures import Clock, Closed, chain, closed
from aleph_alpha._http.wire.origin import Origin, Proxy
from aleph_alpha.errors import UnsupportedRuntimeError

__all__ = ["AsyncHttpxTransport", "BoundedExchange", "HttpxTransport"]

_T = TypeVar("_T")
_PHASES = ("connect", "read", "write", "pool")

# What a SOCKS server says where it would have connected.
_SOCKS_REFUSES = re.compile(
    "could not connect: "
    "(General SOCKS server failure|Network unreachable|Host unreachable|Connection refused|TTL expired)"
).search

_BROKEN = (httpx.NetworkError, httpx.RemoteProtocolError)

_Context = Callable[[], ssl.SSLContext]
_Transports = dict[str | None, httpx.AsyncHTTPTransport]


class HttpxTransport:
    """One synchronous transport of httpx for each proxy, and one for none."""

    def __init__(self, context: _Context, limits: httpx.Limits) -> None:
        self._context = context
        self._limits = limits
        self._transports: dict[tuple[int, str | None], httpx.HTTPTransport] = {}  # of a process, as sockets are
        self._sockets: weakref.WeakKeyDictionary[socket.socket, int] = weakref.WeakKeyDictionary()  # and its process
        weakref.finalize(self, _close_all, self._transports)

    def send(self, request: httpx.Request, proxy: Proxy | None) -> httpx.Response:
        """The response to ``request``, its body unread."""
        transport = self._get(proxy)
        steps = _Steps()

        def watch(event: str, about: Mapping[str, Any]) -> None:
            steps.note(event, about)
            self._watch(event, about)

        request.extensions["trace"] = watch
        key = os.getpid(), proxy
        bounded = BoundedExchange(request, _by(proxy), lambda: self._transports.get(key) is not transport)
        try:
            response = bounded.send(transport.handle_request)
        except Exception as error:
            if (not_sent := steps.not_sent(error, request, proxy)) is None:
                raise
            for stream in steps.opened:
                stream.close()
            raise not_sent from error
        response.request = request  # httpx's transports leave that to its clients
        return response

    def _get(self, proxy: Proxy | None) -> httpx.HTTPTransport:
        key = os.getpid(), proxy
        transport = self._transports.get(key)
        if transport is None:
            self._leave_to_parent(key[0])
            transport = httpx.HTTPTransport(verify=self._context(), limits=self._limits, proxy=proxy)
            transport = self._transports.setdefault(key, transport)
        return transport

    def _leave_to_parent(self, pid: int) -> None:
        """In a forked child, let go of what the parent process sends through: responses would get mixed up."""
        for ref in self._sockets.keyrefs():
            opened = ref()
            if opened is not None and self._sockets.get(opened) not in (None, pid):
                opened.close()  # only this process's descriptor; nothing is sent
        for key in [key for key in list(self._transports) if key[0] != pid]:
            self._transports.pop(key, None)  # not closed: a lock of its may have been held by another thread

    def close(self) -> None:
        """Close all connections; a call under way fails."""
        closing = {key: self._transports.pop(key) for key in list(self._transports)}
        for ref in self._sockets.keyrefs():  # a list: other threads may add to them
            opened = ref()
            # A thread that reads from a socket is not woken by its being closed. What was open before a
            # fork serves the parent process: for that, closing is all.
            if opened is not None and self._sockets.get(opened) == os.getpid():
                with contextlib.suppress(OSError):
                    socket.socket.shutdown(opened, socket.SHUT_RDWR)
        _close_all(closing)

    def _watch(self, event: str, about: Mapping[str, Any]) -> None:
        """What httpcore tells of its steps: remember the sockets that it opens."""
        if event.endswith((".connect_tcp.complete", ".start_tls.complete")):
            opened = about["return_value"].get_extra_info("socket")
            if isinstance(opened, socket.socket):
                self._sockets[opened] = os.getpid()


class AsyncHttpxTransport:
    """The same for event loops, each of which gets transports of its own; they end with it."""

    def __init__(self, context: _Context, limits: httpx.Limits) -> None:
        self._context = context
        self._limits = limits
        self._loops: dict[Any, tuple[_Transports, AsyncGenerator[None]]] = {}

    async def send(self, request: httpx.Request, proxy: Proxy | None) -> httpx.Response:
        transports = await self._of_loop()
        if proxy not in transports:
            transports[proxy] = httpx.AsyncHTTPTransport(verify=self._context(), limits=self._limits, proxy=proxy)
        transport = transports[proxy]
        bounded = BoundedExchange(request, _by(proxy), lambda: transports.get(proxy) is not transport)
        steps = _Steps()

        async def watch(event: str, about: Mapping[str, Any]) -> None:
            steps.note(event, about)

        request.extensions["trace"] = watch
        try:
            response = await bounded.send_async(transport.handle_async_request)
        except Exception as error:
            if (not_sent := steps.not_sent(error, request, proxy)) is None:
                raise
            for stream in steps.opened:
                await stream.aclose()
            raise not_sent from error
        response.request = request
        return response

    async def _of_loop(self) -> _Transports:
        loop = _current_loop()
        if loop not in self._loops:
            transports: _Transports = {}
            guard = _guard(transports, lambda: self._loops.pop(loop, None))
            await anext(guard)
            self._loops[loop] = transports, guard
        return self._loops[loop][0]

    async def aclose(self) -> None:
        """Close the transports of this loop; those of others end with theirs."""
        _, guard = self._loops.get(_current_loop(), (None, None))
        if guard is not None:
            await guard.aclose()


class _Steps:
    """How far a request has come, from what httpcore tells of its steps.

    Attributes:
        opened: the connections that it made; one that leads no further than to the proxy, httpcore leaves open.
    """

    def __init__(self) -> None:
        self.opened: list[Any] = []
        self._sent = False

    def note(self, event: str, about: Mapping[str, Any]) -> None:
        if event.endswith(".connect_tcp.complete"):
            self.opened.append(about["return_value"])
        elif event.endswith(".send_request_headers.started"):
            self._sent = True

    def not_sent(self, error: Exception, request: httpx.Request, proxy: Proxy | None) -> httpx.ConnectError | None:
        """The error to raise instead of one that came up between client and proxy, and may be another next time."""
        if proxy is None or self._sent or isinstance(error, Closed):
            return None
        if isinstance(error, httpx.ProxyError):
            passing = _SOCKS_REFUSES(str(error)) is not None
        else:  # the package for SOCKS has errors of its own for what breaks off
            passing = isinstance(error, _BROKEN) or type(error).__module__.partition(".")[0] == "socksio"
        return httpx.ConnectError(f"{error} (by {_by(proxy)})", request=request) if passing else None


async def _guard(transports: _Transports, forget: Callable[[], object]) -> AsyncGenerator[None]:
    """Closes the transports when it is closed itself, which every loop does before it ends."""
    try:
        yield
    finally:
        forget()
        while transports:
            await transports.popitem()[1].aclose()


def _close_all(transports: dict[tuple[int, str | None], httpx.HTTPTransport]) -> None:
    while transports:
        transports.popitem()[1].close()


def _by(proxy: Proxy | None) -> str:
    return "httpx" if proxy is None else f"the proxy {proxy.shown}"


def _current_loop() -> Any:
    """What connections are bound to: asyncio's loop, or trio's run."""
    import asyncio

    try:
        return asyncio.get_running_loop()
    except RuntimeError as error:
        try:
            return sys.modules["trio"].lowlevel.current_trio_token()
        except (KeyError, RuntimeError):
            text = "AsyncClient needs the event loop of asyncio or trio, and none is running here; use Client"
            raise UnsupportedRuntimeError(text) from error


class BoundedExchange:
    """One exchange by other means than the wire: its bounds, and what its errors say of where it went.

    Args:
        request: with its bounds in ``extensions``; where it goes is noted there, too.
        by: what it goes through.
        closed: whether the caller has closed the client meanwhile.
    """

    def __init__(self, request: httpx.Request, by: str, closed: Callable[[], bool]) -> None:
        self.request = request
        self._clock = Clock.of(request)
        self._where = request.extensions["route"] = f"{Origin.of(request.url)} through {by}"
        self._closed = closed
        try:
            self._clock.check(self._where)
        except httpx.TimeoutException as error:
            error.request = request
            raise
        if self._clock.deadline is not None:
            request.extensions["timeout"] = {phase: self._clock.left(phase) for phase in _PHASES}

    def send(self, handle: Callable[[httpx.Request], httpx.Response]) -> httpx.Response:
        """``handle(request)`` under its deadline, the body of the response included."""
        with self._explaining():
            response = handle(self.request)
        if isinstance(response.stream, httpx.SyncByteStream):
            response.stream = _Bounded(response.stream, self)
        return response

    async def send_async(self, handle: Callable[[httpx.Request], Awaitable[httpx.Response]]) -> httpx.Response:
        """The same for an event loop."""
        response = await self.within(handle(self.request))
        if isinstance(response.stream, httpx.AsyncByteStream):
            response.stream = _AsyncBounded(response.stream, self)
        return response

    def each(self, parts: Iterable[bytes]) -> Iterator[bytes]:
        """The parts of a body; between them the deadline is looked at."""
        with self._explaining():
            for part in parts:
                yield part
                if self._clock.passed():
                    raise self._late()
        if self._closed():  # which looks like the end of a response that ends with its connection
            raise self._of_this(closed(self._where))

    async def within(self, step: Awaitable[_T]) -> _T:
        """The result of a step, which is cancelled at the deadline."""
        import anyio  # not before it is needed: the wire does without

        with self._explaining(), anyio.move_on_after(self._clock.remaining()):
            return await step
        raise self._late()

    @contextlib.contextmanager
    def _explaining(self) -> Iterator[None]:
        try:
            yield
        except httpx.HTTPError as error:
            _hide_frames(error)
            if isinstance(error, httpx.RequestError):
                error.request = self.request
            if self._closed():
                raise self._of_this(closed(self._where)) from error
            raise

    def _late(self) -> httpx.RequestError:
        return self._of_this(self._clock.error("read", self._where))

    def _of_this(self, error: httpx.RequestError) -> httpx.RequestError:
        error.request = self.request
        return error


class _Bounded(httpx.SyncByteStream):
    def __init__(self, stream: httpx.SyncByteStream, bounds: BoundedExchange) -> None:
        self._stream = stream
        self._bounds = bounds

    def __iter__(self) -> Iterator[bytes]:
        return self._bounds.each(self._stream)

    def close(self) -> None:
        self._stream.close()


class _AsyncBounded(httpx.AsyncByteStream):
    def __init__(self, stream: httpx.AsyncByteStream, bounds: BoundedExchange) -> None:
        self._stream = stream
        self._bounds = bounds

    async def __aiter__(self) -> AsyncIterator[bytes]:
        parts = self._stream.__aiter__()
        while True:
            try:
                # A scope around each step, none around a yield.
                part = await self._bounds.within(anext(parts))
            except StopAsyncIteration:
                return
            yield part

    async def aclose(self) -> None:
        await self._stream.aclose()


def _hide_frames(error: BaseException) -> None:
    """Leave out where in other libraries it happened: their frames hold the headers of a request, token included.

    Error trackers show the local variables of every frame.
    """
    for each in chain(error):
        each.__traceback__ = None
