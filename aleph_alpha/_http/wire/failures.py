"""Which ``httpx`` exception a failure on the wire becomes, and the bounds of time it works under.

Every message names host and port and, where the system gave one, the cause.
"""

from __future__ import annotations

import errno
import os
import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from typing import Any

import httpx

from aleph_alpha._http.wire.origin import Origin
from aleph_alpha._http.wire.protocol import BadResponse, TooLarge

__all__ = [
    "AT_DEADLINE",
    "Clock",
    "Closed",
    "chain",
    "closed",
    "connect_error",
    "lost",
    "read_error",
    "write_error",
]

AT_DEADLINE = "before the deadline"
"""In the message of a timeout: it was the instant at which all of the exchange ends, whoever has set that."""

_TICK = 0.002

_TIMEOUTS: dict[str, tuple[type[httpx.TimeoutException], str]] = {
    "connect": (httpx.ConnectTimeout, "no connection to {origin}"),
    "write": (httpx.WriteTimeout, "{origin} did not take the request"),
    "read": (httpx.ReadTimeout, "no data from {origin}"),
    "pool": (httpx.PoolTimeout, "no free connection to {origin}"),
}


class Closed(httpx.NetworkError):
    """The caller has closed the client, and with it the connection that was in use."""


class Clock:
    """The bounds of one exchange: seconds for each phase, and one instant for all of it.

    Args:
        timeout: seconds (or None for no bound) under ``connect``, ``read``, ``write``, ``pool``;
            the same mapping as ``request.extensions["timeout"]``.
        deadline: instant of ``time.monotonic()`` at which the exchange ends, its body included.
    """

    __slots__ = ("_extensions", "timeout")

    def __init__(self, timeout: Mapping[str, float | None] | None, deadline: float | None) -> None:
        self.timeout: Mapping[str, float | None] = {} if timeout is None else timeout
        self._extensions: Mapping[str, Any] = {"deadline": deadline}

    @classmethod
    def of(cls, request: httpx.Request) -> Clock:
        """The bounds in a request's extensions. Its deadline may be moved while the response is read."""
        clock = cls(request.extensions.get("timeout"), None)
        clock._extensions = request.extensions
        return clock

    @property
    def deadline(self) -> float | None:
        """As it is now: looked up at each step."""
        deadline: float | None = self._extensions.get("deadline")
        return deadline

    def until(self, phase: str) -> float | None:
        """The instant until which a step of this phase that begins now may take; None for ever."""
        seconds = self.timeout.get(phase)
        if seconds is None:
            return self.deadline
        limit = time.monotonic() + seconds
        deadline = self.deadline
        return limit if deadline is None or limit < deadline else deadline

    def left(self, phase: str) -> float | None:
        """The same as seconds from now, at least 0."""
        limit = self.until(phase)
        return None if limit is None else max(0.0, limit - time.monotonic())

    def remaining(self) -> float | None:
        """Seconds to the deadline, at least 0; None without one."""
        deadline = self.deadline
        return None if deadline is None else max(0.0, deadline - time.monotonic())

    def passed(self) -> bool:
        """Whether the deadline is over."""
        return self.remaining() == 0

    def check(self, origin: Origin | str) -> None:
        """Raise if there is no time left to begin with; nothing has been sent then."""
        if self.passed():
            raise httpx.PoolTimeout(f"no time was left to send anything to {origin} {AT_DEADLINE}")

    def error(self, phase: str, origin: Origin | str) -> httpx.TimeoutException:
        """What to raise when the bound of ``until(phase)`` was reached."""
        kind, what = _TIMEOUTS[phase]
        seconds, remaining = self.timeout.get(phase), self.remaining()
        # Timers may fire a little early.
        if seconds is None or (remaining is not None and remaining < _TICK):
            why = AT_DEADLINE
        else:
            why = f"within {seconds:g} s ({phase} timeout)"
        return kind(f"{what.format(origin=origin)} {why}")


def chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error and what is behind it, each once: ``raise error from error`` makes a ring."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def connect_error(origin: Origin, error: Exception) -> httpx.ConnectError:
    """No connection came about: name, route, refusal or TLS."""
    if isinstance(error, socket.gaierror):
        host = origin.host if origin.proxy is None else origin.proxy.origin.host
        return httpx.ConnectError(f"the host name {host!r} could not be resolved: {_cause(error)}")
    if isinstance(error, ssl.SSLError):
        return httpx.ConnectError(f"TLS with {origin} failed: {_cause(error)}{_tls_hint(error)}")
    return httpx.ConnectError(f"could not connect to {origin}: {_cause(error)}")


def _tls_hint(error: ssl.SSLError) -> str:
    """What can be done about it."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return (
            " (if the server has a certificate of your own authority, name its file by verify_ssl=... "
            "or by the environment variable SSL_CERT_FILE)"
        )
    if "no application protocol" in str(error).lower().replace("_", " "):  # the alert to an offer of HTTP/1.1 alone
        return " (does the server speak HTTP/2 only? This client speaks HTTP/1.1)"
    return ""


def write_error(origin: Origin, error: BaseException | None) -> httpx.WriteError:
    """The connection broke while the request was being sent."""
    return httpx.WriteError(f"the connection to {origin} broke while the request was sent{_behind(error)}")


def read_error(origin: Origin, error: Exception | None) -> httpx.ReadError:
    """The connection broke while the response was awaited or read."""
    return httpx.ReadError(f"the connection to {origin} broke while its response was awaited{_behind(error)}")


def closed(origin: Origin | str) -> Closed:
    """Nobody but the caller has broken the connection."""
    return Closed(f"this client was closed while the call to {origin} was under way")


def lost(origin: Origin, error: BadResponse) -> httpx.RequestError:
    """What came is not a whole HTTP response, or more than is wanted."""
    if isinstance(error, TooLarge):
        return httpx.DecodingError(f"the response from {origin} is not read: {error}")
    return httpx.RemoteProtocolError(f"no valid response from {origin}: {error}")


def _behind(error: BaseException | None) -> str:
    return "" if error is None else f": {_cause(error)}"


def _cause(error: BaseException) -> str:
    if (
        isinstance(error, OSError)
        and error.errno is not None
        and not isinstance(error, (ssl.SSLError, socket.gaierror))
    ):
        # asyncio words its own messages and joins several; the number says it in one way.
        return f"[{errno.errorcode.get(error.errno, error.errno)}] {os.strerror(error.errno)}"
    return str(error) or type(error).__name__
