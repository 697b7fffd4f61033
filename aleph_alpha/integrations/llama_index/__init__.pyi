# Made from __init__.py by scripts/faces.py: change it there, then run `make fix`.
from .embedding import AlephAlphaEmbedding as AlephAlphaEmbedding
from .llm import AlephAlpha as AlephAlpha
from .reranker import AlephAlphaRerank as AlephAlphaRerank

__all__ = ["AlephAlpha", "AlephAlphaEmbedding", "AlephAlphaRerank"]
