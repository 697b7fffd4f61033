"""The synchronous wire: an httpx transport that keeps its own sockets."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx

from aleph_alpha._http.wire.failures import Clock
from aleph_alpha._http.wire.origin import Proxy
from aleph_alpha._http.wire.protocol import WireResponse
from aleph_alpha._http.wire.request import Outgoing, outgoing
from aleph_alpha._http.wire.resend import BROKEN, SILENT, is_dead, may_resend, needs_fresh, not_resent
from aleph_alpha._http.wire.sync_connection import SyncConnection
from aleph_alpha._http.wire.sync_pool import Place, SyncPool
from aleph_alpha._runtime.threads import check_scope

__all__ = ["SyncWire"]


class SyncWire(httpx.BaseTransport):
    """HTTP/1.1 over plain TCP or TLS, for many threads.

    A request on a reused connection that closed at once, before any byte of a response, is sent once
    more on a fresh one, if its body is not a stream; ``extensions["resent"]`` of request and
    response is then True. Nothing else is ever sent twice. If the fresh one cannot be made, that is the
    error, and the next exchange of the same thread takes a fresh one, so that it is the second time.
    """

    def __init__(
        self,
        context: Callable[[], ssl.SSLContext],
        max_connections: int,
        max_idle: int,
        idle_expiry: float,
    ) -> None:
        self._context = context
        self._pool = SyncPool(max_connections, max_idle, idle_expiry)

    def handle_request(self, request: httpx.Request, proxy: Proxy | None = None) -> httpx.Response:
        clock = Clock.of(request)
        try:
            out = outgoing(request, proxy)
            place, connection = self._exchange(out, clock, request.extensions)
            return _response(place, connection, request, clock)
        except httpx.RequestError as error:
            error.request = request
            raise

    def exchange(self, out: Outgoing, clock: Clock, marks: dict[str, Any]) -> WireResponse:
        """Send, and read the whole response; ``marks["resent"]`` is set if it was sent twice."""
        place, connection = self._exchange(out, clock, marks)
        parser = connection.parser
        try:
            content = connection.read_all(clock)
        except BaseException:
            _failed(place)
            raise
        resent = "resent" in marks
        response = WireResponse(parser.status, parser.headers, content, parser.encoded, resent, parser.deviations)
        place.give_back(reusable=parser.keep_alive)
        return response

    def _exchange(self, out: Outgoing, clock: Clock, marks: dict[str, Any]) -> tuple[Place, SyncConnection]:
        """Send, and read the head of the response; the place then has to be given back."""
        clock.check(out.origin)
        pool = self._pool
        place = pool.acquire(out.origin, clock)
        try:
            if place.connection is not None and needs_fresh.get():
                pool.discard(place)
            connection = place.connection or self._open(place, clock)
            began = time.monotonic()
            try:
                connection.send(out, clock)
                connection.read_head(clock)
                return place, connection
            except (*BROKEN, *SILENT) as error:
                if is_dead(connection):
                    pool.distrust(out.origin)
                if isinstance(error, SILENT) or not may_resend(connection, out, clock, began, error):
                    raise
            pool.discard(place)
            try:
                connection = self._open(place, clock)
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                raise not_resent(error) from error
            marks["resent"] = True
            connection.send(out, clock)
            connection.read_head(clock)
            return place, connection
        except BaseException:
            _failed(place)
            raise

    def close(self) -> None:
        """Close all connections. The wire can be used again afterwards."""
        self._pool.close()

    def _open(self, place: Place, clock: Clock) -> SyncConnection:
        connection = SyncConnection.open(place.origin, self._context, clock)
        self._pool.opened(place, connection)
        needs_fresh.set(False)
        return connection


def _failed(place: Place) -> None:
    """End an exchange. Where nobody waits for the response any more, that is the reason to give."""
    place.give_back(reusable=False)
    check_scope()


def _response(place: Place, connection: SyncConnection, request: httpx.Request, clock: Clock) -> httpx.Response:
    parser = connection.parser
    stream = _Body(place, connection, clock, request)
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


class _Body(httpx.SyncByteStream):
    """The body of one response; gives the connection back at its end."""

    def __init__(self, place: Place, connection: SyncConnection, clock: Clock, request: httpx.Request) -> None:
        self._place = place
        self._connection: SyncConnection | None = connection
        self._clock = clock
        self._request = request
        self._rest: list[bytes] = []

    def settle(self) -> None:
        """The response is complete in memory: free the connection before anybody has read it."""
        if self._connection is not None:
            self._rest = self._connection.parser.take()
            self._give_back()

    def __iter__(self) -> Iterator[bytes]:
        rest, self._rest = self._rest, []
        yield from rest
        try:
            while (connection := self._connection) is not None:
                part = connection.read(self._clock)
                if connection.parser.complete and not connection.parser.parts:
                    self._give_back()
                if part:
                    yield part
        except httpx.RequestError as error:
            error.request = self._request
            raise
        finally:
            self.close()

    def close(self) -> None:
        self._give_back(reusable=False)

    def _give_back(self, *, reusable: bool = True) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            parser = connection.parser
            self._place.give_back(reusable=reusable and parser.complete and parser.keep_alive)
