# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
from ..types import OpenStrEnum


class PromptGranularityType(OpenStrEnum):
    """Parts of a text. An image is cut into 12 by 12 (`token`), 6 by 6, 3 by 3 or 1 (`paragraph`) tiles."""

    TOKEN = "token"
    WORD = "word"
    SENTENCE = "sentence"
    PARAGRAPH = "paragraph"
    CUSTOM = "custom"
