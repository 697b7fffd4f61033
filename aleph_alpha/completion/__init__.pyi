# Made from __init__.py by scripts/faces.py: change it there, then run `make fix`.
from .calls import complete_call as complete_call, complete_json_call as complete_json_call
from .events import (
    CompletionResponseStreamItem as CompletionResponseStreamItem,
    CompletionSummary as CompletionSummary,
    StreamChunk as StreamChunk,
    StreamSummary as StreamSummary,
    stream_item_from_json as stream_item_from_json,
)
from .request import CompletionRequest as CompletionRequest
from .response import CompletionResponse as CompletionResponse, CompletionResult as CompletionResult

__all__ = [
    "CompletionRequest",
    "CompletionResponse",
    "CompletionResponseStreamItem",
    "CompletionResult",
    "CompletionSummary",
    "StreamChunk",
    "StreamSummary",
    "complete_call",
    "complete_json_call",
    "stream_item_from_json",
]
