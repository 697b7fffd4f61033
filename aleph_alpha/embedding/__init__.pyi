# Made from __init__.py by scripts/faces.py: change it there, then run `make fix`.
from .batch import (
    BatchSemanticEmbeddingRequest as BatchSemanticEmbeddingRequest,
    BatchSemanticEmbeddingResponse as BatchSemanticEmbeddingResponse,
    batch_semantic_embed_call as batch_semantic_embed_call,
)
from .instructable import (
    InstructableEmbeddingRequest as InstructableEmbeddingRequest,
    InstructableEmbeddingResponse as InstructableEmbeddingResponse,
)
from .layers import (
    EmbeddingRequest as EmbeddingRequest,
    EmbeddingResponse as EmbeddingResponse,
    embed_call as embed_call,
)
from .openai import (
    EmbeddingV2Request as EmbeddingV2Request,
    EmbeddingV2Response as EmbeddingV2Response,
    EmbeddingV2ResponseData as EmbeddingV2ResponseData,
    Usage as Usage,
)
from .semantic import (
    EmbeddingVector as EmbeddingVector,
    SemanticEmbeddingRequest as SemanticEmbeddingRequest,
    SemanticEmbeddingResponse as SemanticEmbeddingResponse,
    SemanticRepresentation as SemanticRepresentation,
    semantic_embed_call as semantic_embed_call,
)
from .similar import Nearest as Nearest, nearest as nearest, similarity as similarity

__all__ = [
    "BatchSemanticEmbeddingRequest",
    "BatchSemanticEmbeddingResponse",
    "EmbeddingRequest",
    "EmbeddingResponse",
    "EmbeddingV2Request",
    "EmbeddingV2Response",
    "EmbeddingV2ResponseData",
    "EmbeddingVector",
    "InstructableEmbeddingRequest",
    "InstructableEmbeddingResponse",
    "Nearest",
    "SemanticEmbeddingRequest",
    "SemanticEmbeddingResponse",
    "SemanticRepresentation",
    "Usage",
    "batch_semantic_embed_call",
    "embed_call",
    "nearest",
    "semantic_embed_call",
    "similarity",
]
