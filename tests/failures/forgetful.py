"""A program that meets every fault of a table and closes nothing: run by `test_exit`.

    python -X dev -W error -m tests.failures.forgetful sync|async networks
    python -X dev -W error -m tests.failures.forgetful sync|async <url of the reference server>

For each fault there is a call, a batch, and a stream that is left after its first event.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from aleph_alpha import (
    AlephAlphaError,
    AsyncClient,
    BatchSemanticEmbeddingRequest,
    Client,
    CompletionRequest,
    Prompt,
    SemanticRepresentation,
)
from aleph_alpha.testing.faults.kinds import KINDS
from tests.failures.networks import NETWORKS
from tests.fault_table import rows

MODEL = "toy-base"
BATCH = BatchSemanticEmbeddingRequest([Prompt.from_text(text) for text in "abcd"], SemanticRepresentation.Symmetric)


NAMES = {kind: name for name, kind in KINDS.items()}


def control(url: str, method: str, body: Any = None) -> None:
    """A request to the control API of the faults."""
    request = urllib.request.Request(f"{url}/_faults", method=method, data=json.dumps(body).encode())
    request.add_header("Content-Type", "application/json")
    urllib.request.urlopen(request).close()


def met(where: str) -> Iterator[tuple[CompletionRequest, dict[str, Any]]]:
    """A request, and the settings of a client, for each fault, while the fault is there."""
    if where == "networks":
        for network in NETWORKS:
            with network.open() as place:
                yield completion(network.size), options(place.url, place.options)
        return
    for row in rows():
        control(where, "POST", {"faults": [{"kind": NAMES[type(each)], **asdict(each)} for each in row.faults]})  # type: ignore[call-overload]
        yield completion(1), options(where, row.options)
        control(where, "DELETE")


def completion(size: int) -> CompletionRequest:
    return CompletionRequest(Prompt.from_text("x" * size), maximum_tokens=4)


def options(url: str, given: dict[str, Any]) -> dict[str, Any]:
    seconds = 0.1 if "request_timeout_seconds" in given else 20
    return {"token": "token", "host": url, **given, "total_retries": 0, "request_timeout_seconds": seconds}


def sync_calls(where: str) -> list[Client]:
    """The clients, open as they are."""
    clients = []
    for request, settings in met(where):
        client = Client(**settings)
        clients.append(client)
        with contextlib.suppress(AlephAlphaError):
            client.complete(request, MODEL)
        with contextlib.suppress(AlephAlphaError):
            client.batch_semantic_embed(BATCH, MODEL, 2, batch_size=1)
        with contextlib.suppress(AlephAlphaError):
            next(iter(client.stream_complete(request, MODEL)))
    return clients


async def async_calls(where: str) -> list[AsyncClient]:
    """The same."""
    clients = []
    for request, settings in met(where):
        client = AsyncClient(**settings)
        clients.append(client)
        with contextlib.suppress(AlephAlphaError):
            await client.complete(request, MODEL)
        with contextlib.suppress(AlephAlphaError):
            await client.batch_semantic_embed(BATCH, MODEL, 2, batch_size=1)
        with contextlib.suppress(AlephAlphaError):
            await anext(aiter(client.stream_complete(request, MODEL)))
    return clients


if __name__ == "__main__":
    kind, where = sys.argv[1:]
    clients = sync_calls(where) if kind == "sync" else asyncio.run(async_calls(where), debug=False)
    print(len(clients), "clients left open")
