"""Files that rows are read from: Parquet, CSV, JSON lines and Arrow, here or wherever fsspec reaches."""

from __future__ import annotations

import contextlib
import glob
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from operator import itemgetter
from pathlib import Path
from typing import Any

import pyarrow as pa

from aleph_alpha.bulk.errors import SourceError
from aleph_alpha.bulk.pieces import in_pieces, rows_at_once
from aleph_alpha.bulk.quotes import QuotedFile
from aleph_alpha.bulk.records import records
from aleph_alpha.bulk.state import is_of_job

__all__ = ["File", "find_files"]

_PACKED = {".gz": "gzip", ".bz2": "bz2", ".zst": "zstd"}
_TEXT_TYPES = (pa.string(), pa.large_string(), pa.binary(), pa.large_binary())
_TEXTS = (".csv", ".tsv", ".jsonl", ".ndjson")
_CSV_BLOCK = 1 << 20  # bytes; a row must not be longer
_FIRST = 1024  # rows, whose columns a file of JSON lines has
_DICTIONARY = 2 << 20  # bytes of a dictionary in a Parquet file; one that gets larger, writers give up


@dataclass(frozen=True)
class File:
    """One file; `open` gives it as a binary file object."""

    name: str
    open: Callable[[], Any]

    def __str__(self) -> str:
        return self.name

    def columns(self) -> list[str]:
        """The names of its columns."""
        with self._opened() as file:
            names: list[str] = self._format().columns(file)
        return names

    def explained(self, error: Exception) -> str:
        """What an error of its reader means, where that does not say it."""
        if "straddl" in str(error):
            return f"a row is longer than {_CSV_BLOCK >> 20} MB, which is too long for CSV: use JSON lines or Parquet"
        if _ending(self.name) in _TEXTS:
            with contextlib.suppress(OSError, pa.ArrowException), self._opened() as file:
                if file.read(2) in (b"\xff\xfe", b"\xfe\xff"):
                    return "its encoding is UTF-16; it must be UTF-8"
        return f"{error}; it must be UTF-8" if "invalid UTF8" in str(error) else str(error)

    def batches(self, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """Its rows, in batches as they are in the file, or of about as many as are to be in memory at once."""
        with self._opened() as file:
            yield from self._format().batches(file, columns)

    def _format(self) -> Any:
        return _FORMATS[_ending(self.name)](self.name)

    @contextlib.contextmanager
    def _opened(self) -> Iterator[Any]:
        packed = _PACKED.get(os.path.splitext(self.name)[1].lower())
        with self.open() as file:
            if not packed:
                yield file
                return
            with pa.CompressedInputStream(pa.PythonFile(file, "r"), packed) as unpacked:
                yield unpacked


def find_files(paths: Sequence[str], output: Path | None = None) -> list[File]:
    """The files of paths, globs and folders, each path's by name; names with ``_`` or ``.`` in front are left out.

    Of an output folder of a job only the results are input, and of `output` nothing is that a job has written.

    Raises:
        SourceError: there are none, or one is of a format that is not known.
    """
    found: list[File] = []
    for path in paths:
        files = _remote(path) if "://" in path else _local(path, output)
        if not files:
            raise SourceError(f"there is no file {path}, or none in it of the formats {', '.join(_FORMATS)}")
        found += files
    for file in found:
        if _ending(file.name) not in _FORMATS:
            raise SourceError(f"{file} is of no known format; known are {', '.join(_FORMATS)}")
    return found


def _local(path: str, output: Path | None) -> list[File]:
    path = os.path.expanduser(path)
    if os.path.isdir(path):
        names = [os.path.join(folder, name) for folder, _, files in os.walk(path) for name in files]
        names = [name for name in names if not _hidden(os.path.relpath(name, path)) and _ending(name) in _FORMATS]
    elif os.path.exists(path):
        return [File(path, lambda: open(path, "rb"))]
    else:
        names = [name for name in _unhidden(path, glob.glob(path, recursive=True)) if os.path.isfile(name)]
    names = [name for name in names if not is_of_job(Path(name), output)]
    return [File(name, lambda name=name: open(name, "rb")) for name in sorted(names)]  # type: ignore[misc]


def _remote(path: str) -> list[File]:
    import fsspec

    try:
        system, inner = fsspec.core.url_to_fs(path)
        if any(letter in inner for letter in "*?["):
            names = [name for name in _unhidden(inner, system.glob(inner)) if system.isfile(name)]
        elif system.isdir(inner):
            root = inner.rstrip("/")
            names = [name for name in system.find(root) if not _hidden(name.removeprefix(root).lstrip("/"))]
            names = [name for name in names if _ending(name) in _FORMATS]
        else:
            names = [inner] if system.exists(inner) else []
    except (OSError, ValueError, ImportError) as error:
        raise SourceError(f"{path} cannot be read: {error}") from error
    return [File(name, lambda name=name: system.open(name, "rb")) for name in sorted(names)]  # type: ignore[misc]


def _unhidden(pattern: str, names: Sequence[str]) -> Iterator[str]:
    """The names of a glob, but those that are hidden below what is written out in it."""
    parts = pattern.split("/")
    depth = next((place for place, part in enumerate(parts) if any(one in part for one in "*?[")), len(parts))
    wanted = tuple(part[0] for part in parts[depth:] if part.startswith(("_", ".")))
    for name in names:
        below = "/".join(name.split("/")[depth:])
        if wanted or not _hidden(below):
            yield name


def _hidden(name: str) -> bool:
    return any(part.startswith(("_", ".")) for part in name.split(os.sep))


def _ending(name: str) -> str:
    stem, ending = os.path.splitext(name.lower())
    return os.path.splitext(stem)[1] if ending in _PACKED else ending


class _Parquet:
    def __init__(self, name: str) -> None:
        self._name = name

    def columns(self, file: Any) -> list[str]:
        from pyarrow import parquet

        with parquet.ParquetFile(file) as opened:
            return list(opened.schema_arrow.names)

    def batches(self, file: Any, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        from pyarrow import parquet

        metadata = parquet.read_metadata(file)
        texts = {field.name for field in metadata.schema.to_arrow_schema() if field.type in _TEXT_TYPES} & set(columns)
        groups = [_Group(metadata.row_group(index), columns) for index in range(metadata.num_row_groups)]
        rows = rows_at_once(max((group.row_size for group in groups), default=0.0))
        # With their dictionaries where the file says so little of their size: one of a megabyte may be in a bit a row.
        names = texts.intersection(*(group.dictionaries for group in groups))
        # What is buffered in advance is kept to the end of the file: all of it, in the end.
        with parquet.ParquetFile(
            file, metadata=metadata, read_dictionary=sorted(names), buffer_size=1 << 20, pre_buffer=False
        ) as opened:
            yield from opened.iter_batches(batch_size=rows, columns=list(columns))


class _Group:
    """What the metadata of a Parquet file say of some columns in a group of rows.

    Attributes:
        row_size: bytes of a row, where no column has a dictionary.
        dictionaries: columns that are in a dictionary, and little else.
    """

    def __init__(self, group: Any, columns: Sequence[str]) -> None:
        chunks = [group.column(index) for index in range(group.num_columns)]
        chunks = [one for one in chunks if any(_is_in(one.path_in_schema, name) for name in columns)]
        self.row_size = sum(one.total_uncompressed_size for one in chunks) / max(1, group.num_rows)
        most = _DICTIONARY + 4 * group.num_rows
        self.dictionaries = {
            one.path_in_schema for one in chunks if one.has_dictionary_page and one.total_uncompressed_size <= most
        }


def _is_in(path: str, column: str) -> bool:
    return path == column or path.startswith(f"{column}.")


class _Arrow:
    def __init__(self, name: str) -> None:
        self._name = name

    def columns(self, file: Any) -> list[str]:
        with self._reader(file) as reader:
            return list(reader.schema.names)

    def batches(self, file: Any, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        with self._reader(file) as reader:
            if isinstance(reader, pa.RecordBatchFileReader):
                yield from (reader.get_batch(index) for index in range(reader.num_record_batches))
            else:
                yield from reader

    def _reader(self, file: Any) -> Any:
        try:
            return pa.ipc.open_file(file)
        except pa.ArrowInvalid:
            file.seek(0)
            return pa.ipc.open_stream(file)


class _Csv:
    """All columns as strings, so that ``007`` stays what it is; an empty field is null."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._delimiter = "\t" if _ending(name) == ".tsv" else ","

    def columns(self, file: Any) -> list[str]:
        with self._reader(file, {}) as reader:
            return list(reader.schema.names)

    def batches(self, file: Any, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        with self._reader(file, dict.fromkeys(columns, pa.string())) as reader:
            yield from reader

    @contextlib.contextmanager
    def _reader(self, file: Any, types: Mapping[str, pa.DataType]) -> Iterator[Any]:
        from pyarrow import csv

        quoted = QuotedFile(file, self._name, self._delimiter)
        try:
            with csv.open_csv(
                quoted,
                read_options=csv.ReadOptions(block_size=_CSV_BLOCK, use_threads=False),
                parse_options=csv.ParseOptions(delimiter=self._delimiter, newlines_in_values=True),
                convert_options=csv.ConvertOptions(
                    column_types=dict(types), include_columns=list(types), null_values=[""], strings_can_be_null=True
                ),
            ) as reader:
                yield reader
        except pa.ArrowInvalid:
            while quoted.is_open and quoted.read(_CSV_BLOCK):
                pass  # the rest tells whether what the error is about is a field that is not closed
            quoted.check()
            raise
        quoted.check()


class _JsonLines:
    def __init__(self, name: str) -> None:
        self._name = name

    def columns(self, file: Any) -> list[str]:
        return list(dict.fromkeys(name for _, row, _ in islice(self._rows(file), _FIRST) for name in row))

    def batches(self, file: Any, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        for piece in in_pieces(self._rows(file), itemgetter(2)):
            yield records([row for _, row, _ in piece], columns, self._name, piece[0][0])

    def _rows(self, file: Any) -> Iterator[tuple[int, dict[str, Any], int]]:
        """The rows, with the number of the line before each, and the bytes of it after it."""
        import orjson

        for number, line in enumerate(_lines(file), 1):
            if not line.strip():
                continue
            try:
                row = orjson.loads(line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line)
            except ValueError as error:
                raise SourceError(f"{self._name}, line {number} is not valid JSON: {error}") from error
            if not isinstance(row, dict):
                raise SourceError(f"{self._name}, line {number} must be a JSON object, got {type(row).__name__}")
            yield number, row, len(line)


def _lines(file: Any) -> Iterator[bytes]:
    rest = b""
    while piece := file.read(1 << 20):
        *lines, rest = (rest + piece).split(b"\n")
        yield from lines
    if rest:
        yield rest


_FORMATS: dict[str, Any] = {
    ".parquet": _Parquet,
    ".pq": _Parquet,
    ".csv": _Csv,
    ".tsv": _Csv,
    ".jsonl": _JsonLines,
    ".ndjson": _JsonLines,
    ".arrow": _Arrow,
    ".feather": _Arrow,
    ".ipc": _Arrow,
}
