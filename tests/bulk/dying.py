"""A process that dies, and a machine that loses its power, at any step on the disk; without ending either."""

from __future__ import annotations

import contextlib
import os
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest import mock

from aleph_alpha.bulk import parts

__all__ = ["Dead", "dying"]

_STEPS = ("open", "write", "fsync", "replace", "rename", "unlink", "rmdir", "mkdir")


class Dead(OSError):
    """The process has died: nothing that it does reaches the disk any more."""


@contextlib.contextmanager
def dying(folder: Path, after: int, *, power: bool, seed: int, synced: dict[int, int] | None = None) -> Iterator[None]:
    """Die at the step `after` so many on the disk; a write may be torn.

    Args:
        power: what was not synced may be lost, or be there in part.
        synced: the size that is safe of each file, by inode; what a process before has synced is safe as well.
    """
    source = random.Random(seed)
    left = after
    synced = {} if synced is None else synced
    dead = False

    def step(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def stepped(*arguments: Any, **words: Any) -> Any:
            nonlocal left, dead
            if name == "open" and not arguments[1] & os.O_CREAT:
                return real(*arguments, **words)
            if dead:
                raise Dead("dead")
            left -= 1
            if left < 0:
                dead = True
                if name == "write":
                    real(arguments[0], bytes(arguments[1])[: source.randrange(len(arguments[1]) + 1)])
                raise Dead("died")
            if name == "unlink":
                synced.pop(os.stat(*arguments, **words).st_ino, None)  # a new file may get its number
            result = real(*arguments, **words)
            if name == "fsync":
                status = os.fstat(arguments[0])
                synced[status.st_ino] = status.st_size
            return result

        return stepped

    real_writer = parts._writer

    def writer(*arguments: Any) -> Any:
        if dead:
            raise Dead("dead")
        return real_writer(*arguments)

    with contextlib.ExitStack() as patched:
        for name in _STEPS:
            patched.enter_context(mock.patch.object(os, name, step(name, getattr(os, name))))
        patched.enter_context(mock.patch.object(parts, "_writer", writer))
        yield
    if dead and power:
        for file in folder.rglob("*"):
            if file.is_file() and _is_new(file):
                size = file.stat().st_size
                os.truncate(file, source.randint(min(synced.get(file.stat().st_ino, 0), size), size))


def _is_new(file: Path) -> bool:
    """Whether the file is of a kind that this run may have written without syncing it."""
    return file.suffix in (".segment", ".tmp", ".rows", ".errors")
