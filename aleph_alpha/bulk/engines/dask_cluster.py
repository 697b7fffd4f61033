"""Shards on the workers of a Dask cluster: the one that is connected to, or else processes of this machine."""

from __future__ import annotations

import contextlib
import multiprocessing
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib import import_module
from typing import Any

from aleph_alpha.bulk.counts import Counts
from aleph_alpha.bulk.engines.local import run_here
from aleph_alpha.bulk.errors import BulkError
from aleph_alpha.bulk.notes import note_in
from aleph_alpha.bulk.parts import Sealed
from aleph_alpha.bulk.shard import Shard, Work

__all__ = ["check_main", "run"]

_AHEAD = 2  # shards for each thread, so that none waits for the driver
_LOST = 100  # times that the workers may die under one shard
_LOOK = 5.0  # seconds between two looks at the workers
_NONE_LEFT, _FEWER_LEFT = 30.0, 300.0  # seconds that a cluster of our own may be without all or some of its workers
_GUARD = (
    "each worker of the cluster imports the script anew, and must not start the job once more: "
    'call bulk.run below `if __name__ == "__main__":`'
)


def check_main() -> None:
    """Refuse a job that a worker which is starting would begin, as it imports a script without a guard.

    Raises:
        BulkError: this is such a worker.
    """
    if getattr(multiprocessing.current_process(), "_inheriting", False):  # it imports the main module of its parent
        raise BulkError(_GUARD)


def run(
    shards: Iterator[Shard], work: Work, sealed: Callable[[Sealed], None], counts: Counts, workers: int | None
) -> None:
    """Run the shards. A worker that dies costs what it had under way: another goes on from the shard's journal.

    Raises:
        ImportError: dask is not installed (extra ``dask``).
        BulkError: the workers of a cluster of our own do not start.
    """
    try:
        distributed: Any = import_module("distributed")  # parts of it have no types
    except ModuleNotFoundError as error:
        raise ImportError("engine='dask' needs distributed: pip install 'aleph-alpha[dask]'") from error

    again: list[tuple[Shard, int]] = []  # shards to be started anew, and how often the workers have died under each
    while True:
        with _cluster(distributed, workers) as (client, is_own):
            threads = max(1, sum(client.nthreads().values()))
            share = replace(work, concurrency=max(1, work.concurrency // threads))
            pending: dict[Any, tuple[Shard, int]] = {}
            watch = _Watch(client, threads)
            try:
                while not (is_own and watch.has_lost_workers()):
                    while len(pending) < _AHEAD * threads and (entry := _next(again, shards)) is not None:
                        pending[client.submit(run_here, share, entry[0], pure=False)] = entry
                    if not pending:
                        return
                    counts.note = note_in(work.journal)
                    for future in _completed(distributed, list(pending)):
                        shard, lost = pending.pop(future)
                        failure = future.exception()
                        if isinstance(failure, distributed.KilledWorker) and lost < _LOST:
                            again.append((shard, lost + 1))
                        elif failure is not None:
                            raise failure
                        else:
                            finished = future.result()
                            future.release()  # else the shard is run again if the worker that has the result dies
                            sealed(finished)
                            counts.add(finished.counts)
            finally:
                client.cancel(list(pending))
            again += pending.values()


def _next(again: list[tuple[Shard, int]], shards: Iterator[Shard]) -> tuple[Shard, int] | None:
    if again:
        return again.pop()
    shard = next(shards, None)
    return None if shard is None else (shard, 0)


def _completed(distributed: Any, futures: list[Any]) -> set[Any]:
    try:
        done: set[Any] = distributed.wait(futures, timeout=_LOOK, return_when="FIRST_COMPLETED").done
    except TimeoutError:
        return set()
    return done


class _Watch:
    """Tells when workers are gone for good: dask starts one that dies anew, but not one that dies while it starts."""

    def __init__(self, client: Any, threads: int) -> None:
        self._client = client
        self._threads = threads
        self._some = self._all = time.monotonic()  # when there were some workers, and all, at last

    def has_lost_workers(self) -> bool:
        """Whether none has been there for a while, or not all for a long one."""
        threads, now = sum(self._client.nthreads().values()), time.monotonic()
        if threads:
            self._some = now
        if threads >= self._threads:
            self._all = now
        return now - self._some > _NONE_LEFT or now - self._all > _FEWER_LEFT


@contextlib.contextmanager
def _cluster(distributed: Any, workers: int | None) -> Iterator[tuple[Any, bool]]:
    """The client of this process or environment; or one for a cluster of our own, which ends with the block."""
    import dask.config

    try:
        found = distributed.get_client()
    except ValueError:  # there is none
        found = None
    if found is not None:
        yield found, False
        return
    if dask.config.get("scheduler-address", None):
        with distributed.Client() as client:
            yield client, False
        return
    with _started(distributed, workers or 2) as cluster, distributed.Client(cluster) as client:
        yield client, True


def _started(distributed: Any, workers: int) -> Any:
    """A cluster of processes of this machine."""
    try:
        return distributed.LocalCluster(n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=None)
    except RuntimeError as error:
        if "Nanny" not in str(error):  # which starts a worker, and says no more than that it has ended
            raise
        raise BulkError(f"the workers of the cluster ended while they started. In a script, {_GUARD}") from None
