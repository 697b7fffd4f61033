"""Embedding more prompts than one request takes: chunks, concurrency, and nothing lost on failure."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from aleph_alpha._call.call import Defaults
from aleph_alpha._runtime.aio import Items, fan_out, in_order
from aleph_alpha._runtime.progress import progress

if TYPE_CHECKING:
    from aleph_alpha.embedding.batch import BatchSemanticEmbeddingRequest, BatchSemanticEmbeddingResponse

__all__ = ["batch_semantic_embed", "iter_batch_semantic_embed"]


async def batch_semantic_embed(
    send: Callable[..., Any],
    defaults: Defaults,
    request: BatchSemanticEmbeddingRequest,
    model: str | None,
    *,
    concurrency: int,
    batch_size: int,
    progress_bar: bool,
    as_array: bool,
) -> BatchSemanticEmbeddingResponse:
    """See ``AsyncClient.batch_semantic_embed``."""
    from aleph_alpha.embedding.batch import batch_semantic_embed_call, prompts_of
    from aleph_alpha.embedding.collect import Collected, chunks
    from aleph_alpha.embedding.vectors import array_reader

    started = time.monotonic()
    prompts = len(prompts_of(request))
    parts = chunks(request, batch_size=batch_size, concurrency=concurrency)
    collected = Collected(prompts, batch_size, as_array=as_array)
    arrays = array_reader() if as_array else None

    def job(part: tuple[int, BatchSemanticEmbeddingRequest]) -> Callable[[], Any]:
        first, batch = part
        call = batch_semantic_embed_call(batch, model, defaults, arrays=arrays, first=first)
        return lambda: send(call, batch, first)

    with progress(prompts, shown=progress_bar) as advance:

        def done(index: int, response: BatchSemanticEmbeddingResponse) -> None:
            advance(collected.add(index, response))

        try:
            await fan_out(map(job, parts), concurrency, done)
        except BaseException as error:
            collected.leave_on(error)
            raise
    return collected.response(time.monotonic() - started)


def iter_batch_semantic_embed(
    send: Callable[..., Any],
    defaults: Defaults,
    request: BatchSemanticEmbeddingRequest,
    model: str | None,
    *,
    concurrency: int,
    batch_size: int,
    as_array: bool,
) -> Items[BatchSemanticEmbeddingResponse]:
    """See ``AsyncClient.iter_batch_semantic_embed``."""
    from aleph_alpha.embedding.batch import batch_semantic_embed_call, prompts_of
    from aleph_alpha.embedding.collect import chunks, counted
    from aleph_alpha.embedding.vectors import array_reader

    prompts_of(request)
    arrays = array_reader() if as_array else None

    def job(part: tuple[int, BatchSemanticEmbeddingRequest]) -> Callable[[], Any]:
        first, batch = part
        call = batch_semantic_embed_call(batch, model, defaults, arrays=arrays, first=first)

        async def run() -> BatchSemanticEmbeddingResponse:
            return counted(await send(call, batch, first), len(batch.prompts))

        return run

    return in_order(map(job, chunks(request, batch_size=batch_size, concurrency=concurrency)), concurrency)
