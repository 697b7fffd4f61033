"""Shards in this process: one event loop, one client."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import lru_cache
from pathlib import Path

from aleph_alpha.bulk.breaker import Breaker
from aleph_alpha.bulk.counts import Counts
from aleph_alpha.bulk.form import Form
from aleph_alpha.bulk.gate import Gate
from aleph_alpha.bulk.memory import job_memory
from aleph_alpha.bulk.notes import noting
from aleph_alpha.bulk.pace import Pace
from aleph_alpha.bulk.parts import Sealed
from aleph_alpha.bulk.runner import Shared, run_shard
from aleph_alpha.bulk.shard import Shard, Work

__all__ = ["Learnt", "run", "run_here"]

_OPEN = 3  # shards in memory: one is asked for, one is next, one waits for its last responses and for the disk


def run(
    shards: Iterator[Shard], work: Work, sealed: Callable[[Sealed], None], counts: Counts, workers: int | None
) -> None:
    """Run the shards one after the other; the next begins when all rows of the one before have been sent."""
    _in_loop(lambda: _run_all(shards, work, sealed, counts, Learnt(work.concurrency)))


def run_here(work: Work, shard: Shard, learnt: Learnt | None = None) -> Sealed:
    """Run one shard, with a client of its own: what workers of a cluster do."""
    found: list[Sealed] = []
    known = learnt or _learnt_in(work.journal, work.concurrency)
    counts = Counts()
    with job_memory(), noting(counts, work.journal):
        _in_loop(lambda: _run_all(iter([shard]), work, found.append, counts, known))
    return found[0]


class Learnt:
    """What a process has learnt about the server.

    Args:
        successes: requests that ended well before, in other processes.
    """

    def __init__(self, concurrency: int, successes: int = 0) -> None:
        self.pace = Pace(concurrency)
        self.breaker = Breaker(successes)


@lru_cache(maxsize=4)
def _learnt_in(run: Path, concurrency: int) -> Learnt:
    """What this process has learnt in a run; that it is not the first one, the journal tells."""
    return Learnt(concurrency, successes=sum(1 for _ in run.glob("*.settled")))


async def _run_all(
    shards: Iterator[Shard], work: Work, sealed: Callable[[Sealed], None], counts: Counts, learnt: Learnt
) -> None:
    client = work.client.with_options(total_retries=0)
    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor(1, "journal") as journal, ThreadPoolExecutor(1, "disk") as disk:
        shared = Shared(
            client, Gate(learnt.pace, work.concurrency), learnt.breaker, Form(work.columns), counts, journal, disk
        )

        room = asyncio.Semaphore(_OPEN)

        async def run(shard: Shard, turn: asyncio.Event, exhausted: asyncio.Event) -> None:
            finished = await run_shard(work, shard, shared, turn, exhausted)
            await loop.run_in_executor(disk, sealed, finished)
            room.release()

        turn = asyncio.Event()
        turn.set()
        try:
            async with asyncio.TaskGroup() as group:
                await room.acquire()
                while (shard := await loop.run_in_executor(disk, next, shards, None)) is not None:
                    exhausted = asyncio.Event()
                    group.create_task(run(shard, turn, exhausted))
                    await turn.wait()
                    turn = exhausted
                    await room.acquire()
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
