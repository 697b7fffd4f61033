"""Responses as bytes: what the two versions of the wire share, without a socket in sight.

``ResponseParser`` turns bytes into a status, headers and body. Parsing is llhttp's (Node's parser,
through ``httptools``); what is decided here is only what llhttp leaves open: limits, and a few
leniencies of its that h11 does not have (versions other than 1.0 and 1.1, other protocols' names,
control characters in the reason, empty lines before a response, transfer codings other than ``chunked``).
"""

from __future__ import annotations

import re
from typing import NamedTuple

import httptools

from aleph_alpha._http.wire.lengths import repeated, said_once

__all__ = [
    "MAX_ERROR_BYTES",
    "MAX_HEADERS",
    "MAX_HEAD_BYTES",
    "BadResponse",
    "ResponseParser",
    "TooLarge",
    "WireResponse",
]

MAX_HEAD_BYTES = 128 * 1024  # of a response: status line, headers, 1xx before them; and of its trailers
MAX_HEADERS = 256
MAX_INFORMATIONAL = 16
MAX_ERROR_BYTES = 1024 * 1024  # of the content of a response that is not a success; what is behind is not read
MAX_PARTS = 64  # of a body, before they are joined where they are small
_SMALL_PART = 4096

_HTTP2 = re.compile(rb"\0[\s\S]{2}[\x04\x07]").match  # its SETTINGS or GOAWAY, whatever it was asked
_REASON = re.compile(rb"[\t\x20-\x7e\x80-\xff]*").fullmatch


class BadResponse(Exception):
    """What the server sent is not one whole HTTP/1.1 response; the versions add host and port."""


class TooLarge(BadResponse):
    """The content is larger than the caller wants."""


class _Informational(BadResponse):
    """A 1xx response ends here."""


class WireResponse(NamedTuple):
    """A whole response."""

    status: int
    headers: list[tuple[bytes, bytes]]  # names as the server spelled them
    content: bytes
    encoded: bool  # the content is still as its Content-Encoding says
    resent: bool  # the request went out twice, the first time on a dead connection
    deviations: tuple[tuple[str, str, str], ...] = ()  # where, what was expected and what came, though it was read

    def __repr__(self) -> str:
        # asyncio.run writes out what its coroutine returns, twice, unseen; content can be large.
        return f"<WireResponse {self.status}, {len(self.content)} bytes>"


