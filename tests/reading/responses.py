"""Every answer that was recorded, of the live API and of the reference server, with what reads it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import orjson

from aleph_alpha import EmbeddingV2Request, InstructableEmbeddingRequest, RerankRequest, TranslationRequest
from aleph_alpha._call.call import Call, Defaults
from aleph_alpha.chat import ChatRequest, Message
from aleph_alpha.chat.calls import chat_call
from aleph_alpha.completion.calls import complete_json_call
from aleph_alpha.embedding.instructable import instructable_embed_call
from aleph_alpha.embedding.openai import embeddings_call
from aleph_alpha.reranking import rerank_call
from aleph_alpha.service import account
from aleph_alpha.service.model_settings import model_settings_call
from aleph_alpha.steering import (
    SteeringConceptCreationRequest,
    SteeringPairedExample,
    steering_concept_call,
)
from aleph_alpha.testing.replay.file import CassetteFile
from aleph_alpha.tokenization import TokenizationRequest, tokenize_call
from aleph_alpha.translation import translate_call
from tests.recordings import DEFAULT, _read
from tests.requests.samples import PROMPT, SAMPLES

CASSETTES = Path(__file__).resolve().parent.parent.parent / "cassettes"
NONE = Defaults()
PAIRS = [SteeringPairedExample("no", "yes")]

#: Method and path: the operation, and its call.
CALLS: dict[tuple[str, str], tuple[str, Callable[[], Call[Any]]]] = {
    ("POST", "/complete"): ("complete", SAMPLES["complete"].make),
    ("POST", "/complete/json"): (
        "completeJson",
        lambda: complete_json_call(SAMPLES["complete"].request, "m", NONE),
    ),
    ("POST", "/chat/completions"): (
        "chatCompletions",
        lambda: chat_call(ChatRequest("m", [Message("user", "Hi")]), None, NONE),
    ),
    ("POST", "/embed"): ("embed", SAMPLES["embed"].make),
    ("POST", "/semantic_embed"): ("semanticEmbed", SAMPLES["semanticEmbed"].make),
    ("POST", "/batch_semantic_embed"): ("batchSemanticEmbed", SAMPLES["batchSemanticEmbed"].make),
    ("POST", "/instructable_embed"): (
        "instructableEmbed",
        lambda: instructable_embed_call(InstructableEmbeddingRequest(PROMPT, "kind"), "m", NONE),
    ),
    ("POST", "/embeddings"): ("embeddings", lambda: embeddings_call(EmbeddingV2Request("a"), "m", NONE)),
    ("POST", "/evaluate"): ("evaluate", SAMPLES["evaluate"].make),
    ("POST", "/explain"): ("explain", SAMPLES["explain"].make),
    # For neither form of tokens, so that neither has to be there: what was asked for is another test.
    ("POST", "/tokenize"): ("tokenize", lambda: tokenize_call(TokenizationRequest("a", False, False), "m", NONE)),
    ("POST", "/detokenize"): ("detokenize", SAMPLES["detokenize"].make),
    ("POST", "/steering_concepts"): (
        "createSteeringConcept",
        lambda: steering_concept_call(SteeringConceptCreationRequest(PAIRS), NONE),
    ),
    ("POST", "/translate"): ("translate", lambda: translate_call(TranslationRequest("m", "a", "de"), NONE)),
    ("POST", "/rerank"): ("rerank", lambda: rerank_call(RerankRequest("a", ["b"]), "m", NONE)),
    ("GET", "/models_available"): ("availableModels", SAMPLES["availableModels"].make),
    ("GET", "/model-settings"): ("modelSettings", model_settings_call),
    ("GET", "/users/me"): ("me", account.me_call),
    ("GET", "/users/me/tokens"): ("listTokens", account.list_tokens_call),
    ("POST", "/users/me/tokens"): ("newToken", lambda: account.create_token_call("a")),
    ("GET", "/users/me/requests"): ("recentRequests", account.recent_requests_call),
    ("POST", "/check_privileges"): ("postCheckPrivileges", account.privileges_call),
}

RECENT = {
    "create_timestamp": "2024-05-01T12:30:00Z",
    "model_name": "m",
    "request_type": "complete",
    "token_count_prompt": 3,
    "image_count_prompt": 0,
    "token_count_completion": 2,
    "duration_millis": 120,
    "credits": 0.25,
}


@dataclass(frozen=True)
class ExpectedResponse:
    """One response, decoded. A stream is given by its events, `operation` is the schema of them then."""

    name: str
    operation: str
    call: Callable[[], Call[Any]] = field(repr=False)
    json: Any = field(repr=False)


@cache
def answers() -> list[ExpectedResponse]:
    """The recorded JSON answers of successes; those of the live API where there are recordings of it."""
    found = [*_live(), *_of_cassettes()]
    found += [ExpectedResponse(f"sample/{name}", name, sample.make, sample.answer) for name, sample in SAMPLES.items()]
    found = [one for one in found if one.name != "sample/tokenize"]
    vector = {"model_version": "1", "embedding": [0.5, -1, 2.5], "num_tokens_prompt_total": 3}
    found.append(ExpectedResponse("made/instructableEmbed", *CALLS["POST", "/instructable_embed"], vector))
    found.append(ExpectedResponse("made/recentRequests", *CALLS["GET", "/users/me/requests"], [RECENT]))
    kept: dict[tuple[str, bytes], ExpectedResponse] = {}
    for one in found:
        if isinstance(one.json, dict | list):
            kept.setdefault((one.operation, _outline(one.json)), one)
    return list(kept.values())


def _outline(json: Any) -> bytes:
    """What tells answers apart: of two that differ in their values only, one is enough."""

    def shape(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: shape(inner) for name, inner in value.items()}
        if isinstance(value, list):
            return [shape(inner) for inner in value[:4]]
        return type(value).__name__

    return orjson.dumps(shape(json))


def _live() -> Iterator[ExpectedResponse]:
    for recording in _read(DEFAULT) if DEFAULT.is_dir() else ():
        known = CALLS.get((recording.method, recording.path))
        if recording.status < 300 and known and not recording.is_stream:
            yield ExpectedResponse(f"live/{recording.name}", *known, recording.answer)


def _of_cassettes() -> Iterator[ExpectedResponse]:
    for path in sorted(CASSETTES.glob("*.yaml")):
        for number, one in enumerate(CassetteFile.read(path).interactions):
            known = CALLS.get((one.method, urlsplit(one.uri).path.removeprefix("/v1")))
            media = one.headers.get("content-type", [""])[0]
            if one.status < 300 and known and "json" in media:
                yield ExpectedResponse(f"cassette/{path.stem}#{number}", *known, orjson.loads(one.body))
