"""From a described call to an HTTP request, and from what the HTTP library raises to our errors."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterable, Mapping

import httpx

from aleph_alpha._call.call import Call
from aleph_alpha._call.events import EVENT_STREAM
from aleph_alpha._http.wire.failures import AT_DEADLINE, Closed, chain
from aleph_alpha._http.wire.request import RequestHead
from aleph_alpha._retry.schedule import Failure
from aleph_alpha._secret import Secret
from aleph_alpha.errors import AlephAlphaError, APIConnectionError, APITimeoutError, ResponseError
from aleph_alpha.options import CONNECT_TIMEOUT, SILENCE_TIMEOUT, Settings
from aleph_alpha.version import user_agent_headers

__all__ = ["HTTP_ERRORS", "OTHER_AGENTS", "Endpoint", "content_type_hint", "explain_failure", "header_map", "limits"]

# Everything httpx raises on its own account; nothing of it may reach a caller.
HTTP_ERRORS: tuple[type[Exception], ...] = (
    httpx.HTTPError,
    httpx.InvalidURL,
    httpx.StreamError,
    httpx.CookieConflict,
    UnicodeError,  # of a host name that cannot be one
)

# What httpx raises while there is no connection yet: the request cannot have been carried out.
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_FINAL = (httpx.UnsupportedProtocol, httpx.LocalProtocolError, httpx.ProxyError, httpx.PoolTimeout, Closed)

# The User-Agents that callers have put in place of ours, by which recorders know the requests of this package.
OTHER_AGENTS: set[str] = set()

_MAX_HEADS = 256  # paths can hold names that callers choose
_SHOWN_TYPE = 100  # characters


class Endpoint:
    """Where one deployment is; request heads are built once for each kind of request to it."""

    def __init__(self, host: str) -> None:
        self._base = host.rstrip("/")
        self._heads: dict[object, RequestHead] = {}
        self._agent = user_agent_headers()["User-Agent"].encode()

    def head(self, call: Call[object], token: Secret, settings: Settings) -> RequestHead:
        """Request line and headers of a call, ready to be sent with any body."""
        extra = tuple(settings.headers.items())
        key = (call.method, call.path, call.query, call.accept, call.content_type, token, extra)
        head = self._heads.get(key)
        if head is None:
            if len(self._heads) >= _MAX_HEADS:
                self._heads.clear()
            head = self._heads[key] = self._build(call, token, extra)
        return head

    def _build(self, call: Call[object], token: Secret, extra: tuple[tuple[str, str], ...]) -> RequestHead:
        query = f"?{call.query}" if call.query else ""
        ours = [
            (b"User-Agent", self._agent),
            (b"Accept", call.accept.encode()),
            # A stream that is compressed comes when a block of it is full, not when an event is there.
            (b"Accept-Encoding", b"identity" if call.accept == EVENT_STREAM else b"gzip, deflate"),
        ]
        if token.reveal():
            ours.append((b"Authorization", b"Bearer " + token.reveal().encode()))
        if call.content_type is not None:
            ours.append((b"Content-Type", call.content_type.encode()))
        given = {name.lower().encode(): value.encode() for name, value in extra}  # the caller's replace ours
        if b"user-agent" in given:
            OTHER_AGENTS.add(given[b"user-agent"].decode())
        headers = [*(header for header in ours if header[0].lower() not in given), *given.items()]
        return RequestHead(call.method, f"{self._base}{call.path}{query}", headers)


def limits(settings: Settings, now: float, deadline: float | None) -> tuple[dict[str, float | None], float | None]:
    """The time limits of one attempt: seconds for its steps, and the instant by which it must be over.

    `now` and `deadline` are instants of ``time.monotonic()``; the attempt ends at the client's
    request timeout or at the call's deadline, whichever is first.
    """
    timeout = settings.request_timeout_seconds
    if timeout is not None and (deadline is None or now + timeout < deadline):
        deadline = now + timeout
    left = None if deadline is None else max(deadline - now, 0.0)
    silence = SILENCE_TIMEOUT if left is None else min(SILENCE_TIMEOUT, left)
    connect = CONNECT_TIMEOUT if left is None else min(CONNECT_TIMEOUT, left)
    return {"connect": connect, "read": silence, "write": silence, "pool": left}, deadline


def header_map(raw: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Headers as text, names in lower case; repeated ones are joined with a comma."""
    headers: dict[str, str] = {}
    for name, value in raw:
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        headers[key] = f"{headers[key]}, {text}" if key in headers else text
    return headers


def explain_failure(
    error: Exception, call: Call[object], timeout: float | None = None
) -> tuple[Failure, AlephAlphaError]:
    """What an exception of the HTTP library means for trying again, and what the caller gets instead.

    `timeout` is the client's request timeout where that was to end the attempt, and not the call's deadline.
    """
    detail = str(error) or type(error).__name__
    route = _route(error)
    if route not in detail:
        detail = f"{route}: {detail}"
    text = f"{call.method} {call.path}: {detail}"
    if isinstance(error, httpx.DecodingError):
        ours: AlephAlphaError = ResponseError(f"{text} (the body's Content-Encoding is broken)")
    elif isinstance(error, httpx.TimeoutException):
        within = AT_DEADLINE if timeout is None else f"within {timeout:g} s (request_timeout_seconds)"
        ours = APITimeoutError(text.replace(AT_DEADLINE, within))
    else:
        ours = APIConnectionError(text)
    ours.__cause__ = error
    if not isinstance(error, httpx.TransportError) or isinstance(error, _FINAL) or _cannot_change(error):
        return Failure.FINAL, ours
    return (Failure.NOT_SENT if isinstance(error, _NOT_SENT) else Failure.AMBIGUOUS), ours


def _route(error: Exception) -> str:
    """Where it went, of what did not go over the wire, whose errors all say that themselves."""
    request: httpx.Request | None = getattr(error, "_request", None)  # the property raises where there is none
    return "" if request is None else str(request.extensions.get("route", ""))


def content_type_hint(headers: Mapping[str, str], accept: str) -> str:
    """What to say beside that a content is wrong, where it is not even said to be of the type that was asked for."""
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if not kind or kind == accept or ("json" in kind and "json" in accept):
        return ""
    shown = kind[:_SHOWN_TYPE]
    return f" (its type is {shown}, not {accept}: is it from a proxy, or from another host than the API's?)"


# The other side broke off; every other TLS error says that the two do not fit together.
_PASSING_TLS_ERRORS = (ssl.SSLEOFError, ssl.SSLZeroReturnError, ssl.SSLSyscallError, ssl.SSLWantReadError)


def _cannot_change(error: BaseException) -> bool:
    """A host name that does not exist or a certificate that is not trusted will be so next time, too."""
    for seen in chain(error):
        if isinstance(seen, ssl.SSLError) and not isinstance(seen, _PASSING_TLS_ERRORS):
            return True
        if isinstance(seen, socket.gaierror):
            return seen.errno == socket.EAI_NONAME
    return False
