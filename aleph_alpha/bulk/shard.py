"""A shard: some rows of a job, and all that a worker needs to know to do them.

It can be run any number of times, by anyone, with the same end: what an attempt before has made durable
is in the journal, and is not asked again.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from aleph_alpha.bulk.errors import SourceError
from aleph_alpha.bulk.keys import KeySet, Marks, as_keys, hash_keys, key_kind
from aleph_alpha.bulk.task import Task

if TYPE_CHECKING:
    from aleph_alpha import AsyncClient
    from aleph_alpha.bulk.sources import Source

__all__ = ["Shard", "Work", "first_rows", "plan"]

_BYTES = 32 << 20


@dataclass(frozen=True)
class Shard:
    """Rows that are done together.

    Parameters:
        number: of the shard in this run.
        rows: the key and what the task reads, as an Arrow table.
    """

    number: int
    rows: pa.Table


@dataclass(frozen=True)
class Work:
    """What is the same for all shards of a run. It can be pickled.

    Parameters:
        task: what to do with the rows.
        client: whose options and token are used; each process has connections of its own.
        key: name of the key column.
        journal: folder of this run.
        concurrency: most requests under way in this process.
        columns: names and types of the results' columns, where there are results already.
    """

    task: Task
    client: AsyncClient
    key: str
    journal: Path
    concurrency: int
    columns: Mapping[str, str] | None = None


def plan(
    source: Source,
    columns: Sequence[str],
    key: str,
    wanted: KeySet,
    *,
    limit: int | None,
    rows: int,
    kind: pa.DataType | None = None,
) -> Generator[Shard, None, None]:
    """The shards of the rows that are still to be done, made one by one as they are asked for.

    Each of them is there once, whatever has become of the input since it was looked through: a row that has come
    since is left to the next run.

    Args:
        wanted: the keys of these rows.
        limit: look at the first so many rows of the source only.
        rows: rows of a shard at most; fewer where rows are large.
        kind: the type that keys are to have; by default the one that they have.

    Raises:
        SourceError: the input cannot be read, or lacks rows that it had; after the shards of those that it has.
    """
    given = Marks(len(wanted))
    number = 0
    held: list[pa.RecordBatch] = []
    count = size = 0
    schema: pa.Schema | None = None
    for batch in first_rows(source.batches(columns), limit):
        left = _claimed(batch, key, wanted, given)
        if not left.num_rows:
            continue
        if kind is not None:
            left = left.set_column(left.schema.get_field_index(key), key, as_keys(key, left.column(key), kind))
        merged = _merged(schema, left.schema) if held else left.schema
        if merged is None:  # such as a template's variable that is a number in one file and a text in the next
            for table in _tables(held):
                yield Shard(number := number + 1, table)
            held, count, size, merged = [], 0, 0, left.schema
        schema = merged
        while left.num_rows:
            room = (_BYTES - size) * left.num_rows // max(1, left.nbytes)
            piece = left.slice(0, max(1, min(rows - count, room)))
            left = left.slice(piece.num_rows)
            held.append(piece)
            count, size = count + piece.num_rows, size + piece.nbytes
            if count >= rows or size >= _BYTES:
                for table in _tables(held):
                    yield Shard(number := number + 1, table)
                held, count, size = [], 0, 0
    for table in _tables(held):
        yield Shard(number := number + 1, table)
    missing = len(wanted) - given.count()
    if missing:
        raise SourceError(
            f"the input has changed since the job began: {missing} of the rows that were to be done are not in it any "
            "more. The others are done; run the job again, when the input is complete"
        )


def _claimed(batch: pa.RecordBatch, key: str, wanted: KeySet, given: Marks) -> pa.RecordBatch:
    """Those rows that are wanted, and have not been given before."""
    if batch.column(key).null_count:
        batch = batch.filter(batch.column(key).is_valid())
    if batch.num_rows:
        key_kind(key, batch.column(key).type)
    mask, places = wanted.find(hash_keys(batch.column(key)))
    mask[mask] = given.claim(places)
    return batch.filter(pa.array(mask))


def first_rows(batches: Iterator[pa.RecordBatch], limit: int | None) -> Iterator[pa.RecordBatch]:
    """The first so many rows, or all."""
    for batch in batches:
        if limit is None:
            yield batch
            continue
        if limit <= 0:
            return
        yield batch.slice(0, limit)
        limit -= batch.num_rows


def _merged(schema: pa.Schema | None, other: pa.Schema) -> pa.Schema | None:
    """A schema that both fit into; ``None`` where there is none."""
    if schema is None or schema == other:
        return other
    for field in schema:
        types = {field.type, other.field(field.name).type} - {pa.null()}
        if len(types) == 2 and (pa.uint64() in types or len({*map(pa.types.is_integer, types)}) == 2):
            return None  # for Arrow they fit: numbers from 2^63 on into int64, and 1 becomes 1.0 beside 0.5
    try:
        return pa.unify_schemas([schema, other], promote_options="permissive")
    except pa.ArrowException:
        return None


def _tables(batches: list[pa.RecordBatch]) -> list[pa.Table]:
    """The batches as one table; as several, where values do not fit into the type that they would have there."""
    tables = [pa.Table.from_batches([batch]) for batch in batches]
    if not tables:
        return []
    try:
        return [pa.concat_tables(tables, promote_options="permissive")]
    except pa.ArrowException:
        return tables
