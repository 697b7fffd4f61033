"""An input that is changed between the look through it and the reading of its rows: no key gets two rows, what could
be read is done, and what is missing is told of."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from aleph_alpha import AsyncClient, bulk
from aleph_alpha.bulk.sources import open_source
from aleph_alpha.errors import AuthenticationError
from tests.bulk.tasks import Doubling, nobody

ROWS = [{"id": number, "number": number} for number in range(3000)]


class Changing:
    """Rows that are others when they are read again."""

    def __init__(self, *readings: Any) -> None:
        self._readings = iter(readings)

    def batches(self, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        for rows in next(self._readings):
            yield from open_source(rows).batches(columns)


def run(task: Doubling, source: Any, output: Path, **words: Any) -> bulk.Report:
    words = {"shard_rows": 500, "concurrency": 4, **words}
    return bulk.run(task, source, key="id", output=output, client=nobody(), progress=False, **words)


def keys(output: Path) -> list[int]:
    return sorted(row["id"] for row in bulk.read(output).to_table().to_pylist())


GROWN = {
    "new rows": [ROWS, [{"id": 5000, "number": 1}]],
    "keys that were there already": [ROWS[:700], ROWS[:2], ROWS[700:], ROWS[2990:]],
    "a key twice at once": [[*ROWS[:10], *ROWS[:10]], ROWS[10:]],
    "null keys": [ROWS[:100], [{"id": None, "number": 1}, *ROWS[100:]], [{"id": None, "number": 1}]],
    "keys of another kind": [ROWS, [{"id": "1", "number": 1}]],
    "another order": [ROWS[::-1]],
}


@pytest.mark.parametrize("name", GROWN)
def test_what_has_come_since_the_look_through_the_input_is_left_to_the_next_run(name: str, tmp_path: Path) -> None:
    task = Doubling()
    report = run(task, Changing([ROWS], GROWN[name]), tmp_path)
    assert (report.rows, report.done, report.failed, report.left, report.stopped) == (3000, 3000, 0, 0, None)
    assert keys(tmp_path) == list(range(3000))
    assert task.asked.total() == 3000


CUT = {
    "rows are gone": ([ROWS[:1700]], 1700, "1300 of the rows that were to be done are not in it any more"),
    "all are of another kind": ([[{"id": "1", "number": 1}]], 0, "3000 of the rows"),
    "a column is gone": ([ROWS[:1000], [{"number": 1}]], 1000, "has no column 'id'"),
    "keys of a type that is none": ([ROWS[:1000], [{"id": 0.5, "number": 1}]], 1000, "keys must be whole numbers"),
}


@pytest.mark.parametrize("name", CUT)
def test_what_is_missing_in_the_input_since_is_told_of_after_the_rest_is_done(name: str, tmp_path: Path) -> None:
    rows, done, message = CUT[name]
    with pytest.raises(bulk.SourceError, match=message):
        run(Doubling(), Changing([ROWS], rows), tmp_path)
    assert keys(tmp_path) == list(range(done))
    task = Doubling()
    assert run(task, ROWS, tmp_path).done == 3000
    assert task.asked.total() == 3000 - done


def test_a_file_that_breaks_off_costs_nothing_that_is_under_way(tmp_path: Path) -> None:
    class Cutting(Doubling):
        async def send(self, client: AsyncClient, request: Any) -> list[int]:
            if not self.asked.total():
                os.truncate(file, 1_200_000)  # a megabyte has been read by then
            await asyncio.sleep(0.001)
            return await super().send(client, request)

    file = tmp_path / "x.jsonl"
    file.write_text("".join(json.dumps({**row, "other": 500 * "x"}) + "\n" for row in ROWS))
    task = Cutting()
    with pytest.raises(bulk.SourceError, match=r"x\.jsonl, line \d+ is not valid JSON"):
        run(task, str(file), tmp_path / "output", shard_rows=50)
    done = keys(tmp_path / "output")
    assert done == list(range(len(done)))
    assert len(done) % 50 == 0, "a shard was not finished"
    assert 1000 < task.asked.total() == len(done) < 3000


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="only Linux tells which files are open")
def test_the_input_of_a_job_that_was_stopped_is_closed(tmp_path: Path) -> None:
    class Refused(Doubling):
        async def send(self, client: AsyncClient, request: Any) -> list[int]:
            raise AuthenticationError(401, "no")

    file = tmp_path / "x.jsonl"
    file.write_text("".join(json.dumps({**row, "other": 500 * "x"}) + "\n" for row in ROWS))
    with pytest.raises(bulk.JobStopped) as raised:  # which refers to all that was there when it was raised
        run(Refused(), str(file), tmp_path / "output", shard_rows=50)
    handles = [os.path.realpath(handle) for handle in Path("/proc/self/fd").iterdir()]
    assert not [name for name in handles if name.startswith(str(tmp_path.resolve()))], raised
