"""Requests as bytes: checked, serialised, framed. No I/O.

``RequestHead`` is serialised once and sent any number of times; ``outgoing`` does the same for one
``httpx.Request``. Both give an ``Outgoing``, the form in which a request is written.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterable, Iterable, Mapping, Sequence
from copy import copy
from typing import Any

import httpx

from aleph_alpha._call.long_body import LongBody
from aleph_alpha._http.wire.origin import Origin, Proxy

__all__ = ["Headers", "Outgoing", "RequestHead", "outgoing"]

JOINED_BODY_BYTES = 64 * 1024  # up to here one write carries head and body

Headers = Sequence[tuple[bytes, bytes]]

# RFC 9110 5.5 and 5.6.2. Values may hold obs-text; anything else that is not a visible character,
# blank or tab could split the head into something the caller did not mean to send.
_TOKEN = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+").fullmatch
_VALUE = re.compile(rb"[\t\x20-\x7e\x80-\xff]*").fullmatch
_TARGET = re.compile(rb"[\x21-\x7e]+").fullmatch
_DIGITS = re.compile(rb"[0-9]{1,18}").fullmatch
_FRAMING = frozenset({b"host", b"content-length", b"transfer-encoding", b"connection"})
_ANNOUNCES_EMPTY = frozenset({"POST", "PUT", "PATCH"})  # methods whose absent body is announced as one of length 0


class RequestHead:
    """A request line and its headers, checked and serialised once, sent any number of times.

    ``headers`` must not frame the body: ``Content-Length`` is written for each request. ``Host``
    is added where it is missing. The repr shows neither headers nor query.

    Raises:
        httpx.LocalProtocolError: for a method, target or header that HTTP cannot carry (such as
            one with a line break); names the header, never its value.
        httpx.UnsupportedProtocol: for a URL that is neither http nor https.
    """

    __slots__ = ("_lines", "_through", "announces_empty", "head_only", "headers", "method", "origin", "url")

    def __init__(self, method: str, url: httpx.URL | str, headers: Headers) -> None:
        self.url = httpx.URL(url)
        self.method = method
        self.origin = Origin.of(self.url)
        self.headers = tuple(headers)
        problem = _problem(method, self.url, self.headers)
        if problem is not None:
            del headers  # the token is in there, and this frame is shown in tracebacks
            raise httpx.LocalProtocolError(problem)
        self._lines = _lines(method, self.url, self.headers, None)
        self._through: RequestHead | None = None
        self.head_only = method == "HEAD"
        self.announces_empty = method in _ANNOUNCES_EMPTY

    def __repr__(self) -> str:
        return f"<RequestHead {self.method} {self.origin.scheme}://{self.origin}{self.url.path}>"

    def with_headers(self, more: Mapping[str, str]) -> RequestHead:
        """The same head for one request with more headers.

        One that is there already stays as it is, and one that HTTP cannot carry is left out: what
        observers add is not worth losing a request.
        """
        there = {name.lower() for name, _ in self.headers} | _FRAMING
        added = []
        for name, value in more.items():
            header = name.encode("ascii", "replace"), value.encode("latin-1", "replace")
            if header[0].lower() not in there and _TOKEN(header[0]) and _VALUE(header[1]):
                added.append(header)
        head = object.__new__(RequestHead)
        head.url, head.method, head.origin = self.url, self.method, self.origin
        head.headers = (*self.headers, *added)
        head._lines = self._lines + b"".join([b"%b: %b\r\n" % header for header in added])
        head._through = None
        head.head_only, head.announces_empty = self.head_only, self.announces_empty
        return head

    def through(self, proxy: Proxy) -> RequestHead:
        """The same head as it is sent through a proxy of HTTP."""
        found = self._through
        if found is None or found.origin.proxy != proxy:
            found = self._through = copy(self)
            found.origin = self.origin._replace(proxy=proxy)
            found._lines = _lines(self.method, self.url, self.headers, proxy)
        return found

    def outgoing(self, body: bytes | LongBody | None) -> Outgoing:
        """This head with a body, ready to be written."""
        out = Outgoing.__new__(Outgoing)
        out.origin = self.origin
        out.head_only = self.head_only
        out.stream = None
        out.chunked = False
        out.length = None
        out.rest = None
        out.max_response_bytes = None
        if body is None or not body:
            out.first = self._lines + (b"Content-Length: 0\r\n\r\n" if self.announces_empty else b"\r\n")
        elif len(body) <= JOINED_BODY_BYTES and isinstance(body, bytes):
            out.first = b"%bContent-Length: %d\r\n\r\n%b" % (self._lines, len(body), body)
        else:
            out.first = b"%bContent-Length: %d\r\n\r\n" % (self._lines, len(body))
            if isinstance(body, bytes):
                out.rest = body
            else:
                out.stream, out.length = body, len(body)
        return out

    def request(self, body: bytes | LongBody | None, extensions: dict[str, Any]) -> httpx.Request:
        """The same as an ``httpx.Request``, for transports that are not ours."""
        headers = list(self.headers)
        if body or self.announces_empty:
            headers.append((b"Content-Length", b"%d" % len(body or b"")))
        if not any(name.lower() == b"host" for name, _ in headers):
            headers.insert(0, (b"Host", self.url.netloc))
        return httpx.Request(
            self.method, self.url, headers=headers, stream=httpx.ByteStream(bytes(body or b"")), extensions=extensions
        )


class Outgoing:
    """A request in the form in which it is written: ``first``, then ``rest`` or ``stream``.

    The bytes hold the token. They stay attributes, because this object's repr hides them and a
    local variable of a traceback would not.
    """

    __slots__ = ("chunked", "first", "head_only", "length", "max_response_bytes", "origin", "rest", "stream")

    origin: Origin
    first: bytes  # the head, and the body if it is small
    rest: bytes | None  # a large body
    stream: Iterable[bytes | memoryview] | AsyncIterable[bytes] | None  # a body made while it is sent
    chunked: bool  # how ``stream`` is framed ...
    length: int | None  # ... if not chunked
    head_only: bool
    max_response_bytes: int | None  # of content, as it is sent; more is not read

    @property
    def replayable(self) -> bool:
        """Whether it can be sent a second time."""
        return self.stream is None or isinstance(self.stream, LongBody)


def outgoing(request: httpx.Request, proxy: Proxy | None = None) -> Outgoing:
    """An ``httpx.Request`` in the form in which it is written, directly or through a proxy of HTTP.

    A body without framing headers gets ``Content-Length`` if its length is known and is chunked
    otherwise; a length that is announced must be the length that is sent.
    """
    out = Outgoing.__new__(Outgoing)
    out.origin = Origin.of(request.url)
    if proxy is not None:
        out.origin = out.origin._replace(proxy=proxy)
    out.head_only = request.method == "HEAD"
    out.stream = out.rest = out.length = out.max_response_bytes = None
    out.chunked = False

    headers = request.headers.raw
    length, chunked, problem = _framing(headers)
    problem = _problem(request.method, request.url, headers) or problem
    body = _whole_body(request)
    if problem is None and body is not None and length is not None and length != len(body):
        problem = f"request refused: it announces a body of {length} bytes and has one of {len(body)}"
    if problem is not None:
        del headers  # the token is in there, and this frame is shown in tracebacks
        raise httpx.LocalProtocolError(problem, request=request)

    if body is None or chunked:
        out.stream = request.stream if body is None else (body,)
        out.chunked = length is None
        out.length = length
        if out.chunked and not chunked:
            headers = [*headers, (b"Transfer-Encoding", b"chunked")]
    elif length is None and (body or request.method in _ANNOUNCES_EMPTY):
        headers = [*headers, (b"Content-Length", b"%d" % len(body))]
    out.first = _lines(request.method, request.url, headers, proxy) + b"\r\n"
    if body and out.stream is None:
        if len(body) <= JOINED_BODY_BYTES:
            out.first += body
        else:
            out.rest = body
    return out


def _whole_body(request: httpx.Request) -> bytes | None:
    stream = request.stream
    # Only the class itself: a subclass may do something else while it is iterated.
    return b"".join(stream) if type(stream) is httpx.ByteStream else None


def _framing(headers: Headers) -> tuple[int | None, bool, str | None]:
    """The announced length, whether the body is to be chunked, and what is wrong with that."""
    lengths = [value for name, value in headers if name.lower() == b"content-length"]
    codings = [value for name, value in headers if name.lower() == b"transfer-encoding"]
    problem = None
    if len(lengths) + len(codings) > 1:
        problem = "request refused: it frames its body twice (Content-Length, Transfer-Encoding)"
    elif codings and codings[0].strip().lower() != b"chunked":
        problem = "request refused: the only Transfer-Encoding that can be sent is chunked"
    elif lengths and not _DIGITS(lengths[0]):
        problem = "request refused: its Content-Length is not a number"
    return (int(lengths[0]) if lengths and problem is None else None), bool(codings), problem


def _problem(method: str, url: httpx.URL, headers: Headers) -> str | None:
    """Why a head cannot be sent, if so; names headers, never their values."""
    if not _TOKEN(_ascii(method)):
        return "request refused: the method is not a token"
    if not _TARGET(url.raw_path):
        return "request refused: the path holds characters that have to be escaped"
    for name, value in headers:
        if not _TOKEN(name):
            return f"request refused: the header name {name!r} is not a token"
        if not _VALUE(value):
            return f"request refused: the header {name.decode('ascii')} holds a line break or a control character"
    return None


def _lines(method: str, url: httpx.URL, headers: Headers, proxy: Proxy | None) -> bytes:
    """Request line and header lines, without the empty line that ends them."""
    target = url.raw_path
    if proxy is not None and url.scheme == "http":  # for https there is a tunnel, and the proxy sees nothing of it
        target = b"http://%b%b" % (url.netloc, target)
        headers = [*headers, *proxy.authorization]
    lines = [b"%b %b HTTP/1.1\r\n" % (_ascii(method), target)]
    if not any(name.lower() == b"host" for name, _ in headers):
        lines.append(b"Host: %b\r\n" % url.netloc)
    lines += [b"%b: %b\r\n" % header for header in headers]
    return b"".join(lines)


def _ascii(method: str) -> bytes:
    return method.encode("ascii", "replace").replace(b"?", b" ")  # neither is a character of a token
