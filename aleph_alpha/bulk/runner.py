"""Runs shards: requests out, rows into the journal, failures judged. Every engine runs this."""

from __future__ import annotations

import asyncio
import contextlib
import heapq
import random
import secrets
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from enum import Enum
from typing import Any

import pyarrow as pa

from aleph_alpha.bulk.breaker import Breaker, Outlook
from aleph_alpha.bulk.committer import Committer, arrow_columns
from aleph_alpha.bulk.counts import Counts
from aleph_alpha.bulk.disk import writing
from aleph_alpha.bulk.errors import JobStopped, JobWriteError, ResultFormError
from aleph_alpha.bulk.form import Form
from aleph_alpha.bulk.gate import Gate
from aleph_alpha.bulk.journal import Kind, Segment, is_settled, read_segment, segments_of, take_over
from aleph_alpha.bulk.keys import KeySet, hash_keys
from aleph_alpha.bulk.parts import Sealed, error_schema, seal
from aleph_alpha.bulk.shard import Shard, Work
from aleph_alpha.bulk.verdict import Verdict, has_no_connection, is_unchanging, judge, name_of, retry_delay
from aleph_alpha.errors import APIStatusError, ResponseError

__all__ = ["Shared", "run_shard"]

_TRIES = 8  # after the first, where something broke
_BROKEN = 2  # of a response for several rows that is broken
_CHANCES = 2  # to fail so often, before and after others have succeeded
_MESSAGE = 2_000  # characters of an error that are kept


@dataclass
class Shared:
    """What the shards that run in one process have in common.

    Parameters:
        client: sends each request once; trying again is decided here.
        gate: how many requests may be under way.
        breaker: when to give up.
        form: what all results look like.
        counts: figures, for all shards together.
        journal, disk: a thread for commits, and one for all else that has to do with files: few threads,
            as each keeps memory of its own.
    """

    client: Any
    gate: Gate
    breaker: Breaker
    form: Form
    counts: Counts
    journal: Executor
    disk: Executor


class _Step(Enum):
    """Where a request failed."""

    MAKING = 1
    SENDING = 2
    READING = 3


@dataclass
class _Unit:
    """Rows of one request, and how it has gone so far."""

    first: int
    rows: int
    tries: int = 0
    attempts: int = 0
    chances: int = 0
    error: Exception | None = None
    successes: int | None = None  # of the job when it failed at last
    is_suspect: bool = False  # it failed before and after others have succeeded

    def halves(self) -> list[_Unit]:
        half = self.rows // 2
        return [
            _Unit(first, rows, attempts=self.attempts)
            for first, rows in ((self.first, half), (self.first + half, self.rows - half))
        ]


async def run_shard(work: Work, shard: Shard, shared: Shared, turn: asyncio.Event, exhausted: asyncio.Event) -> Sealed:
    """Do the rows of a shard that are not done, and seal it.

    Args:
        turn: set when it may send; what comes before that is done in the meantime.
        exhausted: is set when all of its rows have been sent once: it is the turn of the next one.

    Raises:
        JobStopped: too many failures of one kind. What is done is in the journal.
        JobWriteError: the journal cannot be written.
    """
    before = shared.counts.sums()
    loop = asyncio.get_running_loop()
    begin = loop.run_in_executor(shared.journal, _begin, work, shard)
    try:
        begun = await asyncio.shield(begin)
    except asyncio.CancelledError:
        with contextlib.suppress(Exception):
            if (late := await begin) is not None:
                late[0].close()
        raise
    if begun is None:
        await turn.wait()
        exhausted.set()
        return Sealed(shard.number, None, None, 0, 0, {})
    await _Run(work, *begun, shared, exhausted).run(turn)
    return await loop.run_in_executor(shared.disk, _seal, work, shard.number, shared.counts.sums(before))


