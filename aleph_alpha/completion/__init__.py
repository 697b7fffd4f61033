"""Completions: texts that continue a prompt."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "calls": ["complete_call", "complete_json_call"],
        "events": [
            "CompletionResponseStreamItem",
            "CompletionSummary",
            "StreamChunk",
            "StreamSummary",
            "stream_item_from_json",
        ],
        "request": ["CompletionRequest"],
        "response": ["CompletionResponse", "CompletionResult"],
    },
)
