"""Fetching a file from a URL that nobody vouches for: bounded in bytes, in time and in where it may lead."""

from __future__ import annotations

import time
from base64 import b64encode
from collections.abc import Iterator
from urllib.parse import unquote

import httpx

from aleph_alpha._http.connections import ConnectionSettings, SyncConnections
from aleph_alpha._http.unpacking import PACKED, Unpacker
from aleph_alpha.errors import APIConnectionError, APITimeoutError, ImageError
from aleph_alpha.version import user_agent_headers

_MAX_REDIRECTS = 5
_REDIRECTS = (301, 302, 303, 307, 308)


def download(url: str, *, max_bytes: int, timeout: float) -> bytes:
    """The content behind a URL.

    Parameters:
        max_bytes: largest content, after a ``Content-Encoding`` is undone.
        timeout: seconds for everything, redirects included.

    Raises:
        ImageError: no http(s) URL, a status other than 200, or larger than allowed.
        APIConnectionError: no connection, or it broke off (``APITimeoutError``: in that time).
    """
    deadline = time.monotonic() + timeout
    target = _target(url)
    connections = SyncConnections(ConnectionSettings())
    try:
        for _ in range(_MAX_REDIRECTS + 1):
            content = _fetch(connections, target, max_bytes, deadline)
            if isinstance(content, bytes):
                return content
            target = _redirected(target, content)
    except httpx.TimeoutException as error:
        raise APITimeoutError(f"downloading {_shown(target)} took more than {timeout} s") from error
    except (httpx.TransportError, UnicodeError) as error:
        raise APIConnectionError(f"downloading {_shown(target)} failed: {error}") from error
    finally:
        connections.close()
    raise ImageError(f"{_shown(_target(url))} redirects more than {_MAX_REDIRECTS} times")


def _fetch(connections: SyncConnections, url: httpx.URL, max_bytes: int, deadline: float) -> bytes | str:
    """The content, or the Location that it was said to be at."""
    request = httpx.Request("GET", url.copy_with(username=None, password=None, fragment=None), headers=_headers(url))
    request.extensions["deadline"] = deadline
    response = connections.send(request)
    try:
        if response.status_code in _REDIRECTS and "location" in response.headers:
            return str(response.headers["location"])
        if response.status_code != 200:
            raise ImageError(f"{_shown(url)} answered with status {response.status_code}")
        return _content(response, url, max_bytes)
    finally:
        response.close()


def _content(response: httpx.Response, url: httpx.URL, max_bytes: int) -> bytes:
    content = bytearray()
    for piece in _decoded(response, url, max_bytes):
        content += piece
        if len(content) > max_bytes:
            raise ImageError(f"{_shown(url)} is larger than max_bytes={max_bytes}")
    return bytes(content)


def _decoded(response: httpx.Response, url: httpx.URL, max_bytes: int) -> Iterator[bytes]:
    # httpx would decode a piece whole, and a piece of a gzip bomb is a thousand times its size.
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    if encoding == "identity":
        yield from response.iter_raw()
    elif encoding in PACKED:
        unpacker = Unpacker(encoding)
        try:
            for piece in response.iter_raw():
                yield from unpacker.feed(piece)
            yield from unpacker.finish()
        except httpx.DecodingError as error:
            raise ImageError(f"{_shown(url)} says it is {encoding} and is not: {error}") from error
    else:
        raise ImageError(f"{_shown(url)} has the encoding {encoding}, which was not asked for")


def _headers(url: httpx.URL) -> dict[str, str]:
    headers = {
        "accept": "image/*, */*;q=0.1",
        "accept-encoding": "identity",
        "user-agent": user_agent_headers()["User-Agent"],
    }
    if url.userinfo:
        credentials = unquote(url.userinfo.decode("ascii")).encode()
        headers["authorization"] = f"Basic {b64encode(credentials).decode('ascii')}"
    return headers


def _target(url: str) -> httpx.URL:
    try:
        target = httpx.URL(url)
        host = target.host  # decodes it
    except (httpx.InvalidURL, TypeError, UnicodeError) as error:
        raise ImageError(f"not a URL: {error}") from error
    if target.scheme not in ("http", "https") or not host:
        raise ImageError(f"only http:// and https:// URLs are downloaded, not {_shown(target)}")
    return target


def _redirected(url: httpx.URL, location: str) -> httpx.URL:
    try:
        target = url.join(location)
        host = target.host
    except (httpx.InvalidURL, UnicodeError) as error:
        raise ImageError(f"{_shown(url)} redirects to something that is no URL: {error}") from error
    allowed = ("https",) if url.scheme == "https" else ("http", "https")
    if target.scheme not in allowed or not host:
        raise ImageError(f"{_shown(url)} redirects to {_shown(target)}, which is not followed")
    return target


def _shown(url: httpx.URL) -> str:
    """A URL for a message: no credentials, and neither query nor fragment, where signatures are."""
    shown = str(url.copy_with(username=None, password=None, query=None, fragment=None))
    return shown if len(shown) <= 200 else f"{shown[:197]}..."
