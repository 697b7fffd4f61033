"""What a failure means: for the row, for the pace, for the job. Pure decisions."""

from __future__ import annotations

from enum import Enum

from aleph_alpha.bulk.errors import JobStopped
from aleph_alpha.errors import (
    AlephAlphaError,
    APIConnectionError,
    APIStatusError,
    APITimeoutError,
    InvalidRequestError,
    ResponseError,
)

__all__ = ["Breaker", "Verdict", "is_everywhere", "judge", "name_of", "retry_delay"]


class Verdict(Enum):
    """What to do about a failed request."""

    ROW = "row"  # what is in it is to blame: it is not tried again
    AGAIN = "again"  # something broke: after a while it may well work
    REFUSED = "refused"  # the server has too much to do
    JOB = "job"  # every other row would meet it, too


_JOB_STATUSES = (401, 402, 403, 404)
_JOB_CODES = ("MISSING_CAPABILITY", "UNKNOWN_MODEL")


def judge(error: Exception) -> Verdict:
    """The verdict on a failure.

    >>> from aleph_alpha.errors import status_error
    >>> [judge(status_error(status, "")).name for status in (400, 401, 429, 500, 503)]
    ['ROW', 'JOB', 'REFUSED', 'AGAIN', 'REFUSED']
    """
    if isinstance(error, InvalidRequestError):  # also of a prompt that was not sent as it cannot fit
        return Verdict.ROW
    if isinstance(error, APIStatusError):
        status = error.status or 0
        if status in (429, 503) or error.code == "QUEUE_FULL" or error.retry_after is not None:
            return Verdict.REFUSED
        if status in _JOB_STATUSES or error.code in _JOB_CODES:
            return Verdict.JOB
        return Verdict.AGAIN if status == 408 or status >= 500 or status < 400 else Verdict.ROW
    return Verdict.AGAIN if isinstance(error, APIConnectionError | ResponseError) else Verdict.ROW


def is_everywhere(error: Exception) -> bool:
    """Whether a failure cannot be one row's own: what a job meets, or that there is no connection."""
    no_connection = isinstance(error, APIConnectionError) and not isinstance(error, APITimeoutError)
    return no_connection or judge(error) is Verdict.JOB


def retry_delay(tries: int, jitter: float, retry_after: float | None = None) -> float:
    """Seconds until a request is tried again: 0.25, 0.5, ... 32, shortened at random by up to a quarter.

    >>> [retry_delay(tries, 0.0) for tries in (0, 1, 9)]
    [0.25, 0.5, 32.0]
    """
    wait = min(0.25 * 2.0**tries, 32.0) * (1.0 - 0.25 * jitter)
    return wait if retry_after is None else max(min(retry_after, 60.0), 0.0)


def name_of(error: BaseException) -> str:
    """The kind of a failure: its class, and the API's code where there is one."""
    code = getattr(error, "code", None)
    return f"{type(error).__name__} {code}" if code else type(error).__name__


class Breaker:
    """Ends a job that has only failures of one kind.

    Attributes:
        successes: requests that ended well.
        in_a_row: failures since the last of them.

    >>> from aleph_alpha.errors import AuthenticationError
    >>> breaker = Breaker()
    >>> for _ in range(10):
    ...     breaker.failed(AuthenticationError(401, "no"), Verdict.JOB, now=0.0)
    Traceback (most recent call last):
    aleph_alpha.bulk.errors.JobStopped: the job was stopped: AuthenticationError 10 times in a row: status 401: no
    """

    MOST = 10
    """Failures in a row that are not the rows' own."""
    MOST_ROWS = 100
    """Failures in a row that are, where nothing has ever succeeded."""
    PATIENCE = 660.0
    """Seconds without a success while the server refuses."""

    def __init__(self) -> None:
        self.successes = 0
        self.in_a_row = 0
        self._kind = ""
        self._since: float | None = None  # when refusals began

    def succeeded(self) -> None:
        """A request has ended well."""
        self.successes += 1
        self.in_a_row = 0
        self._since = None

    def refused(self, error: AlephAlphaError, now: float) -> None:
        """The server had too much to do.

        Raises:
            JobStopped: it has had for a long time.
        """
        self._since = now if self._since is None else self._since
        if now - self._since > self.PATIENCE:
            raise JobStopped(f"the job was stopped: busy for {self.PATIENCE:.0f} s without a success: {error}", error)

    def failed(self, error: Exception, verdict: Verdict, now: float) -> None:
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
