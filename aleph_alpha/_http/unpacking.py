"""The content of responses: unpacked as its Content-Encoding says, and never larger than is wanted."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Any

import httpx

from aleph_alpha._http.wire.protocol import MAX_ERROR_BYTES, WireResponse

__all__ = ["PACKED", "CollectedBody", "NotPackedError", "Unpacker", "is_success", "unpacked", "without_mark"]

_HARMLESS_BYTES = 32 * 1024 * 1024
_PACKED_AT_A_TIME = 16 * 1024
_UNPACKED_AT_A_TIME = 256 * 1024
_MAGIC = b"\x1f\x8b"
_MEMBER = 0x1F  # first byte of each member of a gzip file
_DEFLATE = 8  # the method in the first byte of zlib's format; what some servers send instead is bare
_MARK = b"\xef\xbb\xbf"
PACKED = ("gzip", "x-gzip", "deflate")


def unpacked(response: WireResponse, limit: int) -> WireResponse:
    """The response with its content unpacked: gzip and deflate here, other encodings by httpx, which knows them.

    Content that is not packed at all, as of recorders and proxies that have unpacked it and kept the
    header, is taken as it is. Of the content of an error there is as much as can be had: its status
    counts for more.

    Raises:
        httpx.DecodingError: it is not what its encoding says, or larger than ``limit``.
    """
    encodings = httpx.Headers(response.headers).get("content-encoding", "").lower().split(",")
    content, deviations = response.content, response.deviations
    for encoding in map(str.strip, reversed(encodings)):  # one at a time: each multiplies what the last made
        # Answers shrink to a tenth or so; what grows a hundredfold was made to.
        collected = CollectedBody(response.status, min(limit, max(_HARMLESS_BYTES, 100 * len(response.content))))
        try:
            for part in _decoded(content, encoding):
                if not collected.add(part):
                    break
        except NotPackedError:
            deviations += (("header content-encoding", f"{encoding} content", "content that is not packed"),)
            continue
        except httpx.DecodingError:
            if is_success(response.status):
                raise
        content = collected.content
    return response._replace(content=content, encoded=False, deviations=deviations)


def without_mark(response: WireResponse) -> WireResponse:
    """The response without the byte order mark that some servers put before JSON."""
    if not response.content.startswith(_MARK):
        return response
    deviations = (*response.deviations, ("body", "JSON", "a byte order mark before it"))
    return response._replace(content=response.content[len(_MARK) :], deviations=deviations)


def is_success(status: int) -> bool:
    """Whether the content is what was asked for."""
    return 200 <= status < 300


class CollectedBody:
    """The content of a response as it grows, up to a limit; that of an error is cut where it becomes long."""

    def __init__(self, status: int, limit: int) -> None:
        self._cuts = not is_success(status)
        self._limit = min(limit, MAX_ERROR_BYTES) if self._cuts else limit
        self._size = 0
        self._parts: list[bytes] = []

    def add(self, part: bytes) -> bool:
        """Whether more is wanted; raises ``httpx.DecodingError`` where it is too much."""
        room = self._limit - self._size
        if len(part) > room:
            if not self._cuts:
                raise httpx.DecodingError(f"the content is larger than {self._limit} bytes")
            part = part[:room]
        self._size += len(part)
        self._parts.append(part)
        return not self._cuts or self._size < self._limit

    @property
    def content(self) -> bytes:
        return self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)


def _decoded(content: bytes, encoding: str) -> Iterator[bytes]:
    if encoding in PACKED:
        unpacker = Unpacker(encoding)
        try:
            for piece in _InPieces(content):
                yield from unpacker.feed(piece)
            yield from unpacker.finish()
        except httpx.DecodingError:
            if _is_text(content):
                raise NotPackedError from None
            raise
        if unpacker.plain and content:
            raise NotPackedError
        return
    try:
        yield from httpx.Response(200, headers={"Content-Encoding": encoding}, stream=_InPieces(content)).iter_bytes()
    except httpx.DecodingError:
        if _is_text(content):
            raise NotPackedError from None
        raise


class NotPackedError(httpx.DecodingError):
    """The content is not encoded, although it is said to be."""

    def __init__(self) -> None:
        super().__init__("the content is not packed")


class Unpacker:
    """Undoes gzip or deflate, in steps that are small however it was packed; passes on what is not packed.

    httpx takes in a whole piece at once, and would not miss the end of it.

    Attributes:
        plain: it does not begin like what it is said to be, and so is handed on as it is.
    """

    def __init__(self, encoding: str) -> None:
        self._encoding = encoding
        self._decoder: Any = None
        self._window = zlib.MAX_WBITS | 32
        self._beginning = b""  # until two bytes are there to tell by, and for what then turns out not to be packed
        self._unpacked = False
        self.plain = False

    def feed(self, piece: bytes) -> Iterator[bytes]:
        """What these bytes unpack to."""
        if self._decoder is None and not self.plain:
            piece = self._beginning + piece
            self._beginning = b""
            if len(piece) < 2:
                self._beginning = piece
                return
            self.plain = self._begin(piece)
        if self.plain:
            yield piece
            return
        if not self._unpacked:
            self._beginning += piece
        decoder: Any = self._decoder
        try:
            while piece and not (decoder.eof and (self._encoding == "deflate" or piece[0] != _MEMBER)):
                if decoder.eof:  # a gzip file can have several members, one behind the other
                    decoder = self._decoder = zlib.decompressobj(self._window)
                part = decoder.decompress(piece, _UNPACKED_AT_A_TIME)
                piece = decoder.unused_data if decoder.eof else decoder.unconsumed_tail
                if part:
                    self._unpacked, self._beginning = True, b""
                    yield part
        except zlib.error as error:
            if self._unpacked or not _is_text(self._beginning):
                raise httpx.DecodingError(f"the content is no {self._encoding}: {error}") from error
            self.plain = True
            yield self._beginning

    def finish(self) -> Iterator[bytes]:
        """What was left; raises ``httpx.DecodingError`` where the end is missing."""
        if self._decoder is None and self._beginning:
            self.plain = self._begin(self._beginning)
            if self.plain:
                yield self._beginning
        if self._decoder is not None and not self.plain:
            yield self._decoder.flush()
            if not self._decoder.eof:
                raise httpx.DecodingError(f"the content ends before its {self._encoding} does")

    def _begin(self, content: bytes) -> bool:
        """Whether the content is not packed; otherwise there is a decoder for it now."""
        zlib_head = content[0] & 15 == _DEFLATE and int.from_bytes(content[:2], "big") % 31 == 0
        if not zlib_head and self._encoding == "deflate":
            self._window = -zlib.MAX_WBITS  # bare, as some servers send it
        elif not zlib_head and content[:2] != _MAGIC[: len(content)]:
            return True
        self._decoder = zlib.decompressobj(self._window)
        return False


def _is_text(content: bytes) -> bool:
    """Whether it could be JSON, or any other text: nothing packed is, beyond its first bytes."""
    try:
        return not any(character < " " and character not in "\t\n\r\f" for character in content.decode())
    except UnicodeDecodeError as error:
        return error.reason == "unexpected end of data" and error.start > 0 and _is_text(content[: error.start])


class _InPieces(httpx.SyncByteStream):
    """Content handed to a decoder in pieces small enough for what they may become."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def __iter__(self) -> Iterator[bytes]:
        for start in range(0, len(self._content), _PACKED_AT_A_TIME):
            yield self._content[start : start + _PACKED_AT_A_TIME]
