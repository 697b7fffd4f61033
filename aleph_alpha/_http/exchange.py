"""From a described call to an HTTP request, and from what the HTTP library raises to our errors."""

from __future__ import annotations

import socket
import ssl

import httpx

from aleph_alpha._call import Call
from aleph_alpha._http.retry import Failure
from aleph_alpha._http.secret import Secret
from aleph_alpha.errors import AlephAlphaError, APIConnectionError, APITimeoutError, ResponseError
from aleph_alpha.options import CONNECT_TIMEOUT, SILENCE_TIMEOUT, Settings
from aleph_alpha.version import user_agent_headers

__all__ = ["HTTP_ERRORS", "Endpoint", "explain_failure"]

# Everything httpx raises on its own account; nothing of it may reach a caller.
HTTP_ERRORS: tuple[type[Exception], ...] = (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, httpx.CookieConflict)

# What httpx raises while there is no connection yet: the request cannot have been carried out.
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_FINAL = (httpx.UnsupportedProtocol, httpx.ProxyError, httpx.DecodingError, httpx.TooManyRedirects, httpx.PoolTimeout)


_MAX_URLS = 256  # paths can hold names that callers choose


class Endpoint:
    """Builds requests to one installation; URLs are parsed once, headers that stay are kept."""

    def __init__(self, host: str) -> None:
        self._base = host.rstrip("/")
        self._urls: dict[str, httpx.URL] = {}
        self._agent = user_agent_headers()["User-Agent"].encode()

    def request(
        self, call: Call[object], token: Secret, settings: Settings, *, now: float, deadline: float | None
    ) -> httpx.Request:
        """The request of one attempt, with its time limits.

        `now` and `deadline` are instants of ``time.monotonic()``; the attempt ends at the
        client's request timeout or at the deadline, whichever is first.
        """
        url = self._url(f"{call.path}?{call.query}" if call.query else call.path)
        headers: list[tuple[bytes, bytes]] = [
            (b"Host", url.netloc),
            (b"User-Agent", self._agent),
            (b"Accept", call.accept.encode()),
            (b"Accept-Encoding", b"gzip, deflate"),
            (b"Authorization", b"Bearer " + token.reveal().encode()),
        ]
        body = call.body or b""
        if call.content_type is not None:
            headers.append((b"Content-Type", call.content_type.encode()))
        if call.method != "GET" or body:
            headers.append((b"Content-Length", str(len(body)).encode()))
        headers.extend((name.encode(), value.encode()) for name, value in settings.headers.items())
        return httpx.Request(
            call.method, url, headers=headers, stream=httpx.ByteStream(body), extensions=_limits(settings, now, deadline)
        )

    def _url(self, path: str) -> httpx.URL:
        url = self._urls.get(path)
        if url is None:
            if len(self._urls) >= _MAX_URLS:
                self._urls.clear()
            url = self._urls[path] = httpx.URL(self._base + path)
        return url


def _limits(settings: Settings, now: float, deadline: float | None) -> dict[str, object]:
    timeout = settings.request_timeout_seconds
    if timeout is not None and (deadline is None or now + timeout < deadline):
        deadline = now + timeout
    left = None if deadline is None else max(deadline - now, 0.0)
    silence = SILENCE_TIMEOUT if left is None else min(SILENCE_TIMEOUT, left)
    connect = CONNECT_TIMEOUT if left is None else min(CONNECT_TIMEOUT, left)
    return {
        "timeout": {"connect": connect, "read": silence, "write": silence, "pool": left},
        "deadline": deadline,
    }


def explain_failure(error: Exception, call: Call[object]) -> tuple[Failure, AlephAlphaError]:
    """What an exception of the HTTP library means for trying again, and what the caller gets instead."""
    detail = str(error) or type(error).__name__
    text = f"{call.method} {call.path}: {detail}"
    if isinstance(error, httpx.DecodingError):
        ours: AlephAlphaError = ResponseError(f"{text} (the body's Content-Encoding is broken)")
    elif isinstance(error, httpx.TimeoutException):
        ours = APITimeoutError(text)
    else:
        ours = APIConnectionError(text)
    ours.__cause__ = error
    if isinstance(error, _FINAL) or _cannot_change(error):
        return Failure.FINAL, ours
    return (Failure.NOT_SENT if isinstance(error, _NOT_SENT) else Failure.AMBIGUOUS), ours


def _cannot_change(error: BaseException) -> bool:
    """A host name that does not exist or a certificate that is not trusted will be so next time, too."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, ssl.SSLCertVerificationError):
            return True
        if isinstance(seen, socket.gaierror):
            return seen.errno == socket.EAI_NONAME
        seen = seen.__cause__ or seen.__context__
    return False
