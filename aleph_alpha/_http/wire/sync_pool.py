"""The connections of the synchronous wire: who has one, who waits for one, which lie idle."""

from __future__ import annotations

import contextlib
import itertools
import os
import threading
import time
import weakref
from collections import deque

from aleph_alpha._http.wire.failures import Clock
from aleph_alpha._http.wire.origin import Origin
from aleph_alpha._http.wire.sync_connection import SyncConnection
from aleph_alpha._runtime.threads import check_scope, interruptible

__all__ = ["Place", "SyncPool"]

_numbers = itertools.count()  # ids are used again, and a place may be remembered when it is gone


class Place:
    """The right to one connection at a time, from the pool's grant until it is given back.

    ``connection`` is None until one is opened. A place that is dropped is given back, too: Ctrl-C
    can come between any two steps, and responses are left unread.
    """

    __slots__ = ("_pool", "_turn", "connection", "number", "origin")

    def __init__(self, pool: SyncPool, origin: Origin) -> None:
        self._turn: threading.Lock | None = None  # free once a grant is there; only where one is waited for
        self.number = next(_numbers)
        self.origin = origin
        self.connection: SyncConnection | None = None
        self._pool = pool

    def give_back(self, *, reusable: bool) -> None:
        """The exchange is over; ``reusable`` if the connection can carry another."""
        self._pool.take_back(self, reusable=reusable)

    def queue(self) -> None:
        """From here on ``wake`` counts, also if it comes before ``wait``."""
        self._turn = threading.Lock()
        self._turn.acquire()

    def wait(self, seconds: float | None) -> bool:
        """Sleep until ``wake``, at most so long; whether that was the reason."""
        timeout = -1 if seconds is None else min(seconds, threading.TIMEOUT_MAX)
        return self._turn is None or self._turn.acquire(timeout=timeout)

    def wake(self) -> None:
        """End ``wait``: a grant is there, or nobody waits for the result any more."""
        if self._turn is not None:
            with contextlib.suppress(RuntimeError):  # both at the same moment
                self._turn.release()

    def __del__(self) -> None:
        pool = getattr(self, "_pool", None)  # Ctrl-C may come in the constructor, too
        if pool is not None:
            pool.dropped(self)


