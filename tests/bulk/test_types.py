"""Types that change: of the keys from one run to the next, of columns within an input, of a model's results."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars
import pyarrow as pa
import pytest
from hypothesis import given, strategies as st
from pyarrow import parquet

from aleph_alpha import AsyncClient, bulk
from aleph_alpha.bulk.keys import as_keys, hash_keys, key_type
from aleph_alpha.bulk.sources import open_source
from tests.bulk.tasks import Doubling, nobody

NAMES = ["", "a", "é", "e\u0301", "x" * 5000, "a b"]
NUMBERS = list(range(len(NAMES)))


def run(task: Any, source: Any, output: Path, **words: Any) -> bulk.Report:
    return bulk.run(task, source, key="id", output=output, client=nobody(), progress=False, **words)


def table(keys: pa.Array) -> pa.Table:
    return pa.table({"id": keys, "number": range(len(keys))})


TABLES: dict[str, Sequence[Callable[[int], Any]]] = {
    "int": [
        *(
            lambda rows, kind=kind: table(pa.array(NUMBERS[:rows], kind))
            for kind in (
                pa.int8(),
                pa.int32(),
                pa.int64(),
                pa.uint8(),
                pa.uint64(),
                pa.dictionary(pa.int8(), pa.int32()),
            )
        ),
        lambda rows: pd.DataFrame({"id": NUMBERS[:rows], "number": NUMBERS[:rows]}),
        lambda rows: pd.DataFrame({"id": pd.Categorical(NUMBERS[:rows]), "number": NUMBERS[:rows]}),
        lambda rows: polars.DataFrame({"id": NUMBERS[:rows], "number": NUMBERS[:rows]}),
        lambda rows: [{"id": number, "number": number} for number in NUMBERS[:rows]],
    ],
    "string": [
        *(
            lambda rows, kind=kind: table(pa.array(NAMES[:rows]).cast(kind))
            for kind in (pa.string(), pa.large_string(), pa.string_view(), pa.dictionary(pa.int8(), pa.large_string()))
        ),
        lambda rows: pd.DataFrame({"id": NAMES[:rows], "number": NUMBERS[:rows]}),
        lambda rows: pd.DataFrame({"id": pd.Categorical(NAMES[:rows]), "number": NUMBERS[:rows]}),
        lambda rows: polars.DataFrame({"id": NAMES[:rows], "number": NUMBERS[:rows]}),
        lambda rows: polars.DataFrame(
            {"id": polars.Series(NAMES[:rows], dtype=polars.Categorical), "number": NUMBERS[:rows]}
        ),
        lambda rows: ({"id": NAMES[number], "number": number} for number in range(rows)),
    ],
}


@given(st.data())
def test_keys_of_whatever_type_of_a_kind_are_the_same_in_the_next_run(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    output = tmp_path_factory.mktemp("output")
    kind = data.draw(st.sampled_from(sorted(TABLES)))
    before = 0
    for rows in data.draw(st.lists(st.integers(1, len(NAMES)), min_size=2, max_size=4)):
        source = data.draw(st.sampled_from(TABLES[kind]))(rows)
        report = run(Doubling(), source, output)
        assert (report.done, report.new) == (rows, max(0, rows - before))
        before = max(before, rows)
    found = bulk.read(output).to_table().column("id")
    assert sorted(found.to_pylist()) == sorted((NUMBERS if kind == "int" else NAMES)[:before])
    assert len({parquet.read_schema(file).field("id").type for file in output.glob("*.parquet")}) == 1


def test_keys_that_do_not_fit_into_those_of_the_results_are_refused_before_anything_is_sent(tmp_path: Path) -> None:
    run(Doubling(), table(pa.array([1, 2], pa.int32())), tmp_path)
    task = Doubling()
    with pytest.raises(bulk.KeyColumnError, match="is of type int64, in the results it is of type int32"):
        run(task, table(pa.array([1, 2**40])), tmp_path)
    assert not task.asked
    assert run(task, table(pa.array([1, 2, 3])), tmp_path).done == 3


def test_files_of_one_input_may_have_keys_of_several_widths(tmp_path: Path) -> None:
    for number, kind in enumerate((pa.int8(), pa.int32(), pa.int64())):
        keys = pa.array(range(10 * number, 10 * number + 10), kind)
        parquet.write_table(table(keys), tmp_path / f"{number}.parquet")
    assert run(Doubling(), tmp_path / "*.parquet", tmp_path / "output", shard_rows=10).done == 30
    assert bulk.read(tmp_path / "output").schema.field("id").type == pa.int64()


INTEGERS = {pa.int64(): st.integers(-(2**63), 2**63 - 1), pa.uint64(): st.integers(0, 2**64 - 1)}


@given(*(st.lists(numbers, unique=True) for numbers in INTEGERS.values()))
def test_numbers_are_the_same_key_where_they_are_equal(signed: list[int], unsigned: list[int]) -> None:
    hashes = [
        one for kind, some in zip(INTEGERS, (signed, unsigned), strict=True) for one in hash_keys(pa.array(some, kind))
    ]
    assert len(set(hashes)) == len({*signed, *unsigned})


@given(st.sets(st.sampled_from([pa.int8(), pa.uint16(), pa.int32(), pa.int64()]), min_size=1))
def test_keys_fit_into_the_type_that_several_have_together(kinds: set[pa.DataType]) -> None:
    for kind in kinds:
        keys = pa.array([0, 127], kind)
        assert as_keys("id", keys, key_type(kinds)).to_pylist() == [0, 127]


SIGNED, UNSIGNED = pa.array([*range(2000), -1]), pa.array([2**63, 2**63 + 1], pa.uint64())
SMALL, LARGE = range(1500), range(2**63, 2**63 + 1500)


@pytest.mark.parametrize("keys", [[*SMALL, *LARGE], [*LARGE, *SMALL], [5, *LARGE], [*SMALL, 2**64 - 1]])
@pytest.mark.parametrize("make", [list, iter])
def test_keys_of_dicts_may_be_as_large_as_64_bits_allow(keys: list[int], make: Any, tmp_path: Path) -> None:
    run(Doubling(), make([{"id": key, "number": 1} for key in keys]), tmp_path, shard_rows=1000)
    assert sorted(bulk.read(tmp_path).to_table().column("id").to_pylist()) == sorted(keys)


def test_numbers_of_another_column_may_be_as_large_from_some_row_on(tmp_path: Path) -> None:
    rows = [{"id": number, "number": 2**63 * (number >= 1500)} for number in range(3000)]
    task = Doubling(factor=0)
    assert run(task, rows, tmp_path).done == 3000


@pytest.mark.parametrize("order", [1, -1])
def test_keys_below_0_and_from_2_to_the_63_on_are_refused_before_anything_is_sent(order: int, tmp_path: Path) -> None:
    for number, keys in enumerate([SIGNED, UNSIGNED][::order]):
        parquet.write_table(table(keys), tmp_path / f"{number}.parquet")
    task = Doubling()
    with pytest.raises(bulk.KeyColumnError, match="not all keys fit into that"):
        run(task, tmp_path / "*.parquet", tmp_path / "output", shard_rows=100)
    assert not task.asked


def test_where_double_keys_are_is_right_however_far_apart_they_are() -> None:
    rows = [{"id": number % 9999, "number": 1} for number in range(10_000)]
    with pytest.raises(bulk.KeyColumnError, match=r": 0 \(rows 0, 9999\); rows are counted from 0"):
        run(Doubling(), rows, Path("nowhere"))


def test_strings_lists_and_bytes_of_polars_are_read() -> None:
    columns = {"s": ["x", "y"], "l": [["a"], None], "b": [b"1", b"2"], "d": [{"a": "x"}, {"a": None}]}
    frame = polars.DataFrame(columns).with_columns(c=polars.col("s").cast(polars.Categorical))
    batches = list(open_source(frame).batches(["s", "l", "b", "d", "c"]))
    filtered = [row for batch in batches for row in batch.filter(pa.array([True] * batch.num_rows)).to_pylist()]
    assert filtered == frame.to_dicts()


@pytest.mark.parametrize("once", [False, True])
def test_a_column_may_be_null_at_first_and_get_a_type_later(once: bool, tmp_path: Path) -> None:
    class Nullable(Doubling):
        async def send(self, client: AsyncClient, request: Sequence[Any]) -> list[int]:
            return [row["number"] or 0 for row in request]

    rows = [{"id": number, "number": None if number < 1500 else number} for number in range(3000)]
    report = run(Nullable(), iter(rows) if once else rows, tmp_path)
    assert (report.done, report.failed) == (3000, 0)


TWICE: dict[str, Callable[[], Any]] = {
    "pandas": lambda: pd.DataFrame([[1, 2, 3]], columns=["id", "number", "number"]),
    "arrow": lambda: pa.table([[1], [2], [3]], names=["id", "number", "number"]),
}


@pytest.mark.parametrize("name", TWICE)
def test_a_column_that_is_there_twice_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(bulk.SourceError, match=r"number"):
        run(Doubling(), TWICE[name](), tmp_path / "output")


def test_a_text_that_is_not_valid_unicode_is_refused(tmp_path: Path) -> None:
    with pytest.raises(bulk.SourceError, match="not valid, in the rows 0 to 1"):
        run(Doubling(), [{"id": "a", "number": 1}, {"id": "\ud800", "number": 1}], tmp_path / "output")


class Vectors(Doubling):
    """Vectors whose size depends on the key."""

    def __init__(self, size: Callable[[int], int]) -> None:
        super().__init__()
        self.size = size

    def outputs(self) -> Mapping[str, pa.DataType]:
        return {"vector": bulk.VECTOR}

    def columns(self, request: Sequence[Any], response: list[int]) -> Mapping[str, Any]:
        return {"vector": np.ones((1, self.size(request[0]["id"])), np.float32)}


ROWS = [{"id": number, "number": number} for number in range(300)]


def test_one_vector_of_another_size_costs_its_row(tmp_path: Path) -> None:
    report = run(Vectors(lambda key: 5 if key == 7 else 4), ROWS, tmp_path)
    assert (report.done, report.errors) == (299, {"ResultFormError": 1})
    message = bulk.read_errors(tmp_path).to_table().column("message").to_pylist()
    assert message == ["'vector': 5 numbers came, and 4 before: has the model been replaced?"]
    again = run(Vectors(lambda key: 4), ROWS, tmp_path, retry_failed=True)
    assert (again.done, again.failed, again.new) == (300, 0, 1)


def test_a_model_that_is_replaced_stops_the_job_what_is_done_is_kept_and_it_goes_on_with_the_first(
    tmp_path: Path,
) -> None:
    with pytest.raises(bulk.JobStopped, match="ResultFormError 10 times in a row: 'vector': 5 numbers came"):
        run(Vectors(lambda key: 4 if key < 150 else 5), ROWS, tmp_path, shard_rows=50)
    done = bulk.read(tmp_path).count_rows()
    assert done >= 140
    with pytest.raises(bulk.JobStopped):
        run(Vectors(lambda key: 5), ROWS, tmp_path)
    report = run(Vectors(lambda key: 4), ROWS, tmp_path)
    assert (report.done, report.failed, report.new) == (300, 0, 300 - done)


def test_rows_of_another_form_from_a_worker_that_did_not_know_become_errors(tmp_path: Path) -> None:
    from aleph_alpha.bulk.engines.local import run_here
    from aleph_alpha.bulk.shard import Shard, Work

    run(Vectors(lambda key: 4), ROWS[:50], tmp_path)
    journal = tmp_path / "_journal" / "000002-a"
    journal.mkdir()
    for number, task in enumerate((Vectors(lambda key: 4), Vectors(lambda key: 5)), 1):
        shard = Shard(number, pa.Table.from_pylist(ROWS[50 * number : 50 * number + 50]))
        run_here(Work(task, nobody(), "id", journal, 2), shard)
    report = run(Vectors(lambda key: 4), ROWS, tmp_path)
    assert (report.done, report.failed, report.errors) == (250, 50, {"ResultFormError": 50})
    assert run(Vectors(lambda key: 4), ROWS, tmp_path, retry_failed=True).done == 300
