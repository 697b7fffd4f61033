"""LangChain: chat model, completion model, embeddings and reranker (extra ``langchain``)."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "chat_model": ["ChatAlephAlpha"],
        "completion": ["AlephAlpha"],
        "embeddings": [
            "AlephAlphaAsymmetricSemanticEmbedding",
            "AlephAlphaEmbeddings",
            "AlephAlphaSymmetricSemanticEmbedding",
        ],
        "reranker": ["AlephAlphaRerank"],
    },
)
