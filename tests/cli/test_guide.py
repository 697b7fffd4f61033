"""The commands of docs/command-line.md, and the ten everyday tasks, as they stand."""

from __future__ import annotations

import doctest
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from aleph_alpha.cli.failures import EXIT_CODES
from aleph_alpha.cli.registry import FAMILIES
from aleph_alpha.cli.settings import SETTINGS
from aleph_alpha.testing import LocalServer
from tests.cli.running import PROGRAM

ROOT = Path(__file__).resolve().parents[2]
GUIDE = (ROOT / "docs" / "command-line.md").read_text("utf-8")
BLOCKS = re.findall(r"^```console\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)
STEPS = [
    (command, shown)
    for block in BLOCKS
    for command, shown in re.findall(r"^\$ ([^\n]*)\n((?:(?!\$ )[^\n]*\n)*)", block, re.MULTILINE)
]


@pytest.fixture
def environment(tmp_path: Path, server: LocalServer) -> dict[str, str]:
    """With a program ``aleph-alpha``, and the files that the guide names."""
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "aleph-alpha").write_text(f'#!/bin/sh\nexec "{PROGRAM[0]}" -m aleph_alpha "$@"\n')
    (programs / "aleph-alpha").chmod(0o755)
    Path("question.txt").write_text("{{ about }} Asks {{ name }}:")
    Path("prompts.jsonl").write_text(
        '{"id": "a", "prompt": "The sun is"}\n{"id": "b", "prompt": "The sea is", "temperature": 0.5}\n'
    )
    talk = [{"role": "user", "content": "Hello"}, {"role": "assistant", "content": "Hello!"}]
    Path("talk.json").write_text(json.dumps(talk))
    return {**os.environ, "PATH": f"{programs}:{os.environ['PATH']}"}


@pytest.mark.slow
def test_the_commands_of_the_guide_run_one_after_the_other_and_show_what_it_says(environment: dict[str, str]) -> None:
    checker = doctest.OutputChecker()
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    assert len(STEPS) > 20
    for command, shown in STEPS:
        if command.startswith("export ") or ("| jq" in command and shutil.which("jq") is None):
            continue
        done = subprocess.run(
            ["bash", "-c", command], env=environment, capture_output=True, text=True, timeout=60, encoding="utf-8"
        )
        got = done.stdout + done.stderr if shown.startswith(("aleph-alpha: ", '{"error')) else done.stdout
        if "config show" in command:
            got = done.stderr + done.stdout
        assert checker.check_output(shown, got, flags), f"$ {command}\nexpected:\n{shown}got:\n{got}{done.stderr}"
        assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_the_ten_everyday_tasks_are_solved_with_one_call_each(environment: dict[str, str]) -> None:
    script = ROOT / "scripts" / "everyday.sh"
    for own_server in (True, False):
        given = {name: value for name, value in environment.items() if name != "AA_HOST" or not own_server}
        done = subprocess.run([script], env=given, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stdout + done.stderr
        parts = re.split(r"^# \d+\. ", done.stdout, flags=re.MULTILINE)[1:]
        assert len(parts) == 10
        assert all(part.strip().splitlines()[1:] for part in parts if not part.startswith("Why"))
        assert "France has Paris." in parts[5]
        assert json.loads(parts[9].splitlines()[1])["mood"] is not None
    text = script.read_text()
    tasks = re.split(r"^say ", text, flags=re.MULTILINE)[1:]
    assert len(tasks) == 10
    assert all(len(re.findall(r"^(?:echo .*\| )?aleph-alpha ", task, re.MULTILINE)) == 1 for task in tasks)


def test_the_guide_names_every_command_setting_and_exit_code() -> None:
    for name in FAMILIES:
        assert re.search(rf"`[^`]*\b{name}\b", GUIDE), name
    for name, setting in SETTINGS.items():
        assert f"`{name}`" in GUIDE
        assert setting.variable is None or f"`{setting.variable}`" in GUIDE
    for code in EXIT_CODES:
        assert f"\n| {code} | " in GUIDE
