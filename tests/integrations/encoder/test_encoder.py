"""Vectors by the methods of Sentence Transformers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from aleph_alpha import Client, Prompt, SemanticEmbeddingRequest, SemanticRepresentation
from aleph_alpha.integrations.encoder import AlephAlphaEncoder
from aleph_alpha.testing import LocalServer


def test_queries_and_documents_have_representations_of_their_own(server: LocalServer) -> None:
    encoder = AlephAlphaEncoder("toy-base")
    with Client("token", server.url) as client:

        def vector(representation: SemanticRepresentation) -> Any:
            request = SemanticEmbeddingRequest(Prompt.from_text("Hello"), representation)
            return np.asarray(client.semantic_embed(request, "toy-base").embedding, np.float32)

        query, document = vector(SemanticRepresentation.Query), vector(SemanticRepresentation.Document)
    told: list[tuple[Any, Any]] = [
        (encoder.encode_query("Hello"), query),
        (encoder.encode("Hello", prompt_name="query"), query),
        (encoder.encode_document(["Hello"])[0], document),
        (encoder.encode("Hello"), document),
    ]
    for said, expected in told:
        np.testing.assert_allclose(said, expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    ("settings", "size"),
    [
        ({"model": "toy-base"}, 5120),
        ({"model": "toy-base", "kind": "symmetric", "truncate_dim": 128}, 128),
        ({"model": "toy-embedding", "kind": "plain", "truncate_dim": 16}, 16),
        ({"model": "toy-instruct-embedding", "kind": "instructable", "query_instruction": "the number"}, None),
    ],
)
def test_texts_become_one_array_in_their_order(settings: dict[str, Any], size: int | None) -> None:
    encoder = AlephAlphaEncoder(**settings)
    texts = [f"text {n}" for n in range(30)]
    vectors = encoder.encode(texts, batch_size=8, show_progress_bar=True)
    assert vectors.dtype == np.float32
    assert vectors.shape == (30, encoder.get_sentence_embedding_dimension())
    assert size in (None, vectors.shape[1])
    np.testing.assert_allclose(vectors[29], encoder.encode(texts[29]), rtol=1e-4, atol=1e-6)
    assert encoder.encode([]).shape[0] == 0


def test_vectors_are_cut_and_scaled_on_request() -> None:
    encoder = AlephAlphaEncoder("toy-base")
    vectors = encoder.encode(["a", "b"], truncate_dim=7, normalize_embeddings=True)
    assert vectors.shape == (2, 7)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, rtol=1e-5)


def test_a_prompt_goes_before_a_text_or_is_the_instruction() -> None:
    encoder = AlephAlphaEncoder("toy-base")
    np.testing.assert_array_equal(encoder.encode("x", prompt="Say: "), encoder.encode("Say: x"))
    instructed = AlephAlphaEncoder("toy-instruct-embedding", "instructable", query_instruction="the animal")
    assert not np.allclose(instructed.encode("a red fox", prompt="the colour"), instructed.encode("a red fox"))


def test_similarities_are_cosines() -> None:
    encoder = AlephAlphaEncoder("toy-base", "symmetric")
    one = np.array([[1.0, 0.0], [3.0, 4.0], [0.0, 0.0]])
    expected = np.array([[1, 0.6, 0], [0.6, 1, 0], [0, 0, 0]])
    np.testing.assert_allclose(encoder.similarity(one, one), expected, rtol=1e-6)
    np.testing.assert_allclose(encoder.similarity_pairwise(one, one), [1, 1, 0], rtol=1e-6)
    near, far = encoder.encode(["ships in the harbour", "bread"]), encoder.encode("The harbour was full of ships.")
    scores = encoder.similarity(near, far)[:, 0]
    assert scores[0] > scores[1]


def test_what_cannot_be_made_is_refused() -> None:
    with pytest.raises(ValueError, match="convert_to_tensor"):
        AlephAlphaEncoder("toy-base").encode("x", convert_to_tensor=True)
    with pytest.raises(ValueError, match="kind must be"):
        AlephAlphaEncoder("toy-base", "sideways")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="colour"):
        AlephAlphaEncoder("toy-base", colour="red")
