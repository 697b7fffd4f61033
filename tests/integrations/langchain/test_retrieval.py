"""Embeddings and the reranker, and what is made of both."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pytest
from langchain_core.documents import Document
from pydantic import ValidationError

from aleph_alpha import Client, Prompt, SemanticEmbeddingRequest, SemanticRepresentation
from aleph_alpha.integrations.langchain import (
    AlephAlphaAsymmetricSemanticEmbedding,
    AlephAlphaEmbeddings,
    AlephAlphaRerank,
    AlephAlphaSymmetricSemanticEmbedding,
)
from aleph_alpha.testing import LocalServer

EXAMPLES = Path(__file__).resolve().parents[3] / "docs" / "notebooks"


@pytest.mark.parametrize(
    ("kind", "query", "document"), [("asymmetric", "Query", "Document"), ("symmetric", "Symmetric", "Symmetric")]
)
def test_queries_and_documents_have_the_representation_of_their_kind(
    server: LocalServer, kind: str, query: str, document: str
) -> None:
    embeddings = AlephAlphaEmbeddings(model="toy-base", kind=kind)
    with Client("token", server.url) as client:

        def vector(representation: str) -> list[float]:
            request = SemanticEmbeddingRequest(Prompt.from_text("Hello"), SemanticRepresentation[representation])
            return list(client.semantic_embed(request, "toy-base").embedding)

        assert embeddings.embed_query("Hello") == pytest.approx(vector(query))
        assert embeddings.embed_documents(["Hello"])[0] == pytest.approx(vector(document))


async def test_sync_and_async_vectors_are_the_same_in_the_same_order() -> None:
    texts = [f"text {n}" for n in range(230)]
    kinds: list[dict[str, Any]] = [
        {"model": "toy-base", "compress_to_size": 128},
        {"model": "toy-embedding", "kind": "plain", "dimensions": 16},
    ]
    for settings in kinds:
        embeddings = AlephAlphaEmbeddings(**settings)
        vectors = embeddings.embed_documents(texts)
        assert len(vectors) == 230
        assert vectors == await embeddings.aembed_documents(texts)
        assert vectors[-1] == pytest.approx(embeddings.embed_documents(texts[-1:])[0], abs=1e-6)
    assert embeddings.embed_documents([]) == []


def test_an_instruction_is_followed() -> None:
    model = "toy-instruct-embedding"
    one = AlephAlphaEmbeddings(model=model, kind="instructable", query_instruction="the animal")
    other = AlephAlphaEmbeddings(
        model=model, kind="instructable", query_instruction="the animal", document_instruction="the colour"
    )
    assert one.embed_query("a red fox") == other.embed_query("a red fox")
    assert one.embed_documents(["a red fox"]) != other.embed_documents(["a red fox"])
    assert one.embed_documents(["a red fox"])[0] == one.embed_query("a red fox")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"kind": "instructable"}, "query_instruction must be given"),
        ({"kind": "plain", "compress_to_size": 128}, "compress_to_size needs"),
        ({"query_instruction": "the animal"}, "instructions need"),
        ({"dimensions": 4}, "dimensions needs"),
        ({"kind": "other"}, "kind"),
        ({"normalise": True}, "normalise"),
    ],
)
def test_settings_that_do_not_fit_together_are_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        AlephAlphaEmbeddings(model="toy-base", **settings)


def test_the_old_classes_have_their_arguments_and_their_default() -> None:
    asymmetric = AlephAlphaAsymmetricSemanticEmbedding(
        aleph_alpha_api_key="a token",
        normalize=True,
        compress_to_size=128,
        contextual_control_threshold=None,
        control_log_additive=True,
        request_timeout_seconds=305,
        total_retries=8,
        nice=False,
        hosting=None,
    )
    assert asymmetric.model == "luminous-base"
    assert asymmetric.token is not None
    assert asymmetric.token.get_secret_value() == "a token"
    assert "a token" not in repr(asymmetric)
    assert AlephAlphaSymmetricSemanticEmbedding(aleph_alpha_api_key="a token").kind == "symmetric"


DOCUMENTS = [
    Document("Rome is old.", metadata={"source": "a"}),
    Document("Paris is in France.", metadata={"source": "b"}),
    Document("In spring foxes hunt.", metadata={"source": "c"}),
]


async def test_the_best_documents_come_first_with_their_score() -> None:
    reranker = AlephAlphaRerank(model="toy-reranker", top_n=2)
    kept = reranker.compress_documents(DOCUMENTS, "Where is Paris?")
    assert [one.metadata["source"] for one in kept] == ["b", "a"]
    assert kept[0].metadata["relevance_score"] > kept[1].metadata["relevance_score"]
    assert kept == await reranker.acompress_documents(DOCUMENTS, "Where is Paris?")
    assert "relevance_score" not in DOCUMENTS[1].metadata
    assert reranker.compress_documents([], "Where is Paris?") == []
    assert len(AlephAlphaRerank(model="toy-reranker", top_n=None).compress_documents(DOCUMENTS, "Paris")) == 3
    assert len(AlephAlphaRerank(model="toy-reranker", top_n=9).compress_documents(DOCUMENTS, "Paris")) == 3


def test_fewer_than_one_document_cannot_be_kept() -> None:
    with pytest.raises(ValidationError, match="top_n"):
        AlephAlphaRerank(model="toy-reranker", top_n=0)


def test_the_notebook_answers_from_what_it_found() -> None:
    names = runpy.run_path(str(EXAMPLES / "rag_langchain.py"))
    assert names["kept"][0].metadata["source"] == "harbour"
    assert names["answer"].strip()
