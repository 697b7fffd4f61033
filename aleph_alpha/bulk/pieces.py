"""How many rows of the input are in memory at once: few calls where they are small, and little memory where not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar

__all__ = ["FEW_ROWS", "in_pieces", "rows_at_once", "size_of"]

FEW_ROWS = 1024  # where they are objects of Python, or nothing tells how large they are; or
_MOST_ROWS = 8_192  # where they are Arrow data; or
_MOST_BYTES = 1 << 20

T = TypeVar("T")


def rows_at_once(size: float) -> int:
    """How many rows of Arrow data are to be in memory at once, of so many bytes each.

    >>> rows_at_once(40), rows_at_once(1e5), rows_at_once(1e9)
    (8192, 10, 1)
    """
    return max(1, min(_MOST_ROWS, int(_MOST_BYTES / max(size, 1))))


def in_pieces(rows: Iterable[T], size: Callable[[T], int]) -> Iterator[list[T]]:
    """Rows, up to 1,024 at once, and fewer where they have more than a megabyte together.

    Args:
        size: bytes of a row.

    >>> [len(piece) for piece in in_pieces(2000 * [1] + 4 * [600_000], lambda one: one)]
    [1024, 978, 2]
    """
    piece: list[T] = []
    left = _MOST_BYTES
    for row in rows:
        piece.append(row)
        left -= size(row)
        if left <= 0 or len(piece) == FEW_ROWS:
            yield piece
            piece, left = [], _MOST_BYTES
    if piece:
        yield piece


def size_of(row: Any) -> int:
    """Bytes of the texts and bytes in a row, about; of what is no row, 0.

    >>> size_of({"id": 1, "text": "four", "documents": ["four", "four"]})
    12
    """
    if not isinstance(row, (dict, Mapping)):
        return 0
    size = 0
    for value in row.values():
        if isinstance(value, (str, bytes)):
            size += len(value)
        elif isinstance(value, list):
            size += sum(len(one) for one in value if isinstance(one, (str, bytes)))
    return size
