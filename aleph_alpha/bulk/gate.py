"""Lets requests through as the pace allows; the asyncio side of it."""

from __future__ import annotations

import asyncio
from collections import deque

from aleph_alpha.bulk.pace import Pace

__all__ = ["Gate"]


class Gate:
    """Who may send now. Two numbers are bounded: what waits for the server by the pace, and what was sent but is
    not durable yet by `most`: that is what a kill can cost.

    Attributes:
        waiting: requests that wait for the server.
        open: requests whose rows are not durable.
        shut: whether nobody gets in any more, as the job is ending.
    """

    def __init__(self, pace: Pace, most: int) -> None:
        self.pace = pace
        self.waiting = 0
        self.open = 0
        self.shut = False
        self._most = most
        self._queue: deque[asyncio.Future[None]] = deque()
        self._timer: asyncio.TimerHandle | None = None

    async def enter(self) -> None:
        """Wait for one's turn to send."""
        if not self._queue and self._has_room():
            self._let_in()
            return
        turn = asyncio.get_running_loop().create_future()
        self._queue.append(turn)
        self._wake()
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():  # it was let in, and does not come
                self.answered()
                self.settled()
            elif turn in self._queue:
                self._queue.remove(turn)
            raise

    def answered(self) -> None:
        """A request that was let in waits for the server no longer."""
        self.waiting -= 1
        self._wake()

    def settled(self) -> None:
        """Its rows are durable, or it has failed."""
        self.open -= 1
        self._wake()

    def _let_in(self) -> None:
        self.waiting += 1
        self.open += 1

    def _has_room(self) -> bool:
        now = asyncio.get_running_loop().time()
        if self.shut:
            return False
        return self.waiting < self.pace.limit and self.open < self._most and now >= self.pace.paused_until

    def _wake(self) -> None:
        while self._queue and self._has_room():
            turn = self._queue.popleft()
            if not turn.done():
                self._let_in()
                turn.set_result(None)
        if self._queue and self._timer is None:
            loop = asyncio.get_running_loop()
            pause = self.pace.paused_until - loop.time()
            if pause > 0:
                self._timer = loop.call_later(pause, self._resume)

    def _resume(self) -> None:
        self._timer = None
        self._wake()
