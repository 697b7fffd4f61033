"""What a failure means: for the row, for the pace, for the job. Pure decisions."""

from __future__ import annotations

import socket
import ssl
from enum import Enum

from aleph_alpha.bulk.errors import ResultFormError
from aleph_alpha.errors import (
    APIConnectionError,
    APIStatusError,
    InvalidRequestError,
    ResponseError,
)

__all__ = ["Verdict", "has_no_connection", "is_unchanging", "judge", "name_of", "retry_delay"]


class Verdict(Enum):
    """What to do about a failed request."""

    ROW = "row"  # what is in it is to blame: it is not tried again
    AGAIN = "again"  # something broke: after a while it may well work
    REFUSED = "refused"  # the server has too much to do
    JOB = "job"  # every other row would meet it, too


_JOB_STATUSES = (401, 402, 403, 404)
_JOB_CODES = ("MISSING_CAPABILITY", "UNKNOWN_MODEL")
_NOT_CONNECTED = ("ConnectError", "ConnectTimeout", "ProxyError")  # of the HTTP library, which is not loaded for that


def judge(error: Exception) -> Verdict:
    """The verdict on a failure.

    >>> from aleph_alpha.errors import status_error
    >>> [judge(status_error(status, "")).name for status in (400, 401, 429, 500, 503)]
    ['ROW', 'JOB', 'REFUSED', 'AGAIN', 'REFUSED']
    """
    if isinstance(error, InvalidRequestError):  # also of a prompt that was not sent as it cannot fit
        return Verdict.ROW
    if isinstance(error, ResultFormError):
        return Verdict.JOB
    if isinstance(error, APIStatusError):
        status = error.status or 0
        if status in (429, 503) or error.code == "QUEUE_FULL" or error.retry_after is not None:
            return Verdict.REFUSED
        if status in _JOB_STATUSES or error.code in _JOB_CODES:
            return Verdict.JOB
        return Verdict.AGAIN if status == 408 or status >= 500 or status < 400 else Verdict.ROW
    return Verdict.AGAIN if isinstance(error, APIConnectionError | ResponseError) else Verdict.ROW


def has_no_connection(error: Exception) -> bool:
    """Whether no connection could be made. One that broke, or was silent, may be so for what a row asks for."""
    return isinstance(error, APIConnectionError) and type(error.__cause__).__name__ in _NOT_CONNECTED


def is_unchanging(error: Exception) -> bool:
    """Whether it is a host name that does not exist, or a certificate that is not trusted."""
    seen: list[BaseException] = []
    behind: BaseException | None = error
    while behind is not None and behind not in seen:
        if isinstance(behind, ssl.SSLCertVerificationError):
            return True
        if isinstance(behind, socket.gaierror):
            return behind.errno == socket.EAI_NONAME
        seen.append(behind)
        behind = behind.__cause__ or behind.__context__
    return False


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
