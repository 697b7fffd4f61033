# Made from tests/_async/test_iter_batches.py by scripts/unasync.py: change it there, then run `make fix`.
"""iter_batch_semantic_embed: batches in order, none kept, none under way when nobody wants more."""

from __future__ import annotations

import gc
import weakref
from typing import Any

import pytest

from aleph_alpha import BatchSemanticEmbeddingRequest, Client, errors as err
from tests._sync.test_batch import MODEL, Embedder, request_for, texts


@pytest.mark.parametrize("as_array", [False, True])
@pytest.mark.parametrize("concurrency", [1, 2, 7])
def test_batches_come_in_the_order_of_the_prompts(concurrency: int, as_array: bool) -> None:
    embedder = Embedder()
    found = []
    batches = embedder.client.iter_batch_semantic_embed(
        request_for(texts(23)), MODEL, concurrency, 5, as_array=as_array
    )
    for batch in batches:
        assert hasattr(batch.embeddings, "shape") == as_array
        assert batch.meta is not None
        found.append([float(vector[0]) for vector in batch.embeddings])
    assert found == [[float(number) for number in range(at, min(at + 5, 23))] for at in range(0, 23, 5)]


@pytest.mark.parametrize("concurrency", [1, 3])
def test_only_as_many_are_sent_as_may_wait_to_be_taken(concurrency: int) -> None:
    embedder = Embedder()
    batches = embedder.client.iter_batch_semantic_embed(request_for(texts(40)), MODEL, concurrency, 2)
    for taken in range(1, 4):
        next(batches)
        assert len(embedder.batches) <= taken + concurrency
    batches.close()
    assert len(embedder.batches) <= 3 + concurrency


@pytest.mark.slow
@pytest.mark.parametrize("concurrency", [1, 3])
def test_nothing_is_kept_of_what_was_taken(concurrency: int) -> None:
    batches = Embedder().client.iter_batch_semantic_embed(request_for(texts(40)), MODEL, concurrency, 2)
    taken: list[weakref.ref[Any]] = []
    for batch in batches:
        taken.append(weakref.ref(batch))
        del batch
        gc.collect()
        assert len([ref for ref in taken if ref() is not None]) <= concurrency  # the loop may hold on to the last
    assert len(taken) == 20


@pytest.mark.parametrize("concurrency", [1, 3])
def test_the_failure_of_a_batch_is_raised_when_it_is_due(concurrency: int) -> None:
    embedder = Embedder(5)
    batches = embedder.client.iter_batch_semantic_embed(request_for(texts(40)), MODEL, concurrency, 2)
    assert [(next(batches)).embeddings[0][0] for _ in range(2)] == [0.0, 2.0]
    with pytest.raises(err.BadRequestError, match="PROMPT_TOO_LONG"):
        next(batches)
    assert len(embedder.batches) <= 3 + concurrency


@pytest.mark.parametrize("concurrency", [1, 4])
def test_a_prompt_that_cannot_be_sent_does_not_cost_the_batches_before_it(concurrency: int) -> None:
    prompts: list[Any] = texts(5)
    prompts[3] = "no prompt"
    batches = Embedder().client.iter_batch_semantic_embed(request_for(prompts), MODEL, concurrency, 1)
    assert [(next(batches)).embeddings[0][0] for _ in range(3)] == [0.0, 1.0, 2.0]
    with pytest.raises(err.InvalidRequestError, match=r"prompts\[3\]"):
        next(batches)


def test_a_wrong_number_of_vectors_is_refused() -> None:
    class Short(Embedder):
        def __call__(self, request: Any) -> Any:
            answer = super().__call__(request).json()
            del answer["embeddings"][0]
            return type(super().__call__(request))(200, json=answer)

    with pytest.raises(err.ResponseError, match="1 vectors for 2 prompts"):
        next(Short().client.iter_batch_semantic_embed(request_for(texts(2)), MODEL))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((request_for(texts(2)), MODEL, 0), "num_concurrent_requests must be 1 or greater"),
        ((request_for(texts(2)), MODEL, 1, 101), "batch_size must be between 1 and 100"),
        ((request_for(None), MODEL), "prompts must be a list"),
        (("text", MODEL), "takes a BatchSemanticEmbeddingRequest"),
    ],
)
def test_bad_input_is_refused_at_once(arguments: tuple[Any, ...], message: str) -> None:
    client = Client("token", "https://example.com")
    with pytest.raises(err.InvalidRequestError, match=message):
        client.iter_batch_semantic_embed(*arguments)


def test_of_no_prompts_there_are_no_batches() -> None:
    request: BatchSemanticEmbeddingRequest = request_for([])
    assert [batch for batch in Embedder().client.iter_batch_semantic_embed(request, MODEL)] == []
