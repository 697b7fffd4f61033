"""What a worker of a cluster has to say to whoever looks at the job: that nothing succeeds, and why.

A file in the run's journal, which the worker and the driver share. It is there for as long as that is so.
"""

from __future__ import annotations

import contextlib
import os
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from aleph_alpha.bulk.counts import Counts
from aleph_alpha.bulk.progress import Silence, meanwhile

__all__ = ["note_in", "noting"]

_LOOK = 5.0  # seconds


@contextlib.contextmanager
def noting(counts: Counts, run: Path) -> Iterator[None]:
    """While the block runs, keep a note of what is wrong, as long as something is."""
    note = run / f"{socket.gethostname()}-{os.getpid()}-{threading.get_ident()}.note"

    def look(stop: threading.Event) -> None:
        silence = Silence(time.monotonic())
        while not stop.wait(_LOOK):
            with contextlib.suppress(OSError):  # the disk may be full: the job tells of that itself
                if text := silence.told(counts, time.monotonic()):
                    note.write_text(text, "utf-8")
                else:
                    note.unlink(missing_ok=True)

    try:
        with meanwhile(look, "note"):
            yield
    finally:
        with contextlib.suppress(OSError):
            note.unlink(missing_ok=True)


def note_in(run: Path) -> str:
    """The latest note of a worker; ``""`` where all goes well."""
    notes: list[tuple[float, str]] = []
    for file in run.glob("*.note"):
        with contextlib.suppress(OSError):  # it has just gone
            notes.append((file.stat().st_mtime, file.read_text("utf-8", "replace")))
    return max(notes)[1] if notes else ""
