"""The reference server as the work of a whole process."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

import uvicorn

from aleph_alpha.testing.faults.rules import Faults
from aleph_alpha.testing.server.app import create_app
from aleph_alpha.testing.server.local import configure, listen
from aleph_alpha.testing.server.queueing import Queue

__all__ = ["serve"]


def serve(
    listening: Callable[[str], None],
    *,
    port: int = 0,
    token: str | None = None,
    seed: int = 0,
    slots: int | None = None,
    seconds: float = 0.05,
    slowdown: float = 0.0,
) -> None:
    """Serve on 127.0.0.1 until interrupted.

    Args:
        listening: called with the URL when it listens.
        port: 0 takes a free one.
        token: the only bearer token accepted. ``None`` accepts any.
        seed: of sampling.
        slots: requests carried out at once; others wait. ``None`` answers each at once.
        seconds: of each of these.
        slowdown: how much a queue slows each down.

    Raises:
        OSError: the port is taken.
    """
    queue = None if slots is None else Queue(slots, seconds, slowdown)
    app = create_app(token=token, seed=seed, queue=queue)
    with contextlib.suppress(KeyboardInterrupt), listen(port) as socket:
        listening(f"http://127.0.0.1:{socket.getsockname()[1]}")
        server = uvicorn.Server(configure(app, Faults()))
        asyncio.run(server.serve(sockets=[socket]))
