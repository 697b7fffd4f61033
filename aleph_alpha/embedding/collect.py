"""A batch in chunks, and the vectors of its responses put together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from aleph_alpha._runtime.progress import check_count
from aleph_alpha.embedding.batch import BatchSemanticEmbeddingRequest, BatchSemanticEmbeddingResponse
from aleph_alpha.errors import ResponseError
from aleph_alpha.options import Meta

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Collected", "chunks", "counted"]

MAX_BATCH_SIZE = 100  # prompts that the API takes in one request, after the documented client


def chunks(
    request: BatchSemanticEmbeddingRequest, *, batch_size: int, concurrency: int
) -> Iterator[tuple[int, BatchSemanticEmbeddingRequest]]:
    """The request in parts of `batch_size` prompts, each made when it is asked for, with its first prompt's index."""
    check_count("batch_size", batch_size, MAX_BATCH_SIZE)
    check_count("num_concurrent_requests", concurrency)
    prompts = request.prompts
    return ((at, replace(request, prompts=prompts[at : at + batch_size])) for at in range(0, len(prompts), batch_size))


def counted(response: BatchSemanticEmbeddingResponse, prompts: int) -> BatchSemanticEmbeddingResponse:
    """The response, if it has a vector for each prompt.

    Raises:
        ResponseError: it has more or fewer.
    """
    got = len(response.embeddings)
    if got != prompts:
        raise ResponseError(f"batchSemanticEmbed: {got} vectors for {prompts} prompts", path="embeddings")
    return response


class Collected:
    """The vectors that have arrived, each at the index of its prompt."""

    def __init__(self, prompts: int, batch_size: int, *, as_array: bool) -> None:
        self._prompts = prompts
        self._batch_size = batch_size
        self._as_array = as_array
        self._parts: dict[int, BatchSemanticEmbeddingResponse] = {}
        self._array: np.ndarray[Any, np.dtype[np.float32]] | None = None

    def add(self, index: int, response: BatchSemanticEmbeddingResponse) -> int:
        """Take the response to part `index`; returns how many vectors it has."""
        start = index * self._batch_size
        due = min(self._batch_size, self._prompts - start)
        got = len(counted(response, due).embeddings)
        if self._as_array:
            self._store(start, response)
        self._parts[index] = response
        return got

    def _store(self, start: int, response: BatchSemanticEmbeddingResponse) -> None:
        """Move the rows into the one array, so that no part is held twice."""
        import numpy as np

        rows: Any = response.embeddings
        if self._array is None:
            self._array = np.empty((self._prompts, rows.shape[1]), dtype=np.float32)
        if rows.shape[1] != self._array.shape[1]:
            sizes = f"{self._array.shape[1]} and {rows.shape[1]}"
            raise ResponseError(f"batchSemanticEmbed: vectors of different sizes ({sizes})", path="embeddings")
        self._array[start : start + len(rows)] = rows
        object.__setattr__(response, "embeddings", self._array[start : start + len(rows)])

    def response(self, seconds: float) -> BatchSemanticEmbeddingResponse:
        """All of it as one response; tokens and attempts are added up."""
        from aleph_alpha.embedding.batch import BatchSemanticEmbeddingResponse

        parts = [self._parts[index] for index in sorted(self._parts)]
        embeddings: Any
        if self._as_array:
            import numpy as np

            embeddings = np.empty((0, 0), dtype=np.float32) if self._array is None else self._array
        else:
            embeddings = [vector for part in parts for vector in part.embeddings]
        tokens: list[Any] = [part.num_tokens_prompt_total for part in parts]
        total: Any = None if None in tokens else sum(tokens)
        whole = BatchSemanticEmbeddingResponse(
            model_version=parts[-1].model_version if parts else "",
            embeddings=embeddings,
            num_tokens_prompt_total=total,
        )
        if metas := [part.meta for part in parts if part.meta is not None]:
            attempts = sum(meta.attempts for meta in metas)
            deviations = tuple(dict.fromkeys(one for meta in metas for one in meta.deviations))
            cached = len(metas) == len(parts) and all(meta.cached for meta in metas)
            whole.attach_meta(Meta(metas[-1].status, metas[-1].headers, attempts, seconds, deviations, cached))
        return whole

    def leave_on(self, error: BaseException) -> None:
        """Put what has arrived, and what has not, on the exception that ends the job."""
        partial = {
            index * self._batch_size + row: vector
            for index, part in sorted(self._parts.items())
            for row, vector in enumerate(part.embeddings)
        }
        error.partial = partial  # type: ignore[attr-defined]
        error.remaining = [index for index in range(self._prompts) if index not in partial]  # type: ignore[attr-defined]
