"""What every call has in common: where things go in a request, and the meta of a response."""

from __future__ import annotations

import copy
import gc
import pickle
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any
from unittest import mock

import numpy as np
import orjson
import pytest
from hypothesis import given, strategies as st

from aleph_alpha._call import body as _body, long_body, meta as _meta
from aleph_alpha._call.call import Call, Defaults
from aleph_alpha.completion import CompletionRequest, CompletionResponse, complete_call
from aleph_alpha.detokenization import DetokenizationRequest
from aleph_alpha.embedding import EmbeddingRequest
from aleph_alpha.errors import InvalidRequestError
from aleph_alpha.explanation import ExplanationRequest, ExplanationResponse
from aleph_alpha.options import Meta
from aleph_alpha.prompt import Prompt, Text
from tests.requests.samples import DOCUMENT, JSON_ANSWERS, MODEL, PROMPT, REQUESTS, SAMPLES, Sample

META = Meta(200, {"x-request-id": "1"}, 2, 0.5)


def body_of(call: Call[Any]) -> dict[str, Any]:
    assert call.body is not None
    decoded: dict[str, Any] = orjson.loads(bytes(call.body))
    return decoded


def response_of(name: str) -> Any:
    sample = SAMPLES[name]
    return sample.make().parse(orjson.dumps(sample.answer))


@pytest.mark.parametrize("name", REQUESTS)
def test_a_post_sends_json_with_the_model_and_nothing_else_added(name: str) -> None:
    sample = SAMPLES[name]
    call = sample.make()
    assert (call.operation, call.method, call.content_type, call.accept, call.query) == (
        name,
        "POST",
        "application/json",
        "application/json",
        "",
    )
    expected = {**sample.request.to_json(), **({"model": MODEL} if sample.takes_model else {})}
    assert body_of(call) == expected


@pytest.mark.parametrize("name", REQUESTS)
def test_hosting_and_tags_of_the_client_are_in_every_body(name: str) -> None:
    body = body_of(SAMPLES[name].make(Defaults(hosting="aleph-alpha", tags=("a", "b"))))
    assert (body["hosting"], body["tags"]) == ("aleph-alpha", ["a", "b"])


@pytest.mark.parametrize("name", REQUESTS)
def test_nice_is_a_query_parameter_where_the_endpoint_has_it(name: str) -> None:
    sample = SAMPLES[name]
    assert sample.make(Defaults(nice=True)).query == ("nice=true" if sample.nice else "")


@pytest.mark.parametrize("name", ["availableModels", "version"])
def test_a_get_has_no_body(name: str) -> None:
    call = SAMPLES[name].make()
    assert (call.method, call.body, call.content_type) == ("GET", None, None)


@pytest.mark.parametrize("name", ["semanticEmbed", "batchSemanticEmbed"])
def test_the_model_may_be_left_to_the_server_where_the_contract_says_so(name: str) -> None:
    assert "model" not in body_of(SAMPLES[name].make(model=None))


@pytest.mark.parametrize("name", [name for name in REQUESTS if SAMPLES[name].takes_model])
@pytest.mark.parametrize("model", ["", "  ", 3])
def test_a_model_that_is_no_name_is_refused(name: str, model: Any) -> None:
    with pytest.raises(InvalidRequestError, match="model must be the name of a model"):
        SAMPLES[name].make(model=model)


@pytest.mark.parametrize("name", REQUESTS)
def test_something_else_than_the_request_is_refused(name: str) -> None:
    with pytest.raises(InvalidRequestError, match=f"takes a {type(SAMPLES[name].request).__name__}, not dict"):
        SAMPLES[name].make(request={"prompt": "Hi"})


@pytest.mark.parametrize("name", REQUESTS)
def test_a_request_may_be_a_subclass_and_its_own_fields_are_sent(name: str) -> None:
    kind = type(SAMPLES[name].request)

    @dataclass(frozen=True)
    class Own(kind):  # type: ignore[misc, valid-type]
        seed: int = 7

    own = Own(**vars(SAMPLES[name].request))
    assert own.to_json() == {**SAMPLES[name].request.to_json(), "seed": 7}
    assert body_of(SAMPLES[name].make(request=own))["seed"] == 7


@pytest.mark.parametrize(
    ("request_", "where"),
    [
        (CompletionRequest(PROMPT, penalty_bias="\ud800"), r"penalty_bias cannot be sent as JSON: str is not valid"),
        (CompletionRequest(PROMPT, stop_sequences=["a", "\ud800"]), r"stop_sequences\[1\] cannot be sent as JSON"),
        (CompletionRequest(PROMPT, maximum_tokens=2**70), r"maximum_tokens cannot be sent as JSON: Integer exceeds"),
    ],
)
def test_what_json_cannot_say_is_refused_by_its_path(request_: CompletionRequest, where: str) -> None:
    with pytest.raises(InvalidRequestError, match=where):
        complete_call(request_, MODEL, Defaults())


TEXT = st.text(st.characters(exclude_categories=["Cs"]))
JSON = st.recursive(
    TEXT | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False) | st.booleans() | st.none(),
    lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner),
)


