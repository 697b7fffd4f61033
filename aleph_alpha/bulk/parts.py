"""The results: Parquet files that appear whole, and the rows that failed for good beside them."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import parquet

from aleph_alpha.bulk.disk import sync_file, sync_folder, write_whole
from aleph_alpha.bulk.errors import BulkError
from aleph_alpha.bulk.form import form_error
from aleph_alpha.bulk.journal import Kind, read_segment
from aleph_alpha.bulk.keys import Hashes, KeySet, hash_keys

__all__ = [
    "ERRORS",
    "Sealed",
    "column_types",
    "drop_errors",
    "error_schema",
    "is_part",
    "key_batches",
    "part_name",
    "parts_of",
    "seal",
]

ERRORS = "errors"
_ROWS = 16_384  # of a row group, or
_BYTES = 16 << 20

Wanted: TypeAlias = Callable[[Hashes], NDArray[np.bool_]]
"""For each key, whether it is to be in a part."""


@dataclass(frozen=True)
class Sealed:
    """A shard that is finished, in files that are durable and wait for their place.

    Parameters:
        shard: its number.
        rows: the file of its results, ``None`` where there are none.
        errors: the file of the rows that failed.
        done, failed: how many there are of each.
        counts: figures for the report, such as requests and tokens.
    """

    shard: int
    rows: Path | None
    errors: Path | None
    done: int
    failed: int
    counts: Mapping[str, int]


def error_schema(key: str, kind: pa.DataType) -> pa.Schema:
    """The columns of ``errors/*.parquet``."""
    return pa.schema(
        {
            key: kind,
            "error": pa.string(),
            "status": pa.int32(),
            "code": pa.string(),
            "attempts": pa.int32(),
            "message": pa.string(),
        }
    )


def part_name(generation: int, shard: int, copy: int = 0) -> str:
    """The file name of a part; runs and shards are counted, so that names sort by age."""
    return f"part-{generation:06d}-{shard:06d}{f'-{copy}' if copy else ''}.parquet"


def parts_of(folder: Path) -> list[Path]:
    """The parts directly in a folder, oldest first."""
    return sorted(file for file in folder.glob("part-*.parquet") if is_part(file.name))


def is_part(name: str) -> bool:
    """Whether a file of that name is a part, if it is in a folder of a job."""
    return re.fullmatch(r"part-[\d-]+\.parquet", name) is not None


def key_batches(file: Path, key: str) -> Iterator[pa.Array]:
    """The keys in a part, some at a time.

    Raises:
        BulkError: it is not a part, or damaged.
    """
    try:
        with parquet.ParquetFile(file, buffer_size=1 << 20, pre_buffer=False) as opened:
            if key not in opened.schema_arrow.names:
                raise BulkError(f"{file} has no column {key!r}: it is not of this job, move it elsewhere")
            for batch in opened.iter_batches(columns=[key]):
                yield batch.column(0)
    except pa.ArrowException as error:
        raise BulkError(
            f"{file} is damaged, or not of this job: move it elsewhere, and its rows are done anew ({error})"
        ) from error


def column_types(file: Path) -> dict[str, str]:
    """Name and type of each column of a part."""
    return {field.name: str(field.type) for field in parquet.read_schema(file)}


def seal(
    shard: int,
    segments: Iterable[Path],
    stem: Path,
    key: str,
    counts: Mapping[str, int],
    wanted: Wanted | None = None,
    columns: Mapping[str, str] | None = None,
) -> Sealed:
    """Make the Parquet files of a shard from its journal, each key once; a success beats failures.

    Args:
        stem: beginning of the files' path; they are durable, but not where readers look.
        wanted: which keys are to be in there; by default all.
        columns: names and types that the columns have to have; by default those of the first rows. Rows of
            another form, which workers did that did not know of each other, become errors.
    """
    seen: set[bytes] = set()
    failures: dict[bytes, pa.RecordBatch] = {}
    results = _done(segments, key, wanted, columns, seen, failures)
    rows, done = _write(results, stem.with_name(f"{stem.name}.rows"))
    for one in seen.intersection(failures):
        del failures[one]
    errors, failed = _write(failures.values(), stem.with_name(f"{stem.name}.errors"))
    sync_folder(stem.parent)
    return Sealed(shard, rows, errors, done, failed, counts)


def _done(
    segments: Iterable[Path],
    key: str,
    wanted: Wanted | None,
    columns: Mapping[str, str] | None,
    seen: set[bytes],
    failures: dict[bytes, pa.RecordBatch],
) -> Iterator[pa.RecordBatch]:
    """The results; on the way, what is `seen` of them, and the last failure of each key that has one."""
    for kind, batch in chain.from_iterable(map(read_segment, segments)):
        hashes = hash_keys(batch.column(key))
        keys = hashes.tolist()
        mask = np.ones(len(keys), dtype=bool) if wanted is None else wanted(hashes)
        if kind is Kind.DONE:
            found = {field.name: str(field.type) for field in batch.schema if field.name != key}
            columns = found if columns is None else columns
            if (error := form_error(columns, found)) is not None:
                kind, batch = Kind.FAILED, _failed(batch.column(key), key, error)
        if kind is Kind.FAILED:
            failures |= {keys[index]: batch.slice(index, 1) for index in np.flatnonzero(mask)}
            continue
        if not seen.isdisjoint(keys) or len(set(keys)) < len(keys):
            for index, one in enumerate(keys):
                mask[index] &= one not in seen
                seen.add(one)
        seen.update(keys)
        yield batch if mask.all() else batch.filter(pa.array(mask))


def _failed(keys: pa.Array, key: str, error: Exception) -> pa.RecordBatch:
    """What goes into the errors of rows that all have failed in one way."""
    same = {"error": type(error).__name__, "status": None, "code": None, "attempts": None, "message": str(error)}
    rows = [{key: one, **same} for one in keys.to_pylist()]
    return pa.RecordBatch.from_pylist(rows, schema=error_schema(key, keys.type))


def _write(batches: Iterable[pa.RecordBatch], file: Path) -> tuple[Path | None, int]:
    writer = None
    held: list[pa.RecordBatch] = []
    count = 0

    def flush() -> None:
        nonlocal writer
        if not held:
            return
        if writer is None:
            writer = _writer(file, held[0].schema)
        writer.write_table(pa.Table.from_batches(held))
        held.clear()

    try:
        size = rows = 0
        for batch in batches:
            if batch.num_rows:
                held.append(batch)
                count, size, rows = count + batch.num_rows, size + batch.nbytes, rows + batch.num_rows
                if size >= _BYTES or rows >= _ROWS:
                    flush()
                    size = rows = 0
        flush()
        if writer is None:
            return None, 0
        writer.close()
        sync_file(file)
    except BaseException:
        with contextlib.suppress(OSError, pa.ArrowException):
            if writer is not None:
                writer.close()
        file.unlink(missing_ok=True)
        raise
    return file, count


def _writer(file: Path, schema: pa.Schema) -> Any:
    plain = [field.name for field in schema if not pa.types.is_fixed_size_list(field.type)]
    packed = dict.fromkeys(plain, "zstd")  # numbers of vectors do not get smaller
    packed |= {f"{field.name}.list.element": "none" for field in schema if field.name not in packed}
    strings = [field.name for field in schema if pa.types.is_string(field.type)]
    options: Any = {"compression": packed, "use_dictionary": strings, "write_statistics": plain}
    return parquet.ParquetWriter(file, schema, **options)


def drop_errors(folder: Path, key: str, keys: KeySet, *, before: str = "~") -> None:
    """Take rows out of the errors that have been done since, or have failed anew.

    Args:
        before: only files whose name is before this one, that is older.
    """
    for file in parts_of(folder / ERRORS):
        if file.name >= before:
            continue
        table = parquet.read_table(file)
        gone = keys.contains(hash_keys(table.column(key).combine_chunks()))
        if gone.all():
            file.unlink()
            sync_folder(file.parent)
        elif gone.any():
            left = table.filter(pa.array(~gone))
            write_whole(file, lambda new, left=left: parquet.write_table(left, new))  # type: ignore[misc]
