"""How to make a request that was refused by a rule of the server's obey the rule: one repair a rule.

A JSON Schema cannot express these rules; so a generator that reads the schema cannot know them.
"""

from __future__ import annotations

import base64
import io
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

from aleph_alpha.testing.server import catalogue
from aleph_alpha.testing.server.catalogue import CONTEXT_SIZE, Capability
from aleph_alpha.testing.server.model import bpe
from aleph_alpha.testing.server.problems import Rule
from tests.server.pictures import picture

# What an operation needs of a model, the richest model first where several can.
NEEDS = {
    "complete": Capability.COMPLETE,
    "completeJson": Capability.COMPLETE,
    "evaluate": Capability.COMPLETE,
    "explain": Capability.COMPLETE,
    "chatCompletions": Capability.CHAT,
    "embed": Capability.RAW_EMBEDDING,
    "semanticEmbed": Capability.SEMANTIC_EMBEDDING,
    "batchSemanticEmbed": Capability.SEMANTIC_EMBEDDING,
    "instructableEmbed": Capability.INSTRUCTABLE_EMBEDDING,
    "embeddings": Capability.OPENAI_EMBEDDING,
    "tokenize": Capability.TOKENIZE,
    "detokenize": Capability.TOKENIZE,
    "getModelTokenizer": Capability.TOKENIZE,
    "rerank": Capability.RERANK,
    "translate": Capability.TRANSLATE,
    "transcribe": Capability.TRANSCRIBE,
}


def model_for(operation_id: str) -> str | None:
    """The name of the most capable model for an operation."""
    able = [model for model in catalogue.MODELS if operation_id in NEEDS and model.can(NEEDS[operation_id])]
    return max(able, key=lambda model: len(model.capabilities)).name if able else None


def objects(value: Any) -> Iterator[dict[str, Any]]:
    """All objects inside a JSON value."""
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from objects(inner)


def repair(rule: Rule, operation_id: str, body: Any) -> None:
    """Makes a body obey the rule, in place."""
    REPAIRS[rule](operation_id, body)


def _model(operation_id: str, body: Any) -> None:
    body["model"] = model_for(operation_id)


def _no_images(operation_id: str, body: Any) -> None:
    body["model"] = model_for(operation_id)
    for item in objects(body):
        if item.get("type") == "image":
            item.clear()
            item.update(type="text", data="an image")


def _images(operation_id: str, body: Any) -> None:
    for item in objects(body):
        if item.get("type") == "image":
            item["data"] = picture("red", "blue")
            for field in ("x", "y", "size"):
                item.pop(field, None)


def _image_urls(operation_id: str, body: Any) -> None:
    for part in objects(body):
        if part.get("type") == "image_url":
            part["image_url"]["url"] = f"data:image/png;base64,{picture('red')}"


def _token_ids(operation_id: str, body: Any) -> None:
    def inside(value: Any) -> Any:
        return [inside(inner) for inner in value] if isinstance(value, list) else int(value) % bpe.load().size

    for item in objects(body):
        for field in ("token_ids", "data", "input"):
            listed = item.get(field)
            if isinstance(listed, list) and all(isinstance(one, int | float | list) for one in listed):
                item[field] = inside(listed)


def _control_range(operation_id: str, body: Any) -> None:
    for item in objects(body):
        for field in ("start", "length"):
            if isinstance(item.get(field), int | float):
                item[field] = abs(item[field])
        if item.get("type") == "token_ids":
            item["controls"] = []


def _control_factor(operation_id: str, body: Any) -> None:
    for one in objects(body):
        for field in ("factor", "control_factor"):
            if isinstance(one.get(field), int | float):  # other objects may have a field of this name, too
                one[field] = abs(one[field])


def _shorten(operation_id: str, body: Any) -> None:
    def short(value: Any) -> Any:
        if isinstance(value, str):
            return value[: CONTEXT_SIZE // 64]
        return [short(one) for one in value[:3]] if isinstance(value, list) else value

    for one in objects(body):
        for field in ("prompt", "prompts", "input", "data", "target", "completion_expected", "content", "messages"):
            if field in one and one.get("type") != "image":
                one[field] = short(one[field])


def _counts(operation_id: str, body: Any) -> None:
    body["n"] = 1
    body.pop("best_of", None)


def _positive_limits(operation_id: str, body: Any) -> None:
    for field in ("maximum_tokens", "minimum_tokens"):
        if body.get(field) is not None:
            body[field] = abs(body[field])


def _granularity(operation_id: str, body: Any) -> None:
    body["prompt_granularity"] = {"type": "custom", "delimiter": "#"}


def _coarser(operation_id: str, body: Any) -> None:
    body["prompt_granularity"] = {"type": "paragraph"}


def _tools(operation_id: str, body: Any) -> None:
    for number, tool in enumerate(body.get("tools", ())):
        tool["function"]["name"] = f"tool_{number}"
    body["tool_choice"] = "auto"


def _json_schemas(operation_id: str, body: Any) -> None:
    for tool in body.get("tools", ()):
        tool["function"]["parameters"] = {"type": "object"}
    if "response_format" in body:
        body["response_format"]["json_schema"]["schema"] = {"type": "object"}


def _word_files(operation_id: str, body: Any) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("word/document.xml", "<w:p><w:t>Ida counts the boats.</w:t></w:p>")
    for document in objects(body):
        if "docx" in document:
            document["docx"] = base64.b64encode(content.getvalue()).decode()


def _set(**fields: Any) -> Callable[[str, Any], None]:
    """Sets fields of the body; None removes one."""

    def apply(operation_id: str, body: Any) -> None:
        for field, value in fields.items():
            if value is None:
                body.pop(field, None)
            else:
                body[field] = value

    return apply


REPAIRS: dict[Rule, Callable[[str, Any], None]] = {
    Rule.UNKNOWN_MODEL: _model,
    Rule.MISSING_CAPABILITY: _no_images,
    Rule.PROMPT_TOO_LONG: _shorten,
    Rule.IMAGE_DATA: _images,
    Rule.IMAGE_CROP: _images,
    Rule.IMAGE_URL: _image_urls,
    Rule.TOKEN_RANGE: _token_ids,
    Rule.CONTROL_RANGE: _control_range,
    Rule.CONTROL_FACTOR: _control_factor,
    Rule.COUNT: _counts,
    Rule.BEST_OF: _set(best_of=None),
    Rule.NEGATIVE_TOKENS: _positive_limits,
    Rule.LOGIT_BIAS: _set(logit_bias={"1": 1}),
    Rule.COMPLETION_BIAS: _set(completion_bias_exclusion=None),
    Rule.STEERING_CONCEPT: _set(steering_concepts=None),
    Rule.GRANULARITY: _granularity,
    Rule.EXPLANATION_SIZE: _coarser,
    Rule.LAYER: _set(layers=[-1, 0]),
    Rule.POOLING: _set(pooling=["mean"]),
    Rule.DIMENSIONS: _set(dimensions=8),
    Rule.REFUSED_FIELD: _set(user=None, parallel_tool_calls=None, stream=None),
    Rule.MESSAGES: _set(messages=[{"role": "user", "content": "Hello"}]),
    Rule.TOOLS: _tools,
    Rule.JSON_SCHEMA: _json_schemas,
    Rule.TARGET_LANGUAGE: _set(target_language="de"),
    Rule.DOCX: _word_files,
}
