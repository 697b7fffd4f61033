"""The content of answers: unpacked as its Content-Encoding says, and never larger than is wanted."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

import httpx

from aleph_alpha._http.wire.protocol import MAX_ERROR_BYTES, Answer

__all__ = ["Collected", "is_success", "unpacked"]

_HARMLESS_BYTES = 32 * 1024 * 1024
_PACKED_AT_A_TIME = 16 * 1024
_UNPACKED_AT_A_TIME = 256 * 1024
_MEMBER = 0x1F  # first byte of each member of a gzip file
_DEFLATE = 8  # the method in the first byte of zlib's format; what some servers send instead is bare


def unpacked(answer: Answer, limit: int) -> Answer:
    """The answer with its content unpacked: gzip and deflate here, other encodings by httpx, which knows them.

    Of the content of an error there is as much as can be had: its status counts for more.

    Raises:
        httpx.DecodingError: it is not what its encoding says, or larger than ``limit``.
    """
    encodings = httpx.Headers(answer.headers)["content-encoding"].lower().split(",")
    content = answer.content
    for encoding in reversed(encodings):  # one at a time: each step multiplies what the last made
        # Answers shrink to a tenth or so; what grows a hundredfold was made to.
        collected = Collected(answer.status, min(limit, max(_HARMLESS_BYTES, 100 * len(answer.content))))
        try:
            for part in _decoded(content, encoding.strip()):
                if not collected.add(part):
                    break
        except httpx.DecodingError:
            if is_success(answer.status):
                raise
        content = collected.content
    return answer._replace(content=content, encoded=False)


def is_success(status: int) -> bool:
    """Whether the content is what was asked for."""
    return 200 <= status < 300


class Collected:
    """The content of an answer as it grows, up to a limit; that of an error is cut where it becomes long."""

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
    if encoding in ("gzip", "x-gzip", "deflate"):
        return _inflated(content, encoding)
    return httpx.Response(200, headers={"Content-Encoding": encoding}, stream=_InPieces(content)).iter_bytes()


def _inflated(content: bytes, encoding: str) -> Iterator[bytes]:
    """What is in the gzip file or deflated data, in steps that are small however it was packed.

    httpx takes in a whole piece at once, and would not miss the end of it.
    """
    bare = encoding == "deflate" and content[:1] and content[0] & 15 != _DEFLATE
    window = -zlib.MAX_WBITS if bare else zlib.MAX_WBITS | 32
    decoder = zlib.decompressobj(window)
    try:
        for piece in _InPieces(content):
            while piece and not (decoder.eof and (encoding == "deflate" or piece[0] != _MEMBER)):
                if decoder.eof:  # a gzip file can have several members, one behind the other
                    decoder = zlib.decompressobj(window)
                yield decoder.decompress(piece, _UNPACKED_AT_A_TIME)
                piece = decoder.unused_data if decoder.eof else decoder.unconsumed_tail
        yield decoder.flush()
    except zlib.error as error:
        raise httpx.DecodingError(f"the content is no {encoding}: {error}") from error
    if content and not decoder.eof:
        raise httpx.DecodingError(f"the content ends before its {encoding} does")


class _InPieces(httpx.SyncByteStream):
    """Content handed to a decoder in pieces small enough for what they may become."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def __iter__(self) -> Iterator[bytes]:
        for start in range(0, len(self._content), _PACKED_AT_A_TIME):
            yield self._content[start : start + _PACKED_AT_A_TIME]
