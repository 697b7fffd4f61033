"""Calls, a server and a clock that are all simulated: what the pace model makes of them, without waiting."""

from __future__ import annotations

import heapq
import itertools
import random
from collections.abc import Callable
from dataclasses import dataclass, field

from aleph_alpha._retry.pacing import Pacing, Turn
from aleph_alpha._retry.schedule import Failure, Others, Outcome, RetryPolicy

__all__ = ["OK", "Simulated", "World", "full", "outage"]

OK = None  # what a server says that succeeds
Server = Callable[[float, int], Outcome | None]  # of the time and how many it is serving


def outage(start: float, end: float, outcome: Outcome) -> Server:
    """Fails from the one time to the other."""
    return lambda now, serving: outcome if start <= now < end else OK


def full(capacity: int, status: int = 503) -> Server:
    """Serves so many at a time."""
    return lambda now, serving: Outcome(Failure.STATUS, status) if serving >= capacity else OK


@dataclass
class Simulated:
    """One call.

    Attributes:
        start: when it is made.
        ended: when it was over.
        error: what it failed with in the end.
        sent: when each of its attempts went out.
        busy: seconds that failed attempts have taken.
    """

    start: float
    turn: Turn
    ended: float | None = None
    error: Outcome | None = None
    sent: list[float] = field(default_factory=list)
    busy: float = 0.0


class World:
    """Lets calls with one policy go out to a server, as the clients do.

    Args:
        server: what it says to a request that arrives at some time, while it serves so many.
        service: seconds that it takes for what it serves.
        refusal: seconds until it has refused one.
        starts: when calls are made.
        cold: whether nothing has succeeded before.
        crowd: whether there was no call just before.
        at_once: a call beyond so many is made when another one is over.
    """

    def __init__(
        self,
        server: Server,
        starts: list[float],
        *,
        service: float = 0.05,
        refusal: float = 0.002,
        policy: RetryPolicy | None = None,
        cold: bool = False,
        crowd: bool = False,
        at_once: int | None = None,
        seed: int = 0,
    ) -> None:
        self.policy = policy or RetryPolicy()
        self.pacing = Pacing(cold=cold, crowd=crowd)
        self.now = 0.0
        self.serving = self.under_way = self.requests = self.successes = 0
        self.last_success = 0.0
        self.most = 0  # under way when one started that was not its last attempt, while nothing succeeded
        self.calm_after: int | None = None  # successes, since the last failure, until all was forgotten
        self.calls = [Simulated(start, Turn(start, self.policy.whole)) for start in starts]
        self._server, self._service, self._refusal = server, service, refusal
        self._random = random.Random(seed)
        self._numbers = itertools.count()
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._of: dict[Turn, Simulated] = {call.turn: call for call in self.calls}
        self._since_failure = 0
        self._open = len(self.calls)
        self._later = [] if at_once is None else self.calls[at_once:]
        for call in self.calls[:at_once]:
            self._at(call.start, lambda call=call: self._ask(call))  # type: ignore[misc]

    def run(self) -> World:
        """Until all calls are over."""
        while self._open:
            self.now, _, happens = heapq.heappop(self._events)
            happens()
            assert self.now < 1e6, "it does not come to an end"
        return self

    @property
    def lost(self) -> list[Simulated]:
        return [call for call in self.calls if call.error is not None]

    def _at(self, when: float, happens: Callable[[], None]) -> None:
        heapq.heappush(self._events, (when, next(self._numbers), happens))

    def _ask(self, call: Simulated) -> None:
        call.turn.patience = self.policy.whole + call.busy
        self.pacing.ask(call.turn, self.now)
        self._admit()
        self._watch(call.turn)

    def _watch(self, turn: Turn) -> None:
        if turn.waiting:
            self._at(self.pacing.look_again(turn, self.now), lambda: self._look(turn, turn.entry))

    def _look(self, turn: Turn, entry: int) -> None:
        if turn.waiting and turn.entry == entry:
            self.pacing.tick(self.now)
            self._admit()
            self._watch(turn)

    def _admit(self) -> None:
        for turn in self.pacing.admit(self.now):
            self._send(self._of[turn])
        if (watchman := self.pacing.watchman()) is not None:
            self._watch(watchman)

    def _send(self, call: Simulated) -> None:
        call.sent.append(self.now)
        self.requests += 1
        self.under_way += 1
        outcome = self._server(self.now, self.serving)
        if self.pacing.window < float("inf") and not call.turn.last and self.last_success < self.now - 0.5:
            self.most = max(self.most, self.under_way)
        if outcome is OK:
            self.serving += 1
        takes = self._service if outcome is OK else self._refusal
        sent = self.now
        self._at(self.now + takes, lambda: self._answered(call, sent, outcome))

    def _answered(self, call: Simulated, sent: float, outcome: Outcome | None) -> None:
        self.under_way -= 1
        if outcome is None:
            self.serving -= 1
            self.successes += 1
            self._since_failure += 1
            self.last_success = self.now
            self.pacing.succeeded(sent, self.now)
            self._over(call, None)
        else:
            self._since_failure, self.calm_after = 0, None
            call.busy += self.now - sent
            self._failed(call, sent, outcome)
        self._admit()
        if self.calm_after is None and self.pacing.calm(self.now):
            self.calm_after = self._since_failure

    def _failed(self, call: Simulated, sent: float, outcome: Outcome) -> None:
        done = len(call.sent) - 1
        delay = self.policy.delay(outcome, done, jitter=self._random.random(), remaining=None)
        call.turn.patience = self.policy.whole + call.busy
        self.pacing.failed(call.turn, sent, self.now, full=self.policy.others(outcome) is not Others.PROBE)
        if delay is None or call.turn.last:
            self._over(call, outcome)
            return
        delay = min(delay, max(self.pacing.end(call.turn) - self.now, 0.0))
        self._at(self.now + delay, lambda: self._ask(call))

    def _over(self, call: Simulated, error: Outcome | None) -> None:
        call.ended, call.error = self.now, error
        self._open -= 1
        if self._later:
            following = self._later.pop(0)
            following.start = following.turn.began = following.turn.order = self.now
            self._at(self.now, lambda: self._ask(following))
        self.pacing.leave(call.turn)
