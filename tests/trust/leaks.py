"""Counts what a process holds: descriptors, threads, tasks."""

from __future__ import annotations

import asyncio
import gc
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["held", "tasks", "watched"]

_DESCRIPTORS = "/proc/self/fd"


def held() -> list[str]:
    """What the open descriptors stand for; empty where the system does not tell."""
    if not os.path.isdir(_DESCRIPTORS):
        return []
    found = []
    for name in os.listdir(_DESCRIPTORS):
        try:
            found.append(os.readlink(f"{_DESCRIPTORS}/{name}"))
        except OSError:  # the one of the listing itself
            continue
    return sorted(found)


def tasks() -> set[asyncio.Task[object]]:
    """The tasks of the running event loop that have not ended, but for the caller's."""
    return {task for task in asyncio.all_tasks() if task is not asyncio.current_task()}


@contextmanager
def watched() -> Iterator[None]:
    """At the end of the block there are no more descriptors and threads than at its beginning."""
    before, threads = held(), set(threading.enumerate())
    yield
    if len(held()) > len(before):
        gc.collect()
    after = held()
    assert len(after) <= len(before), f"left open: {sorted(set(after) - set(before))}"
    left = [thread for thread in threading.enumerate() if thread not in threads and thread.is_alive()]
    assert not left, f"left running: {left}"
