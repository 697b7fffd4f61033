"""How many requests are under way: decisions on a simulated server and clock."""

from __future__ import annotations

import heapq
import random

import pytest

from aleph_alpha.bulk.pace import Pace

pytestmark = pytest.mark.slow


class Fixed(Pace):
    """Always the same number."""

    def __init__(self, limit: int) -> None:
        super().__init__(limit, limit)

    def answered(self, now: float, seconds: float, rows: int = 1) -> None:
        """Nothing to learn."""


def throughput(
    pace: Pace, *, slots: int, thrash: float, noise: float, network: float, requests: int = 20000, seed: int = 0
) -> float:
    """Requests a second on a server with so many slots, whose work slows down the more is queued for them."""
    source = random.Random(seed)
    now, sent, done, busy, waiting = 0.0, 0, 0, 0, list[float]()
    events: list[tuple[float, int, str, float]] = []
    under_way = order = 0

    def at(when: float, what: str, began: float) -> None:
        nonlocal order
        order += 1
        heapq.heappush(events, (when, order, what, began))

    while done < requests:
        while sent < requests and under_way < pace.limit:
            under_way, sent = under_way + 1, sent + 1
            at(now + network / 2, "arrives", now)
        now, _, what, began = heapq.heappop(events)
        if what == "arrives":
            waiting.append(began)
        elif what == "served":
            busy -= 1
            at(now + network / 2, "back", began)
        else:
            under_way, done = under_way - 1, done + 1
            pace.answered(now, now - began)
        while waiting and busy < slots:
            busy += 1
            queue = 1 + len(waiting) / slots
            at(now + 0.1 * queue**thrash * source.lognormvariate(-(noise**2) / 2, noise), "served", waiting.pop(0))
    return requests / now


SERVERS = [
    {"slots": slots, "thrash": thrash, "noise": noise, "network": network}
    for slots in (1, 3, 12, 48)
    for thrash, noise, network in ((0.0, 0.0, 0.01), (0.0, 0.5, 0.05), (0.5, 0.3, 0.02), (1.0, 0.5, 0.1))
]


@pytest.mark.parametrize("server", SERVERS, ids=str)
def test_the_pace_is_within_five_percent_of_the_best_fixed_number(server: dict[str, float]) -> None:
    best = max(throughput(Fixed(2**power), **server) for power in range(8))  # type: ignore[arg-type]
    assert throughput(Pace(128), **server) >= 0.95 * best  # type: ignore[arg-type]
