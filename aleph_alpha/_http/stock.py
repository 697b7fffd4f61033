"""httpx's own transports, for what the wire leaves to them: proxies, patched httpx, other loops.

They know nothing of ``extensions["deadline"]``. Here it is kept as well as it can be from outside:
timeouts are cut to what is left, and time is looked at between the parts of a body; the
asynchronous half also cancels a step that takes longer.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import TypeVar

import httpx

from aleph_alpha._http.proxies import check_proxy
from aleph_alpha._http.wire_errors import Clock
from aleph_alpha._http.wire_protocol import Origin

__all__ = ["bounded", "bounded_async", "stock", "stock_async"]

_T = TypeVar("_T")
_PHASES = ("connect", "read", "write", "pool")


def stock(context: ssl.SSLContext, limits: httpx.Limits, proxy: str | None) -> httpx.HTTPTransport:
    """A synchronous transport of httpx; raises ``httpx.UnsupportedProtocol`` for an unusable proxy."""
    _check(proxy)
    try:
        return httpx.HTTPTransport(verify=context, limits=limits, proxy=proxy)
    except ImportError as error:  # SOCKS needs another package; the message says which
        raise httpx.UnsupportedProtocol(str(error)) from error


def stock_async(context: ssl.SSLContext, limits: httpx.Limits, proxy: str | None) -> httpx.AsyncHTTPTransport:
    """The same for an event loop."""
    _check(proxy)
    try:
        return httpx.AsyncHTTPTransport(verify=context, limits=limits, proxy=proxy)
    except ImportError as error:
        raise httpx.UnsupportedProtocol(str(error)) from error


def _check(proxy: str | None) -> None:
    if proxy is not None:
        try:
            check_proxy(proxy)
        except ValueError as error:
            raise httpx.UnsupportedProtocol(str(error)) from None


def bounded(request: httpx.Request, handle: Callable[[httpx.Request], httpx.Response]) -> httpx.Response:
    """``handle(request)`` under its deadline, the body of the answer included."""
    clock = Clock.of(request)
    if clock.deadline is None:
        return handle(request)
    origin = Origin.of(request.url)
    _cut(request, clock, origin, clock.deadline)
    response = handle(request)
    if isinstance(response.stream, httpx.SyncByteStream):
        response.stream = _Bounded(response.stream, clock, origin, request)
    return response


async def bounded_async(
    request: httpx.Request, handle: Callable[[httpx.Request], Awaitable[httpx.Response]]
) -> httpx.Response:
    """The same for an event loop."""
    clock = Clock.of(request)
    if clock.deadline is None:
        return await handle(request)
    origin = Origin.of(request.url)
    _cut(request, clock, origin, clock.deadline)
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


def _cut(request: httpx.Request, clock: Clock, origin: Origin, deadline: float) -> None:
    left = deadline - time.monotonic()
    if left <= 0:
        error = clock.error("connect", origin)
        error.request = request
        raise error
    given = clock.timeout
    cut: dict[str, float] = {}
    for phase in _PHASES:
        seconds = given.get(phase)
        cut[phase] = left if seconds is None else min(seconds, left)
    request.extensions["timeout"] = cut
