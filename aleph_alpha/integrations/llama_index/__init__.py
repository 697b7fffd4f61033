"""LlamaIndex: model, embeddings and reranker (extra ``llama-index``)."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "embedding": ["AlephAlphaEmbedding"],
        "llm": ["AlephAlpha"],
        "reranker": ["AlephAlphaRerank"],
    },
)
