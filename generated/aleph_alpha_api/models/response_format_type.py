# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
from ..types import OpenStrEnum


class ResponseFormatType(OpenStrEnum):
    """The kind of a response format. There are only JSON schemas."""

    JSON_SCHEMA = "json_schema"
