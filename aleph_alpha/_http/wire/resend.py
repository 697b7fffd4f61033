"""Whether a request is sent a second time, and on what connection: the same for both versions of the wire."""

from __future__ import annotations

import time
from contextvars import ContextVar
from typing import Protocol

import httpx

from aleph_alpha._http.wire.failures import Clock
from aleph_alpha._http.wire.protocol import ResponseParser
from aleph_alpha._http.wire.request import Outgoing

__all__ = ["BROKEN", "SILENT", "Used", "is_dead", "may_resend", "needs_fresh", "not_resent"]

# A connection that died while it was idle says so within a round trip. One that ends later may have
# ended in the middle of the work, which for a model takes seconds: that request is not sent again unasked.
_ROUND_TRIPS = 4
_SHORTEST = 0.1  # seconds
_LONGEST = 2.0

BROKEN = (httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError)  # the connection has ended
SILENT = (httpx.ReadTimeout, httpx.WriteTimeout)  # or nothing is heard of it

# Whether the call that this thread or task is busy with was sent once, on a connection that broke, and the
# connection to send it again on could not be made. It goes out once more, on a connection that nobody has used.
needs_fresh: ContextVar[bool] = ContextVar("needs_fresh", default=False)


class Used(Protocol):
    """What has to be known of a connection.

    Attributes:
        reused: it has carried an exchange before the current one.
        seen: seconds that it took to be made.
        round_trip: the same as the system has measured it, which is less where the process was busy.
    """

    reused: bool
    seen: float
    round_trip: float
    parser: ResponseParser


def is_dead(connection: Used) -> bool:
    """Whether a failure tells of the other idle connections, too: this was one, and there was no response at all."""
    return connection.reused and not connection.parser.started


def may_resend(connection: Used, out: Outgoing, clock: Clock, began: float, error: Exception) -> bool:
    """Whether the request that failed was met by a connection that was dead before, and may be sent again.

    A server that closes a connection without having read the request says so by a reset. After an end in order it
    may have been working on it, so that this has to come as soon as one that was on its way already.
    """
    ended = isinstance(error, httpx.RemoteProtocolError)
    seconds = connection.round_trip if ended else connection.seen
    bound = min(_LONGEST, max(_SHORTEST, _ROUND_TRIPS * seconds))
    return is_dead(connection) and time.monotonic() - began < bound and out.replayable and not clock.passed()


def not_resent(error: httpx.ConnectError | httpx.ConnectTimeout) -> httpx.TransportError:
    """The second connection could not be made; the next attempt is the second time that the request is sent."""
    needs_fresh.set(True)
    return type(error)(f"{error} (the request was sent before, on an idle connection that turned out to be closed)")
