"""The recorded requests come out of the facade as they were sent, the recorded responses as they came."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from aleph_alpha import ExplanationRequest, Prompt, Text, TextScore, Tokens, TokenScore
from aleph_alpha._call.call import Call, Defaults
from aleph_alpha.completion import complete_call
from aleph_alpha.detokenization import detokenize_call
from aleph_alpha.embedding import batch_semantic_embed_call, embed_call, semantic_embed_call
from aleph_alpha.evaluation import evaluate_call
from aleph_alpha.explanation import TextScoreWithRaw, explain_call
from aleph_alpha.models import models_call
from aleph_alpha.tokenization import tokenize_call
from tests.recorded import CASES, FOOD, IDS, MODEL, PIZZA, recorded_image
from tests.recordings import Recording, named

DESCRIBE: dict[str, Any] = {
    "batch_semantic_embed": batch_semantic_embed_call,
    "complete": complete_call,
    "detokenize": detokenize_call,
    "embed": embed_call,
    "evaluate": evaluate_call,
    "explain": explain_call,
    "semantic_embed": semantic_embed_call,
    "tokenize": tokenize_call,
}


def described(recording: Recording) -> Call[Any]:
    method, request = CASES[recording.name](recording)
    return models_call() if request is None else DESCRIBE[method](request, MODEL, Defaults())


@pytest.mark.parametrize("name", CASES)
def test_the_request_is_the_recorded_one(name: str) -> None:
    recording = named(name)
    call = described(recording)
    assert (call.method, call.path, call.query) == (recording.method, recording.path, "")
    assert (orjson.loads(bytes(call.body)) if call.body is not None else None) == recording.request


def _parsed(name: str) -> tuple[Any, Any]:
    recording = named(name)
    return described(recording).parse(recording.body), recording.answer


@pytest.mark.parametrize("name", [name for name in CASES if name.startswith("complete/")])
def test_a_completion_holds_what_was_recorded(name: str) -> None:
    response, answer = _parsed(name)
    assert (response.model_version, response.optimized_prompt) == (answer["model_version"], None)
    assert response.num_tokens_prompt_total == answer["num_tokens_prompt_total"]
    assert response.num_tokens_generated == answer["num_tokens_generated"]
    for result, recorded in zip(response.completions, answer["completions"], strict=True):
        fields = ("completion", "raw_completion", "completion_tokens", "log_probs", "finish_reason")
        assert {field: getattr(result, field) for field in fields} == {field: recorded.get(field) for field in fields}


def test_an_embedding_holds_what_was_recorded() -> None:
    response, answer = _parsed("embed/embed_with_tokens")
    assert response.embeddings == {("layer_40", "mean"): answer["embeddings"]["layer_40"]["mean"]}
    assert (response.tokens, response.num_tokens_prompt_total) == (answer["tokens"], 2)
    assert (response.model_version, response.message) == ("2022-04", None)


@pytest.mark.parametrize(
    ("name", "field"), [("embed/embed_semantic", "embedding"), ("embed/batch_embed_semantic_1_", "embeddings")]
)
def test_a_semantic_embedding_holds_what_was_recorded(name: str, field: str) -> None:
    response, answer = _parsed(name)
    for field_name in (field, "model_version", "num_tokens_prompt_total"):
        assert getattr(response, field_name) == answer[field_name]


def test_an_evaluation_holds_what_was_recorded() -> None:
    response, answer = _parsed("evaluate/evaluate")
    assert response.result == answer["result"]
    assert response.num_tokens_prompt_total == answer["num_tokens_prompt_total"]


@pytest.mark.parametrize("name", [name for name in CASES if name.startswith("explanation/")])
def test_an_explanation_holds_what_was_recorded(name: str) -> None:
    response, answer = _parsed(name)
    assert [one.target for one in response.explanations] == [one["target"] for one in answer["explanations"]]
    for explanation, recorded in zip(response.explanations, answer["explanations"], strict=True):
        assert [item.kind for item in explanation.items] == [item["type"] for item in recorded["items"]]
        for item, entry in zip(explanation.items, recorded["items"], strict=True):
            assert [_score_json(item.kind, score) for score in item.scores] == entry["scores"]


def _score_json(kind: str, score: Any) -> Any:
    if kind == "token_ids":
        return score.score
    values = dict(vars(score))
    return values if kind != "image" else {"score": values.pop("score"), "rect": values}


def test_a_recorded_explanation_gets_its_text_and_pixels() -> None:
    name = "explanation/explanation_auto_granularity"
    response, _ = _parsed(name)
    image = recorded_image(named(name))
    prompt = Prompt([image, Text.from_text(FOOD), Tokens(IDS, [])])
    done = response.with_text_from_prompt(ExplanationRequest(prompt, PIZZA)).with_image_prompt_items_in_pixels(prompt)
    tiles, text, tokens, _ = done.explanations[0].items
    assert [score.text for score in text.scores] == ["I am a programmer and French.", "My favourite food is"]
    assert all(isinstance(score, TextScoreWithRaw) for score in text.scores)
    assert tokens.scores[0] == TokenScore(-0.90625)
    width, height = image.dimensions()
    assert sum(tile.width * tile.height for tile in tiles.scores) == width * height
    assert isinstance(response.explanations[0].items[1].scores[0], TextScore), "the response itself stays as it was"


def test_tokens_hold_what_was_recorded() -> None:
    tokens, _ = _parsed("tokenize/tokenize")
    text, _ = _parsed("detokenize/detokenize")
    assert (tokens.tokens, tokens.token_ids, text.result) == (["ĠHello"], [49222], "tiss")


def test_models_are_the_recorded_dicts() -> None:
    models, answer = _parsed("clients/available_models_async_client")
    assert models == answer
    assert all(type(model) is dict for model in models)
