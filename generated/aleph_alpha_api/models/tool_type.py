# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
from ..types import OpenStrEnum


class ToolType(OpenStrEnum):
    """The kind of a tool. There are only functions."""

    FUNCTION = "function"
