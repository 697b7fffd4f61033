"""What LlamaIndex's own packages for this API are tested for, and the arguments of their classes."""

from __future__ import annotations

import pytest
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.base.llms.base import BaseLLM

from aleph_alpha.integrations.llama_index import AlephAlpha, AlephAlphaEmbedding
from aleph_alpha.testing import LocalServer


def test_the_model_is_one_of_llama_index() -> None:
    assert issubclass(AlephAlpha, BaseLLM)
    assert isinstance(AlephAlpha(token="fake_token", model="luminous-base"), BaseLLM)


def test_the_embedding_is_one_of_llama_index() -> None:
    assert isinstance(AlephAlphaEmbedding(token="fake_token", model="luminous-base"), BaseEmbedding)


def test_the_arguments_of_the_stale_model_are_understood(server: LocalServer) -> None:
    llm = AlephAlpha(
        model="toy-base",
        temperature=0.0,
        max_tokens=8,
        base_url=server.url,
        timeout=None,
        max_retries=10,
        token="a token",
        hosting=None,
        nice=True,
        verify_ssl=True,
        log_probs=1,
        top_p=None,
        echo=False,
        penalty_exceptions=None,
        n=1,
        additional_kwargs={"stop_sequences": ["\n\n"], "sequence_penalty": 0.0},
    )
    response = llm.complete("An apple a day")
    assert response.text
    assert response.logprobs is not None
    assert len(response.logprobs) == 8
    assert (llm.host, llm.total_retries) == (server.url, 10)


@pytest.mark.parametrize(
    ("representation", "kind", "role"),
    [("Query", "asymmetric", "query"), ("Symmetric", "symmetric", None), (None, "asymmetric", None)],
)
def test_the_arguments_of_the_stale_embedding_are_understood(
    server: LocalServer, representation: str | None, kind: str, role: str | None
) -> None:
    embedding = AlephAlphaEmbedding(
        model="toy-base",
        token="a token",
        representation=representation,
        base_url=server.url,
        hosting=None,
        timeout=30.0,
        max_retries=10,
        nice=False,
        verify_ssl=True,
        additional_kwargs={},
    )
    assert (embedding.kind, embedding.representation, embedding.model_name) == (kind, role, "toy-base")
    query, text = embedding.get_query_embedding("Hello"), embedding.get_text_embedding("Hello")
    assert (query == text) == (representation is not None)
