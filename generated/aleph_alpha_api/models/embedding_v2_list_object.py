# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
from ..types import OpenStrEnum


class EmbeddingV2ListObject(OpenStrEnum):
    """The kind of the response."""

    LIST = "list"
