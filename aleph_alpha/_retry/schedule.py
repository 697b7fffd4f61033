"""When a call is tried again, after how long, and whether the others pause, too: pure decisions, no clock."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum

__all__ = ["RETRY_STATUS_CODES", "Failure", "Others", "Outcome", "RetryPolicy", "parse_retry_after"]

# The statuses that the documented asynchronous client tries again.
RETRY_STATUS_CODES = frozenset({408, 429, 500, 502, 503, 504})

# The statuses with which servers and gateways refuse what is too much for them, whatever their bodies say.
_FULL = frozenset({429, 503})

_FIRST_STEP = 0.25  # seconds; doubled each time: 8 steps add up to 63.75 s
_LONGEST_STEP = 32.0
_SECONDS = re.compile(r"[0-9]+(\.[0-9]+)?").fullmatch
_JITTER = 0.25  # a step is shortened by up to this share, never lengthened


class Failure(Enum):
    """How an attempt failed, as far as it matters for trying again."""

    STATUS = "status"  # a response with an error status
    NOT_SENT = "not sent"  # no connection: the request cannot have been carried out
    AMBIGUOUS = "ambiguous"  # sent, but no whole response: it may have been carried out
    FINAL = "final"  # trying again cannot help (a bad certificate, an unknown host name)


class Others(Enum):
    """What a failed attempt means for the other calls of the client."""

    GO_ON = "no"
    PROBE = "after several in a row"  # the server may be out of order: see `pacing`
    PACE = "yes"  # it is full: those of the same kind wait for their turn
    PACE_ALL = "yes, all"  # ... and nothing at all is sent before the time that it has given


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one failed attempt."""

    failure: Failure
    status: int | None = None
    retry_after: float | None = None
    code: str | None = None


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """The schedule of both clients.

    Attributes:
        max_retries: attempts after the first one.
        retry_ambiguous: also try again when the request may have been carried out.
        retry_after_cap: the longest wait (seconds) that a server can ask for; when it asks
            for more, the error is raised at once.
    """

    max_retries: int = 8
    retry_ambiguous: bool = False
    retry_after_cap: float = 60.0

    def delay(self, outcome: Outcome, retries_done: int, *, jitter: float, remaining: float | None) -> float | None:
        """Seconds to wait before the next attempt, or ``None`` to stop and raise.

        Args:
            outcome: what came of the attempt.
            retries_done: retries so far, 0 after the first attempt.
            jitter: a random number in [0, 1).
            remaining: seconds until the call's deadline, ``None`` without one.

        >>> policy = RetryPolicy()
        >>> busy = Outcome(Failure.STATUS, status=503)
        >>> [policy.delay(busy, n, jitter=0.0, remaining=None) for n in (0, 1, 7, 8)]
        [0.25, 0.5, 32.0, None]
        """
        if retries_done >= self.max_retries or not self._retryable(outcome):
            return None
        after = outcome.retry_after or 0.0
        if after > self.retry_after_cap:
            return None
        # Not before the server says; but a server that always says "at once" must not use the schedule up.
        wait = max(_step(retries_done) * (1.0 - _JITTER * jitter), after)
        if remaining is not None and wait >= remaining:
            return None
        return wait

    @property
    def whole(self) -> float:
        """Seconds that all waits take, without what shortens them.

        >>> RetryPolicy().whole, RetryPolicy(max_retries=100).whole
        (63.75, 3007.75)
        """
        steps = min(self.max_retries, _DOUBLED)
        return sum(map(_step, range(steps))) + _LONGEST_STEP * (self.max_retries - steps)

    def others(self, outcome: Outcome) -> Others:
        """Whether the other calls of the client give way, too.

        >>> policy = RetryPolicy()
        >>> policy.others(Outcome(Failure.STATUS, 503)), policy.others(Outcome(Failure.NOT_SENT))
        (<Others.PACE: 'yes'>, <Others.PROBE: 'after several in a row'>)
        """
        if not self.max_retries or not self._retryable(outcome):
            return Others.GO_ON
        after = outcome.retry_after
        if after is None:
            full = outcome.status in _FULL or outcome.code == "QUEUE_FULL"
            return Others.PACE if full else Others.PROBE
        if after > self.retry_after_cap:  # each ends at once, with its own error
            return Others.GO_ON
        return Others.PACE_ALL if outcome.status == 429 else Others.PACE

    def why_not(self, outcome: Outcome, retries_done: int) -> str | None:
        """Why ``delay`` gives none, where there are retries left and it is one of those that are tried again.

        >>> RetryPolicy().why_not(Outcome(Failure.STATUS, status=429, retry_after=3600.0), 0)
        'not tried again: the server asks to wait 3600 s, and retry_after_cap is 60 s'
        """
        if retries_done >= self.max_retries or not self._retryable(outcome):
            return None
        if outcome.retry_after is not None and outcome.retry_after > self.retry_after_cap:
            asked = f"the server asks to wait {outcome.retry_after:.10g} s"
            return f"not tried again: {asked}, and retry_after_cap is {self.retry_after_cap:.10g} s"
        return "not tried again: the wait before that would go beyond the deadline of the call"

    def _retryable(self, outcome: Outcome) -> bool:
        match outcome.failure:
            case Failure.STATUS:
                return outcome.status in RETRY_STATUS_CODES
            case Failure.NOT_SENT:
                return True
            case Failure.AMBIGUOUS:
                return self.retry_ambiguous
            case Failure.FINAL:
                return False


_DOUBLED = 8  # steps, from which on they are all of the same length


def _step(retries_done: int) -> float:
    return min(_FIRST_STEP * 2.0 ** min(retries_done, _DOUBLED), _LONGEST_STEP)


def parse_retry_after(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """Seconds that a ``Retry-After`` header asks to wait: whole or fractional seconds in decimal digits, or a date.

    ``None`` when there is no such header or it cannot be understood; a date that has passed is 0.
    Dates are by the clock of the server, which its ``Date`` header tells; `now` is ours, for where it does not.

    >>> parse_retry_after({"retry-after": "0.5"})
    0.5
    >>> parse_retry_after({"retry-after": "Sat, 21 Nov 2026 12:00:30 GMT"},
    ...                   now=datetime(2026, 11, 21, 12, 0, 0, tzinfo=UTC))
    30.0
    >>> parse_retry_after({"retry-after": "Sat, 21 Nov 2026 13:00:30 GMT", "date": "Sat, 21 Nov 2026 13:00:00 GMT"},
    ...                   now=datetime(2026, 11, 21, 12, 0, 0, tzinfo=UTC))
    30.0
    >>> parse_retry_after({"retry-after": "soon"}) is None
    True
    """
    text = headers.get("retry-after", "").strip()
    if _SECONDS(text):
        seconds = float(text)
        return seconds if math.isfinite(seconds) else None
    moment = _moment(text)
    if moment is None:
        return None
    since = _moment(headers.get("date", "")) or now or datetime.now(UTC)
    return max((moment - since).total_seconds(), 0.0)


def _moment(text: str) -> datetime | None:
    from email.utils import parsedate_to_datetime

    if not text.isascii() or "_" in text:  # Python would read other digits, and 1_0, as numbers
        return None
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    # HTTP dates are GMT, even where a server forgets to say so
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
