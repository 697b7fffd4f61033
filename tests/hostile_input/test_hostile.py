"""Hostile input ends in a documented error, in bounded time and memory.

Figures: ``pytest -s tests/hostile_input/test_hostile.py``.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("resource", reason="this system has no limits for processes")

from aleph_alpha import PromptTemplate, Text
from tests.hostile_input.hostile import INPUTS

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", INPUTS)
def test_hostile_input_ends_as_documented_within_limits_of_time_and_memory(name: str) -> None:
    command = [sys.executable, "-m", "tests.hostile_input.hostile", name]
    ended = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=110)
    print(f"{name}: {ended.stdout}", end="")
    allowed = INPUTS[name][1]
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.partition(":")[0] == ("taken in" if allowed is None else allowed.__name__)


def test_a_loop_makes_as_many_rounds_as_its_range_is_long_or_none() -> None:
    (text,) = PromptTemplate("{% for i in (1..20000) %}x{% endfor %}").to_prompt().items
    assert text == Text("x" * 20_000)
