# Made from __init__.py by scripts/faces.py: change it there, then run `make fix`.
from .chat_model import ChatAlephAlpha as ChatAlephAlpha
from .completion import AlephAlpha as AlephAlpha
from .embeddings import (
    AlephAlphaAsymmetricSemanticEmbedding as AlephAlphaAsymmetricSemanticEmbedding,
    AlephAlphaEmbeddings as AlephAlphaEmbeddings,
    AlephAlphaSymmetricSemanticEmbedding as AlephAlphaSymmetricSemanticEmbedding,
)
from .reranker import AlephAlphaRerank as AlephAlphaRerank

__all__ = [
    "AlephAlpha",
    "AlephAlphaAsymmetricSemanticEmbedding",
    "AlephAlphaEmbeddings",
    "AlephAlphaRerank",
    "AlephAlphaSymmetricSemanticEmbedding",
    "ChatAlephAlpha",
]
