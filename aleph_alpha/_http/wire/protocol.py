"""HTTP/1.1 as bytes: what the two halves of the wire share, without a socket in sight.

``Outgoing`` is a request ready to be written, ``AnswerParser`` turns what comes back into a
status, headers and body. Parsing is llhttp's (Node's parser, through ``httptools``); what is
decided here is only what llhttp leaves open: limits, and a few leniencies of its that h11 does
not have (versions other than 1.0 and 1.1, other protocols' names, control characters in the
reason, empty lines before an answer, transfer codings other than ``chunked``).
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterable, Iterable, Sequence
from typing import Any, NamedTuple

import httptools
import httpx

from aleph_alpha._call.long_body import LongBody
from aleph_alpha._http.wire.lengths import repeated, said_once

__all__ = [
    "MAX_ERROR_BYTES",
    "MAX_HEADERS",
    "MAX_HEAD_BYTES",
    "Answer",
    "AnswerParser",
    "BadAnswer",
    "Headers",
    "Origin",
    "Outgoing",
    "RequestHead",
    "TooLarge",
    "outgoing",
]

MAX_HEAD_BYTES = 128 * 1024  # of an answer: status line, headers, 1xx before them; and of its trailers
MAX_HEADERS = 256
MAX_INFORMATIONAL = 16
MAX_ERROR_BYTES = 1024 * 1024  # of the content of an answer that is no success; what is behind is not read
MAX_PARTS = 64  # of a body, before they are joined where they are small
_SMALL_PART = 4096
JOINED_BODY_BYTES = 64 * 1024  # up to here one write carries head and body

Headers = Sequence[tuple[bytes, bytes]]

# RFC 9110 5.5 and 5.6.2. Values may hold obs-text; anything else that is no visible character,
# blank or tab could split the head into something the caller did not mean to send.
_TOKEN = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+").fullmatch
_VALUE = re.compile(rb"[\t\x20-\x7e\x80-\xff]*").fullmatch
_TARGET = re.compile(rb"[\x21-\x7e]+").fullmatch
_DIGITS = re.compile(rb"[0-9]{1,18}").fullmatch
_REASON = re.compile(rb"[\t\x20-\x7e\x80-\xff]*").fullmatch
_ANNOUNCES_EMPTY = frozenset({"POST", "PUT", "PATCH"})  # methods whose absent body is announced as one of length 0
_DEFAULT_PORTS = {"http": 80, "https": 443}


class BadAnswer(Exception):
    """What the server sent is not one whole HTTP/1.1 answer; the halves add host and port."""


class TooLarge(BadAnswer):
    """The content is larger than the caller wants."""


class _Informational(BadAnswer):
    """A 1xx answer ends here."""


class Origin(NamedTuple):
    """Where a connection leads; connections are shared between requests of the same origin."""

    scheme: str  # "http" or "https"
    host: str
    port: int

    @classmethod
    def of(cls, url: httpx.URL) -> Origin:
        scheme = url.scheme
        if scheme not in _DEFAULT_PORTS or not url.host:
            raise httpx.UnsupportedProtocol(f"{scheme or 'no'}:// is not a scheme to send to; use http:// or https://")
        # raw_host is the IDNA form, as names are looked up and certificates are checked.
        return cls(scheme, url.raw_host.decode("ascii"), _DEFAULT_PORTS[scheme] if url.port is None else url.port)

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


class Answer(NamedTuple):
    """A whole answer."""

    status: int
    headers: list[tuple[bytes, bytes]]  # names as the server spelled them
    content: bytes
    encoded: bool  # the content is still as its Content-Encoding says
    resent: bool  # the request went out twice, the first time on a dead connection
    deviations: tuple[str, ...] = ()  # what was wrong with it and has been passed over

    def __repr__(self) -> str:
        # asyncio.run writes out what its coroutine returns, twice, unseen; content can be large.
        return f"<Answer {self.status}, {len(self.content)} bytes>"


class RequestHead:
    """A request line and its headers, checked and serialised once, sent any number of times.

    ``headers`` must not frame the body: ``Content-Length`` is written for each request. ``Host``
    is added where it is missing. The repr shows neither headers nor query.

    Raises:
        httpx.LocalProtocolError: for a method, target or header that HTTP cannot carry (such as
            one with a line break); names the header, never its value.
        httpx.UnsupportedProtocol: for a URL that is neither http nor https.
    """

    __slots__ = ("_lines", "announces_empty", "head_only", "headers", "method", "origin", "url")

    def __init__(self, method: str, url: httpx.URL | str, headers: Headers) -> None:
        self.url = httpx.URL(url)
        self.method = method
        self.origin = Origin.of(self.url)
        self.headers = tuple(headers)
        problem = _problem(method, self.url, self.headers)
        if problem is not None:
            del headers  # the token is in there, and this frame is shown in tracebacks
            raise httpx.LocalProtocolError(problem)
        self._lines = _lines(method, self.url, self.headers)
        self.head_only = method == "HEAD"
        self.announces_empty = method in _ANNOUNCES_EMPTY

    def __repr__(self) -> str:
        return f"<RequestHead {self.method} {self.origin.scheme}://{self.origin}{self.url.path}>"

    def outgoing(self, body: bytes | LongBody | None) -> Outgoing:
        """This head with a body, ready to be written."""
        out = Outgoing.__new__(Outgoing)
        out.origin = self.origin
        out.head_only = self.head_only
        out.stream = None
        out.chunked = False
        out.length = None
        out.rest = None
        out.max_answer_bytes = None
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

    __slots__ = ("chunked", "first", "head_only", "length", "max_answer_bytes", "origin", "rest", "stream")

    origin: Origin
    first: bytes  # the head, and the body if it is small
    rest: bytes | None  # a large body
    stream: Iterable[bytes | memoryview] | AsyncIterable[bytes] | None  # a body made while it is sent
    chunked: bool  # how ``stream`` is framed ...
    length: int | None  # ... if not chunked
    head_only: bool
    max_answer_bytes: int | None  # of content, as it is sent; more is not read

    @property
    def replayable(self) -> bool:
        """Whether it can be sent a second time."""
        return self.stream is None or isinstance(self.stream, LongBody)


def outgoing(request: httpx.Request) -> Outgoing:
    """An ``httpx.Request`` in the form in which it is written.

    A body without framing headers gets ``Content-Length`` if its length is known and is chunked
    otherwise; a length that is announced must be the length that is sent.
    """
    out = Outgoing.__new__(Outgoing)
    out.origin = Origin.of(request.url)
    out.head_only = request.method == "HEAD"
    out.stream = out.rest = out.length = out.max_answer_bytes = None
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
    out.first = _lines(request.method, request.url, headers) + b"\r\n"
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


def _lines(method: str, url: httpx.URL, headers: Headers) -> bytes:
    """Request line and header lines, without the empty line that ends them."""
    lines = [b"%b %b HTTP/1.1\r\n" % (_ascii(method), url.raw_path)]
    if not any(name.lower() == b"host" for name, _ in headers):
        lines.append(b"Host: %b\r\n" % url.netloc)
    lines += [b"%b: %b\r\n" % header for header in headers]
    return b"".join(lines)


def _ascii(method: str) -> bytes:
    return method.encode("ascii", "replace").replace(b"?", b" ")  # neither is a character of a token


class AnswerParser:
    """Parses the answers of one connection, one after the other.

    ``start`` before each request, ``feed`` with what arrives, ``finish`` when the server closes.
    Then ``head_complete`` and ``complete`` say how far the answer is; body parts pile up in
    ``parts`` for the reader to take away.
    """

    __slots__ = (
        "_begun",
        "_content_size",
        "_count",
        "_head",
        "_head_only",
        "_informational",
        "_joined",
        "_max_bytes",
        "_parser",
        "_quiet",
        "_size",
        "_stopped",
        "complete",
        "deviations",
        "encoded",
        "head_complete",
        "headers",
        "keep_alive",
        "parts",
        "reason",
        "started",
        "status",
        "until_close",
        "version",
    )

    def __init__(self) -> None:
        self._parser: httptools.HttpResponseParser | None = httptools.HttpResponseParser(self)
        self.parts: list[bytes] = []
        self.start()

    def start(self, head_only: bool = False, max_bytes: int | None = None) -> None:
        """Forget the last answer.

        ``head_only`` for the answer to a HEAD, which has no body; content of more than
        ``max_bytes`` raises ``TooLarge``. That of an error is cut after ``MAX_ERROR_BYTES``.
        """
        self.status = 0
        self.version = "1.1"
        self.reason = b""
        self.headers: list[tuple[bytes, bytes]] = []
        self.parts = []
        self._joined = 0  # of the parts, those that are large enough
        self.started = False  # a byte has come
        self.head_complete = False
        self.complete = False
        self.keep_alive = False  # the connection may carry another request (once complete)
        self.encoded = False  # there is a Content-Encoding
        self.deviations: tuple[str, ...] = ()  # what was passed over, in words
        self.until_close = False  # nothing but the end of the connection ends the body
        self._head_only = head_only
        self._max_bytes = max_bytes
        self._content_size = 0
        self._stopped: BadAnswer | None = None  # raised in a callback; what httptools makes of it is lossy
        self._begun = False  # the first bytes have been looked at
        self._informational = 0
        self._head: list[bytes] = []  # what came of a head that is not complete
        self._size = 0
        self._count = 0
        self._quiet = 0

    def release(self) -> None:
        """Cut the cycle between parser and callbacks, so that no garbage collection is needed."""
        self._parser = None

    def feed(self, data: bytes | bytearray | memoryview) -> None:
        """Parse ``data``; raises ``BadAnswer``. Bytes behind a complete answer end ``keep_alive``."""
        if self._parser is None or self.complete:
            self.keep_alive = False
            return
        self.started = True
        if not self._begun:
            # llhttp skips empty lines, and knows RTSP and ICE.
            self._begun = True
            if bytes(data[:5]) != b"HTTP/"[: len(data)]:
                raise BadAnswer("it does not begin with HTTP/")
        parts_before = len(self.parts)
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            self.keep_alive = False
            if self._stopped is None and isinstance(error.__context__, (KeyboardInterrupt, MemoryError)):
                raise error.__context__ from None  # came up in a callback, was none of ours
            stopped = self._stopped or BadAnswer(str(error))
            if isinstance(stopped, _Informational):
                self._behind_informational(data)
            elif not self.complete and not self._of_one_length(bytes(data)):
                raise stopped from None
        else:
            new = len(self.parts) - parts_before
            if len(self.parts) - self._joined > MAX_PARTS:  # chunks of a byte each would take fifty times their size
                if sum(map(len, self.parts[self._joined :])) < MAX_PARTS * _SMALL_PART:
                    self.parts[self._joined :] = [b"".join(self.parts[self._joined :])]
                self._joined = len(self.parts)
            self._count_bytes(data, with_body=new > 0)

    def _count_bytes(self, data: bytes | bytearray | memoryview, *, with_body: bool) -> None:
        """Keep to the limits where no callback sees the bytes: the parser piles up unfinished lines."""
        if self.complete:
            return
        if not self.head_complete:
            self._size += len(data)
            self._head.append(bytes(data))
        elif with_body:
            self._quiet = 0
        else:
            self._quiet += len(data)
        if self._size > MAX_HEAD_BYTES or self._quiet > MAX_HEAD_BYTES:
            raise BadAnswer(f"the head of the answer is larger than {MAX_HEAD_BYTES} bytes")

    def finish(self) -> None:
        """The server closed: completes an answer that ends that way, else raises ``BadAnswer``."""
        self.keep_alive = False
        if self.complete:
            return
        if self.head_complete and self.until_close:
            self.complete = True
        elif self.head_complete:
            raise BadAnswer("the connection was closed in the middle of the body")
        elif self.started:
            raise BadAnswer("the connection was closed in the middle of the head")
        else:
            raise BadAnswer("the connection was closed without an answer")

    def take(self) -> list[bytes]:
        """The body parts that came since the last call."""
        parts = self.parts
        self.parts = []
        self._joined = 0
        return parts

    # The parser's callbacks. They stop it by raising ``self._stop(...)``.

    def _stop(self, why: BadAnswer) -> BadAnswer:
        self._stopped = why
        return why

    def on_message_begin(self) -> None:
        if self.complete:
            raise self._stop(BadAnswer("bytes behind the answer"))

    def on_status(self, reason: bytes) -> None:
        self.reason += reason

    def on_header(self, name: bytes, value: bytes) -> None:
        self._count += 1
        self._size += len(name) + len(value)
        if self._count > MAX_HEADERS:
            raise self._stop(BadAnswer(f"the answer has more than {MAX_HEADERS} headers"))
        if self._size > MAX_HEAD_BYTES:
            raise self._stop(BadAnswer(f"the head of the answer is larger than {MAX_HEAD_BYTES} bytes"))
        if not self.head_complete:
            self.headers.append((name, value.rstrip(b" \t")))
        elif name.lower() in (b"content-length", b"transfer-encoding"):
            raise self._stop(BadAnswer("a trailer that frames the body"))
        # Other trailers are dropped: nobody asked for them.

    def on_headers_complete(self) -> None:
        parser = self._parser
        if parser is None:  # released while it was fed; nobody wants the answer any more
            return
        self.status = status = parser.get_status_code()
        self.version = parser.get_http_version()
        if self.version not in ("1.1", "1.0"):
            raise self._stop(BadAnswer(f"HTTP version {self.version}"))
        if not _REASON(self.reason):
            raise self._stop(BadAnswer("control characters in the status line"))
        if status >= 300:
            self._max_bytes = MAX_ERROR_BYTES if self._max_bytes is None else min(self._max_bytes, MAX_ERROR_BYTES)
        elif status < 200:
            if status < 100 or status == 101:
                raise self._stop(BadAnswer(f"status {status:03d}, which was not asked for"))
            raise self._stop(_Informational())
        self._frame()
        self.keep_alive = parser.should_keep_alive() and not self.until_close
        self.head_complete = True
        if self._head_only:
            # llhttp does not know the method: it would wait for the announced body. Stopping it
            # leaves it unusable, and so the connection.
            self.complete = True
            self.keep_alive = False
            raise self._stop(BadAnswer("stopped behind the head"))

    def _frame(self) -> None:
        length = coding = None
        for name, value in self.headers:
            lowered = name.lower()
            if lowered == b"content-length":
                length = value
            elif lowered == b"transfer-encoding":
                if coding is not None or value.lower() != b"chunked":
                    raise self._stop(BadAnswer("a Transfer-Encoding other than chunked"))
                coding = value
            elif lowered == b"content-encoding":
                self.encoded = True
        self.until_close = length is None and coding is None and self.status not in (204, 304)

    def on_body(self, data: bytes) -> None:
        if self._max_bytes is not None:
            self._content_size += len(data)
            if self._content_size > self._max_bytes:
                if self.status >= 300:
                    self.parts.append(data[: self._max_bytes - self._content_size])
                    self.complete = True
                    self.keep_alive = False
                    raise self._stop(BadAnswer("stopped in the middle of a long error"))
                raise self._stop(TooLarge(f"its content is larger than {self._max_bytes} bytes"))
        self.parts.append(data)

    def on_message_complete(self) -> None:
        self.complete = True

    def _behind_informational(self, data: bytes | bytearray | memoryview) -> None:
        """Start anew behind a 1xx answer; what was counted of its size stays counted."""
        self._informational += 1
        if self._informational > MAX_INFORMATIONAL:
            raise BadAnswer(f"more than {MAX_INFORMATIONAL} answers with a status of 1xx")
        if any(name.lower() in (b"transfer-encoding", b"content-length") for name, _ in self.headers):
            raise BadAnswer(f"status {self.status} with a body")
        received = b"".join([*self._head, data])
        rest = received[received.index(b"\r\n\r\n") + 4 :]  # the parser accepts no other end of a head
        self._anew(rest)

    def _anew(self, received: bytes) -> None:
        self._parser = httptools.HttpResponseParser(self)
        self._stopped = None
        self._begun = False
        self._head = []
        self.headers = []
        self.reason = b""
        if received:
            self.feed(received)

    def _of_one_length(self, data: bytes) -> bool:
        """Whether what stopped the parser is a length that is repeated, which is then passed over."""
        received = b"".join([*self._head, data])
        if self.head_complete or self._stopped is not None or not repeated(received):
            return False
        once = said_once(received)
        if once is None:  # it stops again with each piece, until the head is complete
            self._count_bytes(data, with_body=False)
        else:
            self.deviations = ("the answer repeats its Content-Length",)
            self._anew(once)
        return True
