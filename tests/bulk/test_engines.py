"""Clusters run the same shards: the content is the same, also when workers and drivers are killed."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.bulk.served import content_of, served, start_job, write_rows
from tests.bulk.test_kill import finish

ROWS = 2400
SHARDS = 8  # of a run, with two workers
OPTIONS = ("--batch-size=2", "--concurrency=4", "--workers=2", "--quiet")
ENGINES = [
    pytest.param(name, marks=pytest.mark.skipif(find_spec(module) is None, reason=f"{module} is not installed"))
    for name, module in (("dask", "distributed"), ("ray", "ray"))
]

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


def children(process: int) -> list[int]:
    """All processes below one, with what they were started as left out."""
    found = []
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{process}/task").iterdir():
            for child in (task / "children").read_text().split():
                found += [int(child), *children(int(child))]
    return found


def killable(process: int) -> list[int]:
    """Its workers: processes that run tasks, and not what starts and watches them."""
    found = []
    for child in children(process):
        with contextlib.suppress(OSError):
            command = Path(f"/proc/{child}/cmdline").read_bytes()
            if b"spawn_main" in command or b"ray::run_here" in command:
                found.append(child)
    return found


@pytest.mark.skipif("AA_BULK_KILLS" not in os.environ, reason="kills processes of a cluster: run `make test-bulk`")
@pytest.mark.parametrize("engine", ENGINES)
def test_a_cluster_makes_the_same_rows_though_workers_and_drivers_are_killed(engine: str, tmp_path: Path) -> None:
    source = tmp_path / "rows.jsonl"
    write_rows(source, ROWS)
    with served() as server:
        assert finish(start_job(server, source, tmp_path / "local", "--quiet")) == (0, "")
    chance = random.Random(1)
    killed = 0
    with served() as server:
        server.put_faults("/batch_semantic_embed", 0.2)
        for kills in range(3):
            job = start_job(server, source, tmp_path / "output", *OPTIONS, f"--engine={engine}")
            with contextlib.suppress(subprocess.TimeoutExpired):
                finish(job, chance.uniform(8.0, 10.0))
            if job.returncode is not None:
                break
            if kills < 2:  # a worker
                for worker in killable(job.pid)[:1]:
                    os.kill(worker, signal.SIGKILL)
                    killed += 1
                with contextlib.suppress(subprocess.TimeoutExpired):
                    finish(job, 2.0)
            if job.returncode is None:
                job.kill()
                job.communicate()
                killed += 1
        code, _ = finish(start_job(server, source, tmp_path / "output", *OPTIONS, f"--engine={engine}"))
        assert code == 0
        answered = server.well_answered()
    assert content_of(tmp_path / "output") == content_of(tmp_path / "local")
    assert answered <= ROWS / 2 + killed * (4 + SHARDS)  # what was under way, and rows left that do not fill a request
    print(f"\n{engine}: {killed} kills, {answered} requests answered, {ROWS // 2} needed")
