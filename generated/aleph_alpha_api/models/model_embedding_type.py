# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
from ..types import OpenStrEnum


class ModelEmbeddingType(OpenStrEnum):
    """Which embeddings a model gives."""

    NONE = "none"
    RAW = "raw"
    SEMANTIC = "semantic"
    INSTRUCTABLE = "instructable"
