"""Embeddings: vectors that stand for a prompt."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "batch": ["BatchSemanticEmbeddingRequest", "BatchSemanticEmbeddingResponse", "batch_semantic_embed_call"],
        "instructable": ["InstructableEmbeddingRequest", "InstructableEmbeddingResponse"],
        "layers": ["EmbeddingRequest", "EmbeddingResponse", "embed_call"],
        "openai": ["EmbeddingV2Request", "EmbeddingV2Response", "EmbeddingV2ResponseData", "Usage"],
        "semantic": [
            "EmbeddingVector",
            "SemanticEmbeddingRequest",
            "SemanticEmbeddingResponse",
            "SemanticRepresentation",
            "semantic_embed_call",
        ],
        "similar": ["Nearest", "nearest", "similarity"],
    },
)
