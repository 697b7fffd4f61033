"""Shards in this process: one event loop, one client."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextvars import copy_context
from functools import lru_cache
from pathlib import Path

from aleph_alpha.bulk.counts import Counts
from aleph_alpha.bulk.gate import Gate
from aleph_alpha.bulk.memory import plain_memory
from aleph_alpha.bulk.pace import Pace
from aleph_alpha.bulk.parts import Sealed
from aleph_alpha.bulk.runner import Shared, run_shard
from aleph_alpha.bulk.shard import Shard, Work
from aleph_alpha.bulk.verdict import Breaker

__all__ = ["run", "run_here"]


def run(
    shards: Iterator[Shard], work: Work, sealed: Callable[[Sealed], None], counts: Counts, workers: int | None
) -> None:
    """Run the shards one after the other; the next begins when all rows of the one before have been sent."""
    _in_loop(lambda: _run_all(shards, work, sealed, counts, Pace(work.concurrency)))


def run_here(work: Work, shard: Shard, pace: Pace | None = None) -> Sealed:
    """Run one shard, with a client of its own: what workers of a cluster do."""
    found: list[Sealed] = []
    known = pace or _pace_of(work.journal, work.concurrency)
    with plain_memory():
        _in_loop(lambda: _run_all(iter([shard]), work, found.append, Counts(), known))
    return found[0]


@lru_cache(maxsize=4)
def _pace_of(run: Path, concurrency: int) -> Pace:
    """What this process has learnt about the server in a run."""
    return Pace(concurrency)


async def _run_all(
    shards: Iterator[Shard], work: Work, sealed: Callable[[Sealed], None], counts: Counts, pace: Pace
) -> None:
    client = work.client.with_options(total_retries=0)
    shared = Shared(client, Gate(pace, work.concurrency), Breaker(), counts)
    commits = asyncio.Lock()

    async def run(shard: Shard, exhausted: asyncio.Event) -> None:
        finished = await run_shard(work, shard, shared, exhausted.set)
        async with commits:
            await asyncio.to_thread(sealed, finished)

    try:
        async with asyncio.TaskGroup() as group:
            while (shard := await asyncio.to_thread(next, shards, None)) is not None:
                exhausted = asyncio.Event()
                group.create_task(run(shard, exhausted))
                await exhausted.wait()
    except BaseExceptionGroup as error:
        raise error.exceptions[0] from None
    finally:
        await client.close()


def _in_loop(main: Callable[[], object]) -> None:
    """Run a coroutine to its end, also where an event loop runs in this thread already, as in a notebook."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        asyncio.run(main())  # type: ignore[arg-type]
        return
    failed: list[BaseException] = []

    def run() -> None:
        try:
            asyncio.run(main())  # type: ignore[arg-type]
        except BaseException as error:
            failed.append(error)

    # With the context variables of the caller, as asyncio.run has them: the calls belong to its span.
    thread = threading.Thread(target=copy_context().run, args=(run,), name="aleph-alpha-bulk")
    thread.start()
    thread.join()
    if failed:
        raise failed[0]
