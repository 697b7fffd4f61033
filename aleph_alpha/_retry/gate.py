"""Where all calls of one client pass before they are sent: safe for its threads, loops and copies.

It keeps a :class:`~aleph_alpha._retry.pacing.Pacing` for each kind of call that is in trouble, and wakes
those whose turn it is. How they wait is not its business. In a forked child it starts anew: those who
wait are threads of the parent process.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from aleph_alpha._retry.pacing import FEW, Pacing, Turn
from aleph_alpha._retry.schedule import Others

__all__ = ["Gate", "Kind"]

Kind = tuple[str, str | None]  # operation and model


class Gate:
    """Times are of ``time.monotonic()``.

    Attributes:
        calm: there is nothing to wait for and nothing to tell.

    >>> gate, kind = Gate(), ("complete", "some-model")
    >>> gate.succeeded(kind, sent=1.0, now=1.1)
    >>> gate.calm
    True
    >>> end = gate.failed(kind, Turn(2.0, patience=63.75), sent=2.0, now=2.1, others=Others.PACE, retry_after=5.0)
    >>> gate.calm, gate.enter(kind, Turn(2.2, patience=63.75), now=2.2)
    (False, 7.1)
    >>> gate.enter(("complete", "another-model"), Turn(2.2, patience=63.75), now=2.2) is None
    True
    """

    def __init__(self) -> None:
        self.calm = False  # nothing has succeeded yet
        self._cold = True
        self._until = 0.0
        self._room = FEW  # calls that may be made at once: about twice as many as there were when one succeeded
        self._calls: set[int] = set()  # that are not over; changed without the lock, one step at a time
        self._kinds: dict[Kind, Pacing] = {}
        self._renew()

    def _renew(self) -> None:
        self._pid = os.getpid()
        self._calls.clear()
        self._lock = threading.RLock()  # a coroutine that is collected while it is held leaves the queue
        self._kinds = {}

    def begin(self, call: int) -> None:
        """A call is made; the number tells it from others until `over`."""
        self._calls.add(call)

    def over(self, call: int) -> None:
        """That call is over. After the last one, what is known of how many succeed at once is too old."""
        self._calls.discard(call)
        if not self._calls:
            self._room = FEW

    @property
    def free(self) -> bool:
        """Every call may start at once: what is looked at before each attempt."""
        return self.calm and len(self._calls) <= self._room

    def answered(self) -> None:
        """A call has succeeded, `calm` or not."""
        room = FEW + 2 * len(self._calls)
        if room > self._room:
            self._room = room

    def enter(self, kind: Kind, turn: Turn, now: float) -> float | None:
        """A call wants to start: ``None`` if it may, else when to `look` again unless it is woken before."""
        with self._locked(kind, now):
            pacing = self._kinds.get(kind)
            if pacing is None:
                crowd = len(self._calls) > self._room
                if not self._cold and not crowd and now >= self._until:
                    return None
                pacing = self._kinds[kind] = Pacing(cold=self._cold, crowd=crowd, until=self._until)
            pacing.ask(turn, now)
            return self._look(pacing, turn, now)

    def look(self, kind: Kind, turn: Turn, now: float) -> float | None:
        """The same for one that waits already."""
        with self._locked(kind, now):
            pacing = self._kinds.get(kind)
            if pacing is None or not turn.waiting:
                return None
            pacing.tick(now)
            return self._look(pacing, turn, now)

    def leave(self, kind: Kind, turn: Turn, now: float) -> None:
        """A call is over, or waits no longer: others may have its place."""
        with self._locked(kind, now):
            pacing = self._kinds.get(kind)
            if pacing is not None:
                pacing.leave(turn)

    def succeeded(self, kind: Kind, sent: float, now: float) -> None:
        """A call was answered."""
        with self._locked(kind, now):
            if kind in self._kinds:
                self._kinds[kind].succeeded(sent, now)
            if self._cold:
                self._cold = False
                for each in list(self._kinds):
                    self._kinds[each].warm()
                    self._settle(each, now)

    def failed(
        self, kind: Kind, turn: Turn, sent: float, now: float, *, others: Others, retry_after: float | None
    ) -> float:
        """An attempt has failed in a way that matters to the others. The result is when its schedule is over."""
        with self._locked(kind, now):
            pacing = self._kinds.get(kind)
            if pacing is None:
                pacing = self._kinds[kind] = Pacing(cold=self._cold)
            pacing.failed(turn, sent, now, full=others is not Others.PROBE)
            if retry_after is not None:
                pacing.pause(now + retry_after)
            if retry_after is not None and others is Others.PACE_ALL:
                self._until = max(self._until, now + retry_after)
                for each in self._kinds.values():
                    each.pause(self._until)
            return pacing.end(turn)

    def _look(self, pacing: Pacing, turn: Turn, now: float) -> float | None:
        self._wake(pacing, pacing.admit(now), turn)
        return pacing.look_again(turn, now) if turn.waiting else None

    @contextmanager
    def _locked(self, kind: Kind, now: float) -> Iterator[None]:
        if self._pid != os.getpid():
            self._renew()
        with self._lock:
            yield
            self._settle(kind, now)

    def _settle(self, kind: Kind, now: float) -> None:
        """Wake those who may start now, and forget what is over."""
        pacing = self._kinds.get(kind)
        if pacing is not None:
            while self._wake(pacing, pacing.admit(now)):
                pass
            if pacing.calm(now):
                del self._kinds[kind]
            else:
                while (watchman := pacing.watchman()) is not None and self._wake(pacing, [watchman]):
                    pass
        self.calm = not self._cold and not self._kinds and now >= self._until

    def _wake(self, pacing: Pacing, turns: list[Turn], me: Turn | None = None) -> bool:
        """Whether any of them is gone with its event loop: its place is another's."""
        gone = [turn for turn in turns if turn is not me and turn.wake is not None and turn.wake() is False]
        for turn in gone:
            pacing.leave(turn)
        return bool(gone)