def _seal(work: Work, shard: int, counts: dict[str, int]) -> Sealed:
    segments = segments_of(work.journal).get(shard, [])
    stem = work.journal / f"{shard:06d}-{secrets.token_hex(4)}"
    with writing():
        return seal(shard, segments, stem, work.key, counts, columns=work.columns)


def _begin(work: Work, shard: Shard) -> tuple[Segment, pa.Table] | None:
    """Begin an attempt: its segment, and the rows that none before has made durable; ``None`` where it is late."""
    known = KeySet()
    with writing(), contextlib.ExitStack() as opened:
        segment, before = take_over(work.journal, shard.number)
        opened.callback(segment.close)
        for file in before:
            with contextlib.suppress(FileNotFoundError):  # it has just been settled
                for _, batch in read_segment(file):
                    known.add(hash_keys(batch.column(work.key)))
        if is_settled(work.journal, shard.number):
            return None
        rows = shard.rows
        if len(known):
            known.sort()
            keys = rows.column(work.key).combine_chunks()
            rows = rows.filter(pa.array(~known.contains(hash_keys(keys))))
        opened.pop_all()
    return segment, rows


class _Run:
    def __init__(self, work: Work, segment: Segment, rows: pa.Table, shared: Shared, exhausted: asyncio.Event) -> None:
        self._work = work
        self._task = work.task
        self._outputs = work.task.outputs()
        self._shared = shared
        self._counts = shared.counts
        self._exhausted = exhausted
        self._rows = rows
        self._keys = self._rows.column(work.key).combine_chunks()
        self._ready: deque[_Unit] = deque()
        self._delayed: list[tuple[float, int, _Unit]] = []
        self._held: list[_Unit] = []
        self._order = 0
        self._next_row = 0
        self._active = 0
        self._changed = asyncio.Event()
        self._committer = Committer(segment, shared.journal, work.concurrency)

    async def run(self, turn: asyncio.Event) -> None:
        try:
            await turn.wait()
            async with asyncio.TaskGroup() as group:
                while (unit := await self._next()) is not None:
                    await self._shared.gate.enter()
                    self._active += 1
                    group.create_task(self._go(unit))
        except BaseExceptionGroup as group_error:
            raise _first(group_error) from None
        finally:
            self._exhausted.set()
            with writing():
                await self._committer.close()

    async def _next(self) -> _Unit | None:
        """What is to be sent next; ``None`` when all is done."""
        loop = asyncio.get_running_loop()
        while True:
            if self._held and self._shared.breaker.successes > (self._held[0].successes or 0):
                self._ready.extend(self._held)
                self._held.clear()
            now = loop.time()
            while self._delayed and self._delayed[0][0] <= now:
                self._ready.append(heapq.heappop(self._delayed)[2])
            has_new = self._next_row < len(self._keys)
            if self._ready and not (has_new and self._shared.breaker.only_failures):
                return self._ready.popleft()
            if has_new:  # also before those that failed, of which all may be to blame themselves
                unit = _Unit(self._next_row, min(self._task.rows_per_request, len(self._keys) - self._next_row))
                self._next_row += unit.rows
                return unit
            self._exhausted.set()
            if not self._active and not self._delayed:
                if not self._held:
                    return None
                self._last_chance()
                continue
            self._changed.clear()
            wait = self._delayed[0][0] - now if self._delayed else None
            try:
                async with asyncio.timeout(wait):
                    await self._changed.wait()
            except TimeoutError:
                continue

    def _last_chance(self) -> None:
        """Only rows are left that were held back, and nothing has succeeded since."""
        breaker = self._shared.breaker
        error = self._held[-1].error
        if error is not None and judge(error) is Verdict.JOB and (breaker.in_a_row >= 3 or not breaker.successes):
            raise breaker.stopped(error)
        self._ready.extend(self._held)
        self._held.clear()

    async def _go(self, unit: _Unit) -> None:
        """Send the rows once, and see what comes of it."""
        answered = False
        gate = self._shared.gate

        def left() -> None:
            nonlocal answered
            if not answered:
                answered = True
                self._counts.under_way -= 1
                gate.answered()

        self._counts.under_way += 1
        try:
            await self._attempt(unit, left)
        except BaseException:
            gate.shut = True  # before its place is free for another
            raise
        finally:
            left()
            gate.settled()
            self._active -= 1
            self._changed.set()

    async def _attempt(self, unit: _Unit, left: Callable[[], None]) -> None:
        loop = asyncio.get_running_loop()
        keys = self._keys.slice(unit.first, unit.rows)
        sent = loop.time()
        step = _Step.MAKING
        try:
            rows = self._dicts(unit)
            if self._task.blocking:
                request = await asyncio.to_thread(self._task.request, rows)
            else:
                request = self._task.request(rows)
            sent = loop.time()
            self._counts.requests += 1
            unit.attempts += 1
            step = _Step.SENDING
            response = await self._task.send(self._shared.client, request)
            now = loop.time()
            step = _Step.READING
            columns = arrow_columns(self._outputs, self._task.columns(request, response), unit.rows)
            self._shared.form.check(columns)
        except asyncio.CancelledError:
            if (current := asyncio.current_task()) is None or current.cancelling():
                raise
            await self._failed_itself(unit, RuntimeError("the task has cancelled its own request"), step)
            return
        except Exception as error:
            if step is _Step.SENDING or isinstance(error, ResultFormError):
                await self._failed(unit, error, sent)
            else:
                await self._failed_itself(unit, error, step)
            return
        self._shared.gate.pace.answered(now, now - sent, unit.rows)
        self._counts.concurrency = self._shared.gate.pace.limit
        self._shared.breaker.succeeded(rows)
        self._counts.trouble = ""
        left()
        self._count_tokens(response, columns)
        with writing():
            await self._committer.add(Kind.DONE, {self._work.key: keys, **columns})
        self._counts.done += unit.rows

    def _dicts(self, unit: _Unit) -> list[dict[str, Any]]:
        """Its rows for the task: column by column, which takes a fifth of the time of ``to_pylist`` of a table."""
        rows: list[dict[str, Any]] = [{} for _ in range(unit.rows)]
        for name, column in zip(self._rows.column_names, self._rows.columns, strict=True):
            for row, value in zip(rows, column.slice(unit.first, unit.rows).to_pylist(), strict=True):
                row[name] = value
        return rows

    def _count_tokens(self, response: Any, columns: dict[str, pa.Array]) -> None:
        total = getattr(self._task, "tokens", None)  # where a column cannot tell
        if total is not None:
            self._counts.tokens_prompt += total(response)
            return
        for name, count in (("num_tokens_prompt", "tokens_prompt"), ("num_tokens_generated", "tokens_generated")):
            if name in columns:
                setattr(
                    self._counts, count, getattr(self._counts, count) + sum(filter(None, columns[name].to_pylist()))
                )

    async def _failed(self, unit: _Unit, error: Exception, sent: float) -> None:
        loop = asyncio.get_running_loop()
        now = loop.time()
        breaker = self._shared.breaker
        verdict = judge(error)
        retry_after = getattr(error, "retry_after", None)
        unit.is_suspect |= unit.successes not in (None, breaker.successes)
        unit.successes = breaker.successes
        outlook = Outlook.COUNTS
        if verdict in (Verdict.AGAIN, Verdict.REFUSED):
            self._counts.trouble = f"{name_of(error)}: {error}"
            self._shared.gate.pace.failed(now, sent)
            try:
                outlook = breaker.broke(error, verdict, None if unit.is_suspect else id(unit), now)
            except JobStopped:
                if verdict is Verdict.REFUSED or has_no_connection(error) or not await self._still_works():
                    raise
        elif isinstance(error, APIStatusError):
            self._respond()
        if verdict is Verdict.REFUSED:
            self._counts.refused += 1
            self._shared.gate.pace.refused(now, sent, retry_after)
            self._counts.concurrency = self._shared.gate.pace.limit
            self._delay(unit, now, retry_delay(min(unit.tries, 5), random.random(), retry_after))  # noqa: S311
            return
        if outlook is Outlook.OUTAGE:
            self._delay(unit, now, retry_delay(min(unit.tries, 3), random.random()), tries=0)  # noqa: S311
            return
        if isinstance(error, ResponseError) and unit.rows > 1 and unit.tries >= _BROKEN:
            self._ready.extend(unit.halves())  # it may be for one of its rows that the response is always broken
            return
        if verdict is Verdict.AGAIN and unit.tries < _TRIES and outlook is Outlook.COUNTS:
            self._delay(unit, now, retry_delay(unit.tries, random.random()))  # noqa: S311
            return
        if verdict is not Verdict.ROW and unit.chances < _CHANCES and outlook is Outlook.COUNTS:
            if verdict is Verdict.JOB:
                breaker.failed(error, verdict)
            unit.chances, unit.tries, unit.error = unit.chances + 1, 0, error
            self._held.append(unit)
            return
        if unit.rows > 1:
            self._ready.extend(unit.halves())
            return
        await self._failed_for_good(unit, error)
        if verdict is Verdict.ROW and unit.attempts:
            breaker.failed(error, verdict)

    async def _still_works(self) -> bool:
        """Whether what has succeeded before does so again: then it is the other rows that are to blame.

        There may be none left that could tell: all but the last few of a job are done, and these always time out.
        """
        breaker = self._shared.breaker
        if not breaker.proven:
            return False
        breaker.responded()  # so that nobody else asks, too
        self._counts.requests += 1
        try:
            await self._task.send(self._shared.client, await asyncio.to_thread(self._task.request, breaker.proven))
        except Exception:
            return False
        self._respond()
        breaker.proved()
        return True

    async def _failed_itself(self, unit: _Unit, error: Exception, step: _Step) -> None:
        """What went wrong has to do with the rows and not with the server: an image that is not to be had, say, or
        a whole response without what was asked for. It is tried again, but says nothing of the others."""
        if step is _Step.READING:
            self._respond()
        most = _BROKEN if step is _Step.READING else _TRIES
        if judge(error) in (Verdict.AGAIN, Verdict.REFUSED) and unit.tries < most and not is_unchanging(error):
            self._delay(unit, asyncio.get_running_loop().time(), retry_delay(unit.tries, random.random()))  # noqa: S311
        elif unit.rows > 1:
            self._ready.extend(unit.halves())
        else:
            await self._failed_for_good(unit, error)
            if unit.attempts:
                self._shared.breaker.failed(error, Verdict.ROW)

    def _respond(self) -> None:
        self._shared.breaker.responded()
        self._shared.gate.pace.responded()
        self._counts.trouble = ""

    def _delay(self, unit: _Unit, now: float, seconds: float, tries: int = 1) -> None:
        unit.tries += tries
        self._order += 1
        heapq.heappush(self._delayed, (now + seconds, self._order, unit))

    async def _failed_for_good(self, unit: _Unit, error: Exception) -> None:
        keys = self._keys.slice(unit.first, 1)
        values: Sequence[Any] = (
            type(error).__name__,
            getattr(error, "status", None),
            getattr(error, "code", None),
            unit.attempts,
            str(error)[:_MESSAGE],
        )
        schema = error_schema(self._work.key, keys.type)
        columns = {field.name: pa.array([one], field.type) for field, one in zip(list(schema)[1:], values, strict=True)}
        with writing():
            await self._committer.add(Kind.FAILED, {self._work.key: keys, **columns})
        self._counts.failed += 1


def _first(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """What to tell of several failures: why the job was stopped goes before what followed from it."""
    leaves: list[BaseException] = []
    for error in group.exceptions:
        leaves.append(_first(error) if isinstance(error, BaseExceptionGroup) else error)
    return next((error for error in leaves if isinstance(error, JobStopped | JobWriteError)), leaves[0])
