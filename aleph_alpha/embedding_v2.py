"""The module path of earlier versions for :mod:`aleph_alpha.embedding.openai`."""

from aleph_alpha.embedding.openai import (
    EmbeddingV2Request,
    EmbeddingV2Response,
    EmbeddingV2ResponseData,
    Usage,
    embeddings_call,
)

__all__ = ["EmbeddingV2Request", "EmbeddingV2Response", "EmbeddingV2ResponseData", "Usage", "embeddings_call"]
