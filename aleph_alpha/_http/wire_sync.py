"""The synchronous wire: an ``httpx.HTTPTransport`` that keeps its own sockets."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from typing import Any

import httpx

from aleph_alpha._http.wire_errors import Clock
from aleph_alpha._http.wire_protocol import Answer, Outgoing, outgoing
from aleph_alpha._http.wire_sync_connection import SyncConnection
from aleph_alpha._http.wire_sync_pool import SyncPool
from aleph_alpha._runtime.threads import check_scope

__all__ = ["SyncWire"]


class SyncWire(httpx.BaseTransport):
    """HTTP/1.1 over plain TCP or TLS, for many threads.

    A request on a reused connection that closed before any byte of an answer came is sent once
    more on a fresh one, if its body is not a stream; ``extensions["resent"]`` of request and
    response is then True. Nothing else is ever sent twice.
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

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        clock = Clock.of(request)
        try:
            out = outgoing(request)
            connection = self._exchange(out, clock, request.extensions)
            return self._response(connection, request, clock)
        except httpx.RequestError as error:
            error.request = request
            raise

    def exchange(self, out: Outgoing, clock: Clock, marks: dict[str, Any]) -> Answer:
        """Send, and read the whole answer; ``marks["resent"]`` is set if it was sent twice."""
        connection = self._exchange(out, clock, marks)
        parser = connection.parser
        try:
            content = connection.read_all(clock)
        except BaseException:
            self._failed(connection)
            raise
        answer = Answer(parser.status, parser.headers, content, parser.encoded, "resent" in marks)
        self.done(connection)
        return answer

    def _exchange(self, out: Outgoing, clock: Clock, marks: dict[str, Any]) -> SyncConnection:
        """Send, and read the head of the answer; the connection then has to be given to ``done``."""
        clock.check(out.origin)
        pool = self._pool
        connection = pool.acquire(out.origin, clock) or self._open(out, clock)
        try:
            try:
                connection.send(out, clock)
                connection.read_head(clock)
                return connection
            except (httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError):
                unanswered = connection.reused and not connection.parser.started
                if not unanswered or not out.replayable or connection.broken or clock.passed():
                    raise
            marks["resent"] = True
            pool.discard(connection)
        except BaseException:
            self._failed(connection)
            raise
        connection = self._open(out, clock)
        try:
            connection.send(out, clock)
            connection.read_head(clock)
            return connection
        except BaseException:
            self._failed(connection)
            raise

    def done(self, connection: SyncConnection, *, reusable: bool = True) -> None:
        """Give a connection back: its answer was read to the end, or nobody wants the rest."""
        parser = connection.parser
        connection.reused = True
        self._pool.release(connection, reusable=reusable and parser.complete and parser.keep_alive)

    def _failed(self, connection: SyncConnection) -> None:
        """Drop a connection. Where nobody waits for the answer any more, that is the reason to give."""
        self._pool.release(connection, reusable=False)
        check_scope()

    def close(self) -> None:
        """Close all connections. The wire can be used again afterwards."""
        self._pool.close()

    def _open(self, out: Outgoing, clock: Clock) -> SyncConnection:
        try:
            connection = SyncConnection.open(out.origin, self._context, clock)
        except BaseException:
            self._pool.forfeit()
            check_scope()
            raise
        self._pool.opened(connection)
        return connection

    def _response(self, connection: SyncConnection, request: httpx.Request, clock: Clock) -> httpx.Response:
        parser = connection.parser
        stream = _Body(self, connection, clock, request)
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
    """The body of one answer; gives the connection back at its end."""

    def __init__(self, wire: SyncWire, connection: SyncConnection, clock: Clock, request: httpx.Request) -> None:
        self._wire = wire
        self._connection: SyncConnection | None = connection
        self._clock = clock
        self._request = request
        self._rest: list[bytes] = []

    def settle(self) -> None:
        """The answer is complete in memory: free the connection before anybody has read it."""
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
            self._wire.done(connection, reusable=reusable)
