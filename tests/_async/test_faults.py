"""Each kind of fault of the reference server, and what becomes of a call, a batch and a stream: see `fault_table`."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from aleph_alpha import (
    AlephAlphaError,
    AsyncClient,
    BatchSemanticEmbeddingRequest,
    CompletionRequest,
    DetokenizationRequest,
    Prompt,
    SemanticRepresentation,
    StreamConnectionError,
    StreamError,
)
from aleph_alpha._async import sender as sender_module
from aleph_alpha._retry.pacing import Turn
from aleph_alpha._retry.schedule import Others
from aleph_alpha.testing import LocalServer
from aleph_alpha.testing.faults.kinds import Disconnect, Truncate
from aleph_alpha.testing.faults.rules import Faults
from tests._async.sending import Waits
from tests.fault_table import ANSWER, RETRIES, Cell, Row, rows
from tests.leaks import watched

pytestmark = pytest.mark.slow

MODEL = "toy-base"


def those(chosen: Callable[[Row], object]) -> pytest.MarkDecorator:
    """Run the test for each of the rows chosen."""
    direct = {True: [pytest.mark.direct], False: []}
    return pytest.mark.parametrize(
        "row", [pytest.param(row, id=row.title, marks=direct[row.direct]) for row in rows() if chosen(row)]
    )


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> Waits:
    recorded = Waits()
    monkeypatch.setattr(sender_module, "sleep", recorded.sleep)
    monkeypatch.setattr(sender_module, "Wake", lambda: recorded)
    monkeypatch.setattr(random, "random", lambda: 0.0)
    return recorded


@pytest.fixture(scope="module")
def server() -> Iterator[LocalServer]:
    with LocalServer() as server:
        yield server


@pytest.fixture
def faults(server: LocalServer) -> Iterator[Faults]:
    server.faults.clear()
    yield server.faults
    server.faults.clear()


def client_for(server: LocalServer, row: Row, **options: Any) -> AsyncClient:
    settings = {"request_timeout_seconds": 30, **row.options, **options}
    return AsyncClient("token", server.url, total_retries=RETRIES, **settings)


async def call(client: AsyncClient) -> tuple[str, int]:
    """How a call ends, and how many attempts it says it took."""
    try:
        response = await client.detokenize(DetokenizationRequest([40, 41, 42]), MODEL)
    except AlephAlphaError as error:
        return type(error).__name__, error.attempts
    assert response.result
    assert response.meta is not None
    return ANSWER, response.meta.attempts


@pytest.mark.proxied
@those(lambda row: row.call)
@pytest.mark.parametrize(
    "ambiguous", [False, pytest.param(True, marks=pytest.mark.direct)], ids=["", "retry_ambiguous"]
)
async def test_a_call_ends_as_the_table_says_and_the_next_one_works(
    row: Row, ambiguous: bool, server: LocalServer, faults: Faults, waits: Waits
) -> None:
    cell = row.ambiguous if ambiguous else row.call
    assert cell is not None
    with watched():
        async with client_for(server, row, retry_ambiguous=ambiguous) as client:
            with faults.add(*row.faults):
                outcome, attempts = await call(client)
            assert (outcome, len(faults.seen), attempts) == (cell.outcome, cell.sent, cell.sent)
            if row.waits is None:
                assert waits == [0.25, 0.5][: cell.sent - 1]
            else:
                assert waits == pytest.approx(row.waits, abs=2.0)
            assert await call(client) == (ANSWER, 1)


@those(lambda row: row.ambiguous is not None and row.ambiguous.sent > 1)
async def test_a_fault_that_goes_away_is_not_noticed_where_there_are_retries(
    row: Row, server: LocalServer, faults: Faults, waits: Waits
) -> None:
    faults.add(*row.faults, on=1)
    with watched():
        async with client_for(server, row, retry_ambiguous=True) as client:
            assert await call(client) == (ANSWER, 2)
    assert len(faults.seen) == 2


def held(client: AsyncClient, operation: str) -> bool:
    """Whether not all of twenty new calls might start at once."""
    gate, now = client._sender._gate, time.monotonic()
    kind = (operation, MODEL)
    turns = [Turn(now, 60.0) for _ in range(20)]
    wait = [gate.enter(kind, turn, now) is not None for turn in turns]
    for turn in turns:
        gate.leave(kind, turn, now)
    return any(wait)


@those(lambda row: row.call)
async def test_the_other_calls_pause_as_the_table_says(
    row: Row, server: LocalServer, faults: Faults, waits: Waits
) -> None:
    async with client_for(server, row) as client:
        assert await call(client) == (ANSWER, 1)
        with faults.add(*row.faults):
            await call(client)
            assert held(client, "detokenize") is (row.others in (Others.PACE, Others.PACE_ALL))
            assert held(client, "tokenize") is (row.others is Others.PACE_ALL)
            for _ in range(2):  # nine attempts in all
                await call(client)
            assert held(client, "detokenize") is (row.others is not Others.GO_ON)


@pytest.mark.proxied
@those(lambda row: row.batch)
async def test_a_batch_keeps_what_it_has_as_the_table_says(
    row: Row, server: LocalServer, faults: Faults, waits: Waits
) -> None:
    request = BatchSemanticEmbeddingRequest(
        [Prompt.from_text(text) for text in "abcd"], SemanticRepresentation.Symmetric, compress_to_size=128
    )
    failure: AlephAlphaError | None = None
    vectors: Any = None
    with watched():
        async with client_for(server, row) as client:
            whole = (await client.batch_semantic_embed(request, MODEL)).embeddings
            faults.clear()
            faults.add(*row.faults, on=range(3, 100))
            try:
                vectors = (await client.batch_semantic_embed(request, MODEL, batch_size=1)).embeddings
            except AlephAlphaError as error:
                failure = error
    if failure is None:
        assert vectors == whole
        assert Cell(ANSWER, len(faults.seen) - 3) == row.batch
    else:
        assert failure.partial is not None
        assert failure.partial == {0: whole[0], 1: whole[1]}
        assert failure.remaining == [2, 3]
        assert Cell(type(failure).__name__, len(faults.seen) - 2, kept=len(failure.partial)) == row.batch


@pytest.mark.proxied
@those(lambda row: row.stream)
async def test_a_stream_ends_as_the_table_says(row: Row, server: LocalServer, faults: Faults, waits: Waits) -> None:
    asked = CompletionRequest(Prompt.from_text("The sun is"), maximum_tokens=6)
    text = ""
    with watched():
        async with client_for(server, row) as client:
            with faults.add(*row.faults):
                try:
                    async with client.stream_complete(asked, MODEL) as stream:
                        text = "".join([piece async for piece in stream.text()])
                    outcome = Cell(ANSWER, len(faults.seen))
                except StreamError as error:
                    outcome = Cell(type(error).__name__, len(faults.seen), kept=bool(error.events))
                except AlephAlphaError as error:
                    outcome = Cell(type(error).__name__, len(faults.seen))
            assert outcome == row.stream
            if outcome.outcome == ANSWER:
                assert text == (await client.complete(asked, MODEL)).completions[0].completion


@pytest.mark.parametrize("in_order", [True, False], ids=["ended in order", "closed"])
async def test_a_stream_cut_at_any_byte_gives_the_events_before_it_and_says_so(
    in_order: bool, server: LocalServer, faults: Faults
) -> None:
    asked = CompletionRequest(Prompt.from_text("The sun is"), maximum_tokens=3)
    cuts = 0
    with watched():
        async with AsyncClient("token", server.url, total_retries=0) as client:
            whole = [event async for event in client.stream_complete(asked, MODEL)]
            got: list[Any] = []
            failure: StreamError | None = None
            while got != whole:
                got, failure = [], None
                with faults.add(Truncate(cuts * 11) if in_order else Disconnect(cuts * 11)):
                    try:
                        async for event in client.stream_complete(asked, MODEL):
                            got.append(event)
                    except StreamError as error:
                        failure = error
                assert got == whole[: len(got)]
                if got != whole:
                    assert isinstance(failure, StreamConnectionError)
                    assert failure.events == got
                    cuts += 1
    assert failure is None
    assert cuts > 20
