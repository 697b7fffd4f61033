"""Clusters run the same shards: the content is the same, whatever happens to workers, driver, disk and clock.

``make test-bulk`` kills AA_BULK_KILLS processes of each; without it, few are.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.bulk.clusters import ENGINES, Cluster, processes_end
from tests.bulk.served import content_of, served, start_job, write_rows
from tests.bulk.test_kill import finish

KILLS = int(os.environ.get("AA_BULK_KILLS", "4"))
DRIVERS = 20  # one of so many kills is the driver's
PER_KILL = 8  # requests that are answered from one kill to the next
BATCH = 4
ROWS = 1600  # and more where more is killed
CONCURRENCY = 8
WORKERS = 2
SHARE = CONCURRENCY // WORKERS
SHARDS = 8  # of a run
OPTIONS = (f"--batch-size={BATCH}", f"--concurrency={CONCURRENCY}", f"--workers={WORKERS}", "--quiet")
SLOW = ("--slots=2", "--seconds=0.02")  # so that the job is not over before something happens to it

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(3600),
    pytest.mark.parametrize("engine", ENGINES),
]


class Input(NamedTuple):
    """A file, and the content that a job on this machine makes of it when nothing happens to it."""

    file: Path
    rows: int
    expected: list[tuple[object, ...]]

    @property
    def requests(self) -> int:
        return self.rows // BATCH


def made(folder: Path, rows: int) -> Input:
    write_rows(folder / "rows.jsonl", rows)
    with served() as server:
        assert finish(start_job(server, folder / "rows.jsonl", folder / "output", "--quiet")) == (0, "")
    return Input(folder / "rows.jsonl", rows, content_of(folder / "output"))


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Input:
    return made(tmp_path_factory.mktemp("few"), ROWS)


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Input:
    return made(tmp_path_factory.mktemp("many"), ROWS + 80 * KILLS)


@pytest.fixture
def jobs() -> Iterator[list[Cluster]]:
    started: list[Cluster] = []
    with processes_end(started):
        yield started


def test_workers_and_drivers_are_killed_again_and_again(
    engine: str, many: Input, jobs: list[Cluster], tmp_path: Path
) -> None:
    chance = random.Random(KILLS)
    killed_workers = killed_drivers = 0
    with served(*SLOW) as server:
        server.put_faults("/batch_semantic_embed", 0.2)
        while True:
            job = Cluster(server, many.file, tmp_path / "output", *OPTIONS, f"--engine={engine}")
            jobs.append(job)
            while killed_workers + killed_drivers < KILLS:
                if not job.wait_for(server, server.well_answered() + chance.randrange(1, 2 * PER_KILL)):
                    break
                time.sleep(chance.uniform(0.0, 0.05))  # from one request to the next
                if chance.randrange(min(DRIVERS, KILLS // 2)) == 0:
                    job.kill()
                    killed_drivers += 1
                    break
                if workers := job.workers():
                    os.kill(chance.choice(workers), signal.SIGKILL)
                    killed_workers += 1
            if job.driver.returncode != -signal.SIGKILL:
                break
        assert job.finish()[0] == 0, job.finish()[1]
        answered = server.well_answered()
    print(
        f"\n{engine}: {killed_workers} workers and {killed_drivers} drivers killed, {many.rows} rows: "
        f"{answered} requests answered, {many.requests} needed"
    )
    assert content_of(tmp_path / "output") == many.expected
    # Under way are the worker's share of the requests, or all; and one more, as the rows left need not fill requests.
    assert answered <= (
        many.requests + killed_workers * (SHARE + 1) + killed_drivers * (CONCURRENCY + WORKERS + 1) + SHARDS
    )


def test_workers_and_driver_are_stopped_and_continued(
    engine: str, few: Input, jobs: list[Cluster], tmp_path: Path
) -> None:
    with served(*SLOW) as server:
        server.put_faults("/batch_semantic_embed", 0.0)
        job = Cluster(server, few.file, tmp_path / "output", *OPTIONS, f"--engine={engine}")
        jobs.append(job)
        for requests in (10, 40, 70, 100):
            assert job.wait_for(server, requests), job.finish()
            stopped = [job.driver.pid] if requests == 40 else job.workers()[: 1 if requests == 70 else None]
            for process in stopped:
                os.kill(process, signal.SIGSTOP)
            time.sleep(1.0)
            for process in stopped:
                os.kill(process, signal.SIGCONT)
        assert job.finish()[0] == 0, job.finish()[1]
        assert server.well_answered() <= few.requests + SHARDS
    assert content_of(tmp_path / "output") == few.expected


def test_the_clock_of_every_process_jumps(engine: str, few: Input, jobs: list[Cluster], tmp_path: Path) -> None:
    path = os.pathsep.join(filter(None, [str(Path(__file__).parent / "jumping"), os.environ.get("PYTHONPATH")]))
    with served(*SLOW) as server:
        server.put_faults("/batch_semantic_embed", 0.0)
        job = Cluster(server, few.file, tmp_path / "output", *OPTIONS, f"--engine={engine}", PYTHONPATH=path)
        jobs.append(job)
        assert job.finish()[0] == 0, job.finish()[1]
        # An engine may take a worker for dead whose last sign of life is days old: then it is as if it were killed.
        assert server.well_answered() <= few.requests + SHARDS * (SHARE + 2)
    assert content_of(tmp_path / "output") == few.expected


def test_the_disk_is_full(engine: str, few: Input, jobs: list[Cluster], tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    size = ROWS * 128 * 4 // 2
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(disk)]
    if subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("this user cannot mount file systems")
    try:
        with served() as server:
            server.put_faults("/batch_semantic_embed", 0.0)
            for is_full in (True, True, False):
                if not is_full:
                    subprocess.run(["mount", "-o", "remount,size=256m", str(disk)], check=True)
                job = Cluster(server, few.file, disk / "output", *OPTIONS, f"--engine={engine}")
                jobs.append(job)
                code, errors = job.finish()
                assert code == is_full, errors
                assert ("No space left on device" in errors) == is_full
            answered = server.well_answered()
        assert content_of(disk / "output") == few.expected
        assert answered <= few.requests + 2 * (CONCURRENCY + WORKERS + 1) + 3 * SHARDS
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)
