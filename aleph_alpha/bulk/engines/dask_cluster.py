"""Shards on the workers of a Dask cluster: the one that is connected to, or else processes of this machine."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import replace
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
        from distributed import KilledWorker, wait
    except ModuleNotFoundError as error:
        raise ImportError("engine='dask' needs distributed: pip install 'aleph-alpha[dask]'") from error

    with _cluster(workers) as client:
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
                for future in wait(list(pending), return_when="FIRST_COMPLETED").done:
                    shard, lost = pending.pop(future)
                    error = future.exception()
                    if isinstance(error, KilledWorker) and lost < _LOST:
                        submit(shard, lost + 1)
                    elif error is not None:
                        raise error
                    else:
                        finished = future.result()
                        sealed(finished)
                        counts.add(finished.counts)
        finally:
            client.cancel(list(pending))


@contextlib.contextmanager
def _cluster(workers: int | None) -> Iterator[Any]:
    """The client of this process or environment, or one for a cluster that ends with the block."""
    import dask
    from distributed import Client, LocalCluster, get_client

    with contextlib.suppress(ValueError):
        yield get_client()
        return
    if dask.config.get("scheduler-address", None):
        with Client() as client:
            yield client
        return
    with (
        LocalCluster(n_workers=workers or 2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster,
        Client(cluster) as client,
    ):
        yield client
