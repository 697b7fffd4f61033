# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
from ..types import OpenStrEnum


class TargetGranularity(OpenStrEnum):
    """One explanation for the whole target, or one for each of its tokens."""

    COMPLETE = "complete"
    TOKEN = "token"
