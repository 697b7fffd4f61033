# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
from ..types import OpenIntEnum


class SemanticEmbeddingCompressToSize(OpenIntEnum):
    """Number of dimensions of a compressed embedding."""

    VALUE_128 = 128
