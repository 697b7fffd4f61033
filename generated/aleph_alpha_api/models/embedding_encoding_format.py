# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
from ..types import OpenStrEnum


class EmbeddingEncodingFormat(OpenStrEnum):
    """Numbers, or little-endian float32 in base64, which is smaller and faster to read."""

    FLOAT = "float"
    BASE64 = "base64"
