"""A dry run tells what is left to do, and leaves the folder as it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from aleph_alpha import bulk
from aleph_alpha.bulk.engines.local import run_here
from aleph_alpha.bulk.shard import Shard, Work
from tests.bulk.tasks import Doubling, nobody

BAD = (3, 7)
ROWS = [{"id": number, "number": -1 if number in BAD else number} for number in range(30)]


def run(task: Doubling, output: Path, **words: Any) -> bulk.Report:
    return bulk.run(task, ROWS, key="id", output=output, client=nobody(), progress=False, **words)


def estimate(output: Path | None, task: Doubling | None = None, **words: Any) -> tuple[int, int, int]:
    """Rows, rows settled, requests."""
    before = content(output)
    found = bulk.dry_run(task or Doubling(), ROWS, key="id", client=nobody(), output=output, **words)
    assert content(output) == before
    assert found.probed == min(found.requests, 8)
    return found.rows, found.settled, found.requests


def content(folder: Path | None) -> dict[str, Any]:
    files = [] if folder is None else folder.rglob("*")
    return {str(file): (file.stat().st_mtime_ns, file.stat().st_ino) for file in files}


def test_without_a_folder_all_rows_are_to_be_done(tmp_path: Path) -> None:
    assert estimate(None) == estimate(tmp_path / "none") == (30, 0, 30)


def test_rows_that_are_done_or_have_failed_are_left_out(tmp_path: Path) -> None:
    run(Doubling(), tmp_path, limit=12)
    assert estimate(tmp_path) == (30, 12, 18)
    assert estimate(tmp_path, retry_failed=True) == (30, 10, 20)
    assert estimate(tmp_path, limit=10) == (10, 10, 0)
    assert estimate(tmp_path, Doubling(rows_per_request=4)) == (30, 12, 5)


@pytest.mark.parametrize(("retry", "settled"), [(False, 15), (True, 13)])
def test_rows_in_the_journal_of_a_run_that_broke_off_are_left_out(retry: bool, settled: int, tmp_path: Path) -> None:
    run(Doubling(), tmp_path, limit=5)
    journal = tmp_path / "_journal" / "000002-a"
    journal.mkdir()
    run_here(Work(Doubling(), nobody(), "id", journal, 2), Shard(1, pa.Table.from_pylist(ROWS[5:15])))
    assert estimate(tmp_path, retry_failed=retry) == (30, settled, 30 - settled)
    assert run(Doubling(), tmp_path, retry_failed=retry).requests == 30 - settled


def test_when_nothing_is_left_it_takes_no_time_and_nothing_is_sent(tmp_path: Path) -> None:
    run(Doubling(), tmp_path)
    task = Doubling()
    found = bulk.dry_run(task, ROWS, key="id", client=nobody(), output=tmp_path)
    assert (found.requests, found.seconds, found.probed) == (0, 0.0, 0)
    assert str(found).startswith("30 rows (30 settled already), 0 requests")
    assert not task.asked


def test_another_job_is_refused_as_it_would_be(tmp_path: Path) -> None:
    run(Doubling(), tmp_path)
    with pytest.raises(bulk.OtherJobError, match="factor: 2 in the folder, 3 now"):
        estimate(tmp_path, Doubling(factor=3))
