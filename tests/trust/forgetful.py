"""A program that meets every fault of the reference server and closes nothing: run by `test_exit`.

    python -X dev -W error -m tests.trust.forgetful sync|async <url of the server>

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
from aleph_alpha.testing.faults_kinds import KINDS
from tests.fault_table import Row, rows

MODEL = "toy-base"
COMPLETION = CompletionRequest(Prompt.from_text("The sun is"), maximum_tokens=4)
BATCH = BatchSemanticEmbeddingRequest([Prompt.from_text(text) for text in "abcd"], SemanticRepresentation.Symmetric)


NAMES = {kind: name for name, kind in KINDS.items()}


def control(url: str, method: str, body: Any = None) -> None:
    """A request to the control API of the faults."""
    request = urllib.request.Request(f"{url}/_faults", method=method, data=json.dumps(body).encode())
    request.add_header("Content-Type", "application/json")
    urllib.request.urlopen(request).close()


def met(url: str) -> Iterator[dict[str, Any]]:
    """The settings of a client for each fault, while the fault is there."""
    for row in rows():
        control(url, "POST", {"faults": [{"kind": NAMES[type(each)], **asdict(each)} for each in row.faults]})  # type: ignore[call-overload]
        yield options(row)
        control(url, "DELETE")


def options(row: Row) -> dict[str, Any]:
    seconds = 0.1 if "request_timeout_seconds" in row.options else 20
    return {**row.options, "total_retries": 0, "request_timeout_seconds": seconds}


def sync_calls(url: str) -> list[Client]:
    """The clients, open as they are."""
    clients = []
    for settings in met(url):
        client = Client("token", url, **settings)
        clients.append(client)
        with contextlib.suppress(AlephAlphaError):
            client.complete(COMPLETION, MODEL)
        with contextlib.suppress(AlephAlphaError):
            client.batch_semantic_embed(BATCH, MODEL, 2, batch_size=1)
        with contextlib.suppress(AlephAlphaError):
            next(iter(client.stream_complete(COMPLETION, MODEL)))
    return clients


async def async_calls(url: str) -> list[AsyncClient]:
    """The same."""
    clients = []
    for settings in met(url):
        client = AsyncClient("token", url, **settings)
        clients.append(client)
        with contextlib.suppress(AlephAlphaError):
            await client.complete(COMPLETION, MODEL)
        with contextlib.suppress(AlephAlphaError):
            await client.batch_semantic_embed(BATCH, MODEL, 2, batch_size=1)
        with contextlib.suppress(AlephAlphaError):
            await anext(aiter(client.stream_complete(COMPLETION, MODEL)))
    return clients


if __name__ == "__main__":
    kind, url = sys.argv[1:]
    clients = sync_calls(url) if kind == "sync" else asyncio.run(async_calls(url), debug=False)
    print(len(clients), "clients left open")
