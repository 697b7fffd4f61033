"""Tells where a field of a CSV file begins with a quote that is not closed: the rows behind it would be part of it.

Arrow's reader takes all up to the next quote, or the end of the file, as one field, and says nothing. That this was
not meant is certain where the file ends in such a field, and where it has several lines and then goes on after its
second quote: the rules of CSV (RFC 4180) allow for neither.
"""

from __future__ import annotations

from threading import Lock
from typing import Any

from aleph_alpha.bulk.errors import SourceError

__all__ = ["QuotedFile"]

_MARK = b"\xef\xbb\xbf"  # of UTF-8


class QuotedFile:
    """A binary file that is looked through while it is read.

    Args:
        file: what is read.
        name: of the file, for the error.
        delimiter: between fields.

    >>> import io
    >>> file = QuotedFile(io.BytesIO(b'id,text\\n1,"a\\n2,b\\n'), "x.csv", ",")
    >>> while file.read(4):
    ...     pass
    >>> file.check()
    Traceback (most recent call last):
    aleph_alpha.bulk.errors.SourceError: x.csv, line 2: a field begins with a quote that is not closed, and the rows \
behind it would be part of it. Close it; a quote that is part of a text is written twice, in a field in quotes
    """

    def __init__(self, file: Any, name: str, delimiter: str) -> None:
        self._file = file
        self._lock = Lock()
        self._name = name
        self._begins = b"\r\n" + delimiter.encode()  # after one of these a field begins, before one it ends
        self._ends = self._begins + b" \t"
        self._before = b"\n"
        self._is_first = True
        self._is_inside = False
        self._held = b""  # a quote that may be one of two
        self._lines = 1  # where what is read next begins
        self._line = 0  # where the latest field in quotes begins
        self._has_lines = False  # whether that field has several
        self._broken = 0  # the line where a field begins that is not closed

    @property
    def closed(self) -> bool:
        """Whether the file is closed."""
        return bool(self._file.closed)

    def close(self) -> None:
        """The file is closed by who opened it."""

    def read(self, size: int) -> bytes:
        """The next bytes of the file."""
        with self._lock:  # Arrow reads in advance, in a thread of its own
            data: bytes = self._file.read(size)
            if not self._broken:
                self._look(data)
            return data

    def check(self) -> None:
        """Tell of what has been found in the bytes that were read.

        Raises:
            SourceError: a field is not closed.
        """
        if self._broken:
            raise SourceError(
                f"{self._name}, line {self._broken}: a field begins with a quote that is not closed, and the rows "
                "behind it would be part of it. Close it; a quote that is part of a text is written twice, "
                "in a field in quotes"
            )

    @property
    def is_open(self) -> bool:
        """Whether a field goes on where the file has been read to."""
        return self._is_inside

    def _look(self, data: bytes) -> None:
        is_end = not data
        if self._is_first:
            data, self._is_first = data.removeprefix(_MARK), False
        data = self._held + data
        self._held = b""
        at = begin = counted = 0
        while (found := data.find(b'"', at)) >= 0:
            at = found + 1
            if not self._is_inside:
                before = data[found - 1 : found] or self._before
                if before in self._begins:
                    self._lines += data.count(b"\n", counted, found)
                    self._is_inside, self._line, self._has_lines = True, self._lines, False
                    begin = counted = found
                continue
            after = data[at : at + 1]
            if not after and not is_end:
                self._held = b'"'
                data = data[:-1]
                break
            if after == b'"':
                at += 1
                continue
            self._is_inside = False
            if after not in self._ends and (self._has_lines or b"\n" in data[begin:found]):
                self._broken = self._line
                return
        if self._is_inside:
            self._has_lines = self._has_lines or b"\n" in data[begin:]
            if is_end:
                self._broken = self._line
        self._lines += data.count(b"\n", counted)
        self._before = data[-1:] or self._before
