"""How fast calls go out to a server that fails or is full: a model of what happened, with a simulated clock.

One :class:`Pacing` is about the calls of one kind (endpoint and model) of one client, so that a model
that fails does not stop the others. It is told what became of each call, and says which of those that
wait may start. It gives no call up, and knows neither locks nor sockets nor the time.

- **Calm.** Everything may start at once. `IN_A_ROW` failures without a success between them, or one
  refusal by a full server, end that; before the first success of all, one failure is enough.
- **Probing**, while nothing succeeds. Up to `FEW` calls are under way, and where there are more calls
  than that, they start one after the other, 0.19 s after the first failure and then 0.38 s, 0.75 s,
  1 s, 1 s, ... apart. The others wait without being sent. Each of them goes out a last time when as
  much time has passed as its own schedule would have taken, which ends an outage that is longer.
- **Recovering.** Each success doubles the number of calls that may be under way, until it no longer matters.
- **Full.** The first refusal sets that number a little below what the server has accepted. Two of them in a
  row, or every other one, of calls sent since, lower it again, and a round of successes raises it by one, the
  next by two, then four, ... One refusal among successes changes nothing: behind a gateway it may come from one
  bad server of many.
- **Beginning.** Before the first response of all, and of a crowd of calls that is much larger than what was
  under way before, `CROWD` calls go out; all others follow when one has succeeded, and twice as many each
  `COLD_SECONDS` or `WARM_SECONDS` while none has ended.

Whose turn it is: calls go in the order in which they were made. One that has failed while nothing
succeeded goes behind those that wait, so that no call uses up its schedule for the others. Of the probes of an
outage, every second one is the call that was made last.
"""

from __future__ import annotations

import heapq
import itertools
import math
import weakref
from collections.abc import Callable

__all__ = ["CROWD", "FEW", "IN_A_ROW", "Pacing", "Turn"]

FEW = 4  # calls under way while nothing succeeds
IN_A_ROW = 8  # failures, from which on it is not about single calls
OUTAGE = 3  # failed probes in a row, from which on it is not about a full server
CROWD = 8  # calls before the first response
COLD_SECONDS = 0.05  # until as many again go out: before the first response of all
WARM_SECONDS = 0.02  # ... where there have been others
OPEN = 256.0  # calls under way: no bound any more
STANDSTILL = 5.0  # seconds without a success after the first failure, which say the same
GRACE = 2.0  # seconds beyond the end of a schedule, after which a last attempt waits for no other
_BACK_OFF = 0.9  # of what a full server had accepted
_ROUND = 8.0  # successes at least, before one more is tried
_RECENT = 0.25  # weight of the latest outcome in the share of refusals
_FULL = 0.4  # share from which on they are about how much is under way; below, it may be a single bad server of many
_FIRST_GAP = 0.1875  # seconds between two probes: the first wait of a call, with all its jitter
_LONGEST_GAP = 1.0
_LOOK_AGAIN = 1.0  # seconds, in case that a call has ended and nobody said so
_OTHERS_LOOK_AGAIN = 5.0  # seconds, for those behind it: the first one may be gone with its event loop
_FORGET = 60.0  # seconds without any call

_entries = itertools.count(1)  # of all queues: a call that was in an earlier one must not be taken for another


class Turn:
    """One call on its way through the queue, kept from one attempt to the next.

    Attributes:
        began: when the call was made.
        patience: seconds that its schedule takes, with the attempts that have failed.
        waiting: it may not start yet.
        last: it goes out a last time, because its schedule is over.
        wake: called, under the lock of the gate, when there is something new for it; False if nobody waits any more.
    """

    __slots__ = ("__weakref__", "began", "entry", "last", "order", "patience", "waiting", "wake")

    def __init__(self, began: float, patience: float) -> None:
        self.began = self.order = began
        self.patience = patience
        self.entry = 0  # tells a place in the queue from an earlier one
        self.waiting = self.last = False
        self.wake: Callable[[], bool] | None = None


