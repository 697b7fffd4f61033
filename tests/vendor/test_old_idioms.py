"""What applications written for the vendor's client do, each rule in a test named after it."""

from __future__ import annotations

import copy
import dataclasses
import importlib
import inspect
import pickle
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

import httpx
import orjson
import pydantic
import pytest
from hypothesis import given, strategies as st

from aleph_alpha import Client
from aleph_alpha._call.call import Defaults
from aleph_alpha.completion import CompletionRequest, CompletionResponse, CompletionResult, complete_call
from aleph_alpha.embedding import SemanticRepresentation
from aleph_alpha.explanation import Explanation, ExplanationRequest, ExplanationResponse, PromptGranularity
from aleph_alpha.prompt import Prompt, Text
from tests.requests.samples import JSON_ANSWERS, MODEL, PROMPT, REQUESTS, SAMPLES

CLASSES = {
    "completion": ["CompletionRequest", "CompletionResponse", "CompletionResult"],
    "detokenization": ["DetokenizationRequest", "DetokenizationResponse"],
    "embedding": [
        "BatchSemanticEmbeddingRequest",
        "BatchSemanticEmbeddingResponse",
        "EmbeddingRequest",
        "EmbeddingResponse",
        "SemanticEmbeddingRequest",
        "SemanticEmbeddingResponse",
    ],
    "evaluation": ["EvaluationRequest", "EvaluationResponse"],
    "explanation": [
        "CustomGranularity",
        "Explanation",
        "ExplanationRequest",
        "ExplanationResponse",
        "ImagePromptItemExplanation",
        "ImageScore",
        "TargetPromptItemExplanation",
        "TargetScore",
        "TargetScoreWithRaw",
        "TextPromptItemExplanation",
        "TextScore",
        "TextScoreWithRaw",
        "TokenPromptItemExplanation",
        "TokenScore",
    ],
    "qa": ["QaAnswer", "QaRequest", "QaResponse"],
    "summarization": ["SummarizationRequest", "SummarizationResponse"],
    "tokenization": ["TokenizationRequest", "TokenizationResponse"],
}
CASES = [pytest.param(module, name, id=name) for module, names in CLASSES.items() for name in names]


@pytest.mark.parametrize(("module", "name"), CASES)
def test_requests_and_responses_are_frozen_stdlib_dataclasses_without_slots(module: str, name: str) -> None:
    kind: Any = getattr(importlib.import_module(f"aleph_alpha.{module}"), name)
    assert "__dataclass_fields__" in vars(kind)
    parameters: Any = vars(kind)["__dataclass_params__"]
    assert parameters.frozen
    assert not any("__slots__" in vars(base) for base in inspect.getmro(kind))


@pytest.mark.parametrize("name", REQUESTS)
def test_dataclasses_replace_and_asdict_work_on_requests(name: str) -> None:
    request = SAMPLES[name].request
    first = fields(request)[0].name
    assert replace(request, **{first: getattr(request, first)}) == request
    assert set(asdict(request)) == {field.name for field in fields(request)}
    assert type(request)(**request.__dict__) == request
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(request, first, None)


@pytest.mark.parametrize("name", [name for name in JSON_ANSWERS if name != "availableModels"])
def test_dataclasses_replace_and_asdict_work_on_responses(name: str) -> None:
    sample = SAMPLES[name]
    response = sample.make().parse(orjson.dumps(sample.answer))
    assert replace(response) == response
    assert set(asdict(response)) == {field.name for field in fields(response)}
    assert type(response)(**response.__dict__) == response


class CompleteInput(pydantic.BaseModel, CompletionRequest, frozen=True):
    def to_completion_request(self) -> CompletionRequest:
        return CompletionRequest(**self.__dict__)


class CompleteOutput(pydantic.BaseModel, CompletionResponse, frozen=True):
    @staticmethod
    def from_completion_response(response: CompletionResponse) -> CompleteOutput:
        return CompleteOutput(**response.__dict__)


class ExplainInput(pydantic.BaseModel, ExplanationRequest, frozen=True):
    pass


class ExplainOutput(pydantic.BaseModel, ExplanationResponse, frozen=True):
    pass


def test_a_request_can_be_subclassed_together_with_a_pydantic_model() -> None:
    given = CompleteInput(prompt=PROMPT, maximum_tokens=5, stop_sequences=["\n"])
    plain = CompletionRequest(PROMPT, maximum_tokens=5, stop_sequences=["\n"])
    assert given.to_completion_request() == plain
    assert given.to_json() == plain.to_json()
    assert complete_call(given, MODEL, Defaults()).body == complete_call(plain, MODEL, Defaults()).body
    with pytest.raises(pydantic.ValidationError):
        CompleteInput(prompt=PROMPT, maximum_tokens="many")  # type: ignore[arg-type]
    assert ExplainInput(prompt=PROMPT, target=" pizza", prompt_granularity=PromptGranularity.Word).to_json()


