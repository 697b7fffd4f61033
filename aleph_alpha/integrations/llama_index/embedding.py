"""Embeddings of texts and queries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Self

from llama_index.core.base.embeddings.base import BaseEmbedding
from pydantic import Field, SecretStr, model_validator

from aleph_alpha import SemanticRepresentation
from aleph_alpha.integrations.connection import STRICT, Connection
from aleph_alpha.integrations.vectors import Embedder, EmbeddingKind, Role

__all__ = ["AlephAlphaEmbedding"]


class AlephAlphaEmbedding(Connection, BaseEmbedding):
    """Vectors of queries, and of the texts that they are compared with.

    Besides what is listed here it takes the settings of :class:`Connection` (`model`, `token`, `host`,
    ...) and those of all embeddings of LlamaIndex.

    Parameters:
        kind: ``"asymmetric"`` represents queries and texts each in its way, for search;
            ``"symmetric"`` all alike. ``"instructable"`` follows an instruction. ``"plain"`` is for
            models that are served by the embeddings endpoint alone.
        query_instruction, document_instruction: what to look for, where `kind` is ``"instructable"``;
            one of them stands for both where it is the only one.
        compress_to_size: 128, or ``None`` for all numbers; asymmetric and symmetric vectors only.
        dimensions: numbers of each vector, plain ones only; ``None`` for all.
        normalize, contextual_control_threshold, control_log_additive: as of ``SemanticEmbeddingRequest``.
        representation: ``"query"``, ``"document"`` or ``"symmetric"`` for all vectors, whatever they are of.
        verify_ssl: whether certificates are checked.

    >>> embedding = AlephAlphaEmbedding(model="toy-base", compress_to_size=128)
    >>> len(embedding.get_query_embedding("Who likes pizza?"))
    128
    """

    model_config = STRICT

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
    representation: Role | None = None
    verify_ssl: bool = True
    embed_batch_size: int = Field(default=100, ge=1, le=2048)

    other_names: ClassVar[Mapping[str, str]] = {
        name: field for name, field in Connection.other_names.items() if name != "model_name"
    }

    @model_validator(mode="before")
    @classmethod
    def _one_representation(cls, given: Any) -> Any:
        if not isinstance(given, Mapping):
            return given
        others = {**given, **(given.get("additional_kwargs") or {})}
        others.pop("additional_kwargs", None)
        wanted = others.get("representation")
        wanted = wanted.value if isinstance(wanted, SemanticRepresentation) else wanted
        if isinstance(wanted, str):
            others["representation"] = wanted.lower()
            if wanted.lower() == "symmetric":
                others |= {"representation": None, "kind": "symmetric"}
        others.setdefault("model", others.get("model_name"))
        return {**others, "model_name": others["model"]}

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        Embedder.of(self)
        return self

    @classmethod
    def class_name(cls) -> str:
        """Name of the class in what LlamaIndex writes down."""
        return "AlephAlphaEmbedding"

    def _options(self) -> dict[str, Any]:
        return {"verify_ssl": self.verify_ssl, **super()._options()}

    def _embed(self, texts: list[str], role: Role) -> list[list[float]]:
        return Embedder.of(self).embed(self.sync_client(), texts, self.representation or role)

    async def _aembed(self, texts: list[str], role: Role) -> list[list[float]]:
        return await Embedder.of(self).aembed(self.asyncio_client(), texts, self.representation or role)

    def _get_query_embedding(self, query: str) -> list[float]:
        return self._embed([query], "query")[0]

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return (await self._aembed([query], "query"))[0]

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._embed([text], "document")[0]

    async def _aget_text_embedding(self, text: str) -> list[float]:
        return (await self._aembed([text], "document"))[0]

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        return self._embed(texts, "document")

    async def _aget_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        return await self._aembed(texts, "document")
