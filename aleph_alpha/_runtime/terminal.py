"""The output of commands, on whatever terminal."""

from __future__ import annotations

import sys
from typing import TextIO

__all__ = ["columns", "show_anything"]


def columns() -> int:
    """Columns of the terminal, or as many as ``COLUMNS`` says; 80 where neither tells."""
    import shutil  # and much with it, which a command does not need

    return shutil.get_terminal_size().columns


def show_anything() -> None:
    r"""From here on, what the terminal cannot show is written as an escape such as ``\xe4``, and is not an error."""
    for stream in (sys.stdout, sys.stderr):
        _never_refuse(stream)


def _never_refuse(stream: TextIO | None) -> None:
    reconfigure = getattr(stream, "reconfigure", None)  # there may be no stream, or somebody's own
    if reconfigure is not None:
        reconfigure(errors="backslashreplace")
