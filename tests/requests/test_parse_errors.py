"""Answers that are not what the contract says: one error, and where it is."""

from __future__ import annotations

import contextlib
import copy
import json
from typing import Any

import orjson
import pytest
from hypothesis import given, settings, strategies as st

from aleph_alpha.completion import CompletionResult
from aleph_alpha.embedding.vectors import ArrayReader
from aleph_alpha.errors import ResponseError
from aleph_alpha.explanation import Explanation, ImageScore, TextPromptItemExplanation, TextScore, TokenScore
from aleph_alpha.models import parse_tokenizer
from tests.requests.samples import JSON_ANSWERS, SAMPLES

# (operation, where a value is put, the value, the path that the error has); None deletes the field.
DELETE = object()
TILE = ["explanations", 0, "items", 2, "scores", 0]
WRONG: list[tuple[str, list[Any], Any, str]] = [
    ("complete", ["model_version"], DELETE, "model_version"),
    ("complete", ["completions"], {}, "completions"),
    ("complete", ["completions", 0, "finish_reason"], 3, "completions[0].finish_reason"),
    ("complete", ["completions", 0, "log_probs", 1, "zza"], "high", "completions[0].log_probs[1].zza"),
    ("complete", ["completions", 0, "completion_tokens", 1], None, "completions[0].completion_tokens[1]"),
    ("complete", ["num_tokens_generated"], True, "num_tokens_generated"),
    ("complete", ["num_tokens_generated"], 1.5, "num_tokens_generated"),
    ("complete", ["optimized_prompt", 0, "type"], "video", "optimized_prompt[0].type"),
    ("complete", ["optimized_prompt", 0, "controls", 0, "token_overlap"], "some", "optimized_prompt"),
    ("embed", ["embeddings", "layer_40", "mean", 1], "0.5", "embeddings.layer_40.mean[1]"),
    ("embed", ["embeddings", "layer_40"], [], "embeddings.layer_40"),
    ("semanticEmbed", ["embedding", 2], None, "embedding[2]"),
    ("semanticEmbed", ["embedding"], DELETE, "embedding"),
    ("batchSemanticEmbed", ["embeddings", 1, 0], True, "embeddings[1][0]"),
    ("batchSemanticEmbed", ["embeddings", 1], None, "embeddings[1]"),
    ("batchSemanticEmbed", ["num_tokens_prompt_total"], DELETE, "num_tokens_prompt_total"),
    ("evaluate", ["result", "correct_greedy"], 1, "result.correct_greedy"),
    ("evaluate", ["result"], DELETE, "result"),
    ("explain", ["explanations", 0, "items", 0, "scores", 1, "start"], 1.5, "explanations[0].items[0].scores[1].start"),
    ("explain", ["explanations", 0, "items", 1, "scores", 0], "1", "explanations[0].items[1].scores[0]"),
    (
        "explain",
        ["explanations", 0, "items", 2, "scores", 0, "rect"],
        DELETE,
        "explanations[0].items[2].scores[0].rect",
    ),
    ("explain", ["explanations", 0, "items", 3, "type"], "sound", "explanations[0].items[3].type"),
    ("tokenize", ["token_ids", 0], "1", "token_ids[0]"),
    ("detokenize", ["result"], None, "result"),
    ("qa", ["answers", 0, "score"], "high", "answers[0].score"),
    ("summarize", ["summary"], DELETE, "summary"),
    ("availableModels", [0, "max_context_size"], "2048", "[0].max_context_size"),
]


def changed(answer: Any, place: list[Any], value: Any) -> Any:
    answer = copy.deepcopy(answer)
    target = answer
    for step in place[:-1]:
        target = target[step]
    if value is DELETE:
        del target[place[-1]]
    else:
        target[place[-1]] = value
    return answer


@pytest.mark.parametrize(("name", "place", "value", "path"), WRONG)
def test_a_wrong_or_missing_field_is_told_by_its_path(name: str, place: list[Any], value: Any, path: str) -> None:
    sample = SAMPLES[name]
    body = orjson.dumps(changed(sample.answer, place, value))
    with pytest.raises(ResponseError) as caught:
        sample.make().parse(body)
    assert caught.value.path == path
    assert path in str(caught.value)
    assert caught.value.body == body


