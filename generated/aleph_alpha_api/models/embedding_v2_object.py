# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
from ..types import OpenStrEnum


class EmbeddingV2Object(OpenStrEnum):
    """The kind of an entry."""

    EMBEDDING = "embedding"
