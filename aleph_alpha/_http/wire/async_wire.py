"""The asynchronous wire: an httpx transport that keeps its own connections."""

from __future__ import annotations

import asyncio
import contextlib
import os
import ssl
import time
import weakref
from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import Any

import httpx

from aleph_alpha._http.wire.async_connection import AsyncConnection
from aleph_alpha._http.wire.async_pool import AsyncPool
from aleph_alpha._http.wire.failures import Clock
from aleph_alpha._http.wire.origin import Proxy
from aleph_alpha._http.wire.protocol import WireResponse
from aleph_alpha._http.wire.request import Outgoing, outgoing
from aleph_alpha._http.wire.resend import BROKEN, SILENT, is_dead, may_resend, needs_fresh, not_resent

__all__ = ["AsyncWire"]


class AsyncWire(httpx.AsyncBaseTransport):
    """HTTP/1.1 over plain TCP or TLS on asyncio; each event loop gets connections of its own.

    A request on a reused connection that closed at once, before any byte of a response, is sent once
    more on a fresh one, if its body is not a stream; ``extensions["resent"]`` of request and
    response is then True. Nothing else is ever sent twice. If the fresh one cannot be made, that is the
    error, and the next exchange of the same task takes a fresh one, so that it is the second time.
    """

    def __init__(
        self,
        context: Callable[[], ssl.SSLContext],
        max_connections: int,
        max_idle: int,
        idle_expiry: float,
    ) -> None:
        self._context = context
        self._limits = (max_connections, max_idle, idle_expiry)
        self._pools: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, AsyncPool] = weakref.WeakKeyDictionary()

    async def handle_async_request(self, request: httpx.Request, proxy: Proxy | None = None) -> httpx.Response:
        clock = Clock.of(request)
        try:
            out = outgoing(request, proxy)
            pool, connection = await self._exchange(out, clock, request.extensions, whole=False)
            return self._response(pool, connection, request)
        except httpx.RequestError as error:
            error.request = request
            raise

    async def exchange(self, out: Outgoing, clock: Clock, marks: dict[str, Any]) -> WireResponse:
        """Send, and read the whole response; ``marks["resent"]`` is set if it was sent twice."""
        pool, connection = await self._exchange(out, clock, marks, whole=True)
        parser = connection.parser
        parts = parser.take()
        content = parts[0] if len(parts) == 1 else b"".join(parts)
        resent = "resent" in marks
        response = WireResponse(parser.status, parser.headers, content, parser.encoded, resent, parser.deviations)
        pool.release(connection, reusable=parser.keep_alive)
        return response

    async def aclose(self) -> None:
        """Close all connections of this loop, and those of other loops that are idle. Reusable afterwards."""
        current = asyncio.get_running_loop()
        for ref in self._pools.keyrefs():  # a list: other threads may add to them
            loop = ref()
            pool = None if loop is None else self._pools.get(loop)
            if loop is None or pool is None or pool.pid != os.getpid():
                continue
            if loop is current:
                pool.close()
                await asyncio.sleep(0)  # the loop closes the sockets in its next round
            else:
                with contextlib.suppress(RuntimeError):  # the loop is closed, and with it its connections
                    loop.call_soon_threadsafe(pool.close_idle)

    def _pool(self) -> AsyncPool:
        loop = asyncio.get_running_loop()
        pool = self._pools.get(loop)
        if pool is None or pool.pid != os.getpid():
            pool = self._pools[loop] = AsyncPool(*self._limits)
        return pool

    async def _exchange(
        self, out: Outgoing, clock: Clock, marks: dict[str, Any], *, whole: bool
    ) -> tuple[AsyncPool, AsyncConnection]:
        clock.check(out.origin)
        pool = self._pool()
        connection, full = pool.take(out.origin)
        if full:
            connection = await pool.wait(out.origin, clock)
            if connection is not None and not connection.usable:  # it ended as it was handed over
                pool.discard(connection)
                connection = None
        if connection is not None and needs_fresh.get():
            pool.discard(connection)
            connection = None
        if connection is None:
            connection = await self._open(pool, out, clock)
        began = time.monotonic()
        try:
            try:
                await _converse(connection, out, clock, whole)
                return pool, connection
            except (*BROKEN, *SILENT) as error:
                if is_dead(connection):
                    pool.distrust(out.origin)
                if isinstance(error, SILENT) or not may_resend(connection, out, clock, began, error):
                    raise
        except BaseException:
            pool.release(connection, reusable=False)
            raise
        pool.discard(connection)
        try:
            connection = await self._open(pool, out, clock)
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise not_resent(error) from error
        marks["resent"] = True
        try:
            await _converse(connection, out, clock, whole)
            return pool, connection
        except BaseException:
            pool.release(connection, reusable=False)
            raise

    async def _open(self, pool: AsyncPool, out: Outgoing, clock: Clock) -> AsyncConnection:
        try:
            connection = await AsyncConnection.open(out.origin, self._context, clock, pool)
        except BaseException:
            pool.forfeit()
            raise
        pool.opened(connection)
        needs_fresh.set(False)
        return connection

    def _response(self, pool: AsyncPool, connection: AsyncConnection, request: httpx.Request) -> httpx.Response:
        parser = connection.parser
        stream = _Body(pool, connection, request)
        response = httpx.Response(
            parser.status,
            headers=parser.headers,
            stream=stream,
            request=request,
            extensions={
                "http_version": b"HTTP/" + parser.version.encode("ascii"),
                "reason_phrase": parser.reason,
                "resent": request.extensions.get("resent", False),
            },
        )
        if parser.complete:
            stream.settle()
        return response


async def _converse(connection: AsyncConnection, out: Outgoing, clock: Clock, whole: bool) -> None:
    connection.begin(clock)
    await connection.send(out)
    if whole:
        await connection.read_whole()
    else:
        await connection.read_head()


class _Body(httpx.AsyncByteStream):
    """The body of one response; gives the connection back at its end."""

    def __init__(self, pool: AsyncPool, connection: AsyncConnection, request: httpx.Request) -> None:
        self._pool = pool
        self._connection: AsyncConnection | None = connection
        self._request = request
        self._rest: list[bytes] = []

    def settle(self) -> None:
        """The response is complete in memory: free the connection before anybody has read it."""
        if self._connection is not None:
            self._rest = self._connection.parser.take()
            self._give_back()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        rest, self._rest = self._rest, []
        for part in rest:
            yield part
        try:
            while (connection := self._connection) is not None:
                part = await connection.read()
                if connection.parser.complete and not connection.parser.parts:
                    self._give_back()
                if part:
                    yield part
        except httpx.RequestError as error:
            error.request = self._request
            raise
        finally:
            self._give_back(reusable=False)

    async def aclose(self) -> None:
        self._give_back(reusable=False)

    def __del__(self) -> None:
        connection = self._connection
        if connection is not None:  # dropped unread, in whatever thread
            connection.call_soon(partial(self._pool.release, connection, reusable=False))

    def _give_back(self, *, reusable: bool = True) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            parser = connection.parser
            self._pool.release(connection, reusable=reusable and parser.complete and parser.keep_alive)
