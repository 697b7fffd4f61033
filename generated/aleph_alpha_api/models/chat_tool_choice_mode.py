# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
from ..types import OpenStrEnum


class ChatToolChoiceMode(OpenStrEnum):
    """`none` calls nothing, `auto` leaves it to the model, `required` calls at least one function."""

    NONE = "none"
    AUTO = "auto"
    REQUIRED = "required"
