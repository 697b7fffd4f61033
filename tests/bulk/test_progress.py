"""Progress is a bar on a terminal and lines elsewhere, on standard error."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import termios
from pathlib import Path

import pytest

from aleph_alpha.bulk import progress
from aleph_alpha.bulk.counts import Counts

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
