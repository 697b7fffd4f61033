# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
from ..types import OpenStrEnum


class ChatObject(OpenStrEnum):
    """The kind of a response, whole or a streamed piece."""

    CHAT_COMPLETION = "chat.completion"
    CHAT_COMPLETION_CHUNK = "chat.completion.chunk"