@pytest.mark.slow
@given(st.dictionaries(TEXT, JSON), st.integers(0, 4))
def test_a_body_with_long_texts_is_the_same_json_written_while_it_is_sent(body: dict[str, Any], longest: int) -> None:
    whole = orjson.dumps(body)
    before = copy.deepcopy(body)
    with mock.patch.object(_body, "_LONG", longest), mock.patch.object(long_body, "_PIECE", 3):
        sent = _body.encode("test", body)
        assert (bytes(sent), len(sent)) == (whole, len(whole))
        assert b"".join(sent) == whole if isinstance(sent, long_body.LongBody) else sent == whole
    assert body == before


@pytest.mark.parametrize("levels", [300, 600, 3_000, "endless"])
def test_what_is_nested_too_deep_for_json_is_refused(levels: Any) -> None:
    body: dict[str, Any] = {}
    inner = body
    for _ in range(1 if levels == "endless" else levels):
        inner["properties"] = inner = {}
    if levels == "endless":
        inner["properties"] = body
    with pytest.raises(InvalidRequestError, match="cannot be sent as JSON"):
        _body.encode("chatCompletions", body)


def test_numbers_of_numpy_are_sent_as_plain_ones() -> None:
    numbers: Any = {"maximum_tokens": np.int64(7), "logit_bias": {np.int64(1): np.float32(0.25)}}
    request = CompletionRequest(PROMPT, temperature=np.float64(0.5), **numbers)
    body = body_of(complete_call(request, MODEL, Defaults()))
    assert (body["maximum_tokens"], body["temperature"], body["logit_bias"]) == (7, 0.5, {"1": 0.25})
    ids: Any = np.array([1, 2, 3])
    assert body_of(SAMPLES["detokenize"].make(request=DetokenizationRequest(ids)))["token_ids"] == [1, 2, 3]


def test_tuples_are_as_good_as_lists() -> None:
    request = EmbeddingRequest(PROMPT, layers=(-1, 0), pooling=("mean",))
    assert request.to_json() == EmbeddingRequest(PROMPT, layers=[-1, 0], pooling=["mean"]).to_json()


def test_a_documents_prompt_and_a_question_travel_whole() -> None:
    assert SAMPLES["qa"].request.to_json() == {"query": "Who likes pizza?", "documents": [DOCUMENT.to_json()]}


# --- meta --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [name for name in JSON_ANSWERS if name != "availableModels"])
def test_meta_is_beside_the_response_and_not_in_it(name: str) -> None:
    plain, response = response_of(name), response_of(name)
    before = dict(vars(response))
    assert not response.meta
    response.attach_meta(META)
    assert response.meta == META
    assert response == plain
    assert vars(response) == before
    assert asdict(response) == asdict(plain)
    assert repr(response) == repr(plain)
    assert type(response)(**vars(response)) == plain


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda one: pickle.loads(pickle.dumps(one))])
@pytest.mark.parametrize("name", [name for name in JSON_ANSWERS if name != "availableModels"])
def test_copies_and_pickles_keep_meta(name: str, again: Any) -> None:
    response = response_of(name)
    assert again(response).meta is None
    response.attach_meta(META)
    twin = again(response)
    assert (twin, twin.meta) == (response, META)


def test_meta_can_be_attached_again() -> None:
    response = response_of("complete")
    for meta in (META, replace(META, attempts=3)):
        response.attach_meta(meta)
        gc.collect()
        assert response.meta == meta
    response.attach_meta(None)
    assert response.meta is None


def test_meta_goes_with_its_response() -> None:
    response = response_of("complete")
    response.attach_meta(META)
    held = len(_meta._metas)
    del response
    gc.collect()
    assert len(_meta._metas) == held - 1


def test_meta_stays_when_text_and_pixels_are_attached() -> None:
    response: Any = ExplanationResponse("2022-04", [])
    response.attach_meta(META)
    assert response.with_text_from_prompt(ExplanationRequest(PROMPT, "")).meta == META
    assert response.with_image_prompt_items_in_pixels(PROMPT).meta == META
    assert response_of("explain").with_text_from_prompt(ExplanationRequest(PROMPT, " pizza")).meta is None


# --- to_json and from_json --------------------------------------------------------------------------


@pytest.mark.parametrize("name", [name for name in JSON_ANSWERS if name != "availableModels"])
def test_from_json_and_parse_read_the_same(name: str) -> None:
    response = response_of(name)
    assert type(response).from_json(SAMPLES[name].answer) == response


@pytest.mark.parametrize("name", ["complete", "batchSemanticEmbed"])
def test_to_json_of_a_response_is_read_back(name: str) -> None:
    response = response_of(name)
    assert type(response).from_json(orjson.loads(orjson.dumps(response.to_json()))) == response


def test_an_empty_optimized_prompt_is_none() -> None:
    answer: Mapping[str, Any] = {**SAMPLES["complete"].answer, "optimized_prompt": []}
    assert CompletionResponse.from_json(answer).optimized_prompt is None


def test_an_optimized_prompt_keeps_its_controls() -> None:
    prompt = response_of("complete").optimized_prompt
    assert isinstance(prompt.items[0], Text)
    assert [control.factor for control in prompt.items[0].controls] == [0.5]
    assert isinstance(prompt, Prompt)


def test_fields_that_the_contract_does_not_have_are_passed_over() -> None:
    for name in JSON_ANSWERS:
        sample: Sample = SAMPLES[name]
        if isinstance(sample.answer, dict):
            known = response_of(name)
            assert sample.make().parse(orjson.dumps({**sample.answer, "new": {"a": [1]}})) == known
