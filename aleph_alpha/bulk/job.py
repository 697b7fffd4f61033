"""A job: a task, a source, a key column, an output folder; exactly one row a key, whatever dies."""

from __future__ import annotations

import contextlib
import os
import secrets
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, Literal, TypeAlias

from aleph_alpha import AsyncClient
from aleph_alpha.bulk.counts import Counts
from aleph_alpha.bulk.disk import locked, output_folder, sync_folder, writing
from aleph_alpha.bulk.errors import SourceError
from aleph_alpha.bulk.manifest import Manifest
from aleph_alpha.bulk.memory import job_memory
from aleph_alpha.bulk.parts import ERRORS, Sealed
from aleph_alpha.bulk.progress import shown
from aleph_alpha.bulk.report import Report, failures_in
from aleph_alpha.bulk.scan import columns_of, scan
from aleph_alpha.bulk.shard import Shard, Work, plan
from aleph_alpha.bulk.sources import SourceLike, open_source
from aleph_alpha.bulk.state import JOURNAL, Folder, check_new, manifest_of
from aleph_alpha.bulk.task import Task, check_task

__all__ = ["Engine", "run"]

Engine: TypeAlias = Literal["local", "dask", "ray"]

_SHARD_ROWS = 8_192
_FEWEST_ROWS = 100


def run(
    task: Task,
    source: SourceLike,
    *,
    key: str,
    output: str | os.PathLike[str],
    client: AsyncClient | None = None,
    concurrency: int = 32,
    engine: Engine = "local",
    workers: int | None = None,
    limit: int | None = None,
    retry_failed: bool = False,
    progress: bool | None = None,
    shard_rows: int | None = None,
) -> Report:
    """Do the rows of the source that have not been done, and put the results into a folder of Parquet files.

    The input is looked through first: nothing is sent or written when a column is missing or a key is
    null or there twice. Rows are done when they are on the disk; after whatever kind of end, the same
    call goes on where it was.

    Args:
        task: what to do with each row, such as ``Embed("model", "text")``.
        source: paths of files (Parquet, CSV, JSON lines, Arrow), globs, folders, URLs of fsspec; a table
            of pandas, polars or pyarrow; or an iterable of dicts.
        key: column of the keys, whole numbers or strings, that are unique and not null.
        output: folder for the results; on a disk of this machine, or one that all workers share.
        client: whose token, host and options are used; by default ``AsyncClient.from_env()``.
        concurrency: most requests under way, in all workers together. The pace begins low and finds
            what the server can take.
        engine: ``"local"``: this process; ``"dask"``, ``"ray"``: a cluster (extras ``dask``, ``ray``).
        workers: processes of the cluster; by default 2.
        limit: look at the first so many rows of the source only.
        retry_failed: try rows again that failed for good.
        progress: ``None``: a bar on a terminal, lines elsewhere; ``False``: nothing.
        shard_rows: rows that are done, and become visible, together; by default 8,192, and fewer where that
            leaves workers of a cluster without any.

    Returns:
        What it has come to; it is in ``report.json``, too.

    Raises:
        SourceError: the input; nothing was sent or written, unless it was changed while the job ran.
            ``KeyColumnError`` where it is the keys.
        OtherJobError: the folder is of a job whose results would be different.
        FolderBusyError: another process writes to the folder.
        JobStopped: a run of failures of one kind, such as a token that is refused; or nothing has succeeded for 660 s,
            or for 64 s where nothing has in this run.
        JobWriteError: the output cannot be written.
        BulkError: the workers of the cluster do not start, as in a script that calls this outside of
            ``if __name__ == "__main__":``.
        InvalidRequestError: an argument that cannot work, or no token.

    >>> import tempfile
    >>> from aleph_alpha import AsyncClient, bulk
    >>> folder = tempfile.mkdtemp()
    >>> rows = [{"id": 1, "text": "The sun is"}, {"id": 2, "text": "The sea is"}]
    >>> task = bulk.Complete("toy-base", "text", fields={"maximum_tokens": 4})
    >>> report = bulk.run(task, rows, key="id", output=folder, client=AsyncClient(token, host), progress=False)
    >>> report.done, bulk.read(folder).to_table().column_names[:2]
    (2, ['id', 'completion'])
    """
    for name, value in (
        ("concurrency", concurrency),
        ("shard_rows", shard_rows),
        ("workers", workers),
        ("limit", limit),
    ):
        _check_count(name, value)
    start = _engine(engine)
    if client is None:
        client = AsyncClient.from_env()
    if not isinstance(client, AsyncClient):
        raise TypeError(f"client must be an AsyncClient, got {type(client).__name__}")
    check_task(task)
    if key in task.outputs():
        raise SourceError(f"the key column {key!r} has the name of a column of the results: rename it")
    folder = output_folder(output)
    rows = open_source(source, folder)
    began = time.monotonic()
    with contextlib.ExitStack() as held:
        held.enter_context(job_memory())
        known = manifest_of(folder)
        if known is not None:  # what is there comes first: nobody else works on it, and it is of this job
            known.check_same(Manifest.of(task, key, known.key_kind), folder)
            _take(folder, held)
            Folder(folder, known).recover()
        else:
            check_new(folder)
        found = scan(rows, task, key, limit, None if known is None else known.type_of_keys)
        if known is None:
            _take(folder, held)
        state = _opened(folder, Manifest.of(task, key, found.key_kind, str(found.key_type)))
        in_input = state.remove_settled(found.keys, retry_failed=retry_failed)
        before = state.totals()
        journal = folder / JOURNAL / f"{state.next_generation():06d}-{secrets.token_hex(8)}"
        journal.mkdir()
        sync_folder(journal.parent)
        size = shard_rows or _size(len(found.keys), engine, workers, task.rows_per_request)
        columns = columns_of(task, key)
        planned = plan(rows, columns, key, found.keys, limit=limit, rows=size, kind=found.key_type)
        held.enter_context(contextlib.closing(planned))  # and with it the file that it reads
        broken: list[Exception] = []
        work = Work(task, client, key, journal.resolve(), concurrency, state.manifest.columns)
        counts = Counts()
        stopped: BaseException | None = None
        try:
            with shown(counts, found.rows, found.rows - len(found.keys), wanted=progress):
                start(_whole(planned, broken), work, lambda sealed: _commit(state, journal, sealed), counts, workers)
            for error in broken:
                raise error
        except BaseException as error:
            stopped = error
            raise
        finally:
            _finish(state, stopped)
            after = state.totals()
            done = in_input.done + after.done - before.done
            failed = in_input.failed + after.failed - before.failed
            report = _report(folder, found.rows, done, failed, counts, time.monotonic() - began, stopped)
    return report


