"""What a job asks of the process's memory while it runs."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator

import pyarrow as pa

__all__ = ["job_memory"]

_NEW_OBJECTS = 50_000  # between two collections of the youngest generation


@contextlib.contextmanager
def job_memory() -> Iterator[None]:
    """For as long as the block runs, give memory back early, and collect garbage less often.

    Arrow takes new memory from the system's allocator: its own keeps three times as much of what a job has
    let go. A job makes so many objects a second that the garbage collector would look through them, and through
    the hundred thousand of imported modules, again and again: a fifth of the job's time.
    """
    pool, threshold = pa.default_memory_pool(), gc.get_threshold()
    freezes = threshold[0] > 0 and not gc.get_freeze_count()
    pa.set_memory_pool(pa.system_memory_pool())
    if freezes:
        gc.freeze()
        gc.set_threshold(max(threshold[0], _NEW_OBJECTS), *threshold[1:])
    try:
        yield
    finally:
        if freezes:
            gc.set_threshold(*threshold)
            gc.unfreeze()
        pa.set_memory_pool(pool)
