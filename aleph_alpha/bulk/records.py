"""Rows in the form of dicts as Arrow data."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

import pyarrow as pa

from aleph_alpha.bulk.errors import SourceError

__all__ = ["in_pieces", "records", "size_of"]

_MOST_ROWS = 1024  # at once, or
_MOST_BYTES = 1 << 20

T = TypeVar("T")


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
        if left <= 0 or len(piece) == _MOST_ROWS:
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


def records(rows: Iterable[Mapping[str, Any]], columns: Sequence[str], where: str, first: int = 0) -> pa.RecordBatch:
    """Rows in the form of dicts as Arrow data; what a row does not have is null."""
    rows = list(rows)
    arrays = []
    for name in columns:
        try:
            arrays.append(_array([row.get(name) for row in rows]))
        except (pa.ArrowException, OverflowError, UnicodeError) as error:
            raise SourceError(
                f"{where}: column {name!r} holds values of different types, or that are not valid, in the rows "
                f"{first} to {first + len(rows) - 1}: {error}"
            ) from error
    return pa.RecordBatch.from_arrays(arrays, names=list(columns))


def _array(values: list[Any]) -> pa.Array:
    try:
        return pa.array(values)
    except OverflowError:  # from 2^63 on they are taken for numbers without a sign only if that is asked for
        return pa.array(values, pa.uint64())
