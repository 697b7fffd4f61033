"""An event loop whose clock goes on only when nothing else is left to do: hours of a job take seconds."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from typing import Any

__all__ = ["SimulatedLoop", "run_simulated"]


class _Jumping(selectors.DefaultSelector):
    """Does not wait for timers: the clock is put forward instead, where no thread is at work."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.threads = 0

    def select(self, timeout: float | None = None) -> Any:
        if timeout is None or self.threads:
            return super().select(None if timeout is None else min(timeout, 0.01))
        events = super().select(0)
        if not events:
            self.now += timeout
        return events


class SimulatedLoop(asyncio.SelectorEventLoop):
    """The loop; its time begins at 0."""

    def __init__(self) -> None:
        self._jumping = _Jumping()
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._jumping.now

    def run_in_executor(self, executor: Any, func: Callable[..., Any], *args: Any) -> Any:  # type: ignore[override]
        self._jumping.threads += 1
        future = super().run_in_executor(executor, func, *args)
        future.add_done_callback(self._back)
        return future

    def _back(self, future: object) -> None:
        self._jumping.threads -= 1


def run_simulated(main: Coroutine[Any, Any, Any]) -> Any:
    """In place of ``asyncio.run``."""
    with asyncio.Runner(loop_factory=SimulatedLoop) as runner:
        return runner.run(main)
