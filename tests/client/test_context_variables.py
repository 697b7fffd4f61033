"""A token callable that reads a context variable, as web frameworks set one for each request."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

import httpx
import pytest

from aleph_alpha import (
    AsyncClient,
    BatchSemanticEmbeddingRequest,
    Client,
    CompletionRequest,
    Prompt,
    SemanticRepresentation,
)
from tests.scripted import COMPLETION, error

tenant: ContextVar[str] = ContextVar("tenant")
REQUESTS = [CompletionRequest(Prompt.from_text(text), maximum_tokens=1) for text in "abcdef"]
BATCH = BatchSemanticEmbeddingRequest([Prompt(text) for text in "abcdef"], SemanticRepresentation.Symmetric)

METHODS: dict[str, Callable[[Any], Any]] = {
    "complete_many": lambda client: client.complete_many(REQUESTS, "model", num_concurrent_requests=3),
    "iter_complete_many": lambda client: client.iter_complete_many(REQUESTS, "model", num_concurrent_requests=3),
    "batch_semantic_embed": lambda client: client.batch_semantic_embed(
        BATCH, "model", num_concurrent_requests=3, batch_size=1
    ),
    "iter_batch_semantic_embed": lambda client: client.iter_batch_semantic_embed(
        BATCH, "model", num_concurrent_requests=3, batch_size=1
    ),
}


class Server:
    """Takes one token only, so that a callable is asked again in the midst of each job."""

    def __init__(self) -> None:
        self.seen: set[str] = set()
        self.asked = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.seen.add(request.headers["authorization"])
        self.asked += 1
        if self.asked % 3 == 0:
            return error(401)
        if request.url.path.endswith("/batch_semantic_embed"):
            return httpx.Response(200, json={"model_version": "1", "embeddings": [[1.0]], "num_tokens_prompt_total": 1})
        return httpx.Response(200, json=COMPLETION)


def token() -> str:
    return f"token-of-{tenant.get()}"


@pytest.mark.parametrize("kind", [Client, AsyncClient])
@pytest.mark.parametrize("method", METHODS)
def test_the_token_of_each_call_is_that_of_who_called(kind: Any, method: str) -> None:
    server = Server()
    transport = httpx.MockTransport(server)
    http_client: Any = httpx.Client(transport=transport) if kind is Client else httpx.AsyncClient(transport=transport)
    client = kind(token, "https://api.example.com", http_client=http_client)

    async def collected() -> Any:
        tenant.set("a")
        found = METHODS[method](client)
        return [one async for one in found] if hasattr(found, "__aiter__") else await found

    def called() -> Any:
        tenant.set("a")
        found = METHODS[method](client)
        return list(found) if hasattr(found, "__next__") else found

    assert asyncio.run(collected()) if kind is AsyncClient else called()
    assert server.seen == {"Bearer token-of-a"}
