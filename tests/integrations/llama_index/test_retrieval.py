"""Embeddings and the reranker, and what is made of both."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pytest
from llama_index.core.schema import NodeWithScore, TextNode
from pydantic import ValidationError

from aleph_alpha import Client, Prompt, SemanticEmbeddingRequest, SemanticRepresentation
from aleph_alpha.integrations.llama_index import AlephAlphaEmbedding, AlephAlphaRerank
from aleph_alpha.testing import LocalServer

EXAMPLES = Path(__file__).resolve().parents[3] / "docs" / "notebooks"


async def test_queries_and_texts_have_representations_of_their_own(server: LocalServer) -> None:
    embedding = AlephAlphaEmbedding(model="toy-base")
    with Client("token", server.url) as client:

        def vector(representation: SemanticRepresentation) -> list[float]:
            request = SemanticEmbeddingRequest(Prompt.from_text("Hello"), representation)
            return list(client.semantic_embed(request, "toy-base").embedding)

        query, document = vector(SemanticRepresentation.Query), vector(SemanticRepresentation.Document)
    assert embedding.get_query_embedding("Hello") == pytest.approx(query)
    assert await embedding.aget_query_embedding("Hello") == pytest.approx(query)
    assert embedding.get_text_embedding("Hello") == pytest.approx(document)
    assert await embedding.aget_text_embedding("Hello") == pytest.approx(document)


async def test_a_batch_of_texts_keeps_its_order() -> None:
    texts = [f"text {n}" for n in range(130)]
    kinds: list[dict[str, Any]] = [
        {"model": "toy-base", "compress_to_size": 128},
        {"model": "toy-embedding", "kind": "plain", "dimensions": 16},
        {"model": "toy-instruct-embedding", "kind": "instructable", "query_instruction": "the number"},
    ]
    for settings in kinds:
        embedding = AlephAlphaEmbedding(**settings)
        vectors = embedding.get_text_embedding_batch(texts)
        assert len(vectors) == 130
        assert vectors[-1] == pytest.approx(embedding.get_text_embedding(texts[-1]), abs=1e-6)
        assert vectors == await embedding.aget_text_embedding_batch(texts)


def test_settings_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValidationError, match="query_instruction must be given"):
        AlephAlphaEmbedding(model="toy-base", kind="instructable")
    with pytest.raises(ValidationError, match="representation"):
        AlephAlphaEmbedding(model="toy-base", representation="sideways")
    with pytest.raises(ValidationError, match="normalise"):
        AlephAlphaEmbedding(model="toy-base", normalise=True)


def test_the_token_of_embeddings_is_neither_shown_nor_written_down() -> None:
    embedding = AlephAlphaEmbedding(model="toy-base", token="very secret")
    for text in (repr(embedding), embedding.to_json(), str(embedding.to_payload())):
        assert "very secret" not in text
    assert AlephAlphaEmbedding.from_json(embedding.to_json()).get_text_embedding("Hello")


async def test_the_best_nodes_come_first_with_their_score() -> None:
    nodes = [
        NodeWithScore(node=TextNode(text=text), score=0.1)
        for text in ("In spring foxes hunt.", "Paris is in France.", "Rome is old.")
    ]
    reranker = AlephAlphaRerank(model="toy-reranker", top_n=2)
    kept = reranker.postprocess_nodes(nodes, query_str="Where is Paris?")
    assert [one.text for one in kept] == ["Paris is in France.", "Rome is old."]
    assert kept[0].score is not None
    assert kept[1].score is not None
    assert kept[0].score > kept[1].score
    assert nodes[1].score == 0.1
    assert await reranker.apostprocess_nodes(nodes, query_str="Where is Paris?") == kept
    assert reranker.postprocess_nodes([], query_str="Where is Paris?") == []
    assert len(AlephAlphaRerank(model="toy-reranker", top_n=None).postprocess_nodes(nodes, query_str="Paris")) == 3
    with pytest.raises(ValueError, match="needs the query"):
        reranker.postprocess_nodes(nodes)


def test_the_notebook_answers_from_what_it_found() -> None:
    names = runpy.run_path(str(EXAMPLES / "rag_llama_index.py"))
    assert names["answer"].source_nodes[0].metadata["source"] == "harbour"
    assert str(names["answer"]).strip()
