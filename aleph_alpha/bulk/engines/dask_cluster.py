"""Shards on the workers of a Dask cluster: the one that is connected to, or else processes of this machine."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib import import_module
from typing import Any

from aleph_alpha.bulk.counts import Counts
from aleph_alpha.bulk.engines.local import run_here
from aleph_alpha.bulk.parts import Sealed
from aleph_alpha.bulk.shard import Shard, Work

__all__ = ["run"]

_AHEAD = 2  # shards for each thread, so that none waits for the driver
_LOST = 100  # times that the workers may die under one shard


def run(
    shards: Iterator[Shard], work: Work, sealed: Callable[[Sealed], None], counts: Counts, workers: int | None
) -> None:
    """Run the shards. A worker that dies costs what it had under way: another goes on from the shard's journal.

    Raises:
        ImportError: dask is not installed (extra ``dask``).
    """
    try:
        distributed: Any = import_module("distributed")  # parts of it have no types
    except ModuleNotFoundError as error:
        raise ImportError("engine='dask' needs distributed: pip install 'aleph-alpha[dask]'") from error

    with _cluster(distributed, workers) as client:
        threads = max(1, sum(client.nthreads().values()))
        share = replace(work, concurrency=max(1, work.concurrency // threads))
        pending: dict[Any, tuple[Shard, int]] = {}

        def submit(shard: Shard, lost: int) -> None:
            future = client.submit(run_here, share, shard, pure=False)
            pending[future] = (shard, lost)

        try:
            while True:
                while len(pending) < _AHEAD * threads and (shard := next(shards, None)) is not None:
                    submit(shard, 0)
                if not pending:
                    return
                for future in distributed.wait(list(pending), return_when="FIRST_COMPLETED").done:
                    shard, lost = pending.pop(future)
                    failure = future.exception()
                    if isinstance(failure, distributed.KilledWorker) and lost < _LOST:
                        submit(shard, lost + 1)
                    elif failure is not None:
                        raise failure
                    else:
                        finished = future.result()
                        future.release()  # else the shard is run again if the worker that has the result dies
                        sealed(finished)
                        counts.add(finished.counts)
        finally:
            client.cancel(list(pending))


@contextlib.contextmanager
def _cluster(distributed: Any, workers: int | None) -> Iterator[Any]:
    """The client of this process or environment, or one for a cluster that ends with the block."""
    import dask.config

    try:
        found = distributed.get_client()
    except ValueError:  # there is none
        found = None
    if found is not None:
        yield found
        return
    if dask.config.get("scheduler-address", None):
        with distributed.Client() as client:
            yield client
        return
    with (
        distributed.LocalCluster(
            n_workers=workers or 2, threads_per_worker=1, processes=True, dashboard_address=None
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield client
