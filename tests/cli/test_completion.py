"""Completion for shells: made at build time, and what the commands make it."""

from __future__ import annotations

import shutil
import subprocess
from importlib import metadata

import pytest

from aleph_alpha.cli.completion import SHELLS
from scripts import completions
from tests.cli.running import Here


def test_the_files_are_what_the_commands_make_them() -> None:
    for shell, script in completions.scripts().items():
        assert (completions.FOLDER / f"aleph-alpha.{shell}").read_text("utf-8") == script, "run `make fix`"


def test_shtab_is_no_dependency() -> None:
    assert not any("shtab" in one for one in metadata.requires("aleph-alpha") or ())


@pytest.mark.parametrize("shell", SHELLS)
def test_each_shell_gets_its_script(shell: str, here: Here) -> None:
    ended = here("completion", shell)
    assert (ended.code, ended.err) == (0, "")
    assert "aleph-alpha" in ended.out


ASKED = {
    "commands": ("com", ["complete", "completion"]),
    "commands below one": ("tokens cr", ["create"]),
    "options": ("complete --te", ["--template", "--temperature"]),
    "choices": ("models --can ch", ["chat"]),
    "files": ("complete --template que", ["question.txt"]),
}


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash here")
@pytest.mark.parametrize("name", ASKED)
def test_bash_completes(name: str) -> None:
    line, expected = ASKED[name]
    words = ["aleph-alpha", *line.split()]
    program = (
        'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_LINE="$*"; COMP_POINT=${#COMP_LINE};'
        ' _shtab_aleph_alpha; printf "%s\\n" "${COMPREPLY[@]}"'
    )
    script = completions.FOLDER / "aleph-alpha.bash"
    done = subprocess.run(["bash", "-c", program, "bash", script, *words], capture_output=True, text=True)
    assert done.stdout.split() == expected, done.stderr