def test_a_response_can_be_subclassed_together_with_a_pydantic_model() -> None:
    response = SAMPLES["complete"].make().parse(orjson.dumps(SAMPLES["complete"].answer))
    output = CompleteOutput.from_completion_response(response)
    assert output.completions == response.completions
    assert output.meta is None
    explanation = SAMPLES["explain"].make().parse(orjson.dumps(SAMPLES["explain"].answer))
    assert ExplainOutput(**explanation.__dict__).explanations == explanation.explanations


def test_a_prompt_with_a_field_of_its_own_can_be_sent() -> None:
    @dataclass
    class RichPrompt(Prompt):
        note: str = ""

    prompt = RichPrompt([Text.from_text("Hi")], note="mine")
    assert CompletionRequest(prompt).to_json()["prompt"] == [{"type": "text", "data": "Hi", "controls": []}]


def test_a_prompt_of_plain_strings_can_be_sent() -> None:
    prompt: Any = Prompt(items=["Hi", Text.from_text("there"), [1, 2]])
    assert [item["data"] for item in CompletionRequest(prompt).to_json()["prompt"]] == ["Hi", "there", [1, 2]]
    assert complete_call(CompletionRequest(prompt), MODEL, Defaults()).body


OPTIONAL = [
    (name, field.name)
    for name in REQUESTS
    for field in fields(SAMPLES[name].request)
    if field.default is not dataclasses.MISSING
]

# Recorded requests have these as null where they are not set.
SENT_AS_NULL = {"type", "compress_to_size", "contextual_control_threshold"}


@pytest.mark.parametrize(("name", "field"), OPTIONAL)
def test_explicit_none_for_an_optional_field_is_the_same_as_leaving_it_out(name: str, field: str) -> None:
    sample = SAMPLES[name]
    request = replace(sample.request, **{field: None})
    sent = orjson.loads(bytes(sample.make(request=request).body or b""))
    assert sent.get(field) is None
    assert field not in sent or field in SENT_AS_NULL
    without = {key: value for key, value in sample.request.to_json().items() if key != field}
    assert {key: value for key, value in request.to_json().items() if key != field} == without


def test_none_for_every_optional_field_at_once_can_be_sent() -> None:
    optional = {field.name: None for field in fields(CompletionRequest) if field.name != "prompt"}
    request = CompletionRequest(prompt=PROMPT, **optional)
    assert set(orjson.loads(bytes(complete_call(request, MODEL, Defaults()).body or b""))) == {"model", "prompt"}


def test_maximum_tokens_is_64_unless_it_is_given() -> None:
    assert CompletionRequest(PROMPT).to_json()["maximum_tokens"] == 64


def test_steering_concepts_come_after_the_documented_fields_as_in_the_vendors_client() -> None:
    assert [field.name for field in fields(CompletionRequest)][-2:] == ["raw_completion", "steering_concepts"]
    request = CompletionRequest(PROMPT, steering_concepts=["ab"])
    assert request.to_json()["steering_concepts"] == ["ab"]


def test_log_probs_are_plain_mutable_dicts() -> None:
    response = SAMPLES["complete"].make().parse(orjson.dumps(SAMPLES["complete"].answer))
    log_probs = response.completions[0].log_probs
    assert [type(one) for one in log_probs] == [dict, dict]
    assert log_probs[1].popitem() == ("za", None)
    assert log_probs[1] == {"zza": -0.25}


def test_models_is_a_list_of_plain_dicts() -> None:
    models = SAMPLES["availableModels"].make().parse(orjson.dumps(SAMPLES["availableModels"].answer))
    assert [type(model) for model in models] == [dict]
    assert (models[0]["name"], models[0]["max_context_size"]) == ("luminous-base", 2048)
    assert models == SAMPLES["availableModels"].answer


def test_semantic_representation_can_be_looked_up_by_name() -> None:
    members = {name: member.value for name, member in SemanticRepresentation.__members__.items()}
    assert members == {"Symmetric": "symmetric", "Document": "document", "Query": "query"}
    assert SemanticRepresentation["Query"] is SemanticRepresentation.Query


def test_prompt_item_from_json_is_called_on_the_class() -> None:
    item = Explanation.prompt_item_from_json({"type": "token_ids", "scores": [0.5]})
    assert [score.score for score in item.scores] == [0.5]


@given(st.lists(st.dictionaries(st.text(max_size=4), st.none() | st.floats(-50, 0), max_size=3), max_size=3))
def test_results_take_any_log_probs(log_probs: Sequence[dict[str, float | None]]) -> None:
    assert CompletionResult.from_json({"log_probs": log_probs}).log_probs == list(log_probs)


@pytest.mark.parametrize("copied", [copy.deepcopy, pickle.dumps], ids=["deepcopy", "pickle"])
def test_why_a_client_with_an_http_client_of_its_own_cannot_be_copied_is_true_for_every_copy(
    copied: Callable[[Client], object],
) -> None:
    with httpx.Client() as http_client:
        client = Client("token", "http://127.0.0.1:9", http_client=http_client)
        with pytest.raises(
            TypeError, match="with an http_client of its own is neither pickled nor deep-copied: share it"
        ):
            copied(client)
        assert copy.copy(client).host == client.with_options(nice=True).host == client.host