@pytest.mark.parametrize(("name", "place", "value", "path"), [case for case in WRONG if case[0] != "availableModels"])
def test_from_json_refuses_what_parse_refuses(name: str, place: list[Any], value: Any, path: str) -> None:
    sample = SAMPLES[name]
    kind = type(sample.make().parse(orjson.dumps(sample.answer)))
    with pytest.raises(ResponseError) as caught:
        kind.from_json(changed(sample.answer, place, value))
    assert caught.value.path == path


@pytest.mark.parametrize("name", JSON_ANSWERS)
@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "not JSON"),
        (b"<html>", "not JSON"),
        (b"\xef\xbb\xbf{}", "not JSON"),
        (b'{"a": NaN}', "not JSON"),
        (b'{"a": 1e999}', "not JSON"),
        (b"[" * 5000 + b"]" * 5000, "not JSON"),
        (b'{"a": "\xff"}', "not UTF-8 at byte 7"),
        (b'{"a": "\\ud800"}', "not JSON"),
        (b"null", "expected a"),
        (b"3", "expected a"),
        (b'"text"', "expected a"),
    ],
)
def test_a_body_that_is_no_answer_at_all_is_refused(name: str, body: bytes, message: str) -> None:
    with pytest.raises(ResponseError, match=message) as caught:
        SAMPLES[name].make().parse(body)
    assert caught.value.path == ""
    assert caught.value.body == body[:10_000]
    assert str(caught.value).startswith(f"{name}: ")


@pytest.mark.parametrize("name", JSON_ANSWERS)
def test_every_truncation_of_an_answer_is_refused(name: str) -> None:
    body = orjson.dumps(SAMPLES[name].answer)
    parse = SAMPLES[name].make().parse
    for end in range(len(body)):
        with pytest.raises(ResponseError, match=name):
            parse(body[:end])


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


def places(answer: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    steps = answer.items() if isinstance(answer, dict) else enumerate(answer) if isinstance(answer, list) else ()
    return [here, *(place for step, part in steps for place in places(part, (*here, step)))]


@pytest.mark.parametrize("name", JSON_ANSWERS)
def test_any_change_of_an_answer_is_read_or_a_response_error(name: str) -> None:
    sample = SAMPLES[name]
    parsers = [sample.make().parse]
    if name == "batchSemanticEmbed":
        parsers.append(sample.make(arrays=ArrayReader()).parse)
    somewhere = st.sampled_from([place for place in places(sample.answer) if place])

    @settings(max_examples=150, deadline=None)
    @given(somewhere, JSON, st.binary(max_size=3), st.floats(0, 1))
    def check(place: tuple[Any, ...], value: Any, noise: bytes, where: float) -> None:
        text = json.dumps(changed(sample.answer, list(place), value)).encode("utf-8", "surrogatepass")
        at = int(where * len(text))
        for body in (text, text[:at] + noise + text[at + len(noise) :]):
            for parse in parsers:
                with contextlib.suppress(ResponseError):
                    parse(body)

    check()


@pytest.mark.parametrize(
    ("read", "json", "path"),
    [
        (TextScore.from_json, {"start": 0, "length": "1", "score": 1.0}, "length"),
        (TextScore.from_json, [], ""),
        (TokenScore.from_json, "1", "scores[0]"),
        (ImageScore.from_json, {"rect": {"left": 0}, "score": 1.0}, "rect.top"),
        (TextPromptItemExplanation.from_json, {"scores": [{"start": 0}]}, "scores[0].length"),
        (Explanation.from_json, {"target": "x"}, "items"),
        (Explanation.prompt_item_from_json, {"type": "sound", "scores": []}, "type"),
        (Explanation.prompt_item_from_json, {"scores": []}, "type"),
        (Explanation.prompt_item_from_json, 3, "type"),
        (CompletionResult.from_json, {"completion": 3}, "completion"),
    ],
)
def test_from_json_of_a_part_tells_the_path(read: Any, json: Any, path: str) -> None:
    with pytest.raises(ResponseError) as caught:
        read(json)
    assert caught.value.path == path


@pytest.mark.parametrize("body", [b"", b"{}", b"\xff", b'{"version": "1.0"}', b"<html>"])
def test_a_body_that_is_no_tokenizer_is_refused(body: bytes) -> None:
    with pytest.raises(ResponseError, match="not a tokenizer") as caught:
        parse_tokenizer(body)
    assert caught.value.body == body
