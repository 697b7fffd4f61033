"""Jobs that are killed, stopped and starved at random moments end as if nothing had been.

``make test-bulk`` runs it in full: AA_BULK_ROWS and AA_BULK_KILLS say how much that is.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.bulk.served import Served, content_of, served, start_job, write_rows

ROWS = int(os.environ.get("AA_BULK_ROWS", "2000"))
KILLS = int(os.environ.get("AA_BULK_KILLS", "6"))
BATCH = 4 if ROWS <= 10_000 else 20
CONCURRENCY = 8
PER_KILL = ROWS // BATCH // KILLS  # most requests that are waited for from one kill to the next
OPTIONS = (f"--batch-size={BATCH}", f"--concurrency={CONCURRENCY}", "--quiet")

pytestmark = [pytest.mark.slow, pytest.mark.timeout(3600)]


def finish(job: subprocess.Popen[str], seconds: float | None = None) -> tuple[int, str]:
    _, errors = job.communicate(timeout=seconds)
    return job.returncode, errors


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[object, ...]]:
    """What a job comes to that nothing happens to."""
    folder = tmp_path_factory.mktemp("expected")
    write_rows(folder / "rows.jsonl", ROWS)
    with served() as server:
        assert finish(start_job(server, folder / "rows.jsonl", folder / "output", "--quiet")) == (0, "")
    return content_of(folder / "output")


def killed_again_and_again(server: Served, source: Path, output: Path, kills: int, *options: str) -> int:
    """Run the job until it ends by itself, and kill it so many times before; how often it was.

    Three of four times it is killed after some requests, however long they take; else it may not have begun.
    """
    chance = random.Random(kills)
    killed = 0
    while True:
        job = start_job(server, source, output, *OPTIONS, *options)
        if killed < kills:
            wanted = server.well_answered() + chance.randint(1, PER_KILL)
            latest = time.monotonic() + (chance.uniform(0.0, 2.0) if chance.random() < 0.25 else 60.0)
            while server.well_answered() < wanted and time.monotonic() < latest and job.poll() is None:
                time.sleep(0.01)
            try:
                code, errors = finish(job, chance.uniform(0.0, 0.01))
            except subprocess.TimeoutExpired:
                job.kill()
                job.communicate()
                killed += 1
                continue
        else:
            code, errors = finish(job)
        assert (code, errors) == (0, "")
        return killed


def test_a_job_that_is_killed_again_and_again_has_one_row_a_key_and_asks_only_for_what_was_under_way_again(
    tmp_path: Path, expected: list[tuple[object, ...]]
) -> None:
    write_rows(tmp_path / "rows.jsonl", ROWS)
    with served() as server:
        server.put_faults("/batch_semantic_embed", 0.2)
        killed = killed_again_and_again(server, tmp_path / "rows.jsonl", tmp_path / "output", KILLS)
        answered = server.well_answered()
    content = content_of(tmp_path / "output")
    assert len(content) == ROWS
    assert content == expected
    # A request of rows of which some were under way at a kill asks for fewer; so requests are counted, not rows.
    assert answered <= ROWS / BATCH + killed * (CONCURRENCY + 1)  # one more: the rows left need not fill requests
    print(f"\n{ROWS} rows, {killed} kills: {answered} requests answered, {ROWS // BATCH} needed")


SLOW = ("--slots=2", "--seconds=0.02")  # so that the job is not over before something happens to it


def wait_for(server: Served, job: subprocess.Popen[str], requests: int) -> None:
    """Return when the server has answered so many."""
    while server.well_answered() < requests:
        assert job.poll() is None
        time.sleep(0.02)


def test_a_job_that_is_stopped_and_continued_ends_as_if_it_had_not(
    tmp_path: Path, expected: list[tuple[object, ...]]
) -> None:
    write_rows(tmp_path / "rows.jsonl", ROWS)
    with served(*SLOW) as server:
        server.put_faults("/batch_semantic_embed", 0.0)
        job = start_job(server, tmp_path / "rows.jsonl", tmp_path / "output", *OPTIONS)
        for requests in (10, 40, 70):
            wait_for(server, job, requests)
            job.send_signal(signal.SIGSTOP)
            time.sleep(0.5)
            job.send_signal(signal.SIGCONT)
        assert finish(job) == (0, "")
    assert content_of(tmp_path / "output") == expected


@pytest.mark.parametrize(
    ("how", "before"),
    [(signal.SIGINT, signal.SIG_DFL), (signal.SIGTERM, signal.SIG_DFL), (signal.SIGTERM, signal.SIG_IGN)],
)
def test_an_interrupted_job_says_so_keeps_what_is_done_and_goes_on(
    how: signal.Signals, before: signal.Handlers, tmp_path: Path, expected: list[tuple[object, ...]]
) -> None:
    write_rows(tmp_path / "rows.jsonl", ROWS)
    with served(*SLOW) as server:
        server.put_faults("/batch_semantic_embed", 0.0)
        ours = signal.signal(signal.SIGINT, before)  # which the job inherits, as from a script that ignores it
        job = start_job(server, tmp_path / "rows.jsonl", tmp_path / "output", *OPTIONS)
        signal.signal(signal.SIGINT, ours)
        wait_for(server, job, 50)
        job.send_signal(how)
        code, errors = finish(job)
        assert (code, errors.strip()) == (130, "aleph-alpha: interrupted")
        done = content_of(tmp_path / "output")
        assert len(done) >= 40 * BATCH
        report = json.loads((tmp_path / "output" / "report.json").read_bytes())
        assert (report["done"], report["left"], report["stopped"]) == (len(done), ROWS - len(done), "KeyboardInterrupt")
        rows = set(done)
        assert done == [row for row in expected if row in rows]
        assert finish(start_job(server, tmp_path / "rows.jsonl", tmp_path / "output", *OPTIONS)) == (0, "")
        assert server.well_answered() <= ROWS / BATCH + CONCURRENCY + 1
    assert content_of(tmp_path / "output") == expected
