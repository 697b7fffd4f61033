"""Structured output: responses of a chat that are JSON of a given shape."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "response_format": ["JSONSchema", "ResponseFormat", "parse_text", "response_format_model"],
    },
)
