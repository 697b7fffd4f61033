"""Refusals: the API's error body, and the names of the rules that a JSON Schema cannot express."""

from __future__ import annotations

from enum import StrEnum


class Rule(StrEnum):
    """Why a request that follows the document is refused all the same. Sent in the header `x-refused-by`."""

    UNKNOWN_MODEL = "the model is one of /model-settings"
    MISSING_CAPABILITY = "the model can do what is asked"
    PROMPT_TOO_LONG = "prompt and target fit into the model's context"
    IMAGE_DATA = "image data is base64 of an image file that can be read, no larger than the limit"
    IMAGE_CROP = "a crop has a positive size and lies inside its image"
    IMAGE_URL = "an image_url is a data: URL"
    TOKEN_RANGE = "token ids are in the vocabulary"  # noqa: S105 - no password
    CONTROL_RANGE = "controls point into their item"
    CONTROL_FACTOR = "control factors are not negative"
    COUNT = "n is 1 to 100 and best_of at least 1"
    BEST_OF = "best_of is greater than n, and not streamed"
    NEGATIVE_TOKENS = "token limits are not negative"
    LOGIT_BIAS = "the keys of logit_bias are token ids"
    COMPLETION_BIAS = "no included text is a prefix of an excluded one, nor the other way round"
    STEERING_CONCEPT = "a steering concept was created on this server"
    GRANULARITY = "a custom granularity has a delimiter, a delimiter a custom granularity"
    EXPLANATION_SIZE = "chunks times target tokens stay below the limit"
    LAYER = "layers exist in the model"
    POOLING = "poolings are mean, weighted_mean, max, last_token or abs_max"
    DIMENSIONS = "dimensions do not exceed those of the model"
    REFUSED_FIELD = "fields documented as refused are absent"
    MESSAGES = "a conversation has a message"
    TOOLS = "tool names differ, and tool_choice names one of them"
    JSON_SCHEMA = "a schema is valid JSON Schema and has an instance that the server can build"
    TARGET_LANGUAGE = "the language is one that the toy rule knows"
    DOCX = "a docx document is base64 of a Word file"
    DELETED = "what is to be deleted exists"


class ApiError(Exception):
    """A refusal, turned into `{"error": ..., "code": ...}` by the application."""

    def __init__(self, status: int, code: str, message: str, rule: Rule | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.rule = rule


def invalid(pointer: str, message: str, rule: Rule | None = None) -> ApiError:
    """A 400 that points to the fault in the request, by JSON pointer."""
    return ApiError(400, "INVALID_REQUEST", f"{pointer or '/'}: {message}", rule)


def prompt_too_long(tokens: int, limit: int) -> ApiError:
    """A 400 for a prompt that does not fit."""
    message = f"The prompt has {tokens} tokens, but the model's context holds {limit}. Shorten the prompt."
    return ApiError(400, "PROMPT_TOO_LONG", message, Rule.PROMPT_TOO_LONG)