class SyncPool:
    """At most ``max_connections`` at a time, for all origins together; safe for threads and fork.

    The connection used last is used next (the others can expire), those who wait are served in
    the order in which they came.

    Steps are ordered so that an exception between any two of them loses nothing: what is taken
    is noted with its new owner first, and both notes count until the old one is struck out.
    """

    def __init__(self, max_connections: int, max_idle: int, idle_expiry: float) -> None:
        self._max_connections = max_connections
        self._max_idle = max_idle
        self._idle_expiry = idle_expiry
        self._start()

    def _start(self) -> None:
        self._pid = os.getpid()
        self._lock = threading.Lock()
        self._held: set[int] = set()  # numbers of the places in use
        self._idle: deque[SyncConnection] = deque()  # the one used last is at the right end
        self._waiters: deque[Place] = deque()
        self._open: set[SyncConnection] = set()
        self._dropped: deque[tuple[int, SyncConnection | None]] = deque()
        # Also at interpreter exit, so that nothing is left for the garbage collector to warn about.
        self._finalizer = weakref.finalize(self, _close_all, self._open)

    def acquire(self, origin: Origin, clock: Clock) -> Place:
        """A place, with a live idle connection if there is one; waits its turn if all are in use."""
        if self._pid != os.getpid():
            self._forked()
        place = Place(self, origin)
        self._grant_or_queue(place)
        if place.number not in self._held:
            self._wait(place, clock)
        connection = place.connection
        if connection is not None and not connection.alive():
            self.discard(place)  # it died while idle
        elif connection is not None:
            connection.enter_scope()
        return place

    def opened(self, place: Place, connection: SyncConnection) -> None:
        """The place was used to open a connection."""
        connection.place = place.number
        place.connection = connection
        with self._lock:
            self._open.add(connection)
        connection.enter_scope()

    def discard(self, place: Place) -> None:
        """Close the connection of a place, which stays with the caller."""
        connection = place.connection
        if connection is not None:
            with self._lock:
                self._open.discard(connection)
            connection.close()
            place.connection = None

    def take_back(self, place: Place, *, reusable: bool) -> None:
        """End a place, as ``Place.give_back`` says; nothing happens where it has ended before."""
        connection = surplus = place.connection
        if connection is not None:
            connection.leave_scope()
        with self._lock:
            if place.number in self._held:
                if connection is not None and reusable and not connection.broken and connection in self._open:
                    surplus = self._keep(connection)
                place.connection = None
                self._held.discard(place.number)
                self._serve()
        if surplus is not None:
            self._close(surplus)

    def distrust(self, origin: Origin) -> None:
        """One idle connection has turned out to be dead: do not try the others, one after the other."""
        with self._lock:
            closing = [connection for connection in self._idle if connection.origin == origin]
            for connection in closing:
                self._idle.remove(connection)
            self._serve()
        for connection in closing:
            self._close(connection)

    def dropped(self, place: Place) -> None:
        """A place is garbage. This may be the thread that has the lock: whoever has it sees to it."""
        if place.number in self._held:
            self._dropped.append((place.number, place.connection))
            if self._lock.acquire(blocking=False):
                try:
                    self._serve()
                finally:
                    self._lock.release()

    def close(self) -> None:
        """Close all connections; those in use break. The pool can be used again."""
        if self._pid != os.getpid():
            self._forked()
        with self._lock:
            idle = list(self._idle)
            in_use = self._open.difference(idle)
            self._idle.clear()
            self._serve()
        for connection in idle:
            self._close(connection)
        for connection in in_use:
            connection.interrupt()

    def _wait(self, place: Place, clock: Clock) -> None:
        try:
            with interruptible(place.wake):
                if not place.wait(clock.left("pool")):
                    raise clock.error("pool", place.origin)
            check_scope()
        except BaseException:
            with self._lock, contextlib.suppress(ValueError):
                self._waiters.remove(place)
            place.give_back(reusable=True)  # a turn that came meanwhile goes to the next
            raise

    def _close(self, connection: SyncConnection) -> None:
        with self._lock:
            self._open.discard(connection)
        connection.close()

    def _forked(self) -> None:
        """In a child process: the sockets belong to the parent, its threads are not here."""
        inherited = list(self._open)
        self._finalizer.detach()
        self._start()
        for connection in inherited:
            connection.close()  # only this process's descriptor; nothing is sent

    def _grant_or_queue(self, place: Place) -> None:
        closing = []
        with self._lock:
            self._serve()
            oldest = time.monotonic() - self._idle_expiry
            while self._idle and self._idle[0].idle_since < oldest:
                closing.append(self._idle.popleft())
            connection = self._last_idle(place.origin)
            if connection is not None:
                self._hold(place, connection)
                self._idle.remove(connection)
            elif self._room():
                self._hold(place, None)
            elif self._idle:  # of another origin: its place is needed
                self._hold(place, None)
                closing.append(self._idle.popleft())
            else:
                place.queue()
                self._waiters.append(place)
        for each in closing:
            self._close(each)

    # Under the lock:

    def _room(self) -> bool:
        return len(self._held) + len(self._idle) < self._max_connections

    def _hold(self, place: Place, connection: SyncConnection | None) -> None:
        if connection is not None:
            connection.place = place.number
            place.connection = connection
        self._held.add(place.number)

    def _last_idle(self, origin: Origin) -> SyncConnection | None:
        for connection in reversed(self._idle):
            if connection.origin == origin:
                return connection
        return None

    def _keep(self, connection: SyncConnection) -> SyncConnection | None:
        """Hand a connection on, or let it lie idle; returns one to close instead, if any."""
        connection.reused = True
        waiter = self._next_waiter()
        if waiter is None:
            connection.idle_since = time.monotonic()
            self._idle.append(connection)
            connection.place = None
            return self._idle.popleft() if len(self._idle) > self._max_idle else None
        if waiter.origin != connection.origin:
            return connection
        self._hold(waiter, connection)
        waiter.wake()
        return None

    def _serve(self) -> None:
        """Strike out what was dropped; grant what is free to those who waited longest."""
        while self._dropped:
            number, connection = self._dropped[0]
            if connection is not None and connection.place == number:  # else it has another owner by now
                self._open.discard(connection)
                connection.close()
            self._held.discard(number)
            self._dropped.popleft()
        while (waiter := self._next_waiter()) is not None and self._room():
            self._hold(waiter, None)
            waiter.wake()

    def _next_waiter(self) -> Place | None:
        while self._waiters:
            waiter = self._waiters[0]
            if waiter.number not in self._held:
                return waiter
            self._waiters.popleft()  # it has its grant
        return None


def _close_all(connections: set[SyncConnection]) -> None:
    for connection in list(connections):
        connection.close()
