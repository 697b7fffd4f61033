"""On a server that never refuses but slows down with its queue, the pace is near the best fixed number."""

from __future__ import annotations

import os

import pytest

from aleph_alpha.testing.server import Queue
from benchmarks.bulk_queue import QUEUES, compare

ROWS = int(os.environ.get("AA_BULK_QUEUE_ROWS", "3000"))


@pytest.mark.slow
@pytest.mark.skipif("AA_BULK_ROWS" not in os.environ, reason="takes minutes: `make test-bulk` runs it")
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("queue", QUEUES, ids=str)
def test_the_pace_is_near_the_best_fixed_number(queue: Queue) -> None:
    found = compare(queue, ROWS)
    print(f"\n{queue}: {found}")
    assert found.share >= 0.95
