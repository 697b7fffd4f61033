"""Looks through the whole input before anything is sent or written."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count

import pyarrow as pa

from aleph_alpha.bulk.errors import KeyColumnError, SourceError
from aleph_alpha.bulk.keys import KeySet, as_keys, hash_keys, key_kind, key_type
from aleph_alpha.bulk.shard import first_rows
from aleph_alpha.bulk.sources import Source
from aleph_alpha.bulk.task import Task, check_input

__all__ = ["Input", "columns_of", "scan"]

_NAMED = 10  # offending keys


@dataclass(frozen=True)
class Input:
    """What is known of the input.

    Parameters:
        rows: how many there are.
        key_kind: ``"int"`` or ``"string"``.
        key_type: the type that they have in the results.
        keys: all keys, sorted.
    """

    rows: int
    key_kind: str
    key_type: pa.DataType
    keys: KeySet


def columns_of(task: Task, key: str) -> list[str]:
    """The columns that a job reads."""
    return list(dict.fromkeys([key, *task.inputs()]))


def scan(source: Source, task: Task, key: str, limit: int | None = None, known: pa.DataType | None = None) -> Input:
    """Read the input once, and check it.

    Args:
        known: the type that keys have in the results that there are already.

    Raises:
        SourceError: it cannot be read, is empty, lacks a column, or a column is of the wrong type.
        KeyColumnError: keys are null or occur twice; the message names up to 10 of them. Or they do not fit.
    """
    keys = KeySet()
    kind: str | None = None
    kinds: set[pa.DataType] = set()
    nulls: list[int] = []
    null_count = rows = lowest = 0
    for batch in first_rows(source.batches(columns_of(task, key)), limit):
        for column, wanted in task.inputs().items():
            check_input(column, wanted, batch.schema.field(column).type)
        column = batch.column(key)
        if column.null_count:
            null_count += column.null_count
            nulls += [rows + index for index, is_null in enumerate(column.is_null().to_pylist()) if is_null]
            nulls = nulls[:_NAMED]
            column = column.drop_null()
        if len(column):
            found = key_kind(key, column.type)
            if kind not in (None, found):
                raise KeyColumnError(
                    f"the key column {key!r} holds whole numbers and strings; it must hold one of them"
                )
            kind = found
            if column.type not in kinds:
                kinds.add(column.type)
            wanted_type = key_type(kinds) if known is None else known
            if column.type != wanted_type and key_kind(key, wanted_type) == found:
                as_keys(key, column, wanted_type)
            if pa.types.is_integer(column.type):
                lowest = min(lowest, int(column.to_numpy(zero_copy_only=False).min()))
            keys.add(hash_keys(column))
        rows += batch.num_rows
    if not rows:
        raise SourceError("the input has no rows")
    if null_count:
        raise KeyColumnError(
            f"the key column {key!r} is null in {null_count} of {rows} rows: row {_listed(nulls, null_count)} (from 0)"
        )
    wanted_type = key_type(kinds) if known is None else known
    if wanted_type == pa.uint64():  # which numbers below 0 that came before did not know of
        as_keys(key, pa.array([lowest]), wanted_type)
    keys.sort()
    repeated = keys.repeated(_NAMED + 1)
    if len(repeated):
        raise KeyColumnError(_twice(source, key, repeated, limit))
    return Input(rows, kind or "string", wanted_type, keys)


def _twice(source: Source, key: str, repeated: pa.Array, limit: int | None) -> str:
    wanted = KeySet()
    wanted.add(repeated[:_NAMED])
    wanted.sort()
    rows: dict[object, list[int]] = {}
    numbers = count()
    for batch in first_rows(source.batches([key]), limit):
        column = batch.column(0)
        mask = wanted.contains(hash_keys(column))
        for one, is_wanted, number in zip(column, mask, numbers, strict=False):  # numbers last: they go on
            if is_wanted:
                rows.setdefault(one.as_py(), []).append(number)
    shown = [
        f"{one!r} (rows {', '.join(map(str, places[:3]))}{', ...' * (len(places) > 3)})" for one, places in rows.items()
    ]
    more = ", and others" if len(repeated) > _NAMED else ""
    return f"the key column {key!r} holds keys more than once: {'; '.join(shown)}{more}; rows are counted from 0"


def _listed(numbers: list[int], of: int) -> str:
    return ", ".join(map(str, numbers)) + (", ..." if of > len(numbers) else "")
