"""Disks that are full, read-only, or lose the end of what was written."""

from __future__ import annotations

import random
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from aleph_alpha import bulk
from aleph_alpha.bulk.engines import local
from aleph_alpha.bulk.journal import Kind, Segment, read_segment
from tests.bulk.tasks import Doubling, nobody

KEYS = random.Random(0)
ROWS = [{"id": KEYS.randbytes(250).hex(), "number": number} for number in range(4000)]  # they do not pack well


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of half a megabyte."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", str(folder)], capture_output=True
    ).returncode:
        pytest.skip("this user cannot mount file systems")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def run(task: Doubling, output: Path) -> bulk.Report:
    return bulk.run(task, ROWS, key="id", output=output, client=nobody(), progress=False, concurrency=4, shard_rows=200)


def doubled(output: Path) -> list[int]:
    return sorted(row["doubled"] for row in bulk.read(output).to_table().to_pylist())


def test_a_full_disk_ends_the_job_what_is_done_is_right_and_it_goes_on_when_there_is_room(small_disk: Path) -> None:
    task, output = Doubling(), small_disk / "output"
    with pytest.raises(bulk.JobWriteError, match="No space left on device"):
        run(task, output)
    done = doubled(output)
    assert 0 < len(done) == len(set(done)) < len(ROWS)
    with pytest.raises(bulk.JobWriteError):
        run(task, output)
    subprocess.run(["mount", "-o", "remount,size=64m", str(small_disk)], check=True)
    assert run(task, output).done == len(ROWS)
    assert doubled(output) == list(range(0, 2 * len(ROWS), 2))
    assert task.asked.total() <= len(ROWS) + 2 * 4


def test_a_read_only_disk_is_refused_before_anything_is_asked(small_disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    task = Doubling()
    with pytest.raises(bulk.JobWriteError, match="Read-only file system"):
        run(task, small_disk / "output")
    assert not task.asked


def batches(count: int) -> list[tuple[Kind, pa.RecordBatch]]:
    return [(Kind.DONE, pa.RecordBatch.from_pydict({"id": list(range(number))})) for number in range(1, count + 1)]


@pytest.mark.parametrize("seed", range(40))
def test_a_segment_cut_or_damaged_anywhere_is_read_up_to_there(seed: int, tmp_path: Path) -> None:
    source = random.Random(seed)
    segment = Segment(tmp_path / "000001-a.segment")
    ends = [0]
    for one in batches(12):
        segment.append([one])
        ends.append(segment.path.stat().st_size)
    segment.close()
    place = source.randrange(ends[-1])
    content = bytearray(segment.path.read_bytes())
    if seed % 2:
        del content[place:]
    else:
        content[place] ^= 1 << source.randrange(8)
    segment.path.write_bytes(content)
    whole = sum(end <= place for end in ends[1:])
    assert [batch.num_rows for _, batch in read_segment(segment.path)] == list(range(1, whole + 1))


def test_a_segment_takes_no_more_after_a_write_that_failed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    segment = Segment(tmp_path / "000001-a.segment")
    with monkeypatch.context() as patched:
        patched.setattr("os.fsync", lambda handle: (_ for _ in ()).throw(OSError("no")))
        with pytest.raises(OSError, match="no"):
            segment.append(batches(1))
    with pytest.raises(OSError, match="broke off"):
        segment.append(batches(1))
    segment.close()


def test_a_worker_whose_run_was_taken_over_stops(tmp_path: Path) -> None:
    from aleph_alpha.bulk.shard import Shard, Work

    class Taken(Doubling):
        async def send(self, client: object, request: object) -> list[int]:
            for file in (tmp_path / "run").iterdir():
                file.unlink()
            return await super().send(client, request)  # type: ignore[arg-type]

    (tmp_path / "run").mkdir()
    work = Work(Taken(), nobody(), "id", tmp_path / "run", 1)
    with pytest.raises(bulk.FolderBusyError, match="a later run has taken over"):
        local.run_here(work, Shard(1, pa.Table.from_pylist(ROWS[:10])))
