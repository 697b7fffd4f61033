# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
from ..types import OpenStrEnum


class ControlTokenOverlap(OpenStrEnum):
    """For a token that a control covers in part: `partial` weakens the factor to the covered share, `complete` applies
    it in full."""

    PARTIAL = "partial"
    COMPLETE = "complete"
