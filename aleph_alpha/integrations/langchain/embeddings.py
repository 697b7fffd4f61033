"""Embeddings of texts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Self

from langchain_core.embeddings import Embeddings
from pydantic import SecretStr, model_validator

from aleph_alpha.integrations.connection import Connection
from aleph_alpha.integrations.vectors import Embedder, EmbeddingKind

__all__ = ["AlephAlphaAsymmetricSemanticEmbedding", "AlephAlphaEmbeddings", "AlephAlphaSymmetricSemanticEmbedding"]


class AlephAlphaEmbeddings(Connection, Embeddings):
    """Vectors of texts: of queries, and of the documents that they are compared with.

    Besides what is listed here it takes the settings of :class:`Connection`: `model`, `token`, `host`, ...

    Parameters:
        kind: ``"asymmetric"`` represents queries and documents each in its way, for search;
            ``"symmetric"`` all texts alike. ``"instructable"`` follows an instruction. ``"plain"`` is for
            models that are served by the embeddings endpoint alone.
        query_instruction, document_instruction: what to look for in the texts, where `kind` is
            ``"instructable"``; one of them stands for both where it is the only one.
        compress_to_size: 128, or ``None`` for all numbers; asymmetric and symmetric vectors only.
        dimensions: numbers of each vector, plain ones only; ``None`` for all.
        normalize, contextual_control_threshold, control_log_additive: as of ``SemanticEmbeddingRequest``;
            not for plain ones.

    >>> embeddings = AlephAlphaEmbeddings(model="toy-base", compress_to_size=128)
    >>> len(embeddings.embed_query("Who likes pizza?"))
    128
    """

    if TYPE_CHECKING:  # other names are taken, too, and tokens as text

        def __init__(self, *, token: str | SecretStr | None = None, **settings: Any) -> None: ...

    kind: EmbeddingKind = "asymmetric"
    query_instruction: str | None = None
    document_instruction: str | None = None
    compress_to_size: int | None = None
    dimensions: int | None = None
    normalize: bool | None = False
    contextual_control_threshold: float | None = None
    control_log_additive: bool | None = True

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        Embedder.of(self)
        return self

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """A vector for each text, as of documents that are searched."""
        return Embedder.of(self).embed(self.sync_client(), texts, "document")

    async def aembed_documents(self, texts: list[str]) -> list[list[float]]:
        """A vector for each text, as of documents that are searched."""
        return await Embedder.of(self).aembed(self.asyncio_client(), texts, "document")

    def embed_query(self, text: str) -> list[float]:
        """The vector of a text, as of a query."""
        return Embedder.of(self).embed(self.sync_client(), [text], "query")[0]

    async def aembed_query(self, text: str) -> list[float]:
        """The vector of a text, as of a query."""
        return (await Embedder.of(self).aembed(self.asyncio_client(), [text], "query"))[0]


class AlephAlphaAsymmetricSemanticEmbedding(AlephAlphaEmbeddings):
    """The class of ``langchain-community``, with its arguments and its default for the model."""

    if TYPE_CHECKING:  # other names are taken, too, and tokens as text

        def __init__(self, *, token: str | SecretStr | None = None, **settings: Any) -> None: ...

    model: str = "luminous-base"
    kind: Literal["asymmetric"] = "asymmetric"


class AlephAlphaSymmetricSemanticEmbedding(AlephAlphaEmbeddings):
    """The class of ``langchain-community``, with its arguments and its default for the model."""

    if TYPE_CHECKING:  # other names are taken, too, and tokens as text

        def __init__(self, *, token: str | SecretStr | None = None, **settings: Any) -> None: ...

    model: str = "luminous-base"
    kind: Literal["symmetric"] = "symmetric"
