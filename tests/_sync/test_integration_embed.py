# Made from tests/_async/test_integration_embed.py by scripts/unasync.py: change it there, then run `make fix`.
"""Embeddings against the API as it was recorded."""

from __future__ import annotations

import numpy as np
import pytest

from aleph_alpha import (
    BatchSemanticEmbeddingRequest,
    Client,
    EmbeddingRequest,
    Prompt,
    SemanticEmbeddingRequest,
    SemanticRepresentation,
)
from tests.integration import Models, cassette

TEXTS = [
    "The sun is shining on the harbour.",
    "Sunshine over the harbour this morning.",
    "The invoice is due at the end of the month.",
    "Please pay the bill before the month ends.",
    "The sun is shining on the harbour.",
]


def similarity(one: list[float], other: list[float]) -> float:
    return float(np.dot(one, other) / np.linalg.norm(one) / np.linalg.norm(other))


@cassette("semantic_embed")
def test_texts_that_mean_alike_are_close(client: Client, models: Models) -> None:
    vectors = []
    for text in TEXTS[:3]:
        request = SemanticEmbeddingRequest(
            Prompt.from_text(text), SemanticRepresentation.Symmetric, compress_to_size=128, normalize=True
        )
        response = client.semantic_embed(request, models.embeddings)
        assert len(response.embedding) == 128
        assert np.linalg.norm(response.embedding) == pytest.approx(1.0, abs=1e-3)
        vectors.append(response.embedding)
    sun, sunshine, invoice = vectors
    assert similarity(sun, sunshine) > similarity(sun, invoice)


@cassette("semantic_embed_asymmetric")
def test_a_query_finds_its_document(client: Client, models: Models) -> None:
    def embed(text: str, representation: SemanticRepresentation) -> list[float]:
        request = SemanticEmbeddingRequest(Prompt.from_text(text), representation, compress_to_size=128)
        return list((client.semantic_embed(request, models.embeddings)).embedding)

    query = embed("When is the invoice due?", SemanticRepresentation.Query)
    near = embed(TEXTS[2], SemanticRepresentation.Document)
    far = embed(TEXTS[0], SemanticRepresentation.Document)
    assert similarity(query, near) > similarity(query, far)


@cassette("batch_semantic_embed")
def test_a_batch_keeps_the_order_of_its_prompts(client: Client, models: Models) -> None:
    request = BatchSemanticEmbeddingRequest(
        [Prompt.from_text(text) for text in TEXTS], SemanticRepresentation.Symmetric, compress_to_size=128
    )
    response = client.batch_semantic_embed(
        request, models.embeddings, num_concurrent_requests=2, batch_size=2, as_array=True
    )
    vectors = np.asarray(response.embeddings)
    assert (vectors.shape, vectors.dtype.name) == ((5, 128), "float32")
    assert response.num_tokens_prompt_total > len(TEXTS)
    assert np.allclose(vectors[0], vectors[4], atol=1e-3)
    assert not np.allclose(vectors[0], vectors[1], atol=1e-3)
    single = SemanticEmbeddingRequest(request.prompts[2], request.representation, compress_to_size=128)
    alone = (client.semantic_embed(single, models.embeddings)).embedding
    assert np.allclose(vectors[2], alone, atol=1e-3)


@cassette("embed")
def test_layers_and_poolings_are_returned_by_name(client: Client, models: Models) -> None:
    request = EmbeddingRequest(Prompt.from_text(TEXTS[0]), layers=[-1], pooling=["mean", "max"], tokens=True)
    response = client.embed(request, models.embeddings)
    assert response.embeddings is not None
    assert response.tokens is not None
    assert {pooling for _, pooling in response.embeddings} == {"mean", "max"}
    assert len({layer for layer, _ in response.embeddings}) == 1
    assert len({len(vector) for vector in response.embeddings.values()}) == 1
    assert response.num_tokens_prompt_total == len(response.tokens)
