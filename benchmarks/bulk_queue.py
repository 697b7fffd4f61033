"""The pace of a bulk job on a server that never refuses but queues, beside all fixed numbers that are powers of two.

    python -m benchmarks.bulk_queue [--rows 3000]

The server takes 6 requests at once and lets others wait; in one of two forms each that waits slows all of them down.
Each fixed number does a tenth of the rows, the adaptive pace all, as it has to find its number first.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path
from unittest import mock

from aleph_alpha import AsyncClient, bulk
from aleph_alpha.bulk.engines import local
from aleph_alpha.bulk.pace import Pace
from aleph_alpha.testing.server import LocalServer, Queue

__all__ = ["QUEUES", "Compared", "compare", "main"]

QUEUES = [Queue(6, 0.1, 0.0), Queue(6, 0.1, 0.7)]
_MOST = 32


class Fixed(Pace):
    """Always the same number."""

    def __init__(self, limit: int) -> None:
        super().__init__(limit, limit)

    def answered(self, now: float, seconds: float, rows: int = 1) -> None:
        """Nothing to learn."""


class Compared:
    """Rows a second with the adaptive pace, and with each fixed number."""

    def __init__(self, adaptive: float, fixed: dict[int, float]) -> None:
        self.adaptive = adaptive
        self.fixed = fixed

    @property
    def share(self) -> float:
        """Of the best fixed number."""
        return self.adaptive / max(self.fixed.values())

    def __str__(self) -> str:
        each = ", ".join(f"{number}: {speed:.1f}" for number, speed in self.fixed.items())
        return f"adaptive {self.adaptive:.1f} rows/s, {self.share:.2f} of the best fixed number ({each})"


def compare(queue: Queue, rows: int) -> Compared:
    """Run the job with each."""
    fixed = {2**n: _rows_per_second(queue, Fixed, 2**n, rows // 10) for n in range(1, _MOST.bit_length())}
    return Compared(_rows_per_second(queue, Pace, _MOST, rows), fixed)


def _rows_per_second(queue: Queue, pace: type[Pace], concurrency: int, rows: int) -> float:
    task = bulk.Complete("toy-base", "text", fields={"maximum_tokens": 1})
    source = [{"id": number, "text": "x"} for number in range(rows)]
    server = LocalServer(queue=Queue(queue.slots, queue.seconds, queue.slowdown))
    with server, tempfile.TemporaryDirectory() as folder, mock.patch.object(local, "Pace", pace):
        client = AsyncClient("token", server.url)
        started = time.monotonic()
        bulk.run(task, source, key="id", output=Path(folder), client=client, concurrency=concurrency, progress=False)
        return rows / (time.monotonic() - started)


def main(arguments: list[str] | None = None) -> int:
    """Command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bulk_queue")
    parser.add_argument("--rows", type=int, default=3000)
    options = parser.parse_args(arguments)
    for queue in QUEUES:
        print(f"{queue}: {compare(queue, options.rows)}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
