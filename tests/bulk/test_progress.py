"""Progress is a bar on a terminal and lines elsewhere, on standard error."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import subprocess
import sys
import termios
from pathlib import Path

import pytest

from aleph_alpha.bulk import notes, progress
from aleph_alpha.bulk.counts import Counts
from aleph_alpha.bulk.progress import Silence, Speed, line_of

PROGRAM = (
    "from aleph_alpha import bulk; from tests.bulk.tasks import Doubling, nobody; import sys\n"
    "rows = [{'id': number, 'number': number} for number in range(50)]\n"
    "bulk.run(Doubling(), rows, key='id', output=sys.argv[1], client=nobody())"
)


def test_on_a_terminal_there_is_a_bar(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, 120))
    with subprocess.Popen([sys.executable, "-c", PROGRAM, str(tmp_path)], stderr=theirs, stdout=subprocess.PIPE) as job:
        os.close(theirs)
        shown = b""
        try:
            while piece := os.read(ours, 4096):
                shown += piece
        except OSError:  # its end
            pass
        assert job.stdout is not None
        assert job.stdout.read() == b""
    os.close(ours)
    assert b"50/50" in shown
    assert b"0 failed" in shown


def test_elsewhere_there_are_lines(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "_LINE", 0.01)
    counts = Counts(done=5)
    with progress.shown(counts, 10, 2, wanted=None):
        shown = ""
        while "7 of 10 rows" not in shown:
            shown += capsys.readouterr().err
    assert "failed" in shown


def test_nothing_is_shown_where_it_is_not_wanted(capsys: pytest.CaptureFixture[str]) -> None:
    with progress.shown(Counts(), 10, 0, wanted=False):
        pass
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("redirect", ["2>&-", "2>/dev/full", "2>&1 >/dev/null | true"])
def test_a_job_does_its_work_where_nobody_can_be_told_of_it(redirect: str, tmp_path: Path) -> None:
    program = f"import aleph_alpha.bulk.progress as progress; progress._LINE = 0.001\n{PROGRAM}"
    command = f'"{sys.executable}" -c "$PROGRAM" "$OUTPUT" {redirect}'
    environment = {**os.environ, "PROGRAM": program, "OUTPUT": str(tmp_path)}
    subprocess.run(["bash", "-c", command], env=environment)
    assert json.loads((tmp_path / "report.json").read_bytes())["done"] == 50


@pytest.mark.parametrize("columns", [20, 80, 200])
def test_a_bar_fits_into_its_terminal_and_says_what_is_wrong(columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, columns))
    monkeypatch.setattr(progress, "_SILENCE", 0.0)
    counts = Counts(done=5, under_way=3)
    counts.trouble = "APIConnectionError: could not\nconnect"
    shown = b""
    with open(theirs, "w") as stream:
        monkeypatch.setattr(sys, "stderr", stream)
        with progress.shown(counts, 10, 2, wanted=None):
            while b"could not connect" not in shown:
                shown += os.read(ours, 4096)
        os.set_blocking(ours, False)
        with contextlib.suppress(BlockingIOError):
            shown += os.read(ours, 4096)
    os.close(ours)
    lines = shown.decode().replace("\r\n", "\r").split("\r")
    bars = [line for line in lines if "could not" not in line and "\n" not in line]
    assert max(map(len, bars)) <= columns


def test_the_speed_is_that_of_this_run_and_what_is_left_that_of_the_input() -> None:
    counts = Counts(done=100, failed=10)
    assert line_of(counts, 10_000, 9_000, Speed(0.0).now(counts, 11.0)) == (
        "9110 of 10000 rows, 10.0 rows/s, 0 tokens/s, 10 failed, 0 under way, 89 s left"
    )


def test_the_speed_after_an_outage_is_that_after_it() -> None:
    counts, speed = Counts(), Speed(0.0)
    found = []
    for now in range(10, 1000, 10):
        counts.done += 0 if 100 < now <= 700 else 50
        found.append(speed.now(counts, now))
    assert found[0] == found[-1] == (5.0, 0.0)
    assert (0.0, 0.0) in found


def test_a_silence_is_told_of_until_a_row_is_done() -> None:
    counts, silence = Counts(under_way=1), Silence(0.0)
    assert silence.told(counts, 40.0) == "nothing has succeeded for 40 s"
    counts.done = 1
    assert silence.told(counts, 41.0) == ""
    assert silence.told(counts, 60.0) == "nothing has succeeded for 19 s"
    counts.under_way = 0
    assert silence.told(counts, 90.0) == ""
    counts.trouble = "x" * 1000 + "\x1b[31m"
    assert silence.told(counts, 91.0) == f"nothing has succeeded for 50 s: {'x' * 250}..."


def test_a_worker_notes_what_is_wrong_for_as_long_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notes, "_LOOK", 0.001)
    monkeypatch.setattr(progress, "_SILENCE", 0.0)
    counts, driver = Counts(), Counts()
    with notes.noting(counts, tmp_path):
        counts.trouble = "APIConnectionError: could not connect"
        while not driver.note:
            driver.note = notes.note_in(tmp_path)
        assert Silence(0.0).told(driver, 5.0).startswith("a worker: nothing has succeeded for 0 s: APIConnectionError")
        counts.trouble = ""
        while notes.note_in(tmp_path):
            pass
        counts.trouble = "again"
    assert not list(tmp_path.iterdir())


def test_a_worker_whose_journal_is_gone_does_its_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notes, "_LOOK", 0.0)
    with notes.noting(Counts(trouble="x", under_way=1), tmp_path / "gone"):
        assert notes.note_in(tmp_path / "gone") == ""
