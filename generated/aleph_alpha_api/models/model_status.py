# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
from ..types import OpenStrEnum


class ModelStatus(OpenStrEnum):
    """Whether a model can be used now."""

    AVAILABLE = "available"
    UNAVAILABLE = "unavailable"
