"""The standard suites of LangChain for embeddings, against the reference server."""

from __future__ import annotations

from typing import Any, ClassVar

from langchain_core.embeddings import Embeddings
from langchain_tests.integration_tests import EmbeddingsIntegrationTests
from langchain_tests.unit_tests import EmbeddingsUnitTests

from aleph_alpha.integrations.langchain import (
    AlephAlphaAsymmetricSemanticEmbedding,
    AlephAlphaEmbeddings,
    AlephAlphaSymmetricSemanticEmbedding,
)


class Asymmetric:
    params: ClassVar[Any] = {"model": "toy-base"}
    kind: ClassVar[type[Embeddings]] = AlephAlphaEmbeddings

    @property
    def embeddings_class(self) -> type[Embeddings]:
        return self.kind

    @property
    def embedding_model_params(self) -> dict[str, Any]:
        return dict(self.params)


class Symmetric(Asymmetric):
    params: ClassVar[Any] = {
        "model": "toy-base",
        "kind": "symmetric",
        "compress_to_size": 128,
        "normalize": True,
    }


class Instructable(Asymmetric):
    params: ClassVar[Any] = {
        "model": "toy-instruct-embedding",
        "kind": "instructable",
        "query_instruction": "the animal",
    }


class Plain(Asymmetric):
    params: ClassVar[Any] = {"model": "toy-embedding", "kind": "plain", "dimensions": 64}


class OldAsymmetric(Asymmetric):
    kind: ClassVar[type[Embeddings]] = AlephAlphaAsymmetricSemanticEmbedding
    params: ClassVar[Any] = {
        "model": "toy-base",
        "aleph_alpha_api_key": "a token",
        "normalize": True,
        "compress_to_size": 128,
    }


class OldSymmetric(OldAsymmetric):
    kind: ClassVar[type[Embeddings]] = AlephAlphaSymmetricSemanticEmbedding


class TestAsymmetric(Asymmetric, EmbeddingsIntegrationTests):
    pass


class TestSymmetric(Symmetric, EmbeddingsIntegrationTests):
    pass


class TestInstructable(Instructable, EmbeddingsIntegrationTests):
    pass


class TestPlain(Plain, EmbeddingsIntegrationTests):
    pass


class TestOldAsymmetric(OldAsymmetric, EmbeddingsIntegrationTests):
    pass


class TestOldSymmetric(OldSymmetric, EmbeddingsIntegrationTests):
    pass


class TestUnit(Asymmetric, EmbeddingsUnitTests):
    @property
    def init_from_env_params(self) -> tuple[dict[str, str], dict[str, Any], dict[str, Any]]:
        return {"AA_TOKEN": "a token"}, {"model": "toy-base"}, {"token": "a token"}


class TestUnitOld(OldAsymmetric, EmbeddingsUnitTests):
    pass
