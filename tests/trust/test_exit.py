"""What a program leaves to the interpreter when it ends without having closed anything."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from aleph_alpha.testing import LocalServer
from tests.fault_table import rows

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_a_program_that_met_every_fault_and_closed_nothing_ends_without_a_warning(kind: str) -> None:
    with LocalServer() as server:
        command = [sys.executable, "-X", "dev", "-W", "error", "-m", "tests.trust.forgetful", kind, server.url]
        ended = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=100)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout == f"{len(list(rows()))} clients left open\n"
