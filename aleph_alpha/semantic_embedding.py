"""The module path of earlier versions for :mod:`aleph_alpha.embedding.semantic`."""

from aleph_alpha.embedding.semantic import (
    EmbeddingVector,
    SemanticEmbeddingRequest,
    SemanticEmbeddingResponse,
    SemanticRepresentation,
    semantic_embed_call,
)

__all__ = [
    "EmbeddingVector",
    "SemanticEmbeddingRequest",
    "SemanticEmbeddingResponse",
    "SemanticRepresentation",
    "semantic_embed_call",
]
