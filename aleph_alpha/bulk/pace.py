"""How many requests may be under way: pure decisions on a clock that is passed in.

Two signals, for two kinds of servers:

- **Refusals** (429, ``QUEUE_FULL``, ``Retry-After``): a quarter fewer, once for those that were under
  way together; one more after every 25 successes. ``Retry-After`` holds everything for so long.
- **Throughput**, where a server queues and never refuses: the number is doubled for as long as that pays.
  Then it is compared, now and then, with a fifth more and a fifth fewer. More has to bring 2 %; fewer is
  better when it brings more, or as much with responses that no longer take twice as long as they need.

When nothing but failures comes, whatever their kind, it *probes*: one request at a time, with a pause before each
that doubles from 0.25 s to 5 s. The first success brings back the limit that there was.
"""

from __future__ import annotations

from enum import Enum

__all__ = ["IN_A_ROW", "Pace"]

_START = 4
_FEWER = 0.75  # after a refusal
_SUCCESSES = 25  # for one more, after refusals
_FORGIVEN = 40  # steps of that without a refusal, and the server is taken for one that queues
_DOUBLING_PAYS = 1.10
_STEP = 1.2
_GAIN = 1.02
_HOPELESS = 0.85
_QUEUES = 2.0  # times the shortest mean latency
_WINDOWS = 2  # pairs that are compared before the first judgement, twice as many before the last
_REST = 10  # windows between two comparisons, more with each that changed nothing
_LONGEST_REST = 80
_LONGEST_PAUSE = 60.0
IN_A_ROW = 8  # failures, and the server seems to be out of order: it is probed
_FIRST_PROBE, _LONGEST_PROBE = 0.25, 5.0


class _State(Enum):
    DOUBLING = 1
    RESTING = 2
    COMPARING = 3
    REFUSED = 4