def _whole(shards: Iterator[Shard], broken: list[Exception]) -> Iterator[Shard]:
    """The shards, up to where the input cannot be read any more: what has been read until then is done first."""
    try:
        yield from shards
    except Exception as error:
        broken.append(error)


def _take(folder: Path, held: contextlib.ExitStack) -> None:
    """Make the folder where there is none, and take its lock."""
    held.enter_context(writing())
    for one in (folder, folder / JOURNAL, folder / ERRORS):
        one.mkdir(parents=True, exist_ok=True)
    sync_folder(folder)
    held.enter_context(locked(folder / JOURNAL / "lock"))


def _opened(folder: Path, manifest: Manifest) -> Folder:
    """The folder, with its manifest, which may be that of somebody who was faster."""
    known = manifest_of(folder)
    if known is None:
        manifest.write(folder)
        return Folder(folder, manifest)
    known.check_same(manifest, folder)
    return Folder(folder, known)


def _commit(state: Folder, run: Path, sealed: Sealed) -> None:
    with writing():
        state.commit(run, sealed)


def _finish(state: Folder, stopped: BaseException | None) -> None:
    """Bring what is in the journal to its place; where that cannot be, the next run does it."""
    try:
        state.recover()
    except Exception:
        if stopped is None:
            raise


def _report(
    folder: Path, rows: int, done: int, failed: int, counts: Counts, seconds: float, stopped: BaseException | None
) -> Report:
    report = Report(
        output=str(folder),
        rows=rows,
        done=done,
        failed=failed,
        left=rows - done - failed,
        errors=failures_in(folder),
        new=counts.done,
        requests=counts.requests,
        refused=counts.refused,
        tokens_prompt=counts.tokens_prompt,
        tokens_generated=counts.tokens_generated,
        seconds=round(seconds, 3),
        stopped=None if stopped is None else (str(stopped) or type(stopped).__name__),
    )
    with contextlib.suppress(OSError):
        report.write(folder)
    return report


def _engine(name: str) -> Callable[..., None]:
    if name not in ("local", "dask", "ray"):
        raise ValueError(f"engine must be 'local', 'dask' or 'ray', got {name!r}")
    module: Any = import_module(f"aleph_alpha.bulk.engines.{name}{'' if name == 'local' else '_cluster'}")
    if name == "dask":  # before the folder is looked at, which the parent of such a worker has taken
        module.check_main()
    engine: Callable[..., None] = module.run
    return engine


def _size(rows: int, engine: Engine, workers: int | None, at_once: int) -> int:
    """Rows of a shard: on a cluster a few shards for each worker, so that all have some to the end; whole requests."""
    size = _SHARD_ROWS if engine == "local" else rows // (4 * (workers or 2))
    size = min(_SHARD_ROWS, max(_FEWEST_ROWS, size))
    return max(at_once, size - size % at_once)


def _check_count(name: str, value: int | None) -> None:
    if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
        raise TypeError(f"{name} must be an int, got {type(value).__name__}")
    if value is not None and value < 1:
        raise ValueError(f"{name} must be 1 or greater, got {value}")
