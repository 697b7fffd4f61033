# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
from ..types import OpenStrEnum


class ExplanationPostprocessing(OpenStrEnum):
    """What is done to each score."""

    NONE = "none"
    ABSOLUTE = "absolute"
    SQUARE = "square"
