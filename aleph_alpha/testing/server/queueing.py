"""A server that never refuses, and slows down with its queue instead."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

__all__ = ["Queue"]


@dataclass
class Queue:
    """How many requests for tasks are carried out at once, and how long each takes.

    Parameters:
        slots: requests that are carried out at once; all others wait, however many there are.
        seconds: what one takes while nobody waits.
        slowdown: 0: a queue costs waiting only. Above: each request takes
            ``(1 + waiting / slots) ** slowdown`` times as long, so that more at once get less done.

    >>> from aleph_alpha.testing.server import LocalServer, Queue
    >>> server = LocalServer(queue=Queue(slots=2, seconds=0.01))
    """

    slots: int = 4
    seconds: float = 0.05
    slowdown: float = 0.0
    _waiting: int = field(default=0, init=False)
    _room: asyncio.Semaphore | None = field(default=None, init=False)

    @contextlib.asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for a slot, and hold it for as long as a request takes."""
        if self._room is None:
            self._room = asyncio.Semaphore(self.slots)
        self._waiting += 1
        async with self._room:
            self._waiting -= 1
            await asyncio.sleep(self.seconds * (1 + self._waiting / self.slots) ** self.slowdown)
            yield
