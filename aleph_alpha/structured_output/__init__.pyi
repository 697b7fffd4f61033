# Made from __init__.py by scripts/faces.py: change it there, then run `make fix`.
from .response_format import (
    JSONSchema as JSONSchema,
    ResponseFormat as ResponseFormat,
    parse_text as parse_text,
    response_format_model as response_format_model,
)

__all__ = ["JSONSchema", "ResponseFormat", "parse_text", "response_format_model"]
