# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
from ..types import OpenStrEnum


class ModelCompletionType(OpenStrEnum):
    """Whether a model gives completions."""

    NONE = "none"
    FULL = "full"
