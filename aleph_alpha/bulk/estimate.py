"""A dry run: what a job would take. Nothing is written; a few rows are sent to see how fast they are answered."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from aleph_alpha import AsyncClient
from aleph_alpha.bulk.disk import output_folder
from aleph_alpha.bulk.manifest import Manifest
from aleph_alpha.bulk.scan import columns_of, scan
from aleph_alpha.bulk.shard import plan
from aleph_alpha.bulk.sources import SourceLike, open_source
from aleph_alpha.bulk.state import Folder, check_new, manifest_of
from aleph_alpha.bulk.task import Row, Task, check_task
from aleph_alpha.errors import AlephAlphaError

__all__ = ["Estimate", "dry_run"]

_PROBES = 8  # requests
_TEXTS = 256  # that are tokenized together
_AT_ONCE = 1024  # rows


@dataclass(frozen=True)
class Estimate:
    """What a job would take.

    Parameters:
        rows: of the input, or of its first `limit`.
        requests: for the rows that are left to do, at least; more where some have to be tried again.
        tokens: of all texts of their prompts, counted with the model's own tokenizer; ``None`` where the
            deployment does not give it. Generated tokens are not in it, nor are those of images.
        seconds: estimated from the probe at the concurrency given; ``None`` where every probe failed.
        probed: requests that were sent for that.
        bad_rows: rows that cannot be sent as they are, such as those without a text.
        settled: rows that are in the output folder already, and that the job would not ask for.
    """

    rows: int
    requests: int
    tokens: int | None
    seconds: float | None
    probed: int
    bad_rows: int
    settled: int = 0

    def __str__(self) -> str:
        tokens = "tokens unknown" if self.tokens is None else f"{self.tokens} tokens"
        time_ = "time unknown" if self.seconds is None else f"about {self.seconds:.0f} s"
        bad = f", {self.bad_rows} rows that cannot be sent" if self.bad_rows else ""
        settled = f" ({self.settled} settled already)" if self.settled else ""
        probed = f"({self.probed} requests were sent)"
        return f"{self.rows} rows{settled}, {self.requests} requests, {tokens}, {time_}{bad} {probed}"


def dry_run(
    task: Task,
    source: SourceLike,
    *,
    key: str,
    client: AsyncClient | None = None,
    concurrency: int = 32,
    limit: int | None = None,
    output: str | os.PathLike[str] | None = None,
    retry_failed: bool = False,
) -> Estimate:
    """Say what ``run`` with the same arguments would take. The input is checked as there; nothing is written.

    Up to 8 requests are sent, for the estimate of the time. Where `output` is the folder of the same job, what
    is done in it is left out, and with `retry_failed` what has failed is not.

    Raises:
        SourceError: the input, as ``run`` does.
        OtherJobError: the folder is of a job whose results would be different.
        AlephAlphaError: all requests of the probe failed; the first failure.

    >>> from aleph_alpha import AsyncClient, bulk
    >>> task = bulk.Embed("toy-base", "text")
    >>> rows = [{"id": number, "text": "A text"} for number in range(250)]
    >>> estimate = bulk.dry_run(task, rows, key="id", client=AsyncClient(token, host))
    >>> estimate.rows, estimate.requests, estimate.tokens
    (250, 3, 500)
    """
    check_task(task)
    folder = None if output is None else output_folder(output)
    opened = open_source(source, folder)
    known = None if folder is None else manifest_of(folder)
    if folder is not None and known is None:
        check_new(folder)
    if folder is not None and known is not None:
        known.check_same(Manifest.of(task, key, known.key_kind), folder)
    found = scan(opened, task, key, limit, None if known is None else known.type_of_keys)
    settled = 0
    if folder is not None and known is not None:
        known.check_same(Manifest.of(task, key, found.key_kind), folder)
        settled = Folder(folder, known).look(found.keys, retry_failed=retry_failed)

    def rows() -> Iterator[Row]:
        for shard in plan(opened, columns_of(task, key), key, found.keys, limit=limit, rows=_AT_ONCE):
            yield from shard.rows.to_pylist()

    return asyncio.run(_estimate(task, rows, client or AsyncClient.from_env(), concurrency, found.rows, settled))


async def _estimate(
    task: Task, left: Callable[[], Iterator[Row]], client: AsyncClient, concurrency: int, rows: int, settled: int
) -> Estimate:
    """The estimate; `left` gives the rows that are left to do, each time from the first."""
    try:
        size = task.rows_per_request
        requests = -(-(rows - settled) // size)
        started = time.monotonic()
        latencies, failures, probed = await _probe(task, left(), client, concurrency)
        wall = time.monotonic() - started
        if probed and not latencies:
            raise failures[0]
        tokens, bad = await _tokens(task, left(), client)
        share = min(concurrency, _PROBES) / concurrency  # of what would be under way
        seconds = requests * wall / probed * share if latencies else None
        return Estimate(rows, requests, tokens, seconds if requests else 0.0, probed, bad, settled)
    finally:
        await client.close()


async def _tokens(task: Task, rows: Iterator[Row], client: AsyncClient) -> tuple[int | None, int]:
    """Tokens of all texts, and the rows that cannot be sent."""
    model = task.settings().get("model")
    try:
        tokenizer: Any = await client.tokenizer(model) if isinstance(model, str) else None
    except AlephAlphaError:
        tokenizer = None
    count = bad = 0
    texts: list[str] = []
    for row in rows:
        try:
            texts += _texts(task.request([row]))
        except Exception:
            bad += 1
        if tokenizer is not None and len(texts) >= _TEXTS:
            count += _encoded(tokenizer, texts)
        if tokenizer is None:
            texts.clear()
    if tokenizer is not None:
        count += _encoded(tokenizer, texts)
    return (None if tokenizer is None else count), bad


def _can_be_sent(task: Task, row: Row) -> bool:
    try:
        task.request([row])
    except Exception:  # of whatever kind: such a row is counted, and fails when the job is run
        return False
    return True


def _encoded(tokenizer: Any, texts: list[str]) -> int:
    found = sum(len(one.ids) for one in tokenizer.encode_batch(texts, add_special_tokens=False))
    texts.clear()
    return found


def _texts(value: Any) -> Iterator[str]:
    """The texts in a request, which are what tokens are counted of."""
    from aleph_alpha.chat.messages import Message
    from aleph_alpha.prompt.prompt import Prompt
    from aleph_alpha.prompt.text import Text

    if isinstance(value, Text):
        yield value.text
    elif isinstance(value, str):
        yield value
    elif isinstance(value, Prompt):
        yield from _texts(value.items)
    elif isinstance(value, Message):
        yield from _texts(value.content)
    elif isinstance(value, Sequence):
        for one in value:
            yield from _texts(one)
    elif not isinstance(value, Mapping):
        for name in ("prompt", "prompts", "completion_expected", "target", "messages", "input", "query", "documents"):
            yield from _texts(getattr(value, name, ()))
        if hasattr(value, "target_language"):
            yield from _texts(value.source)


async def _probe(
    task: Task, rows: Iterator[Row], client: AsyncClient, concurrency: int
) -> tuple[list[float], list[Exception], int]:
    """Send a few requests, and see how long they take."""
    latencies: list[float] = []
    failures: list[Exception] = []
    good = (row for row in rows if _can_be_sent(task, row))
    requests: list[Any] = []
    while len(requests) < _PROBES and (some := list(islice(good, task.rows_per_request))):
        requests.append(task.request(some))
    room = asyncio.Semaphore(min(concurrency, _PROBES))

    async def send(request: Any) -> None:
        async with room:
            started = time.monotonic()
            try:
                await task.send(client, request)
            except AlephAlphaError as error:
                failures.append(error)
            else:
                latencies.append(time.monotonic() - started)

    await asyncio.gather(*(send(request) for request in requests))
    return latencies, failures, len(requests)
