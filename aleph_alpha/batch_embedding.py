"""The module path of earlier versions for :mod:`aleph_alpha.embedding.batch`."""

from aleph_alpha.embedding.batch import (
    BatchSemanticEmbeddingRequest,
    BatchSemanticEmbeddingResponse,
    batch_semantic_embed_call,
)

__all__ = ["BatchSemanticEmbeddingRequest", "BatchSemanticEmbeddingResponse", "batch_semantic_embed_call"]
