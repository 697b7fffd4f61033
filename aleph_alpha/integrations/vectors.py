"""Vectors of texts, whatever kind of embedding model there is: what the frameworks' embeddings have in common."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Literal, TypeAlias

from aleph_alpha import (
    AsyncClient,
    BatchSemanticEmbeddingRequest,
    Client,
    EmbeddingV2Request,
    InstructableEmbeddingRequest,
    Prompt,
    SemanticRepresentation,
)

__all__ = ["Embedder", "EmbeddingKind", "Role"]

EmbeddingKind: TypeAlias = Literal["asymmetric", "symmetric", "instructable", "plain"]
Role: TypeAlias = Literal["query", "document"]

_TEXTS_A_REQUEST = 100


@dataclass(frozen=True)
class Embedder:
    """How texts become vectors.

    Parameters:
        model: name of the model.
        kind: ``"asymmetric"`` represents queries and documents each in its way, for search;
            ``"symmetric"`` all texts alike. ``"instructable"`` follows an instruction. ``"plain"`` is for
            models that are served by the embeddings endpoint alone.
        query_instruction, document_instruction: what to look for in the texts, where `kind` is
            ``"instructable"``; one of them stands for both where it is the only one.
        compress_to_size: 128, or ``None`` for all numbers; asymmetric and symmetric vectors only.
        dimensions: numbers of each vector, plain ones only; ``None`` for all.
        normalize, contextual_control_threshold, control_log_additive: as of ``SemanticEmbeddingRequest``;
            not for plain ones.
        num_concurrent_requests: requests under way at once, 1 or more; plain ones are sent one by one.

    Raises:
        ValueError: an unknown kind, or settings that are not of this kind.

    >>> embedder = Embedder("toy-base", "asymmetric", compress_to_size=128)
    >>> [len(vector) for vector in embedder.embed(client, ["deep learning", "deep diving"], "document")]
    [128, 128]
    """

    model: str
    kind: EmbeddingKind = "asymmetric"
    query_instruction: str | None = None
    document_instruction: str | None = None
    compress_to_size: int | None = None
    dimensions: int | None = None
    normalize: bool | None = False
    contextual_control_threshold: float | None = None
    control_log_additive: bool | None = True
    num_concurrent_requests: int = 8

    def __post_init__(self) -> None:
        if self.kind not in ("asymmetric", "symmetric", "instructable", "plain"):
            raise ValueError(f"kind must be 'asymmetric', 'symmetric', 'instructable' or 'plain', got {self.kind!r}")
        if self.kind == "instructable":
            if self.query_instruction is None and self.document_instruction is None:
                raise ValueError("query_instruction must be given where kind is 'instructable'")
        elif self.query_instruction is not None or self.document_instruction is not None:
            raise ValueError(f"instructions need kind='instructable', not {self.kind!r}")
        if self.compress_to_size is not None and self.kind not in ("asymmetric", "symmetric"):
            raise ValueError(f"compress_to_size needs kind='asymmetric' or 'symmetric', not {self.kind!r}")
        if self.dimensions is not None and self.kind != "plain":
            raise ValueError(f"dimensions needs kind='plain', not {self.kind!r}")

    @classmethod
    def of(cls, settings: object) -> Embedder:
        """One with the settings that a framework's object has in attributes of the same names."""
        return cls(**{field.name: getattr(settings, field.name) for field in fields(cls)})

    def embed(self, client: Client, texts: Sequence[str], role: Role) -> list[list[float]]:
        """A vector for each text, in their order."""
        if not texts:
            return []
        at_once = self.num_concurrent_requests
        match self.kind:
            case "instructable":
                requests = self._instructed(texts, role)
                responses = client.instructable_embed_many(requests, self.model, num_concurrent_requests=at_once)
                return [list(response.embedding) for response in responses]
            case "plain":
                parts = [client.embeddings(request, self.model) for request in self._plain(texts)]
                return [list(vector) for part in parts for vector in part.embeddings]
        response = client.batch_semantic_embed(self._semantic(texts, role), self.model, at_once)
        return list(map(list, response.embeddings))

    async def aembed(self, client: AsyncClient, texts: Sequence[str], role: Role) -> list[list[float]]:
        """A vector for each text, in their order."""
        if not texts:
            return []
        at_once = self.num_concurrent_requests
        match self.kind:
            case "instructable":
                requests = self._instructed(texts, role)
                responses = await client.instructable_embed_many(requests, self.model, num_concurrent_requests=at_once)
                return [list(response.embedding) for response in responses]
            case "plain":
                parts = [await client.embeddings(request, self.model) for request in self._plain(texts)]
                return [list(vector) for part in parts for vector in part.embeddings]
        response = await client.batch_semantic_embed(self._semantic(texts, role), self.model, at_once)
        return list(map(list, response.embeddings))

    def _semantic(self, texts: Sequence[str], role: Role) -> BatchSemanticEmbeddingRequest:
        return BatchSemanticEmbeddingRequest(
            [Prompt.from_text(text) for text in texts],
            SemanticRepresentation("symmetric" if self.kind == "symmetric" else role),
            self.compress_to_size,
            **self._scaling(),
        )

    def _instructed(self, texts: Sequence[str], role: Role) -> list[InstructableEmbeddingRequest]:
        given = (self.query_instruction, self.document_instruction)
        own, other = given if role == "query" else reversed(given)
        instruction = (own if own is not None else other) or ""
        return [InstructableEmbeddingRequest(Prompt.from_text(text), instruction, **self._scaling()) for text in texts]

    def _plain(self, texts: Sequence[str]) -> list[EmbeddingV2Request]:
        starts = range(0, len(texts), _TEXTS_A_REQUEST)
        return [EmbeddingV2Request(list(texts[i : i + _TEXTS_A_REQUEST]), self.dimensions) for i in starts]

    def _scaling(self) -> dict[str, Any]:
        return {
            "normalize": self.normalize,
            "contextual_control_threshold": self.contextual_control_threshold,
            "control_log_additive": self.control_log_additive,
        }
