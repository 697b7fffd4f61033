"""Files by the names that people give, and written whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

from aleph_alpha._runtime.files import replace_file
from aleph_alpha.cli.failures import UsageError, one_line

__all__ = ["check_writable", "named", "write_private"]


def named(name: str) -> str:
    """The path that somebody means: ``~`` is the home folder also where no shell looked at it, as in ``@~/a.txt``."""
    return name if os.path.lexists(name) else os.path.expanduser(name)


def check_writable(path: str) -> None:
    """Look whether a file can be written, before anything is sent or lost.

    Raises:
        UsageError: its folder does not exist, it is a folder itself, or it may not be written.
    """
    file = Path(path)
    if file.is_dir():
        reason = "it is a folder"
    elif not file.parent.is_dir():
        reason = "there is no such folder"
    elif not os.access(file if file.exists() else file.parent, os.W_OK):
        reason = "permission denied"
    else:
        return
    raise UsageError(f"{one_line(path)} cannot be written: {reason}")


def write_private(file: Path, text: str) -> None:
    """Write a file, for its owner only; the old content stays until the new one is whole.

    Raises:
        UsageError: it is a folder, or a device such as /dev/null, which must not become a file for good.
        OSError: it cannot be written.
    """
    if file.exists() and not file.is_file():
        raise UsageError(f"{one_line(str(file))} is not a file that can be written anew")
    replace_file(file, text.encode("utf-8"), private=True)
