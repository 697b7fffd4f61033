"""``aleph-alpha``: finds the command, runs it, and turns what it raises into an exit code and a line on stderr."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from aleph_alpha._runtime.terminal import show_anything
from aleph_alpha.cli import bulk
from aleph_alpha.cli.common import ended
from aleph_alpha.version import __version__

__all__ = ["main", "parser"]

_FAMILIES = (bulk,)


def parser() -> argparse.ArgumentParser:
    """The parser of all commands."""
    top = argparse.ArgumentParser(prog="aleph-alpha", description="The Aleph Alpha API from a shell.")
    top.add_argument("--version", action="version", version=f"aleph-alpha {__version__}")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for family in _FAMILIES:
        family.add(commands)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command.

    Returns:
        The exit code: 0 all is done; 1 failure; 2 usage; 3 done, but some rows failed; 4 authentication;
        75 busy, try again; 130 interrupted.
    """
    show_anything()
    options = parser().parse_args(arguments)
    try:
        code: int = options.run(options)
        sys.stdout.flush()
    except BaseException as error:
        return ended(error, debug=options.debug)
    return code
