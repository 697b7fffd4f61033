"""The module path of earlier versions for :mod:`aleph_alpha.embedding.instructable`."""

from aleph_alpha.embedding.instructable import (
    InstructableEmbeddingRequest,
    InstructableEmbeddingResponse,
    instructable_embed_call,
)

__all__ = ["InstructableEmbeddingRequest", "InstructableEmbeddingResponse", "instructable_embed_call"]
