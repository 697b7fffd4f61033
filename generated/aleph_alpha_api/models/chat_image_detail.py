# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
from ..types import OpenStrEnum


class ChatImageDetail(OpenStrEnum):
    """How closely to look at an image."""

    AUTO = "auto"
