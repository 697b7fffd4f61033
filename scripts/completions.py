"""Writes what shells need to complete the commands into `aleph_alpha/cli/completions/`, by shtab.

    python scripts/completions.py [--check]

They are made here and committed, so that shtab is not needed where the command runs. With `--check` it writes
nothing, and exits with 1 where a file is not what the commands make it.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

import shtab

from aleph_alpha._runtime.terminal import show_anything
from aleph_alpha.cli.command import FILE
from aleph_alpha.cli.completion import SHELLS
from aleph_alpha.cli.main import parser
from aleph_alpha.cli.registry import FAMILIES

FOLDER = Path(__file__).resolve().parent.parent / "aleph_alpha" / "cli" / "completions"


def actions(one: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    """Those of a parser and of the commands below it."""
    for action in one._actions:
        yield action
        if isinstance(action, argparse._SubParsersAction):
            for below in action.choices.values():
                yield from actions(below)


def scripts() -> dict[str, str]:
    """The script of each shell."""
    whole = parser(*FAMILIES)
    for action in actions(whole):
        if action.metavar == FILE:
            action.complete = shtab.FILE  # type: ignore[attr-defined]  # how shtab is told
    return {shell: shtab.complete(whole, shell).rstrip("\n") + "\n" for shell in SHELLS}


def main() -> int:
    """Write the files, or compare them."""
    options = argparse.ArgumentParser(description="Completion for shells.")
    options.add_argument("--check", action="store_true", help="write nothing, exit with 1 where a file is another")
    check = options.parse_args().check
    other = [
        (FOLDER / f"aleph-alpha.{shell}", script)
        for shell, script in scripts().items()
        if not (FOLDER / f"aleph-alpha.{shell}").exists()
        or (FOLDER / f"aleph-alpha.{shell}").read_text("utf-8") != script
    ]
    for file, script in other:
        if check:
            print(f"{file.name} is not what the commands make it: run `make fix`", file=sys.stderr)
        else:
            file.write_text(script, "utf-8")
    return 1 if check and other else 0


if __name__ == "__main__":
    show_anything()
    sys.exit(main())
