"""Shards on the workers of a Ray cluster: the one that is connected to, or else processes of this machine."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib import import_module
from typing import Any

from aleph_alpha.bulk.counts import Counts
from aleph_alpha.bulk.engines.local import run_here
from aleph_alpha.bulk.notes import note_in
from aleph_alpha.bulk.parts import Sealed
from aleph_alpha.bulk.shard import Shard, Work

__all__ = ["run"]

_AHEAD = 2  # shards for each worker, so that none waits for the driver
_LOOK = 5.0  # seconds between two looks at what workers say


def run(
    shards: Iterator[Shard], work: Work, sealed: Callable[[Sealed], None], counts: Counts, workers: int | None
) -> None:
    """Run the shards. A worker that dies costs what it had under way: another goes on from the shard's journal.

    Raises:
        ImportError: ray is not installed (extra ``ray``).
    """
    try:
        ray: Any = import_module("ray")
    except ModuleNotFoundError as error:
        raise ImportError("engine='ray' needs ray: pip install 'aleph-alpha[ray]'") from error

    with _cluster(ray, workers):
        slots = workers or max(1, int(ray.cluster_resources().get("CPU", 1)))
        share = ray.put(replace(work, concurrency=max(1, work.concurrency // slots)))
        remote = ray.remote(num_cpus=1, max_retries=-1)(run_here)
        pending: list[Any] = []
        try:
            while True:
                while len(pending) < _AHEAD * slots and (shard := next(shards, None)) is not None:
                    pending.append(remote.remote(share, shard))
                if not pending:
                    return
                done, pending = ray.wait(pending, timeout=_LOOK)
                counts.note = note_in(work.journal)
                for reference in done:
                    try:
                        finished: Sealed = ray.get(reference)
                    except ray.exceptions.RayTaskError as error:
                        raise error.cause from None
                    sealed(finished)
                    counts.add(finished.counts)
        finally:
            for reference in pending:
                ray.cancel(reference, force=True)


@contextlib.contextmanager
def _cluster(ray: Any, workers: int | None) -> Iterator[None]:
    """The cluster that is connected to or in RAY_ADDRESS, or one of this machine that ends with the block."""
    if ray.is_initialized():
        yield
        return
    import os

    local = {} if os.environ.get("RAY_ADDRESS") else {"num_cpus": workers or 2, "include_dashboard": False}
    ray.init(log_to_driver=False, **local)
    try:
        yield
    finally:
        ray.shutdown()
