"""What is read of members that are otherwise, one rule a test."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from aleph_alpha import (
    ChatResponse,
    CompletionResponse,
    EmbeddingV2Response,
    ExplanationResponse,
    OtherItem,
    OtherItemExplanation,
    RecentRequest,
    ResponseError,
    Text,
)
from aleph_alpha._call.call import Call, Defaults
from aleph_alpha._call.reading import parsed
from aleph_alpha.completion import stream_item_from_json
from aleph_alpha.options import Deviation
from aleph_alpha.service import account
from aleph_alpha.tokenization import TokenizationRequest, tokenize_call
from tests.requests.samples import SAMPLES


def noted(kind: Any, answer: Any) -> tuple[Any, list[str]]:
    """What ``from_json`` makes of a response, and the paths that it notes."""
    call: Any = Call("x", "GET", "/", "", None, None, "", lambda body: kind.from_json(json.loads(body)))
    result, deviations = parsed(call, json.dumps(answer).encode())
    return result, [one.path for one in deviations]


def chat(**choice: Any) -> dict[str, Any]:
    message = {"role": "assistant", "content": "Hi"}
    return {"choices": [{"index": 0, "message": message, "finish_reason": "stop", **choice}]}


SILENT: list[tuple[dict[str, Any], bool]] = [
    ({"role": "assistant", "content": None}, True),
    ({"role": "assistant"}, True),
    ({"role": "assistant", "content": ""}, False),
    ({"role": "assistant", "content": None, "reasoning_content": "Hm"}, False),
    (
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [{"id": "1", "type": "function", "function": {"name": "f", "arguments": ""}}],
        },
        False,
    ),
]


@pytest.mark.parametrize(("message", "silent"), SILENT)
def test_a_message_that_says_nothing_has_empty_text_and_is_noted(message: dict[str, Any], silent: bool) -> None:
    response, paths = noted(ChatResponse, chat(message=message))
    assert response.message.content == ""
    assert ("choices[0].message.content" in paths) == silent


def test_a_message_of_which_all_was_filtered_is_as_it_should_be() -> None:
    assert noted(ChatResponse, chat(message={"role": "assistant"}, finish_reason="content_filter"))[1] == []


def test_choices_without_index_count_by_their_place() -> None:
    choice = {"message": {"content": "Hi"}}
    response, paths = noted(ChatResponse, {"choices": [choice, choice]})
    assert [one.index for one in response.choices] == [0, 1]
    assert {"choices[0].index", "choices[1].index", "choices[1].message.role"} <= {*paths}


def test_a_call_without_id_and_type_can_be_made_all_the_same() -> None:
    message = {"tool_calls": [{"function": {"name": "f", "arguments": "{}"}}]}
    (call,) = noted(ChatResponse, chat(message=message))[0].tool_calls
    assert (call.id, call.type, call.name, call.arguments) == ("", "function", "f", {})


@pytest.mark.parametrize("logprob", [None, "high", True, float("nan")])
def test_a_log_probability_is_a_number(logprob: Any) -> None:
    token = {"token": "Hi", "logprob": logprob, "bytes": [72, 105], "top_logprobs": []}
    with pytest.raises(ResponseError) as caught:
        ChatResponse.from_json(chat(logprobs={"content": [token]}))
    assert caught.value.path == "choices[0].logprobs.content[0].logprob"


def test_log_probabilities_without_bytes_and_others_are_read() -> None:
    response, _ = noted(ChatResponse, chat(logprobs={"content": [{"token": "Hi", "logprob": -1}]}))
    (one,) = response.choices[0].logprobs
    assert (one.token, one.logprob, one.bytes, one.top_logprobs) == ("Hi", -1, None, [])


PROMPT: list[Any] = [
    {"type": "text", "data": "a"},
    {"type": "audio", "data": "UklGRg=="},
    {"type": "image", "data": "iVBORw0KGgo=", "x": None, "y": None, "size": None},
    {"type": "image", "data": "iVBORw0KGgo=", "x": 1},
    {"type": "text", "data": None},
]


def test_items_of_a_prompt_that_are_not_known_are_kept_as_they_came() -> None:
    response, paths = noted(CompletionResponse, {**SAMPLES["complete"].answer, "optimized_prompt": PROMPT})
    items = response.optimized_prompt.items
    assert items[0] == Text("a", [])
    assert (items[1], items[4]) == (OtherItem(PROMPT[1]), OtherItem(PROMPT[4]))
    assert (items[2].cropping, items[3].to_json()) == (None, PROMPT[3])
    assert paths == ["optimized_prompt[1].type", "optimized_prompt[4].data", "optimized_prompt[3]"]
    assert response.to_json()["optimized_prompt"][1] == PROMPT[1]


def test_items_of_an_explanation_that_are_not_known_are_kept_and_in_nobodys_way() -> None:
    other = {"type": "audio", "scores": [{"seconds": 2.5, "score": 0.5}]}
    answer = {
        "model_version": "1",
        "explanations": [{"target": " x", "items": [{"type": "token_ids", "scores": [0.5]}, other]}] * 2,
    }
    response, paths = noted(ExplanationResponse, answer)
    explanation = response.explanations[0]
    assert explanation.items[1] == OtherItemExplanation(other)
    assert explanation.item_scores() == [0.5, 0.0]
    assert len(response.to_rows()) == 2
    assert response.aggregated().items[1] == OtherItemExplanation(other)
    assert explanation.normalized().items[1] == OtherItemExplanation(other)
    assert paths == ["explanations[0].items[1].type", "explanations[1].items[1].type"]


V2: list[tuple[list[Any], list[int] | None]] = [
    ([0, 1], [0, 1]),
    ([1, 0], [1, 0]),
    ([None, None], [0, 1]),
    ([0, None], [0, 1]),
    ([1, None], None),
    (["0", 1.0], [0, 1]),
]


@pytest.mark.parametrize(("said", "places"), V2)
def test_vectors_without_index_are_in_their_order_or_refused(said: list[Any], places: list[int] | None) -> None:
    answer = {"data": [{"object": "embedding", "embedding": [0.5], "index": index} for index in said]}
    if places is None:
        with pytest.raises(ResponseError, match=r"data\[1\]\.index"):
            EmbeddingV2Response.from_json(answer)
    else:
        assert [one.index for one in EmbeddingV2Response.from_json(answer).data] == places


@pytest.mark.parametrize("missing", ["tokens", "token_ids"])
def test_tokens_that_were_asked_for_have_to_be_there(missing: str) -> None:
    whole = {"tokens": ["a"], "token_ids": [1]}
    asked = tokenize_call(TokenizationRequest("a", True, True), "m", Defaults())
    with pytest.raises(ResponseError) as caught:
        asked.parse(json.dumps({**whole, missing: None}).encode())
    assert caught.value.path == missing
    others = TokenizationRequest("a", missing != "tokens", missing != "token_ids")
    tokenize_call(others, "m", Defaults()).parse(json.dumps({**whole, missing: None}).encode())


def test_the_secret_of_a_new_token_is_not_lost_with_what_is_beside_it() -> None:
    new = account.create_token_call("a").parse(b'{"token": "marker-secret", "metadata": {"description": null}}')
    assert new.token.reveal() == "marker-secret"
    assert new.metadata is None


def test_an_event_of_another_type_is_not_understood_and_says_so() -> None:
    with pytest.raises(ResponseError, match="type must be one of"):
        stream_item_from_json({"type": "progress"})


def test_of_one_response_no_more_than_a_thousand_places_are_told() -> None:
    answer = {**SAMPLES["complete"].answer, **{f"new_{number}": 1 for number in range(1_100)}}
    assert len(noted(CompletionResponse, answer)[1]) == 1_000


def test_a_deviation_never_shows_what_came() -> None:
    call = SAMPLES["complete"].make()
    answer = {**SAMPLES["complete"].answer, "model_version": ["a secret"], "num_tokens_generated": "a secret"}
    _, deviations = parsed(call, json.dumps(answer).encode())
    assert "secret" not in "".join(map(str, deviations))
    assert next(iter(deviations)) == Deviation("model_version", "a string", "an array")


EAST = timezone(timedelta(hours=2))
STAMPS: list[tuple[str | None, datetime | None]] = [
    ("2024-05-01T12:30:00Z", datetime(2024, 5, 1, 12, 30, tzinfo=UTC)),
    ("2024-05-01T12:30:00", datetime(2024, 5, 1, 12, 30, tzinfo=UTC)),
    ("2024-05-01 12:30:00.123456789+02:00", datetime(2024, 5, 1, 12, 30, 0, 123456, tzinfo=EAST)),
    ("20240501T123000+0200", datetime(2024, 5, 1, 12, 30, tzinfo=EAST)),
    ("2024-W18-3T12:30Z", datetime(2024, 5, 1, 12, 30, tzinfo=UTC)),
    ("2024-05-01", datetime(2024, 5, 1, tzinfo=UTC)),
    ("yesterday", None),
    ("", None),
    ("2024-13-01T00:00:00Z", None),
    ("2024-05-01T12:30:00Zulu", None),
    (None, None),
]


@pytest.mark.parametrize(("stamp", "moment"), STAMPS)
def test_when_a_request_was_made_is_read_from_whatever_iso_form_it_has(
    stamp: str | None, moment: datetime | None
) -> None:
    request = RecentRequest(stamp)
    assert request.created_at == moment
    assert request.create_timestamp == stamp
    assert moment is None or (request.created_at is not None and request.created_at.tzinfo is not None)
