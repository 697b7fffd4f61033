"""Rows in the form of dicts as Arrow data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa

from aleph_alpha.bulk.errors import SourceError

__all__ = ["records"]


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
