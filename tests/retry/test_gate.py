"""The gate: which calls it lets start at once, and what makes the others a crowd."""

from __future__ import annotations

import pytest

from aleph_alpha._retry.gate import Gate
from aleph_alpha._retry.pacing import CROWD, FEW, Turn
from aleph_alpha._retry.schedule import Others

KIND = ("tokenize", "some-model")
OTHER = ("tokenize", "another-model")


class Calls:
    """Of one client, as its sender tells the gate of them; nothing takes any time."""

    def __init__(self) -> None:
        self.gate = Gate()
        self.turns: dict[int, Turn] = {}
        self.made = 0

    def make(self, count: int, kind: tuple[str, str] = KIND) -> int:
        """How many of so many new calls may start at once."""
        started = 0
        for _ in range(count):
            self.made += 1
            self.gate.begin(self.made)
            turn = self.turns[self.made] = Turn(1.0, 60.0)
            started += self.gate.free or self.gate.enter(kind, turn, 1.0) is None
        return started

    def answer(self, call: int, kind: tuple[str, str] = KIND) -> None:
        self.gate.answered()
        if not self.gate.calm:
            self.gate.succeeded(kind, 1.0, 1.0)

    def end(self, *calls: int, kind: tuple[str, str] = KIND) -> None:
        for call in calls:
            self.gate.over(call)
            self.gate.leave(kind, self.turns.pop(call), 1.0)


@pytest.fixture
def calls() -> Calls:
    """Of a client that has had an answer, and has nothing to do."""
    calls = Calls()
    calls.make(1)
    calls.answer(1)
    calls.end(1)
    assert calls.gate.free
    return calls


def test_a_crowd_begins_with_a_few_and_all_follow_the_first_answer(calls: Calls) -> None:
    assert calls.make(100) == FEW + CROWD
    calls.answer(2)
    assert calls.gate.free
    assert not any(turn.waiting for turn in calls.turns.values())


def test_where_calls_are_answered_as_many_again_are_no_crowd(calls: Calls) -> None:
    assert calls.make(100) == FEW + CROWD
    calls.answer(2)
    calls.end(*range(2, 92))
    assert calls.make(190) == 190
    calls.end(*list(calls.turns))
    assert calls.make(100) == FEW + CROWD, "there were none in between"


def test_a_crowd_is_one_beside_a_call_that_is_answered(calls: Calls) -> None:
    calls.make(2)
    calls.answer(2)
    calls.end(2)
    assert calls.make(100) == FEW + 2 * 2 - 1 + CROWD


@pytest.mark.parametrize("count", [1, FEW])
def test_as_few_as_probe_an_outage_are_no_crowd(calls: Calls, count: int) -> None:
    for _ in range(10):
        assert calls.make(count) == count
        assert calls.gate.calm
        calls.end(*list(calls.turns))


def test_a_crowd_that_fails_is_met_by_probes(calls: Calls) -> None:
    calls.make(100)
    for turn in [turn for turn in calls.turns.values() if not turn.waiting]:
        calls.gate.failed(KIND, turn, 1.0, 1.0, others=Others.PROBE, retry_after=None)
    assert calls.make(10) == 0
    assert not calls.gate.free


def test_a_model_in_trouble_makes_no_crowd_of_the_calls_to_another_that_are_answered(calls: Calls) -> None:
    calls.make(20)
    calls.gate.failed(KIND, calls.turns[2], 1.0, 1.0, others=Others.PACE, retry_after=None)
    assert calls.make(20, OTHER) == CROWD
    calls.answer(23, OTHER)
    assert calls.make(20, OTHER) == 20


def test_a_call_that_is_given_up_before_it_is_over_is_counted_once(calls: Calls) -> None:
    calls.make(1)
    for _ in range(3):
        calls.gate.over(2)
    assert calls.make(100) == FEW + CROWD


@pytest.mark.parametrize("first", [True, False], ids=["one", "all but one"])
def test_calls_that_are_gone_with_their_event_loop_keep_nobody_up(calls: Calls, first: bool) -> None:
    """A loop that was closed without its tasks being cancelled: they are in the queue, and never hear anything."""
    failed = Turn(1.0, 60.0)
    for _ in range(3):  # it is an outage
        calls.gate.failed(KIND, failed, 1.0, 1.0, others=Others.PACE, retry_after=None)
    turns = [Turn(1.0 + number / 100, 60.0) for number in range(12)]
    woken: list[Turn] = []
    for turn in turns:
        turn.wake = lambda turn=turn: woken.append(turn) or True  # type: ignore[misc, func-returns-value]
    again = {turn: calls.gate.enter(KIND, turn, 1.2) for turn in turns}
    waiting = [turn for turn in turns if turn.waiting]
    gone = waiting[:1] if first else waiting[:-1]
    for turn in gone:
        turn.wake = lambda: False
    left = [turn for turn in waiting if turn not in gone]
    now = min(again[turn] or 0.0 for turn in left)
    assert 1.2 < now <= 1.2 + 5.0
    for second in range(2):  # the time between two probes may have gone to one that is no more
        calls.gate.look(KIND, left[-1], now + second)
    assert not any(turn.waiting for turn in gone)
    assert not left[0].waiting
    assert left[0] in woken or left[0] is left[-1]
