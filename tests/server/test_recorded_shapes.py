"""The server's answers have the shape of the live API's: the same paths, types, nulls and order of events.

Each recorded request is sent to the server, with a toy model in place of the recorded one. What differs on purpose
stands in DIFFERENCES, with the reason; a difference that is no longer there fails, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from typing import Any

import pytest

from aleph_alpha.testing.server.model import bpe as bpe_module
from tests.recordings import Recording, recordings
from tests.server.client import CheckedClient

MODELS = {
    "/chat/completions": "toy-chat",
    "/rerank": "toy-reranker",
    "/translate": "toy-translation",
    "/transcribe": "toy-transcription",
    "/instructable_embed": "toy-instruct-embedding",
    "/embeddings": "toy-embedding",
}
OPERATIONS = {
    "/complete": "complete",
    "/chat/completions": "chatCompletions",
    "/models_available": "availableModels",
    "/detokenize": "detokenize",
    "/tokenize": "tokenize",
    "/embed": "embed",
    "/semantic_embed": "semanticEmbed",
    "/batch_semantic_embed": "batchSemanticEmbed",
    "/instructable_embed": "instructableEmbed",
    "/embeddings": "embeddings",
    "/evaluate": "evaluate",
    "/explain": "explain",
    "/rerank": "rerank",
    "/translate": "translate",
    "/transcribe": "transcribe",
    "/steering_concepts": "createSteeringConcept",
    "/model-settings": "modelSettings",
}
# Recording, and what it has more (+) or less (-) than the server: the reason.
_FINGERPRINT = "the recorded tool models name no installation; the server always names itself"
_NO_FINGERPRINT = {"+ $.system_fingerprint: null": _FINGERPRINT, "- $.system_fingerprint: string": _FINGERPRINT}
DIFFERENCES: dict[str, dict[str, str]] = {
    "chat/can_chat_with_tools": _NO_FINGERPRINT,
    "chat/can_chat_with_tools#2": _NO_FINGERPRINT,
    "chat/response_format_json_schema": _NO_FINGERPRINT,
}
_FREE_KEYS = re.compile(r"(?<=log_probs\[\]\.).*|layer_\d+", re.DOTALL)


def _shape(value: Any, path: str = "$") -> Iterator[str]:
    """`path: type` for everything in a value; list positions and keys that are data are left out."""
    if isinstance(value, dict):
        yield f"{path}: object"
        for key, inner in value.items():
            yield from _shape(inner, _FREE_KEYS.sub("*", f"{path}.{key}"))
    elif isinstance(value, list):
        yield f"{path}: array"
        for inner in value:
            yield from _shape(inner, f"{path}[]")
    else:
        kind = {bool: "boolean", int: "integer", float: "number", str: "string", type(None): "null"}[type(value)]
        yield f"{path}: {kind}"


def _order(events: list[Any]) -> list[tuple[str, ...]]:
    """The shapes of a stream's events, of repeated ones the first."""
    return [shape for shape, _ in groupby(tuple(sorted(set(_shape(event)))) for event in events)]


def _request(recording: Recording, api: CheckedClient) -> dict[str, Any]:
    """The recorded request with a toy model, and with token ids that it has."""
    size = bpe_module.load().size

    def translated(value: Any) -> Any:
        if isinstance(value, dict):
            entries = {key: translated(inner) for key, inner in value.items()}
            for field in ("data", "token_ids"):
                if isinstance(entries.get(field), list):
                    entries[field] = [token % size for token in entries[field]]
            return entries
        return [translated(inner) for inner in value] if isinstance(value, list) else value

    request: dict[str, Any] = translated(recording.request)
    if recording.request.get("model") == "luminous-base":
        request["model"] = "toy-multimodal" if "image" in repr(request.get("prompt")) else "toy-base"
    elif "model" in request:
        request["model"] = MODELS[recording.path]
    return request


@pytest.mark.parametrize("recording", recordings(), ids=lambda recording: recording.name)
def test_equals_the_recorded_one(api: CheckedClient, recording: Recording) -> None:
    body = None if recording.request is None else _request(recording, api)
    response = api.send(OPERATIONS[recording.path], body, params=dict(recording.query))
    assert response.status_code == recording.status, response.text
    assert response.headers["content-type"] == recording.headers["content-type"]
    if recording.is_stream:
        events = api.events(OPERATIONS[recording.path], body)
        if recording.body.decode().rstrip().endswith("[DONE]"):
            assert events.pop() == "[DONE]"
        assert _order(events) == _order(recording.answer)
        return
    recorded, served = set(_shape(recording.answer)), set(_shape(response.json()))
    found = {*(f"+ {path}" for path in recorded - served), *(f"- {path}" for path in served - recorded)}
    assert found == set(DIFFERENCES.get(recording.name, {}))
