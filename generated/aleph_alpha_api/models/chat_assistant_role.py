# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
from ..types import OpenStrEnum


class ChatAssistantRole(OpenStrEnum):
    """Answers come from the assistant."""

    ASSISTANT = "assistant"
