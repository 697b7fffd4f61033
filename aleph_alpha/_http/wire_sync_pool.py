"""The connections of the synchronous wire: who has one, who waits for one, which lie idle."""

from __future__ import annotations

import contextlib
import os
import threading
import time
import weakref
from collections import deque

from aleph_alpha._http.wire_errors import Clock
from aleph_alpha._http.wire_protocol import Origin
from aleph_alpha._http.wire_sync_connection import SyncConnection
from aleph_alpha._runtime.threads import check_scope, interruptible

__all__ = ["SyncPool"]


class _Waiter:
    """One thread in the queue; ``turn`` is released once its grant is there."""

    __slots__ = ("connection", "granted", "origin", "turn")

    def __init__(self, origin: Origin) -> None:
        self.origin = origin
        self.turn = threading.Lock()
        self.turn.acquire()
        self.granted = False
        self.connection: SyncConnection | None = None

    def wake(self) -> None:
        """End the wait; without a grant, because nobody waits for the result any more."""
        with contextlib.suppress(RuntimeError):  # both at the same moment
            self.turn.release()


class SyncPool:
    """At most ``max_connections`` at a time, for all origins together; safe for threads and fork.

    The connection used last is used next (the others can expire), those who wait are served in
    the order in which they came. ``acquire`` returns an idle connection, or None as the permit
    to open one: then ``opened`` and later ``release``, or ``forfeit`` if it came to nothing.
    """

    def __init__(self, max_connections: int, max_idle: int, idle_expiry: float) -> None:
        self.max_connections = max_connections
        self.max_idle = max_idle
        self.idle_expiry = idle_expiry
        self._start()
        # Also at interpreter exit, so that nothing is left for the garbage collector to warn about.
        self._finalizer = weakref.finalize(self, _close_all, self._open)

    def _start(self) -> None:
        self._pid = os.getpid()
        self._lock = threading.Lock()
        self._total = 0  # connections and permits
        self._idle: deque[SyncConnection] = deque()  # the one used last is at the right end
        self._waiters: deque[_Waiter] = deque()
        self._open: set[SyncConnection] = set()

    def acquire(self, origin: Origin, clock: Clock) -> SyncConnection | None:
        """A live idle connection, or None for a permit; waits for a turn if all are in use."""
        if self._pid != os.getpid():
            self._forked()
        connection, waiter = self._take(origin)
        if waiter is not None:
            connection = self._wait(waiter, clock)
        if connection is None:
            return None
        if connection.alive():
            connection.enter_scope()
            return connection
        self.discard(connection)  # it died while idle; its place is ours
        return None

    def _take(self, origin: Origin) -> tuple[SyncConnection | None, _Waiter | None]:
        with self._lock:
            expired = self._expired()
            connection = self._pop_idle(origin)
            waiter = None
            if connection is None:
                if self._total < self.max_connections:
                    self._total += 1
                elif self._idle:  # of another origin: its place is needed
                    expired.append(self._idle.popleft())
                else:
                    waiter = _Waiter(origin)
                    self._waiters.append(waiter)
        for each in expired:
            self.discard(each)
        return connection, waiter

    def _wait(self, waiter: _Waiter, clock: Clock) -> SyncConnection | None:
        left = clock.left("pool")
        try:
            with interruptible(waiter.wake):
                if not waiter.turn.acquire(timeout=-1 if left is None else min(left, threading.TIMEOUT_MAX)):
                    raise clock.error("pool", waiter.origin)
            check_scope()
        except BaseException:
            with self._lock:
                if not waiter.granted:
                    self._waiters.remove(waiter)
                    raise
            # The grant came in between: pass it on.
            if waiter.connection is None:
                self.forfeit()
            else:
                self.release(waiter.connection, reusable=True)
            raise
        return waiter.connection

    def opened(self, connection: SyncConnection) -> None:
        """The permit was used."""
        with self._lock:
            self._open.add(connection)
        connection.enter_scope()

    def forfeit(self) -> None:
        """The permit was not used."""
        with self._lock:
            self._grant(None)

    def release(self, connection: SyncConnection, *, reusable: bool) -> None:
        """The exchange is over; ``reusable`` if the connection can carry another."""
        if connection.pid != os.getpid():  # opened before a fork: the parent's
            connection.close()
            return
        connection.leave_scope()
        reusable = reusable and not connection.broken
        surplus: SyncConnection | None = None
        with self._lock:
            if reusable and connection in self._open:
                connection.idle_since = time.monotonic()
                waiter = self._waiters[0] if self._waiters else None
                if waiter is not None and waiter.origin == connection.origin:
                    self._grant(connection)
                elif waiter is not None:
                    surplus = connection
                    self._grant(None)
                else:
                    self._idle.append(connection)
                    if len(self._idle) > self.max_idle:
                        surplus = self._idle.popleft()
                        self._total -= 1
            else:
                surplus = connection
                self._grant(None)
        if surplus is not None:
            self.discard(surplus)

    def discard(self, connection: SyncConnection) -> None:
        """Close a connection; its place stays with the caller."""
        with self._lock:
            self._open.discard(connection)
        connection.close()

    def close(self) -> None:
        """Close all connections; those in use break. The pool can be used again."""
        if self._pid != os.getpid():
            self._forked()
        with self._lock:
            idle, self._idle = self._idle, deque()
            self._total -= len(idle)
            in_use = self._open.difference(idle)
            self._open.difference_update(idle)
        for connection in idle:
            connection.close()
        for connection in in_use:
            connection.interrupt()

    # Under the lock:

    def _pop_idle(self, origin: Origin) -> SyncConnection | None:
        idle = self._idle
        if idle and idle[-1].origin == origin:
            return idle.pop()
        for index in range(len(idle) - 2, -1, -1):
            if idle[index].origin == origin:
                connection = idle[index]
                del idle[index]
                return connection
        return None

    def _expired(self) -> list[SyncConnection]:
        expired = []
        if self._idle:
            oldest = time.monotonic() - self.idle_expiry
            while self._idle and self._idle[0].idle_since < oldest:
                expired.append(self._idle.popleft())
            self._total -= len(expired)
        return expired

    def _grant(self, connection: SyncConnection | None) -> None:
        """Hand a place on to whoever waited longest."""
        if self._waiters:
            waiter = self._waiters.popleft()
            waiter.connection = connection
            waiter.granted = True
            waiter.wake()
        else:
            self._total -= 1

    # Without it:

    def _forked(self) -> None:
        """In a child process: the sockets belong to the parent, its threads are not here."""
        inherited = list(self._open)
        self._finalizer.detach()
        self._start()
        self._finalizer = weakref.finalize(self, _close_all, self._open)
        for connection in inherited:
            connection.close()  # only this process's descriptor; nothing is sent


def _close_all(connections: set[SyncConnection]) -> None:
    for connection in list(connections):
        connection.close()
