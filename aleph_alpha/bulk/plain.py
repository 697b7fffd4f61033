"""Arrow types that all of Arrow can work with."""

from __future__ import annotations

import pyarrow as pa

__all__ = ["plain", "without_views"]


def plain(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The rows without views, which polars makes of strings, and Arrow cannot filter."""
    if all(without_views(field.type) == field.type for field in batch.schema):
        return batch
    return pa.RecordBatch.from_arrays([_cast(column) for column in batch.columns], names=batch.schema.names)


def _cast(column: pa.Array) -> pa.Array:
    if pa.types.is_dictionary(column.type):
        return pa.DictionaryArray.from_arrays(column.indices, _cast(column.dictionary))
    return column.cast(without_views(column.type))


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