class Pace:
    """The limit of what may be under way, and until when nothing may start. Times are of a monotonic clock.

    >>> pace = Pace(most=64)
    >>> pace.limit
    4
    >>> pace.refused(now=1.0, sent=0.5, retry_after=2.0)
    >>> pace.limit, pace.paused_until
    (3, 3.0)
    """

    def __init__(self, most: int, start: int = _START) -> None:
        self.most = most
        self._asked_until = 0.0  # by the server
        self._failures = 0  # since the last success
        self._probe = 0.0  # seconds before the next one
        self._probe_at = 0.0
        self._probed_at = float("-inf")  # when that was decided
        self._limit = float(min(most, start))
        self._state = _State.DOUBLING
        self._refused_at = float("-inf")
        self._successes = 0
        self._calm_steps = 0
        self._shortest = float("inf")  # mean latency of a window
        self._before: float | None = None  # throughput at half the limit
        self._base = self._limit
        self._up = True  # direction of the comparison
        self._pairs: list[tuple[float, float]] = []
        self._first_of_pair: float | None = None
        self._rest = self._rests = _REST
        self._window = _Window(0, self.limit, 16)

    @property
    def limit(self) -> int:
        """Most requests that may be under way."""
        return 1 if self._probe else max(1, min(self.most, round(self._limit)))

    @property
    def paused_until(self) -> float:
        """Nothing may start before."""
        return max(self._asked_until, self._probe_at)

    def failed(self, now: float, sent: float) -> None:
        """A request that was sent at that time has failed, and it may be that the server is out of order.

        >>> pace = Pace(most=64)
        >>> for now in range(10):
        ...     pace.failed(now, sent=now)
        >>> pace.limit, pace.paused_until
        (1, 10.0)
        """
        self._failures += 1
        if self._failures >= IN_A_ROW and sent >= self._probed_at:
            self._probe = min(max(2 * self._probe, _FIRST_PROBE), _LONGEST_PROBE)
            self._probe_at = now + self._probe
            self._probed_at = now

    def responded(self) -> None:
        """The server does its work."""
        if self._failures:
            self._failures, self._probe, self._probe_at = 0, 0.0, 0.0

    def answered(self, now: float, seconds: float, rows: int = 1) -> None:
        """A request has ended well, after so many seconds."""
        self.responded()
        if self._state is _State.REFUSED:
            self._grow_again()
            return
        window = self._window
        if not window.add(now, seconds, rows):
            return
        self._shortest = min(self._shortest, window.latency)
        match self._state:
            case _State.DOUBLING:
                self._double(window.throughput)
            case _State.RESTING:
                self._rest -= 1
                if self._rest <= 0:
                    self._compare(up=self._up)
                else:
                    self._measure()
            case _State.COMPARING:
                self._compared(window)

    def refused(self, now: float, sent: float, retry_after: float | None = None) -> None:
        """The server had too much to do for a request that was sent at that time."""
        if retry_after is not None:
            self._asked_until = max(self._asked_until, now + min(retry_after, _LONGEST_PAUSE))
        self._successes = self._calm_steps = 0
        if self._state is _State.COMPARING:
            self._limit = min(self._limit, self._base)
        self._state = _State.REFUSED
        if sent >= self._refused_at:
            self._limit = max(1.0, self._limit * _FEWER)
            self._refused_at = now

    def _grow_again(self) -> None:
        self._successes += 1
        if self._successes < _SUCCESSES:
            return
        self._successes = 0
        self._limit = min(float(self.most), self._limit + 1.0)
        self._calm_steps += 1
        if self._calm_steps >= _FORGIVEN:
            self._settle()

    def _double(self, throughput: float) -> None:
        pays = self._before is None or throughput > _DOUBLING_PAYS * self._before
        if pays and self.limit < self.most:
            self._before = throughput
            self._move(self._limit * 2)
            return
        if not pays and self._before is not None and throughput < self._before:
            self._move(self._limit / 2)
        self._settle()

    def _settle(self) -> None:
        self._state = _State.RESTING
        self._limit = float(self.limit)
        self._rest = self._rests = 1
        self._up = True
        self._measure()

    def _compare(self, *, up: bool) -> None:
        """Begin to compare with a limit above or below."""
        if up and self.limit >= self.most:
            up = False
        if not up and self.limit <= 1:
            up = True
            if self.limit >= self.most:
                self._rest = _LONGEST_REST
                self._measure()
                return
        self._up = up
        self._state = _State.COMPARING
        self._base = self._limit
        self._pairs = []
        self._first_of_pair = None
        self._measure()

    def _other(self) -> float:
        step = max(self._base * (_STEP - 1), 1.0)
        return self._base + step if self._up else self._base - step

    def _compared(self, window: _Window) -> None:
        if self._first_of_pair is None:
            self._first_of_pair = window.throughput
            self._latency = window.latency
            self._move(self._other())
            return
        self._pairs.append((self._first_of_pair, window.throughput))
        self._first_of_pair = None
        ratio = sum(other for _, other in self._pairs) / sum(base for base, _ in self._pairs)
        clear = all(other > base for base, other in self._pairs) or all(other < base for base, other in self._pairs)
        wanted = _WINDOWS if clear else 2 * _WINDOWS
        if ratio > _HOPELESS and len(self._pairs) < wanted:
            self._move(self._base)
            return
        self._judge(ratio)

    def _judge(self, ratio: float) -> None:
        if self._up:
            moves = ratio > _GAIN
        else:
            moves = ratio > _GAIN or (ratio > 2 - _GAIN and self._latency > _QUEUES * self._shortest)
        self._state = _State.RESTING
        if moves:
            self._rest = self._rests = 1
            self._move(self._other())  # and on in this direction
            return
        self._move(self._base)
        self._up = not self._up
        self._rests = min(2 * self._rests, _LONGEST_REST) if self._up else self._rests
        self._rest = 1 if not self._up and self._rests == 1 else max(self._rests, _REST)

    def _move(self, limit: float) -> None:
        self._limit = max(1.0, min(float(self.most), limit))
        self._measure()

    def _measure(self) -> None:
        before = self._window.limit
        if self._state is _State.DOUBLING:  # far from the best, so that haste pays more than certainty
            self._window = _Window(before, self.limit, max(self.limit, 12))
        else:
            self._window = _Window(max(before, self.limit), self.limit, max(4 * self.limit, 24))


class _Window:
    """Throughput and mean latency of the responses at one limit, without those that began at another."""

    def __init__(self, skip: int, limit: int, wanted: int) -> None:
        self.limit = limit
        self._skip = skip
        self._wanted = wanted
        self._count = 0
        self._rows = 0
        self._seconds = 0.0
        self._began: float | None = None
        self._ended = 0.0

    def add(self, now: float, seconds: float, rows: int) -> bool:
        """Count a response; whether there are enough."""
        if self._skip > 0:
            self._skip -= 1
            return False
        if self._began is None:
            self._began = now
            return False
        self._count += 1
        self._rows += rows
        self._seconds += seconds
        self._ended = now
        return self._count >= self._wanted and now > self._began

    @property
    def throughput(self) -> float:
        """Rows a second."""
        return self._rows / (self._ended - (self._began or 0.0))

    @property
    def latency(self) -> float:
        """Mean seconds of a request."""
        return self._seconds / self._count
