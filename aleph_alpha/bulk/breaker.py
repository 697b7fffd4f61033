"""When to give up: decisions on a clock that is passed in.

A failure that every row would meet, such as a refused token, ends the job after a few in a row. What may work
later is waited for: an outage of a night's job as long as a call may take by default, and where nothing has
succeeded at all, as long as the retries of a call take.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import Any

from aleph_alpha.bulk.errors import JobStopped
from aleph_alpha.bulk.pace import IN_A_ROW
from aleph_alpha.bulk.verdict import Verdict, has_no_connection, is_unchanging, name_of

__all__ = ["Breaker", "Outlook"]

_ROWS = 3  # so many requests that fail are not to blame themselves
_LEAST = 3  # failures, before time counts
_LOST = 400.0  # seconds between two failures: the process was stopped, or had nothing to do


class Outlook(Enum):
    """What becomes of a request that failed but may work later."""

    COUNTS = "counts"  # it may be to blame: it has so many tries
    OUTAGE = "outage"  # the server is out of order: it waits, and that costs it no try
    HOPELESS = "hopeless"  # it has been tried for as long as an outage may last, and it is to blame


class Breaker:
    """Ends a job that has only failures.

    Args:
        successes: requests that ended well in this run before, in another process.

    Attributes:
        successes: requests that ended well.
        in_a_row: failures since the last of them that trying again has not helped.
        proven: rows of the latest request that ended well: sent again, they tell whether the server works.

    >>> from aleph_alpha.errors import AuthenticationError
    >>> breaker = Breaker()
    >>> for _ in range(10):
    ...     breaker.failed(AuthenticationError(401, "no"), Verdict.JOB)
    Traceback (most recent call last):
    aleph_alpha.bulk.errors.JobStopped: the job was stopped: AuthenticationError 10 times in a row: status 401: no
    """

    MOST = 10
    """Failures in a row that are not the rows' own."""
    MOST_ROWS = 100
    """Failures in a row that are, where nothing has ever succeeded."""
    PATIENCE = 660.0
    """Seconds without a success: an outage may last as long as a call with all its retries by default."""
    FIRST_PATIENCE = 64.0
    """Seconds without a success where there never was one: the waits between the retries of a call."""

    def __init__(self, successes: int = 0) -> None:
        self.successes = successes
        self.in_a_row = 0
        self.proven: Sequence[Any] = ()
        self._proof = -1  # successes when these rows had been sent again with success
        self._kind = ""
        self._recover()

    def succeeded(self, rows: Sequence[Any]) -> None:
        """A request for these rows has ended well."""
        self.proven = rows
        self.successes += 1
        self.in_a_row = 0
        self.responded()

    def proved(self) -> None:
        """The proven rows were sent again, when nothing had succeeded for too long, and that has ended well.

        As long as nothing else does, a request that fails once more is to blame itself.
        """
        self.succeeded(self.proven)
        self._proof = self.successes

    def responded(self) -> None:
        """The server does its work, even if it has refused what was in a request."""
        if self._failures:
            self._recover()

    def _recover(self) -> None:
        self._failures = 0
        self._since = self._last = 0.0  # when the first and the latest of them came
        self._requests: set[int] = set()
        self._was_full = False

    @property
    def only_failures(self) -> bool:
        """Whether so many have come in a row that the server seems to be out of order."""
        return self._failures >= IN_A_ROW

    def broke(self, error: Exception, verdict: Verdict, request: int | None, now: float) -> Outlook:
        """A request failed that may work later; what becomes of it.

        Args:
            request: a number that identifies it; ``None`` for one that failed already before others succeeded.

        Raises:
            JobStopped: nothing has succeeded for too long.

        >>> from aleph_alpha.errors import APIConnectionError
        >>> breaker = Breaker()
        >>> for now in range(60):
        ...     outlook = breaker.broke(APIConnectionError("refused"), Verdict.AGAIN, now, now)
        >>> outlook.name
        'OUTAGE'
        >>> breaker.broke(APIConnectionError("no"), Verdict.AGAIN, 1, 64)
        Traceback (most recent call last):
        aleph_alpha.bulk.errors.JobStopped: the job was stopped: nothing has succeeded for 64 s: APIConnectionError: no
        """
        if not self._failures or now - self._last > _LOST:
            self._recover()
            self._since = now
        self._failures += 1
        self._last = now
        self._was_full = self._was_full or verdict is Verdict.REFUSED
        if request is not None and len(self._requests) < _ROWS:
            self._requests.add(request)
        may_be_to_blame = len(self._requests) < _ROWS and verdict is Verdict.AGAIN and not has_no_connection(error)
        if may_be_to_blame and request is None and self._proof == self.successes:
            return Outlook.HOPELESS
        if self._failures >= _LEAST and now - self._since >= self._patience(error):
            if may_be_to_blame and self.successes:
                return Outlook.HOPELESS
            seconds = now - self._since
            span = f" for {seconds:.0f} s" if seconds >= 1.0 else ""
            text = f"the job was stopped: nothing has succeeded{span}: {name_of(error)}: {error}"
            raise JobStopped(text, error, self._failures)
        return Outlook.OUTAGE if self.only_failures and not may_be_to_blame else Outlook.COUNTS

    def _patience(self, error: Exception) -> float:
        if self.successes or self._was_full:
            return self.PATIENCE
        return 0.0 if is_unchanging(error) else self.FIRST_PATIENCE

    def failed(self, error: Exception, verdict: Verdict) -> None:
        """Trying again has not helped, or would not.

        Raises:
            JobStopped: so it was for too many in a row.
        """
        kind = name_of(error)
        self.in_a_row = self.in_a_row + 1 if kind == self._kind else 1
        self._kind = kind
        most = self.MOST_ROWS if verdict is Verdict.ROW else self.MOST
        if self.in_a_row >= most and not (verdict is Verdict.ROW and self.successes):
            raise self.stopped(error)

    def stopped(self, error: Exception) -> JobStopped:
        """The exception that ends the job."""
        times = "once" if self.in_a_row == 1 else f"{self.in_a_row} times in a row"
        return JobStopped(f"the job was stopped: {name_of(error)} {times}: {error}", error, self.in_a_row)
