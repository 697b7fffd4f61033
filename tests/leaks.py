"""Counts what a process holds: descriptors, threads, tasks."""

from __future__ import annotations

import asyncio
import gc
import os
import threading
import time
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
    """The tasks of the running event loop that have not ended; none where no loop runs.

    Left out are those with which the loop itself closes generators that were collected: httpx leaves
    one when the decoder of a body fails.
    """
    try:
        running = asyncio.all_tasks()
    except RuntimeError:
        return set()
    return {task for task in running if type(task.get_coro()).__name__ != "async_generator_athrow"}


@contextmanager
def watched() -> Iterator[None]:
    """At the end of the block there are no more descriptors, threads and tasks than at its beginning."""
    before, threads, running = held(), set(threading.enumerate()), tasks()
    after, left = before, list[threading.Thread]()
    yield
    if len(held()) > len(before):
        gc.collect()
    for _ in range(500):  # servers in this process need a moment to notice what was closed; nothing tells when
        after = held()
        left = [thread for thread in threading.enumerate() if thread not in threads and not _of_loop(thread)]
        if len(after) <= len(before) and not left:
            break
        time.sleep(0.01)
    assert len(after) <= len(before), f"left open: {sorted(set(after) - set(before))}"
    assert not left, f"left running: {left}"
    assert tasks() <= running, f"left running: {tasks() - running}"


def _of_loop(thread: threading.Thread) -> bool:
    """Whether it belongs to the event loop, which keeps it for the next look-up of a name."""
    return thread.name.startswith("asyncio_")
