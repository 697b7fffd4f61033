"""A server that is out of order, or full, as its callers see it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from aleph_alpha.testing import LocalServer

__all__ = ["Door", "door"]


class Door:
    """Around the server's application: answers requests with a bare status instead, as it is told."""

    def __init__(self, app: Any, status: int, fails: Callable[[int, bytes], bool]) -> None:
        self.app, self.status, self.fails = app, status, fails
        self.requests = self.failed = 0
        self._lock = threading.Lock()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        message = await receive()
        with self._lock:
            self.requests += 1
            fails = self.fails(self.failed, message.get("body", b""))
            self.failed += fails
        if fails:
            await send({"type": "http.response.start", "status": self.status, "headers": [(b"content-length", b"0")]})
            await send({"type": "http.response.body", "body": b""})
            return
        messages = iter([message])

        async def received() -> Any:
            return next(messages, None) or await receive()

        await self.app(scope, received, send)


@contextmanager
def door(status: int, fails: Callable[[int, bytes], bool]) -> Iterator[tuple[LocalServer, Door]]:
    """A server behind such a door: `fails` is told how many have failed before, and the body of the request."""
    doors: list[Door] = []

    def wrap(app: Any) -> Door:
        doors.append(Door(app, status, fails))
        return doors[0]

    with LocalServer(wrap=wrap) as server:
        yield server, doors[0]