class ResponseParser:
    """Parses the responses of one connection, one after the other.

    ``start`` before each request, ``feed`` with what arrives, ``finish`` when the server closes.
    Then ``head_complete`` and ``complete`` say how far the response is; body parts pile up in
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
        "_received",
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
        """Forget the last response.

        ``head_only`` for the response to a HEAD, which has no body; content of more than
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
        self.deviations: tuple[tuple[str, str, str], ...] = ()
        self.until_close = False  # nothing but the end of the connection ends the body
        self._head_only = head_only
        self._max_bytes = max_bytes
        self._content_size = 0
        self._stopped: BadResponse | None = None  # raised in a callback; what httptools makes of it is lossy
        self._begun = False  # the first bytes have been looked at
        self._informational = 0
        self._head: list[bytes] = []  # what came of a head that is not complete
        self._received = 0  # bytes of heads that were not complete with them
        self._size = 0  # of headers, those that are complete
        self._count = 0
        self._quiet = 0

    def release(self) -> None:
        """Cut the cycle between parser and callbacks, so that no garbage collection is needed."""
        self._parser = None

    def feed(self, data: bytes | bytearray | memoryview) -> None:
        """Parse ``data``; raises ``BadResponse``. Bytes behind a complete response end ``keep_alive``."""
        if self._parser is None or self.complete:
            self.keep_alive = False
            return
        self.started = True
        if not self._begun:
            # llhttp skips empty lines, and knows RTSP and ICE.
            self._begun = True
            if bytes(data[:5]) != b"HTTP/"[: len(data)]:
                if _HTTP2(data):
                    raise BadResponse(
                        "it is HTTP/2, and this client speaks HTTP/1.1: the server seems to know no other"
                    )
                raise BadResponse("it does not begin with HTTP/")
        parts_before = len(self.parts)
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            self.keep_alive = False
            if self._stopped is None and isinstance(error.__context__, (KeyboardInterrupt, MemoryError)):
                raise error.__context__ from None  # came up in a callback, was none of ours
            stopped = self._stopped or BadResponse(str(error))
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
            self._received += len(data)
            self._head.append(bytes(data))
        elif with_body:
            self._quiet = 0
        else:
            self._quiet += len(data)
        if self._received > MAX_HEAD_BYTES or self._quiet > MAX_HEAD_BYTES:
            raise BadResponse(f"the head of the response is larger than {MAX_HEAD_BYTES} bytes")

    def finish(self) -> None:
        """The server closed: completes a response that ends that way, else raises ``BadResponse``."""
        self.keep_alive = False
        if self.complete:
            return
        if (self.head_complete and self.until_close) or self.is_error:
            self.complete = True
        elif self.head_complete:
            raise BadResponse("the connection was closed in the middle of the body")
        elif self.started:
            raise BadResponse("the connection was closed in the middle of the head")
        else:
            raise BadResponse("the connection was closed without a response")

    @property
    def is_error(self) -> bool:
        """Whether the head says what is to be known: what breaks off behind it is the content of an error."""
        return self.head_complete and self.status >= 400

    def take(self) -> list[bytes]:
        """The body parts that came since the last call."""
        parts = self.parts
        self.parts = []
        self._joined = 0
        return parts

    # The parser's callbacks. They stop it by raising ``self._stop(...)``.

    def _stop(self, why: BadResponse) -> BadResponse:
        self._stopped = why
        return why

    def on_message_begin(self) -> None:
        if self.complete:
            raise self._stop(BadResponse("bytes behind the response"))

    def on_status(self, reason: bytes) -> None:
        self.reason += reason

    def on_header(self, name: bytes, value: bytes) -> None:
        self._count += 1
        self._size += len(name) + len(value)
        if self._count > MAX_HEADERS:
            raise self._stop(BadResponse(f"the response has more than {MAX_HEADERS} headers"))
        if self._size > MAX_HEAD_BYTES:
            raise self._stop(BadResponse(f"the head of the response is larger than {MAX_HEAD_BYTES} bytes"))
        if not self.head_complete:
            self.headers.append((name, value.rstrip(b" \t")))
        elif name.lower() in (b"content-length", b"transfer-encoding"):
            raise self._stop(BadResponse("a trailer that frames the body"))
        # Other trailers are dropped: nobody asked for them.

    def on_headers_complete(self) -> None:
        parser = self._parser
        if parser is None:  # released while it was fed; nobody wants the response any more
            return
        self.status = status = parser.get_status_code()
        self.version = parser.get_http_version()
        if self.version not in ("1.1", "1.0"):
            raise self._stop(BadResponse(f"HTTP version {self.version}"))
        if not _REASON(self.reason):
            raise self._stop(BadResponse("control characters in the status line"))
        if status >= 300:
            self._max_bytes = MAX_ERROR_BYTES if self._max_bytes is None else min(self._max_bytes, MAX_ERROR_BYTES)
        elif status < 200:
            if status < 100 or status == 101:
                raise self._stop(BadResponse(f"status {status:03d}, which was not asked for"))
            raise self._stop(_Informational())
        self._frame()
        self.keep_alive = parser.should_keep_alive() and not self.until_close
        self.head_complete = True
        if self._head_only:
            # llhttp does not know the method: it would wait for the announced body. Stopping it
            # leaves it unusable, and so the connection.
            self.complete = True
            self.keep_alive = False
            raise self._stop(BadResponse("stopped behind the head"))

    def _frame(self) -> None:
        length = coding = None
        for name, value in self.headers:
            lowered = name.lower()
            if lowered == b"content-length":
                length = value
            elif lowered == b"transfer-encoding":
                if coding is not None or value.lower() != b"chunked":
                    raise self._stop(BadResponse("a Transfer-Encoding other than chunked"))
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
                    raise self._stop(BadResponse("stopped in the middle of a long error"))
                raise self._stop(TooLarge(f"its content is larger than {self._max_bytes} bytes"))
        self.parts.append(data)

    def on_message_complete(self) -> None:
        self.complete = True

    def _behind_informational(self, data: bytes | bytearray | memoryview) -> None:
        """Start anew behind a 1xx response; what was counted of its size stays counted."""
        self._informational += 1
        if self._informational > MAX_INFORMATIONAL:
            raise BadResponse(f"more than {MAX_INFORMATIONAL} responses with a status of 1xx")
        if any(name.lower() in (b"transfer-encoding", b"content-length") for name, _ in self.headers):
            raise BadResponse(f"status {self.status} with a body")
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
            self.deviations = (("header content-length", "one value", "the same value again"),)
            self._anew(once)
        return True
