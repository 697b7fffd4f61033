"""On a server that never refuses but slows down with its queue, the pace is near the best fixed number."""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path
from typing import Any

import pytest

from aleph_alpha import AsyncClient, bulk
from aleph_alpha.bulk.engines import local
from aleph_alpha.bulk.pace import Pace
from aleph_alpha.testing.server import LocalServer, Queue

ROWS = int(os.environ.get("AA_BULK_QUEUE_ROWS", "3000"))
TASK = bulk.Complete("toy-base", "text", fields={"maximum_tokens": 1})
QUEUES = [Queue(6, 0.1, 0.0), Queue(6, 0.1, 0.7)]


class Fixed(Pace):
    """Always the same number."""

    def __init__(self, limit: int) -> None:
        super().__init__(limit, limit)

    def answered(self, now: float, seconds: float, rows: int = 1) -> None:
        """Nothing to learn."""


def rows_per_second(queue: Queue, pace: type[Pace], concurrency: int, rows: int, monkeypatch: Any) -> float:
    monkeypatch.setattr(local, "Pace", pace)
    source = [{"id": number, "text": "x"} for number in range(rows)]
    server = LocalServer(queue=Queue(queue.slots, queue.seconds, queue.slowdown))
    with server, tempfile.TemporaryDirectory() as folder:
        client = AsyncClient("token", server.url)
        started = time.monotonic()
        bulk.run(TASK, source, key="id", output=Path(folder), client=client, concurrency=concurrency, progress=False)
        return rows / (time.monotonic() - started)


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("queue", QUEUES, ids=str)
def test_the_pace_is_near_the_best_fixed_number(queue: Queue, monkeypatch: pytest.MonkeyPatch) -> None:
    fixed = {2**n: rows_per_second(queue, Fixed, 2**n, ROWS // 10, monkeypatch) for n in range(1, 6)}
    found = rows_per_second(queue, Pace, 32, ROWS, monkeypatch)
    print(f"\n{queue}: adaptive {found:.1f} rows/s, fixed", {n: round(speed, 1) for n, speed in fixed.items()})
    assert found >= 0.95 * max(fixed.values())
