"""Arrow types that all of Arrow can work with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa
from pyarrow import compute

from aleph_alpha.bulk.pieces import rows_at_once

__all__ = ["plain_pieces", "without_views"]


def plain_pieces(batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    """The rows, as many as are to be in memory at once, without views, which polars makes of strings, and Arrow cannot
    filter, and without dictionaries, of which each row, and so each shard, would drag along all.

    >>> words = pa.array(3 * [600_000 * "x"] + ["y"]).dictionary_encode()
    >>> batch = pa.RecordBatch.from_arrays([words], names=["word"])
    >>> [(piece.num_rows, str(piece.schema.field("word").type)) for piece in plain_pieces(batch)]
    [(2, 'string'), (2, 'string')]
    """
    columns = [_with_plain_values(column) for column in batch.columns]
    rows = rows_at_once(sum(map(_size, columns)) / max(1, batch.num_rows))
    for start in range(0, batch.num_rows, rows):
        pieces = [_plain(column.slice(start, rows)) for column in columns]
        yield pa.RecordBatch.from_arrays(pieces, names=batch.schema.names)


def _with_plain_values(column: pa.Array) -> pa.Array:
    """The column; if it has a dictionary, one without views."""
    if not pa.types.is_dictionary(column.type):
        return column
    return pa.DictionaryArray.from_arrays(column.indices, _plain(column.dictionary))


def _size(column: pa.Array) -> int:
    """Bytes of the column when it is plain."""
    if not pa.types.is_dictionary(column.type):
        size: int = column.nbytes
        return size
    values = column.dictionary
    if isinstance(values, pa.StringArray | pa.LargeStringArray | pa.BinaryArray | pa.LargeBinaryArray):
        lengths: Any = compute.call_function("binary_length", [values])
        return int(lengths.take(column.indices).sum().as_py() or 0)
    return int(values.nbytes / max(1, len(values)) * len(column))


def _plain(column: pa.Array) -> pa.Array:
    if pa.types.is_dictionary(column.type):
        return column.dictionary_decode()
    kind = without_views(column.type)
    return column if kind == column.type else column.cast(kind)


def without_views(kind: pa.DataType) -> pa.DataType:
    """The type with plain strings, bytes and lists in the place of views.

    >>> without_views(pa.list_(pa.string_view()))
    ListType(list<item: string>)
    """
    if kind == pa.string_view():
        return pa.string()
    if kind == pa.binary_view():
        return pa.binary()
    if pa.types.is_struct(kind):
        return pa.struct([field.with_type(without_views(field.type)) for field in kind])
    if pa.types.is_fixed_size_list(kind):
        return pa.list_(_element(kind), kind.list_size)
    if pa.types.is_large_list(kind) or pa.types.is_large_list_view(kind):
        return pa.large_list(_element(kind))
    if pa.types.is_list(kind) or pa.types.is_list_view(kind):
        return pa.list_(_element(kind))
    if pa.types.is_dictionary(kind):
        return pa.dictionary(kind.index_type, without_views(kind.value_type), kind.ordered)
    return kind


def _element(kind: pa.DataType) -> pa.Field:
    return kind.value_field.with_type(without_views(kind.value_type))
