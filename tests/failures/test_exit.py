"""What a program leaves to the interpreter when it ends without having closed anything."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from aleph_alpha.testing import LocalServer
from tests.failures.networks import NETWORKS
from tests.fault_table import rows

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]


def forgetful(kind: str, where: str) -> tuple[int, str, str]:
    """Status, output and complaints of the program, with every warning an error."""
    command = [sys.executable, "-X", "dev", "-W", "error", "-m", "tests.failures.forgetful", kind, where]
    ended = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=100)
    return ended.returncode, ended.stdout, ended.stderr


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_a_program_that_met_every_fault_and_closed_nothing_ends_without_a_warning(kind: str) -> None:
    with LocalServer() as server:
        assert forgetful(kind, server.url) == (0, f"{len(list(rows()))} clients left open\n", "")


@pytest.mark.proxied
@pytest.mark.parametrize("kind", ["sync", "async"])
def test_a_program_that_met_every_fault_of_a_network_and_closed_nothing_ends_without_a_warning(kind: str) -> None:
    assert forgetful(kind, "networks") == (0, f"{len(NETWORKS)} clients left open\n", "")