class Pacing:
    """The calls of one kind. Times are seconds of one clock, whichever.

    Args:
        cold: nothing has ever succeeded.
        crowd: many more calls come than there were before.
        until: when the first call may start.

    >>> pacing, first, second = Pacing(), Turn(9.0, patience=63.75), Turn(9.5, patience=63.75)
    >>> pacing.failed(Turn(9.0, patience=63.75), sent=9.9, now=10.0, full=True)
    >>> for turn in (first, second):
    ...     pacing.ask(turn, now=10.0)
    >>> pacing.admit(10.1) == [first], pacing.admit(10.3)
    (True, [])
    >>> pacing.succeeded(sent=10.1, now=10.4)
    >>> pacing.leave(first)
    >>> pacing.admit(10.4) == [second]
    True
    """

    def __init__(self, *, cold: bool = False, crowd: bool = False, until: float = 0.0) -> None:
        self.window = float(CROWD) if cold or crowd else math.inf  # calls that may be under way
        self._proven = not cold
        self._beginning = cold or crowd  # nothing has come yet
        self._wait = COLD_SECONDS if cold else WARM_SECONDS
        self._opens: float | None = None  # when more go out in spite of that
        self._until = until
        self._row = 0  # failures since the last success
        self._refused = 0.0  # share of refusals among the latest outcomes
        self._failing = 0.0  # since when
        self._next = 0.0  # when the next call may start while that is not 0
        self._success = 0.0  # when the last call succeeded
        self._cut = -math.inf  # when the window was last made smaller: outcomes of calls sent before that are old news
        self._uncounted = False  # there were calls under way, nobody knows how many
        self._threshold = math.inf  # up to there the window doubles
        self._earned = 0.0  # successes of this round
        self._step = 1.0  # of the window after a round
        self._seen = math.inf  # when anything last happened
        self._watching: Turn | None = None  # the one that was told when to look again for all
        # Those under way, and all who have failed or asked and are not over; abandoned ones leave by themselves.
        self._running: weakref.WeakSet[Turn] = weakref.WeakSet()
        self._members: weakref.WeakSet[Turn] = weakref.WeakSet()
        self._waiting: dict[int, Turn] = {}  # by their entries
        self._queue: list[tuple[float, int]] = []  # whose turn it is, and entry
        self._ends: list[tuple[float, int]] = []  # when a schedule is over or earlier, and entry

    # --- what happens ---------------------------------------------------------------------------

    def ask(self, turn: Turn, now: float) -> None:
        """A call wants to start. `admit` says when it may."""
        if now - self._seen > _FORGET and self._proven and not self._running and self.head() is None:
            self._open()
            self._row, self._refused = 0, 0.0
        self._seen = now
        turn.entry = next(_entries)
        turn.waiting, turn.last = True, False
        self._waiting[turn.entry] = turn
        self._first(self._ends)  # drops those that have long gone
        heapq.heappush(self._queue, (turn.order, turn.entry))
        heapq.heappush(self._ends, (turn.began + turn.patience, turn.entry))
        self._members.add(turn)

    def leave(self, turn: Turn) -> None:
        """A call is over, or waits no longer."""
        self._wait_no_more(turn)
        self._running.discard(turn)
        self._members.discard(turn)

    def succeeded(self, sent: float, now: float) -> None:
        """A call that was sent at that time was answered. It is under way until it leaves."""
        if self._beginning:
            self._open()
        elif self._bounded and sent >= self._cut:
            self._grow()
        elif self._bounded and self._uncounted:  # it was accepted, and has made room
            self.window += 1.0
            self._threshold = self.window
        self._proven = True
        self._row = 0
        self._refused -= _RECENT * self._refused
        self._success = self._seen = now

    def failed(self, turn: Turn, sent: float, now: float, *, full: bool) -> None:
        """An attempt that was sent at that time has failed; `full`: because there are too many."""
        self._seen = now
        self._running.discard(turn)
        self._members.add(turn)
        under_way = float(len(self._running))
        if sent < self._cut:
            if full and under_way:
                self.window = min(self.window, under_way)
                self._threshold = min(self._threshold, self.window)
            return
        self._row += 1
        self._refused += _RECENT * (full - self._refused)
        if self._row == 1:
            self._failing = now
        if not self._bounded or (not self._proven and self._row == 1):
            if self._row < IN_A_ROW and self._proven and not full:
                return
            self._row = 1
            uncounted = full and not self._bounded
            self._cut_to(_BACK_OFF * under_way if full else FEW, now, known=full and under_way > 0)
            self._uncounted = uncounted
        elif full and self._refused >= _FULL:
            self._cut_to(_BACK_OFF * under_way, now, known=True)
        elif self._row >= IN_A_ROW:
            self._cut_to(min(self.window, FEW), now, known=False)
        if self._row >= OUTAGE:  # it is out of order: nothing is known about how much it can take
            self.window, self._threshold = max(self.window, float(FEW)), math.inf
        if self._row >= (OUTAGE if full else 2):
            turn.order = now
        self._next = now + self._gap

    def pause(self, until: float) -> None:
        """The server has said when to come back."""
        self._until = max(self._until, until)

    def warm(self) -> None:
        """Calls of another kind have succeeded."""
        if self._beginning:
            self._open()
        self._proven = True

    # --- what may start -------------------------------------------------------------------------

    def calm(self, now: float) -> bool:
        """Whether every call may start at once, and there is nothing to remember."""
        return self._proven and not self._row and not self._bounded and now >= self._until and self.head() is None

    def tick(self, now: float) -> None:
        """Somebody has waited until `look_again`."""
        if self._opens is not None and now >= self._opens and self._beginning and not self._row:
            self._opens = now + self._wait
            self._widen()

    def admit(self, now: float) -> list[Turn]:
        """Those whose turn it is now. They are under way from then on, until they leave or fail."""
        started: list[Turn] = []
        if now < self._until:
            return started
        while (turn := self.head()) is not None and len(self._running) + 0.5 <= self.window:
            if self._probing and now < self._next:
                break
            started.append(self._start(self._probe(turn) if self._probing else turn, now))
        if self._row >= OUTAGE or (self._row and now >= self._failing + STANDSTILL):
            while (turn := self._overdue(now)) is not None:
                turn.last = True
                started.append(self._start(turn, now))
        return started

    def look_again(self, turn: Turn, now: float) -> float:
        """When to ask `admit` for that turn, unless something happens before."""
        end = self.end(turn)
        moments = [end, end + GRACE, self._until, max(now, self._until) + _OTHERS_LOOK_AGAIN]
        if turn is self.head():
            self._watching = turn
            if self._opens is not None:
                moments.append(self._opens)
            if now >= self._until:
                moments.append(self._next if self._probing and now < self._next else now + _LOOK_AGAIN)
        return min((moment for moment in moments if moment > now), default=now + _LOOK_AGAIN)

    def end(self, turn: Turn) -> float:
        """When its schedule is over, if it waits until then: it goes on only while nothing succeeds."""
        return max(turn.began, self._success, self._until) + turn.patience

    def watchman(self) -> Turn | None:
        """The one that waits at the head of the queue, if it does not know yet that it must look at the clock."""
        head = self.head()
        if head is self._watching:
            return None
        self._watching = head
        return head

    def head(self) -> Turn | None:
        """The next one of those that wait."""
        return self._first(self._queue)

    # --- inside ---------------------------------------------------------------------------------

    @property
    def _bounded(self) -> bool:
        return self.window < math.inf

    @property
    def _probing(self) -> bool:
        """Nothing has succeeded of late, and there are so many calls that each on its own schedule were a crowd."""
        return self._bounded and self._row > 0 and len(self._members) > FEW

    @property
    def _gap(self) -> float:
        return min(_FIRST_GAP * 2.0 ** min(max(self._row - 1, 0), 8), _LONGEST_GAP)

    def _wait_no_more(self, turn: Turn) -> None:
        turn.waiting = False
        self._waiting.pop(turn.entry, None)

    def _first(self, heap: list[tuple[float, int]]) -> Turn | None:
        while heap and heap[0][1] not in self._waiting:
            heapq.heappop(heap)
        return self._waiting[heap[0][1]] if heap else None

    def _probe(self, head: Turn) -> Turn:
        """From both ends of the queue by turns: those that were made first may all be such as fail in any case."""
        if self._row < OUTAGE or self._row % 2:
            return head
        untried = (turn for turn in self._waiting.values() if turn.order == turn.began)
        return max(untried, key=lambda turn: turn.began, default=head)

    def _start(self, turn: Turn, now: float) -> Turn:
        self._wait_no_more(turn)
        self._running.add(turn)
        if self._opens is None and self._beginning:
            self._opens = now + self._wait
        self._next = now + self._gap
        return turn

    def _open(self) -> None:
        self.window = self._threshold = math.inf
        self._beginning = False

    def _cut_to(self, window: float, now: float, *, known: bool) -> None:
        self.window = max(1.0, window)
        self._threshold = self.window if known else math.inf
        self._cut, self._earned, self._step = now, 0.0, 1.0
        self._uncounted = self._beginning = False

    def _grow(self) -> None:
        if self.window < self._threshold:
            self._widen()
        else:
            self._earned += 1.0
            if self._earned >= max(_ROUND, self.window):
                self.window += self._step
                self._step, self._earned = 2.0 * self._step, 0.0

    def _widen(self) -> None:
        self.window = min(2.0 * self.window, self._threshold)
        if self.window > OPEN:
            self._open()

    def _overdue(self, now: float) -> Turn | None:
        """One whose schedule is over, if it may start."""
        while (turn := self._first(self._ends)) is not None:
            end = self.end(turn)
            if end > self._ends[0][0]:
                heapq.heapreplace(self._ends, (end, turn.entry))
            elif now < end or (len(self._running) >= FEW and now < end + GRACE):
                return None
            else:
                return turn
        return None
