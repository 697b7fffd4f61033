"""Whatever goes wrong, a call, a batch and a stream end by the deadline of the client: every fault of both tables."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from typing import Any

import pytest

from aleph_alpha import (
    AlephAlphaError,
    APITimeoutError,
    AsyncClient,
    BatchSemanticEmbeddingRequest,
    CompletionRequest,
    Prompt,
    SemanticRepresentation,
)
from aleph_alpha.testing import LocalServer
from aleph_alpha.testing.faults import Delay
from tests.failures.networks import ROWS, Network
from tests.fault_table import Row, rows
from tests.leaks import watched

pytestmark = [pytest.mark.slow, pytest.mark.proxied]

MODEL = "toy-base"
DEADLINE = 0.2  # seconds
MARGIN = 5.0  # more, for a machine that is busy; without a deadline most of these take a minute or more

# Nothing but the deadline ends these calls: attempts may take a minute, and there are many.
PATIENT: dict[str, Any] = {"request_timeout_seconds": 60, "total_retries": 8, "retry_ambiguous": True}


@pytest.fixture(scope="module")
def server() -> Iterator[LocalServer]:
    with LocalServer() as server:
        yield server


def completion(size: int) -> CompletionRequest:
    return CompletionRequest(Prompt.from_text("x" * size), maximum_tokens=4)


async def call(client: AsyncClient, size: int) -> None:
    await client.complete(completion(size), MODEL)


async def batch(client: AsyncClient, size: int) -> None:
    request = BatchSemanticEmbeddingRequest([Prompt.from_text("x" * size)] * 3, SemanticRepresentation.Symmetric)
    await client.batch_semantic_embed(request, MODEL, 2, batch_size=1)


async def stream(client: AsyncClient, size: int) -> None:
    async with client.stream_complete(completion(size), MODEL) as stream:
        await stream.final()


kinds = pytest.mark.parametrize(
    "kind", [call, *(pytest.param(each, marks=pytest.mark.direct) for each in (batch, stream))]
)


async def ends_by_the_deadline(url: str, options: dict[str, Any], kind: Any, size: int) -> None:
    async with AsyncClient("token", url, deadline=DEADLINE, **{**options, **PATIENT}) as client:
        started = time.monotonic()
        with contextlib.suppress(AlephAlphaError):
            await kind(client, size)
        assert time.monotonic() - started < DEADLINE + MARGIN


@kinds
@pytest.mark.parametrize("row", [pytest.param(row, id=row.title) for row in rows()])
async def test_faults_of_a_server_keep_nobody_beyond_the_deadline(row: Row, kind: Any, server: LocalServer) -> None:
    server.faults.clear()
    with watched(), server.faults.add(*row.faults):
        await ends_by_the_deadline(server.url, row.options, kind, 1)


@kinds
@pytest.mark.parametrize("network", ROWS)
async def test_faults_of_a_network_keep_nobody_beyond_the_deadline(network: Network, kind: Any) -> None:
    with watched(), network.open() as place:
        await ends_by_the_deadline(place.url, place.options, kind, network.size)


@pytest.mark.direct
@pytest.mark.parametrize("kind", [call, stream])
@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"request_timeout_seconds": 0.2}, r"within 0\.2 s \(request_timeout_seconds\)"),
        ({"request_timeout_seconds": 0.2, "deadline": None}, r"within 0\.2 s \(request_timeout_seconds\)"),
        ({"request_timeout_seconds": 5, "deadline": 0.2}, "before the deadline$"),
        ({"request_timeout_seconds": None, "deadline": 0.2}, "before the deadline$"),
    ],
)
async def test_a_timeout_says_which_bound_it_was(
    options: dict[str, Any], said: str, kind: Any, server: LocalServer
) -> None:
    server.faults.clear()
    async with AsyncClient("token", server.url, **options) as client:
        with server.faults.add(Delay(1)), pytest.raises(APITimeoutError, match=said):
            await kind(client, 1)
