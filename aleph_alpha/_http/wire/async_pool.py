"""The connections of the asynchronous wire on one event loop."""

from __future__ import annotations

import asyncio
import os
import weakref
from collections import deque

from aleph_alpha._http.wire.async_connection import AsyncConnection
from aleph_alpha._http.wire.failures import Clock
from aleph_alpha._http.wire.origin import Origin

__all__ = ["AsyncPool"]

_READ_BYTES = 256 * 1024

_Turn = asyncio.Future[AsyncConnection | None]


class AsyncPool:
    """At most ``max_connections`` at a time on this loop, for all origins together.

    The connection used last is used next (the others expire), those who wait are served in the
    order in which they came. ``take`` and ``wait`` return an idle connection, or None as the permit
    to open one: then ``opened`` and later ``release``, or ``forfeit`` if it came to nothing.

    It holds connections weakly: the loop keeps the open ones alive, and a pool that did so
    too would keep a loop alive that everybody else has dropped. Whose pool is collected needs
    them no longer: they are closed.
    """

    def __init__(self, max_connections: int, max_idle: int, idle_expiry: float) -> None:
        self.pid = os.getpid()
        self.buffer = memoryview(bytearray(_READ_BYTES))
        self._max_connections = max_connections
        self._max_idle = max_idle
        self._idle_expiry = idle_expiry
        self._total = 0  # connections and permits
        self._idle: deque[weakref.ref[AsyncConnection]] = deque()  # the one used last is at the right end
        self._waiters: deque[tuple[Origin, _Turn]] = deque()
        self._open: weakref.WeakSet[AsyncConnection] = weakref.WeakSet()
        weakref.finalize(self, _close_all, self._open, self.pid)

    def take(self, origin: Origin) -> tuple[AsyncConnection | None, bool]:
        """An idle connection, or None; and whether a turn has to be waited for."""
        idle = self._idle
        for index in range(len(idle) - 1, -1, -1):
            connection = idle[index]()
            if connection is None:  # gone with its loop
                del idle[index]
                self._total -= 1
            elif connection.origin == origin:
                del idle[index]
                if connection.usable:
                    return connection, False
                self._open.discard(connection)
                return None, False  # its end is not reported yet; its place is ours
        if self._total < self._max_connections:
            self._total += 1
            return None, False
        if idle:  # of another origin: its place is needed
            connection = idle.popleft()()
            if connection is not None:
                self.discard(connection)
            return None, False
        return None, True

    async def wait(self, origin: Origin, clock: Clock) -> AsyncConnection | None:
        """Queue for a connection or a permit; raises ``httpx.PoolTimeout``."""
        loop = asyncio.get_running_loop()
        turn: _Turn = loop.create_future()
        entry = (origin, turn)
        self._waiters.append(entry)
        left = clock.left("pool")
        timer = None if left is None else loop.call_later(left, _expire, turn, clock, origin)
        try:
            return await turn
        except BaseException:
            if turn.done() and not turn.cancelled() and turn.exception() is None:
                self._pass_on(turn.result())  # cancelled after it was given its turn
            elif entry in self._waiters:
                self._waiters.remove(entry)
            raise
        finally:
            if timer is not None:
                timer.cancel()

    def opened(self, connection: AsyncConnection) -> None:
        """The permit was used."""
        self._open.add(connection)

    def forfeit(self) -> None:
        """The permit was not used."""
        self._grant(None)

    def release(self, connection: AsyncConnection, *, reusable: bool) -> None:
        """The exchange is over; ``reusable`` if the connection can carry another."""
        if not reusable or not connection.usable:
            self.discard(connection)
            self._grant(None)
            return
        connection.rest(self._idle_expiry)
        origin = self._next_origin()
        if origin is None:
            self._idle.append(connection.ref)
            if len(self._idle) > self._max_idle:
                surplus = self._idle.popleft()()
                self._total -= 1
                if surplus is not None:
                    self.discard(surplus)
        elif origin == connection.origin:
            self._grant(connection)
        else:
            self.discard(connection)
            self._grant(None)

    def discard(self, connection: AsyncConnection) -> None:
        """Close a connection; its place stays with the caller."""
        self._open.discard(connection)
        connection.abort()

    def distrust(self, origin: Origin) -> None:
        """One idle connection has turned out to be dead: do not try the others, one after the other."""
        for ref in [ref for ref in self._idle if (found := ref()) is not None and found.origin == origin]:
            self._idle.remove(ref)
            self._grant(None)
            connection = ref()
            if connection is not None:
                self.discard(connection)

    def lost(self, connection: AsyncConnection) -> None:
        """The loop reports the end of a connection. One in use is still released by its user."""
        self._open.discard(connection)
        if connection.idle and connection.ref in self._idle:
            self._idle.remove(connection.ref)
            self._grant(None)

    def close(self) -> None:
        """Close all connections; those in use break. The pool can be used again."""
        self.close_idle()
        for connection in list(self._open):
            connection.interrupt()

    def close_idle(self) -> None:
        """Close the connections that nobody uses."""
        idle, self._idle = self._idle, deque()
        for ref in idle:
            self._grant(None)
            connection = ref()
            if connection is not None:
                self.discard(connection)

    def _next_origin(self) -> Origin | None:
        while self._waiters:
            origin, turn = self._waiters[0]
            if not turn.done():
                return origin
            self._waiters.popleft()
        return None

    def _grant(self, connection: AsyncConnection | None) -> None:
        """Hand a place on to whoever waited longest."""
        if self._next_origin() is None:
            self._total -= 1
        else:
            self._waiters.popleft()[1].set_result(connection)

    def _pass_on(self, connection: AsyncConnection | None) -> None:
        if connection is None:
            self._grant(None)
        else:
            self.release(connection, reusable=True)


def _expire(turn: _Turn, clock: Clock, origin: Origin) -> None:
    if not turn.done():
        turn.set_exception(clock.error("pool", origin))


def _close_all(connections: weakref.WeakSet[AsyncConnection], pid: int) -> None:
    """The pool is gone, in whatever thread."""
    if pid == os.getpid():
        for connection in list(connections):
            connection.call_soon(connection.abort)
