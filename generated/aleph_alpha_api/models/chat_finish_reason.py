# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
from ..types import OpenStrEnum


class ChatFinishReason(OpenStrEnum):
    """`stop`: the model or a stop sequence ended it; `length`: the limit was reached; `tool_calls`: functions are to
    be called; `content_filter`: any other reason."""

    STOP = "stop"
    LENGTH = "length"
    CONTENT_FILTER = "content_filter"
    TOOL_CALLS = "tool_calls"
