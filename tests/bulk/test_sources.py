"""Rows come from files of all formats, from tables, and from whatever can be gone through once."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import polars
import pyarrow as pa
import pytest
from pyarrow import csv, dataset, feather, parquet

from aleph_alpha import bulk
from aleph_alpha.bulk import shard
from aleph_alpha.bulk.keys import KeySet, hash_keys
from aleph_alpha.bulk.scan import scan
from aleph_alpha.bulk.shard import plan
from aleph_alpha.bulk.sources import open_source
from tests.bulk.tasks import Doubling, nobody

ROWS = [{"id": f"key {number}", "number": number, "other": "x"} for number in range(3000)]
TABLE = pa.Table.from_pylist(ROWS)


def json_lines(folder: Path) -> str:
    return "".join(json.dumps(row) + "\n" for row in ROWS)


def in_file(name: str, write: Callable[[Path], object]) -> Callable[[Path], Path]:
    def made(folder: Path) -> Path:
        write(folder / name)
        return folder / name

    return made


def stream_file(file: Path) -> None:
    with pa.ipc.new_stream(file, TABLE.schema) as writer:
        writer.write_table(TABLE)


def in_memory(folder: Path) -> str:
    import fsspec

    with fsspec.open(f"memory://{folder.name}/rows.parquet", "wb") as file:
        parquet.write_table(TABLE, file)
    return f"memory://{folder.name}/*.parquet"


def folder_of_parts(folder: Path) -> Path:
    (folder / "in" / "_hidden").mkdir(parents=True, exist_ok=True)
    parquet.write_table(TABLE.slice(0, 1000), folder / "in" / "a.parquet")
    parquet.write_table(TABLE.slice(1000), folder / "in" / "b.parquet")
    (folder / "in" / "_hidden" / "c.parquet").write_bytes(b"rubbish")
    (folder / "in" / "read.me").write_bytes(b"")
    return folder / "in"


SOURCES: dict[str, Callable[[Path], Any]] = {
    "parquet": in_file("x.parquet", lambda file: parquet.write_table(TABLE, file, row_group_size=700)),
    "jsonl": in_file("x.jsonl", lambda file: file.write_text(json_lines(file))),
    "jsonl without a last line end": in_file("x.jsonl", lambda file: file.write_text(json_lines(file).rstrip())),
    "jsonl with other line ends": in_file(
        "x.jsonl", lambda file: file.write_bytes(b"\xef\xbb\xbf" + json_lines(file).replace("\n", "\r\n\r\n").encode())
    ),
    "jsonl.gz": in_file("x.jsonl.gz", lambda file: file.write_bytes(gzip.compress(json_lines(file).encode()))),
    "csv": in_file("x.csv", lambda file: csv.write_csv(TABLE, file)),
    "csv.gz": in_file(
        "x.csv.gz", lambda file: file.write_bytes(gzip.compress(pd.DataFrame(ROWS).to_csv(index=False).encode()))
    ),
    "tsv": in_file("x.tsv", lambda file: pd.DataFrame(ROWS).to_csv(file, sep="\t", index=False)),
    "feather": in_file("x.feather", lambda file: feather.write_feather(TABLE, file)),
    "arrow stream": in_file("x.arrow", stream_file),
    "folder": folder_of_parts,
    "glob": lambda folder: str(folder_of_parts(folder) / "*.parquet"),
    "list of files": lambda folder: [folder_of_parts(folder) / name for name in ("a.parquet", "b.parquet")],
    "fsspec": in_memory,
    "pyarrow": lambda folder: TABLE,
    "pandas": lambda folder: pd.DataFrame(ROWS),
    "polars": lambda folder: pytest.importorskip("polars").DataFrame(ROWS),
    "reader": lambda folder: TABLE.to_reader(),
    "dicts": lambda folder: ROWS,
    "iterator of dicts": lambda folder: iter(ROWS),
}


@pytest.mark.parametrize("name", SOURCES)
def test_the_rows_are_the_same_wherever_they_come_from_and_however_often(name: str, tmp_path: Path) -> None:
    source = open_source(SOURCES[name](tmp_path))
    for _ in range(2):
        found = [row for batch in source.batches(["number", "id"]) for row in batch.to_pylist()]
        assert [(row["id"], int(row["number"])) for row in found] == [(row["id"], row["number"]) for row in ROWS]


@pytest.mark.parametrize("rows", [1, 7, 1000, 10_000])
@pytest.mark.parametrize("limit", [None, 1, 2500])
def test_a_plan_has_each_row_that_is_wanted_once(rows: int, limit: int | None) -> None:
    source = open_source(ROWS)
    found = scan(source, Doubling(), "id", limit)
    assert found.rows == (3000 if limit is None else limit)
    shards = list(plan(source, ["id", "number"], "id", found.keys, limit=limit, rows=rows))
    assert [row for shard in shards for row in shard.rows.column("number").to_pylist()] == list(range(found.rows))
    assert [shard.number for shard in shards] == list(range(1, len(shards) + 1))
    assert all(shard.rows.num_rows <= rows for shard in shards)


WIDE = 2**60 + 1
MIXED: dict[str, list[list[Any]]] = {
    "numbers": [[1, WIDE], [0.5], [None], [2**63], [-1], ["a"], [2], [True], [b"a"], [None], [3, None]],
    "in lists": [[[1, WIDE]], [[0.5]], [[]], [[None]], [["a"]], [None], [[2]]],
    "in objects": [[{"a": WIDE}], [{"a": 0.5}], [{"b": 1}], [{}], [None], [{"a": "x"}], [{"a": 2}]],
}


@pytest.mark.parametrize("rows", [1, 3, 1000])
@pytest.mark.parametrize("name", MIXED)
def test_whatever_is_in_a_column_arrives_as_it_is(name: str, rows: int) -> None:
    class Pieces:
        def batches(self, columns: Any) -> Iterator[pa.RecordBatch]:
            for piece in pieces:
                yield from open_source(piece).batches(columns)

    values = iter(range(1000))
    pieces = [[{"id": next(values), "v": value} for value in piece] for piece in MIXED[name]]
    keys = KeySet()
    keys.add(hash_keys(pa.array(range(next(values)))))
    keys.sort()
    shards = plan(Pieces(), ["id", "v"], "id", keys, limit=None, rows=rows)
    found = [row["v"] for one in shards for row in one.rows.to_pylist()]
    wanted = [value for piece in MIXED[name] for value in piece]
    assert [_without_nulls(one) for one in found] == [_without_nulls(one) for one in wanted]
    if name == "numbers":
        assert [*map(type, found)] == [*map(type, wanted)]


def _without_nulls(value: Any) -> Any:
    """What is in an object, less the names that only others have."""
    return {name: one for name, one in value.items() if one is not None} if isinstance(value, dict) else value


LARGE = pa.table({"id": range(40), "text": ["x" * 200_000] * 40, "image.jpg": [b"x" * 500_000] * 40})


@pytest.mark.parametrize(
    "make",
    [
        in_file("x.parquet", lambda file: parquet.write_table(LARGE, file, use_dictionary=False, compression="none")),
        in_file("x.arrow", lambda file: feather.write_feather(LARGE, file)),
        lambda folder: LARGE,
    ],
    ids=["parquet", "arrow", "pyarrow"],
)
@pytest.mark.parametrize(("column", "most"), [("text", 6), ("image.jpg", 3), ("id", 40)])
def test_of_large_rows_few_are_given_at_once(make: Any, column: str, most: int, tmp_path: Path) -> None:
    batches = list(open_source(make(tmp_path)).batches([column]))
    assert sum(batch.num_rows for batch in batches) == 40
    assert max(batch.num_rows for batch in batches) <= most


LONG = [{"id": number, "text": "x" * 200_000} for number in range(80)]
LISTS = [{"id": number, "text": ["x" * 100_000] * 2} for number in range(80)]


def read(make: Callable[[], Any], columns: list[str]) -> tuple[list[dict[str, Any]], int]:
    """The rows of a source, and the most bytes that Arrow held for it at once."""
    usual, noting = pa.default_memory_pool(), pa.proxy_memory_pool(pa.system_memory_pool())
    source = make()
    pa.set_memory_pool(noting)
    try:
        rows = [row for batch in open_source(source).batches(columns) for row in batch.to_pylist()]
    finally:
        pa.set_memory_pool(usual)
    return rows, noting.max_memory()


@pytest.mark.parametrize("rows", [LONG, LISTS], ids=["texts", "lists of texts"])
@pytest.mark.parametrize(
    "make",
    [
        lambda folder, rows: rows,
        lambda folder, rows: iter(rows),
        lambda folder, rows: in_file(
            "x.jsonl", lambda file: file.write_text("".join(json.dumps(row) + "\n" for row in rows))
        )(folder),
    ],
    ids=["dicts", "iterator of dicts", "jsonl"],
)
def test_of_large_rows_in_the_form_of_dicts_few_are_made_arrow_data_of_at_once(
    make: Any, rows: Any, tmp_path: Path
) -> None:
    found, most = read(lambda: make(tmp_path, rows), ["id", "text"])
    assert found == rows
    assert most < 3 << 20


def test_lists_of_texts_may_all_be_empty(tmp_path: Path) -> None:
    rows = [{"id": number, "query": "x" * 600_000, "documents": ["y"] * (number % 2)} for number in range(8)]
    task = bulk.Rerank("toy-reranker", "query", "documents")
    assert scan(open_source(rows), task, "id").rows == 8


WORDS = pa.array([f"{number:05}" + "x" * 1500 for number in range(30_000)])
DICTIONARY = pa.table({"id": range(30_000), "text": WORDS.dictionary_encode()})


@pytest.mark.parametrize(
    "make",
    [
        lambda folder: DICTIONARY,
        lambda folder: polars.from_arrow(DICTIONARY),
        in_file("x.arrow", lambda file: feather.write_feather(DICTIONARY, file)),
        in_file("x.parquet", lambda file: parquet.write_table(DICTIONARY, file)),
    ],
    ids=["pyarrow", "polars", "arrow", "parquet"],
)
def test_a_dictionary_of_whatever_size_makes_no_shard_smaller(make: Any, tmp_path: Path) -> None:
    source = open_source(make(tmp_path))
    keys = KeySet()
    keys.add(hash_keys(DICTIONARY.column("id").combine_chunks()))
    keys.sort()
    sizes = [one.rows.num_rows for one in plan(source, ["id", "text"], "id", keys, limit=None, rows=8192)]
    assert sizes == [8192, 8192, 8192, 5424]


FEW = pa.array(["x" * 200_000, None, "y" * 200_000, "z"])
REPEATED = pa.table({"id": range(800), "text": FEW.take(pa.array([number % 4 for number in range(800)]))})


@pytest.mark.parametrize(
    "make",
    [
        lambda folder: REPEATED.set_column(1, "text", REPEATED.column("text").dictionary_encode()),
        in_file("x.parquet", lambda file: parquet.write_table(REPEATED, file)),
        in_file("x.parquet", lambda file: polars.from_arrow(REPEATED).write_parquet(file)),  # type: ignore[union-attr]
    ],
    ids=["pyarrow", "parquet", "parquet of polars"],
)
def test_of_large_rows_that_are_stored_once_few_are_in_memory_at_once(make: Any, tmp_path: Path) -> None:
    rows, most = read(lambda: make(tmp_path), ["id", "text"])
    assert rows == REPEATED.to_pylist()
    assert most < 20 << 20


def test_another_column_whose_name_begins_alike_does_not_count(tmp_path: Path) -> None:
    table = LARGE.append_column("t", LARGE.column("id"))
    parquet.write_table(table, tmp_path / "x.parquet", use_dictionary=False)
    assert [batch.num_rows for batch in open_source(tmp_path / "x.parquet").batches(["t"])] == [40]


def test_of_large_rows_few_are_in_a_shard(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shard, "_BYTES", 1 << 20)
    found = KeySet()
    found.add(hash_keys(LARGE.column("id").combine_chunks()))
    found.sort()
    shards = list(plan(open_source(LARGE), ["id", "text"], "id", found, limit=None, rows=1000))
    assert [row for one in shards for row in one.rows.column("id").to_pylist()] == list(range(40))
    assert max(one.rows.nbytes for one in shards) < 1.3 * (1 << 20)


def test_leading_zeros_of_keys_in_csv_stay(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("id,number\n007,1\n7,2\n")
    source = open_source(tmp_path / "x.csv")
    assert [row["id"] for batch in source.batches(["id"]) for row in batch.to_pylist()] == ["007", "7"]


def test_an_empty_key_in_csv_is_null(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("id,number\n,1\n7,2\n")
    with pytest.raises(bulk.KeyColumnError, match="is null in 1 of 2 rows"):
        scan(open_source(tmp_path / "x.csv"), Doubling(), "id")


@pytest.mark.parametrize("kind", [pa.int8(), pa.int32(), pa.int64(), pa.uint16()])
def test_a_key_is_the_same_in_whatever_width(kind: pa.DataType) -> None:
    assert (hash_keys(pa.array([0, 1, 77], kind)) == hash_keys(pa.array([0, 1, 77]))).all()


def test_a_key_is_the_same_in_whatever_kind_of_string() -> None:
    plain = pa.array(["a", "ä", "a\0", ""])
    for kind in (pa.large_string(), pa.dictionary(pa.int32(), pa.string())):
        assert (hash_keys(plain.cast(kind)) == hash_keys(plain)).all()
    assert len(set(hash_keys(plain).tolist())) == 4


def found_in(source: Any, columns: list[str]) -> list[dict[str, Any]]:
    return [row for batch in open_source(source).batches(columns) for row in batch.to_pylist()]


@pytest.fixture
def shared(tmp_path: Path) -> Path:
    """A folder with files that are no part of the data."""
    for number, name in enumerate(
        ("a.jsonl", "sub/b.jsonl", "_x.jsonl", ".y.jsonl", "_journal/c.jsonl", ".git/d.jsonl")
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(f'{{"id": {number}}}\n')
    return tmp_path


@pytest.mark.parametrize(
    ("pattern", "ids"),
    [
        ("", [0, 1]),
        ("*.jsonl", [0]),
        ("**/*.jsonl", [0, 1]),
        ("_*.jsonl", [2]),
        ("_journal/*.jsonl", [4]),
        ("?.*", [0]),
    ],
)
@pytest.mark.parametrize("remote", [False, True])
def test_globs_and_folders_leave_out_what_is_hidden_unless_it_is_named(
    pattern: str, ids: list[int], remote: bool, shared: Path
) -> None:
    source = str(shared / pattern)
    assert [row["id"] for row in found_in(f"file://{source}" if remote else source, ["id"])] == ids


@pytest.mark.parametrize("pattern", ["", "**/*.*", "*.jsonl"])
@pytest.mark.parametrize("place", ["", "output", "deep/output"])
def test_the_output_of_a_job_may_be_in_the_folder_of_its_input(place: str, pattern: str, tmp_path: Path) -> None:
    def run(task: Doubling) -> bulk.Report:
        words: Any = {"key": "id", "output": tmp_path / place, "client": nobody(), "progress": False}
        return bulk.run(task, str(tmp_path / pattern), **words)

    (tmp_path / "x.jsonl").write_text('{"id": 1, "number": 1}\n{"id": 2, "number": -1}\n')
    for asked in (2, 0):
        task = Doubling()
        report = run(task)
        assert (report.rows, report.done, report.failed, task.asked.total()) == (2, 1, 1, asked)


@pytest.mark.parametrize("pattern", ["", "*.parquet", "**/*.*"])
def test_the_results_of_a_job_are_the_input_of_another_without_the_rows_that_failed(
    pattern: str, tmp_path: Path
) -> None:
    rows = [{"id": number, "number": number - 2} for number in range(9)]
    words: Any = {"key": "id", "client": nobody(), "progress": False}
    bulk.run(Doubling(), rows, output=tmp_path / "first", **words)
    task = Doubling()
    task.inputs = lambda: {"doubled": "any"}  # type: ignore[method-assign]
    task.request = lambda rows: [{**row, "number": row["doubled"]} for row in rows]  # type: ignore[method-assign]
    report = bulk.run(task, str(tmp_path / "first" / pattern), output=tmp_path / "second", **words)
    assert (report.rows, report.done) == (7, 7)


def test_an_empty_file_among_others_is_passed_over(shared: Path) -> None:
    (shared / "empty.jsonl").touch()
    assert len(found_in(shared, ["id"])) == 2


def test_a_column_of_json_lines_need_not_be_in_the_first_line(tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").write_text('{"id": 1}\n{"id": 2, "text": "a"}\n')
    assert found_in(tmp_path / "x.jsonl", ["id", "text"]) == [{"id": 1, "text": None}, {"id": 2, "text": "a"}]


UNREADABLE = {
    "a long row": (b'id\n"' + b"x" * 3_000_000 + b'"\n', "a row is longer than 1 MB"),
    "UTF-16": ("id,text\n1,ä\n".encode("utf-16"), "its encoding is UTF-16; it must be UTF-8"),
    "Latin-1": ("id\nä\n".encode("latin-1"), "invalid UTF8"),
    "a short row": (b"id,text\n1,a\n2\n", "Row #3: Expected 2 columns, got 1"),
    "a column twice": (b"id,id\n1,a\n", "has several columns of the name 'id'"),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_is_wrong_with_a_csv_file_is_said(name: str, tmp_path: Path) -> None:
    content, message = UNREADABLE[name]
    (tmp_path / "x.csv").write_bytes(content)
    with pytest.raises(bulk.SourceError) as raised:
        found_in(tmp_path / "x.csv", ["id"])
    assert "x.csv" in str(raised.value)
    assert message in str(raised.value)


def test_a_column_may_be_of_another_type_in_another_file(tmp_path: Path) -> None:
    values: list[Any] = ["a", 5, None, 2.5, [1]]
    for number, value in enumerate(values):
        parquet.write_table(pa.table({"id": [number], "x": [value]}), tmp_path / f"{number}.parquet")
    source = open_source(tmp_path)
    keys = KeySet()
    keys.add(hash_keys(pa.array(range(len(values)))))
    keys.sort()
    shards = plan(source, ["id", "x"], "id", keys, limit=None, rows=100)
    assert [row["x"] for shard in shards for row in shard.rows.to_pylist()] == values


def test_a_dataset_of_pyarrow_is_read_with_the_columns_of_its_folders(tmp_path: Path) -> None:
    for year in (2024, 2025):
        (tmp_path / f"year={year}").mkdir()
        parquet.write_table(pa.table({"id": [year, year + 100]}), tmp_path / f"year={year}" / "x.parquet")
    found = found_in(dataset.dataset(tmp_path, partitioning="hive"), ["id", "year"])
    assert found == [{"id": year + more, "year": year} for year in (2024, 2025) for more in (0, 100)]
    with pytest.raises(bulk.SourceError, match="the data set has no column 'no'; it has 'id', 'year'"):
        found_in(dataset.dataset(tmp_path, partitioning="hive"), ["no"])


def test_a_frame_that_is_not_computed_yet_is_told_how_to_be() -> None:
    with pytest.raises(bulk.SourceError, match=r"not LazyFrame: call \.collect\(\)"):
        open_source(polars.LazyFrame({"id": [1]}))
