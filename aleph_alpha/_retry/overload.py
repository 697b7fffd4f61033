"""What the calls of one client have in common when the server has too much to do, or is out of order.

Alone, each of many calls would come back on its own schedule, to a server that has just said that it
is full. Together they do three things, all of them decisions without a clock, a socket or a wait:

- **pause**: a refusal (429, ``QUEUE_FULL``, any ``Retry-After``) holds for all calls of the client,
  also for those that have not been sent yet;
- **pace**: after a pause they start one after the other, at a distance that is taken from
  how fast the server has answered, and shrinks with each answer until it is gone;
- **budget**: where there is no such refusal but failure (500, connections that cannot be made, ...),
  retries are paid for: 100 of them are free, each success earns one back and each call a fifth of
  one, so that an outage is not met with nine times the load.

One call by itself notices nothing of it: its retries are those of :mod:`aleph_alpha._retry.schedule`.
"""

from __future__ import annotations

from aleph_alpha._runtime.forks import new_lock

__all__ = ["Overload", "shared_pause"]

_FIRST_GAP = 0.05  # seconds between two starts after the first refusal
_LONGEST_GAP = 1.0
_ENOUGH = 4  # answers, to know how fast the server is
_SLOWER = 1.25
_NO_GAP = 0.001  # seconds; below that there is no pacing
_SHRINK = 0.97  # of the gap with each success: about 23 to halve it
_LONGEST_PAUSE = 1.0  # seconds, where the server does not say how long
_RESERVE = 100.0  # retries that need not be earned
_EARNED = 0.2  # retries for each call


def shared_pause(wait: float, retry_after: float | None) -> float:
    """How long all calls pause when one was refused that will itself wait so many seconds.

    >>> shared_pause(32.0, None), shared_pause(5.0, 5.0)
    (1.0, 5.0)
    """
    return min(wait, _LONGEST_PAUSE) if retry_after is None else retry_after


class Overload:
    """Shared by the copies of one client, and safe for its threads. Times are of ``time.monotonic()``.

    >>> shared = Overload()
    >>> shared.refused(sent=10.0, now=11.0, wait=2.0)
    >>> [round(shared.start(now), 2) for now in (11.0, 11.0, 12.0)]  # a pause, then one after the other
    [13.0, 13.05, 13.1]
    >>> shared.succeeded(sent=13.0)
    >>> round(shared.start(13.0), 2)
    13.15
    """

    def __init__(self) -> None:
        self._lock = new_lock()
        self._paused_at = 0.0
        self._until = 0.0  # the end of the pause
        self._gap = 0.0
        self._last = 0.0  # when the last call may start
        self._resumed = 0.0  # when calls started again after the pause before
        self._answers = 0  # since then
        self._retries = _RESERVE
        self.calm = True  # nothing has been refused, and nothing has failed: there is nothing to ask or tell

    def start(self, now: float, before: float = 0.0) -> float:
        """When a call may start, `now` or later; that is booked. `before` is what it was told the last time."""
        if self.calm:
            return now
        with self._lock:
            start = max(now, self._until)
            if before != self._last:  # others have started since
                start = max(start, self._last + self._gap)
            self._last = start
            return start

    def refused(self, sent: float, now: float, wait: float) -> None:
        """The server has too much to do for the call sent at that time, and is to be left alone for so many seconds."""
        with self._lock:
            self.calm = False
            if sent >= self._resumed:  # not one of those that were under way, or about to be, when the pause began
                longer = min(max(_FIRST_GAP, 2.0 * self._gap), _LONGEST_GAP)
                if self._answers >= _ENOUGH:  # as fast as it was going, and a little slower
                    longer = min(longer, _SLOWER * (now - self._resumed) / self._answers)
                self._gap = longer
                self._paused_at, self._resumed, self._answers = now, now + wait, 0
            self._until = max(self._until, now + wait)

    def succeeded(self, sent: float) -> None:
        """A call was sent at that time, and answered."""
        if self.calm:
            return
        with self._lock:
            if sent >= self._paused_at:
                self._until = 0.0
                self._answers += 1
            self._gap *= _SHRINK
            if self._gap < _NO_GAP:
                self._gap = 0.0
            self._retries = min(self._retries + 1.0 + _EARNED, _RESERVE)
            self.calm = not self._gap and not self._until and self._retries >= _RESERVE

    def may_retry(self) -> bool:
        """Whether the budget allows one more retry after a failure; it is spent."""
        with self._lock:
            self.calm = False
            if self._retries < 1.0:
                return False
            self._retries -= 1.0
            return True

    def failed(self) -> None:
        """A call has failed for good. It has earned its share all the same."""
        with self._lock:
            self._retries = min(self._retries + _EARNED, _RESERVE)
