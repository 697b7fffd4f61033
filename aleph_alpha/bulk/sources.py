"""Where rows come from: files, anything that gives an Arrow stream, and iterables of dicts.

A source can be read several times: first its keys, then the rows that are still to be done. What can
only be read once is written to a temporary file on the way.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeAlias, runtime_checkable

import pyarrow as pa

from aleph_alpha.bulk.errors import SourceError
from aleph_alpha.bulk.files import File, find_files
from aleph_alpha.bulk.pieces import FEW_ROWS, in_pieces, size_of
from aleph_alpha.bulk.plain import plain_pieces
from aleph_alpha.bulk.records import records

__all__ = ["Source", "SourceLike", "check_columns", "open_source"]


SourceLike: TypeAlias = "str | os.PathLike[str] | Sequence[str | os.PathLike[str]] | Iterable[Mapping[str, Any]] | Any"


@runtime_checkable
class Source(Protocol):
    """Rows that can be read again and again, in the same order each time."""

    def batches(self, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """The rows, these columns of them, some thousands at once, and fewer where they are large.

        Raises:
            SourceError: a column is missing, or the input cannot be read.
        """
        ...


def open_source(source: Any, output: Path | None = None) -> Source:
    """The source of whatever a job was given.

    Args:
        output: folder of the job, which may be within one of the input.

    Raises:
        SourceError: it is nothing of the kind, or there is no such file.
    """
    if isinstance(source, Source):
        return source
    if isinstance(source, str | os.PathLike):
        return _Files(find_files([os.fspath(source)], output))
    if isinstance(source, Sequence) and source and all(isinstance(one, str | os.PathLike) for one in source):
        return _Files(find_files([os.fspath(one) for one in source], output))
    datasets: Any = sys.modules.get("pyarrow.dataset")  # which is not loaded for those who have none
    if datasets is not None and isinstance(source, datasets.Dataset):
        return _Dataset(source)
    if hasattr(source, "__arrow_c_stream__"):
        again = hasattr(source, "__len__") or isinstance(source, pa.Table)
        return _Stream(source) if again else _Spooled(_reader(source))
    if isinstance(source, Sequence) and not isinstance(source, bytes | bytearray):
        return _Dicts(source)
    if isinstance(source, Iterable):
        return _spooled_dicts(source)
    raise SourceError(
        "a source is a path, a list of paths, a table (pandas, polars, pyarrow, datasets) or an iterable of dicts, "
        f"not {type(source).__name__}{': call .collect()' if hasattr(source, 'collect') else ''}"
    )


def check_columns(wanted: Sequence[str], found: Iterable[str], where: str) -> None:
    """Refuse what lacks a column.

    Raises:
        SourceError: names the columns that it lacks, and those that it has.
    """
    found = list(found)
    twice = [name for name in wanted if found.count(name) > 1]
    if twice:
        raise SourceError(f"{where} has several columns of the name {', '.join(map(repr, twice))}")
    missing = [name for name in wanted if name not in found]
    if missing:
        names = ", ".join(map(repr, missing))
        has = ", ".join(map(repr, found)) or "none"
        raise SourceError(f"{where} has no column {names}; it has {has}")


class _Files:
    def __init__(self, files: Sequence[File]) -> None:
        self._files = files

    def batches(self, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        for file in self._files:
            try:
                names = file.columns()
                if not names and len(self._files) > 1:  # one of several that is empty
                    continue
                check_columns(columns, names, str(file))
                for batch in file.batches(columns):
                    yield from plain_pieces(batch.select(list(columns)))
            except (pa.ArrowException, OSError, UnicodeDecodeError, ValueError) as error:
                if isinstance(error, SourceError):
                    raise
                raise SourceError(f"{file} cannot be read: {file.explained(error)}") from error


class _Stream:
    def __init__(self, table: Any) -> None:
        self._table = table

    def batches(self, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        reader = _reader(self._table)
        check_columns(columns, reader.schema.names, "the table")
        for batch in reader:
            yield from plain_pieces(batch.select(list(columns)))


class _Dataset:
    def __init__(self, dataset: Any) -> None:
        self._dataset = dataset

    def batches(self, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        check_columns(columns, self._dataset.schema.names, "the data set")
        try:
            for batch in self._dataset.to_batches(
                columns=list(columns), batch_size=FEW_ROWS, batch_readahead=1, fragment_readahead=1
            ):
                yield from plain_pieces(batch)
        except (pa.ArrowException, OSError) as error:
            raise SourceError(f"the data set cannot be read: {error}") from error


def _reader(table: Any) -> pa.RecordBatchReader:
    try:
        return pa.RecordBatchReader.from_stream(table)
    except (ValueError, TypeError) as error:  # such as columns of one name, or of values of several types
        raise SourceError(f"the table cannot be read: {error}") from error


class _Dicts:
    def __init__(self, rows: Sequence[Mapping[str, Any]]) -> None:
        self._rows = rows

    def batches(self, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        start = 0
        for rows in in_pieces(self._rows, size_of):
            _check_dicts(rows, start)
            if not start:
                check_columns(columns, rows[0], "the first row")
            yield records(rows, columns, "the rows", start)
            start += len(rows)


class _Spooled:
    """A stream that comes once only, in a temporary file that goes with this object."""

    def __init__(self, batches: Iterable[pa.RecordBatch]) -> None:
        self._file = tempfile.NamedTemporaryFile(prefix="aleph-alpha-bulk-", suffix=".arrow")  # noqa: SIM115
        try:
            self._write(batches)
        except BaseException:
            self._file.close()
            raise
        self._size = self._file.tell()

    def _write(self, batches: Iterable[pa.RecordBatch]) -> None:
        writer: Any = None
        schema: pa.Schema | None = None
        for batch in batches:
            if batch.schema != schema:  # a column may be null at first: each piece has its own types
                if writer is not None:
                    writer.close()
                schema = batch.schema
                writer = pa.ipc.new_stream(self._file, schema)
            writer.write_batch(batch)
        if writer is not None:
            writer.close()
        self._file.flush()

    def batches(self, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        with pa.OSFile(self._file.name) as file:
            while file.tell() < self._size:
                with pa.ipc.open_stream(file) as reader:
                    check_columns(columns, reader.schema.names, "the stream")
                    for batch in reader:
                        yield from plain_pieces(batch.select(list(columns)))


def _spooled_dicts(rows: Iterable[Mapping[str, Any]]) -> _Spooled:
    def batches() -> Iterator[pa.RecordBatch]:
        names: list[str] | None = None
        start = 0
        for piece in in_pieces(rows, size_of):
            _check_dicts(piece, start)
            names = list(piece[0]) if names is None else names
            yield records(piece, names, "the rows", start)
            start += len(piece)

    return _Spooled(batches())


def _check_dicts(rows: Iterable[Any], start: int) -> None:
    for index, row in enumerate(rows, start):
        if not isinstance(row, Mapping):
            raise SourceError(f"row {index} must be a dict of column names and values, got {type(row).__name__}")
