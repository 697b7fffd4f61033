"""httpx's own transports, for what the wire leaves to them: proxies, patched httpx, other loops.

They know nothing of ``extensions["deadline"]``. Here it is kept as well as it can be from outside:
timeouts are cut to what is left, and time is looked at between the parts of a body; the
asynchronous half also cancels a step that takes longer.
"""

from __future__ import annotations

import contextlib
import ssl
import sys
import weakref
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator
from typing import Any, TypeVar

import httpx

from aleph_alpha._http.proxies import check_proxy
from aleph_alpha._http.wire_errors import Clock
from aleph_alpha._http.wire_protocol import Origin

__all__ = ["AsyncStock", "Stock", "bounded", "bounded_async"]

_T = TypeVar("_T")
_PHASES = ("connect", "read", "write", "pool")

_Context = Callable[[], ssl.SSLContext]
_Transports = dict[str | None, httpx.AsyncHTTPTransport]


class Stock:
    """One synchronous transport of httpx for each proxy, and one for none."""

    def __init__(self, context: _Context, limits: httpx.Limits) -> None:
        self._context = context
        self._limits = limits
        self._transports: dict[str | None, httpx.HTTPTransport] = {}
        weakref.finalize(self, _close_all, self._transports)

    def get(self, proxy: str | None) -> httpx.HTTPTransport:
        """The transport; raises ``httpx.UnsupportedProtocol`` for a proxy that cannot be used."""
        transport = self._transports.get(proxy)
        if transport is None:
            with _explaining(proxy):
                transport = httpx.HTTPTransport(verify=self._context(), limits=self._limits, proxy=proxy)
            transport = self._transports.setdefault(proxy, transport)
        return transport

    def close(self) -> None:
        _close_all(self._transports)


class AsyncStock:
    """The same for event loops, each of which gets transports of its own; they end with it."""

    def __init__(self, context: _Context, limits: httpx.Limits) -> None:
        self._context = context
        self._limits = limits
        self._loops: dict[Any, tuple[_Transports, AsyncGenerator[None]]] = {}

    async def get(self, proxy: str | None) -> httpx.AsyncHTTPTransport:
        loop = _current_loop()
        if loop not in self._loops:
            transports: _Transports = {}
            guard = _guard(transports, lambda: self._loops.pop(loop, None))
            await anext(guard)
            self._loops[loop] = transports, guard
        transports = self._loops[loop][0]
        if proxy not in transports:
            with _explaining(proxy):
                transports[proxy] = httpx.AsyncHTTPTransport(verify=self._context(), limits=self._limits, proxy=proxy)
        return transports[proxy]

    async def aclose(self) -> None:
        """Close the transports of this loop; those of others end with theirs."""
        _, guard = self._loops.get(_current_loop(), (None, None))
        if guard is not None:
            await guard.aclose()


async def _guard(transports: _Transports, forget: Callable[[], object]) -> AsyncGenerator[None]:
    """Closes the transports when it is closed itself, which every loop does before it ends."""
    try:
        yield
    finally:
        forget()
        while transports:
            await transports.popitem()[1].aclose()


def _close_all(transports: dict[str | None, httpx.HTTPTransport]) -> None:
    while transports:
        transports.popitem()[1].close()


@contextlib.contextmanager
def _explaining(proxy: str | None) -> Iterator[None]:
    try:
        if proxy is not None:
            check_proxy(proxy)
        yield
    except (ValueError, ImportError) as error:  # SOCKS needs another package: the message says which
        raise httpx.UnsupportedProtocol(str(error)) from None


def _current_loop() -> Any:
    """What connections are bound to: asyncio's loop, or trio's run."""
    import asyncio

    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return sys.modules["trio"].lowlevel.current_trio_token()


def bounded(request: httpx.Request, handle: Callable[[httpx.Request], httpx.Response]) -> httpx.Response:
    """``handle(request)`` under its deadline, the body of the answer included."""
    clock = Clock.of(request)
    origin = Origin.of(request.url)
    _cut(request, clock, origin)
    response = handle(request)
    if isinstance(response.stream, httpx.SyncByteStream):
        response.stream = _Bounded(response.stream, clock, origin, request)
    return response


async def bounded_async(
    request: httpx.Request, handle: Callable[[httpx.Request], Awaitable[httpx.Response]]
) -> httpx.Response:
    """The same for an event loop."""
    clock = Clock.of(request)
    origin = Origin.of(request.url)
    _cut(request, clock, origin)
    response = await _within(handle(request), clock, origin, request)
    if isinstance(response.stream, httpx.AsyncByteStream):
        response.stream = _AsyncBounded(response.stream, clock, origin, request)
    return response


class _Bounded(httpx.SyncByteStream):
    def __init__(self, stream: httpx.SyncByteStream, clock: Clock, origin: Origin, request: httpx.Request) -> None:
        self._stream = stream
        self._clock = clock
        self._origin = origin
        self._request = request

    def __iter__(self) -> Iterator[bytes]:
        for part in self._stream:
            yield part
            if self._clock.passed():
                raise _late(self._clock, self._origin, self._request)

    def close(self) -> None:
        self._stream.close()


class _AsyncBounded(httpx.AsyncByteStream):
    def __init__(self, stream: httpx.AsyncByteStream, clock: Clock, origin: Origin, request: httpx.Request) -> None:
        self._stream = stream
        self._clock = clock
        self._origin = origin
        self._request = request

    async def __aiter__(self) -> AsyncIterator[bytes]:
        parts = self._stream.__aiter__()
        while True:
            try:
                # A scope around each step, none around a yield.
                part = await _within(anext(parts), self._clock, self._origin, self._request)
            except StopAsyncIteration:
                return
            yield part

    async def aclose(self) -> None:
        await self._stream.aclose()


async def _within(step: Awaitable[_T], clock: Clock, origin: Origin, request: httpx.Request) -> _T:
    import anyio  # not before it is needed: the wire does without

    with anyio.move_on_after(clock.remaining()):
        return await step
    raise _late(clock, origin, request)


def _late(clock: Clock, origin: Origin, request: httpx.Request) -> httpx.TimeoutException:
    error = clock.error("read", origin)
    error.request = request
    return error


def _cut(request: httpx.Request, clock: Clock, origin: Origin) -> None:
    try:
        clock.check(origin)
    except httpx.TimeoutException as error:
        error.request = request
        raise
    if clock.deadline is not None:
        request.extensions["timeout"] = {phase: clock.left(phase) for phase in _PHASES}
