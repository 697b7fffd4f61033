"""What is refused before anything is sent, by the name of the field; and what is not."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from typing import Any

import pytest

from aleph_alpha import (
    detokenization,
    evaluation,
    qa,
    reranking,
    summarization,
    tokenization,
    translation,
)
from aleph_alpha._call.call import Defaults
from aleph_alpha._call.checks import Check
from aleph_alpha._call.request import RequestFields
from aleph_alpha.chat import request as chat
from aleph_alpha.completion import CompletionRequest, complete_call, request as completion
from aleph_alpha.document import Document
from aleph_alpha.embedding import (
    BatchSemanticEmbeddingRequest,
    batch,
    instructable,
    layers as embedding,
    openai as embedding_v2,
    semantic,
)
from aleph_alpha.errors import InvalidRequestError
from aleph_alpha.explanation import CustomGranularity, request as explanation_request
from aleph_alpha.prompt import Prompt, TextControl
from tests.requests.samples import PROMPT, REQUESTS, SAMPLES, SYMMETRIC

NAN, INFINITY = float("nan"), float("inf")
# Values that are refused for each kind of field.
NO_NUMBER: list[Any] = ["1", True, [1], Decimal(1), NAN, INFINITY, -INFINITY, 1j]
NO_INTEGER: list[Any] = ["1", True, 1.0, NAN, [1]]
NO_FLAG: list[Any] = ["yes", 1, 0.0, []]
NO_TEXT: list[Any] = [1, b"text", ["text"], True]
NO_TEXTS: list[Any] = ["text", 1, [1], ["a", None], {"a": 1}, b"text"]

FIELDS: dict[str, dict[str, list[Any]]] = {
    "complete": {
        **dict.fromkeys(
            ["maximum_tokens", "top_k", "best_of", "n", "log_probs", "minimum_tokens", "sequence_penalty_min_length"],
            NO_INTEGER,
        ),
        **dict.fromkeys(
            [
                "temperature",
                "top_p",
                "presence_penalty",
                "frequency_penalty",
                "sequence_penalty",
                "contextual_control_threshold",
            ],
            NO_NUMBER,
        ),
        **dict.fromkeys(
            [
                "repetition_penalties_include_prompt",
                "use_multiplicative_presence_penalty",
                "penalty_exceptions_include_stop_sequences",
                "tokens",
                "disable_optimizations",
                "echo",
                "use_multiplicative_frequency_penalty",
                "use_multiplicative_sequence_penalty",
                "completion_bias_inclusion_first_token_only",
                "completion_bias_exclusion_first_token_only",
                "control_log_additive",
                "repetition_penalties_include_completion",
                "raw_completion",
            ],
            NO_FLAG,
        ),
        **dict.fromkeys(
            [
                "penalty_exceptions",
                "stop_sequences",
                "completion_bias_inclusion",
                "completion_bias_exclusion",
                "steering_concepts",
            ],
            NO_TEXTS,
        ),
        "penalty_bias": NO_TEXT,
        "logit_bias": [[], "1", {1: NAN}, {1: "2"}, {1.5: 2.0}, {"x": 1.0}, {None: 1.0}, {1: True}],
        "prompt": ["text", None, [], Prompt([1])],  # type: ignore[list-item]
    },
    "embed": {
        "prompt": ["text", None],
        "layers": [None, -1, ["-1"], [True], [1.0], "12"],
        "pooling": [None, *NO_TEXTS],
        "type": NO_TEXT,
        "tokens": NO_FLAG,
        "normalize": NO_FLAG,
        "contextual_control_threshold": NO_NUMBER,
        "control_log_additive": NO_FLAG,
    },
    "semanticEmbed": {
        "prompt": ["text", None],
        "representation": [None, "symmetric", 1],
        "compress_to_size": NO_INTEGER,
        "normalize": NO_FLAG,
        "contextual_control_threshold": NO_NUMBER,
        "control_log_additive": NO_FLAG,
    },
    "batchSemanticEmbed": {
        "prompts": [None, "text", [], ["text"], PROMPT, iter([PROMPT])],
        "representation": [None, "symmetric", 1],
        "compress_to_size": NO_INTEGER,
        "normalize": NO_FLAG,
        "contextual_control_threshold": NO_NUMBER,
        "control_log_additive": NO_FLAG,
    },
    "evaluate": {
        "prompt": ["text", None],
        "completion_expected": [None, *NO_TEXT],
        "contextual_control_threshold": NO_NUMBER,
        "control_log_additive": NO_FLAG,
    },
    "explain": {
        "prompt": ["text", None],
        "target": [None, *NO_TEXT],
        "contextual_control_threshold": NO_NUMBER,
        "control_factor": NO_NUMBER,
        "control_token_overlap": ["partial", 1],
        "control_log_additive": NO_FLAG,
        "prompt_granularity": [1, {"type": "word"}, CustomGranularity(1)],  # type: ignore[arg-type]
        "target_granularity": ["token", 1],
        "postprocessing": ["square", 1],
        "normalize": NO_FLAG,
    },
    "tokenize": {"prompt": [None, PROMPT, *NO_TEXT], "tokens": [None, *NO_FLAG], "token_ids": [None, *NO_FLAG]},
    "detokenize": {"token_ids": [None, 1, "12", [1.0], [True], ["1"]]},
    "qa": {
        "query": [None, *NO_TEXT],
        "documents": [None, Document.from_text("a"), ["a"], [Document()], "a"],
        "max_answers": NO_INTEGER,
    },
    "summarize": {"document": [None, "text", Document()], "disable_optimizations": NO_FLAG},
}

CASES = [
    pytest.param(name, field, value, id=f"{name}-{field}-{index}")
    for name, table in FIELDS.items()
    for field, values in table.items()
    for index, value in enumerate(values)
]


@pytest.mark.parametrize("name", REQUESTS)
def test_the_table_has_every_field_of_every_request(name: str) -> None:
    assert set(FIELDS[name]) == {field.name for field in fields(SAMPLES[name].request)}


@pytest.mark.parametrize(("name", "field", "value"), CASES)
def test_a_value_of_the_wrong_kind_is_refused_by_the_name_of_its_field(name: str, field: str, value: Any) -> None:
    sample = SAMPLES[name]
    request = replace(sample.request, **{field: value})  # the constructor takes it
    with pytest.raises(InvalidRequestError, match=re.escape(f"{type(sample.request).__name__}.{field}")):
        sample.make(request=request)


@pytest.mark.parametrize(
    ("name", "field", "value", "message"),
    [
        (
            "complete",
            "temperature",
            NAN,
            "CompletionRequest.temperature must be a finite number or None, not float nan",
        ),
        ("complete", "maximum_tokens", "8", "CompletionRequest.maximum_tokens must be an int or None, not str '8'"),
        (
            "complete",
            "stop_sequences",
            "###",
            "CompletionRequest.stop_sequences must be a list of strings or None, not str '###'",
        ),
        (
            "complete",
            "stop_sequences",
            ["a", 1],
            "CompletionRequest.stop_sequences must be a list of strings or None; element 1 is int 1",
        ),
        (
            "complete",
            "logit_bias",
            {5: "x"},
            "CompletionRequest.logit_bias must be a dict of token ids and finite numbers or None; "
            "it has int 5: str 'x'",
        ),
        (
            "semanticEmbed",
            "representation",
            "query",
            "SemanticEmbeddingRequest.representation must be one of SemanticRepresentation.Symmetric, "
            "SemanticRepresentation.Document, SemanticRepresentation.Query, not str 'query'",
        ),
        (
            "explain",
            "prompt_granularity",
            CustomGranularity(3),  # type: ignore[arg-type]
            "ExplanationRequest.prompt_granularity must be a CustomGranularity with a string or None; "
            "its delimiter is int 3",
        ),
        ("batchSemanticEmbed", "prompts", [], "BatchSemanticEmbeddingRequest.prompts is empty"),
    ],
)
def test_the_message_says_what_is_wrong_and_what_it_must_be(name: str, field: str, value: Any, message: str) -> None:
    sample = SAMPLES[name]
    with pytest.raises(InvalidRequestError) as caught:
        sample.make(request=replace(sample.request, **{field: value}))
    assert str(caught.value) == message


@pytest.mark.parametrize("name", [name for name in REQUESTS if "prompt" in FIELDS[name] and name != "tokenize"])
def test_a_control_outside_its_text_is_refused_by_its_path(name: str) -> None:
    sample = SAMPLES[name]
    prompt = Prompt.from_text("Hi", [TextControl(1, 5, 0.5)])
    with pytest.raises(InvalidRequestError, match=rf"{type(sample.request).__name__}\.prompt\.items\[0\]\.controls"):
        sample.make(request=replace(sample.request, prompt=prompt))


def test_a_wrong_prompt_of_a_batch_is_refused_by_its_index() -> None:
    bad = Prompt.from_text("Hi", [TextControl(0, 1, math.inf)])
    request = BatchSemanticEmbeddingRequest([PROMPT, bad], SYMMETRIC)
    with pytest.raises(InvalidRequestError, match=r"BatchSemanticEmbeddingRequest\.prompts\[1\]\.items\[0\]"):
        SAMPLES["batchSemanticEmbed"].make(request=request)


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("complete", {"temperature": 7.5, "top_p": -3, "top_k": -1, "n": 0, "best_of": 1000, "log_probs": 99}),
        ("complete", {"temperature": 1, "maximum_tokens": 0, "logit_bias": {"5": 1}, "sequence_penalty_min_length": 1}),
        ("embed", {"layers": [], "pooling": [], "contextual_control_threshold": 5}),
        ("semanticEmbed", {"compress_to_size": 64}),
        ("explain", {"prompt_granularity": "chapter", "control_factor": -1.0, "target": ""}),
        ("detokenize", {"token_ids": [-1]}),
        ("qa", {"documents": [], "max_answers": -1}),
    ],
)
def test_bounds_are_left_to_the_server(name: str, changes: dict[str, Any]) -> None:
    sample = SAMPLES[name]
    assert sample.make(request=replace(sample.request, **changes)).body


FIELDS_OF: list[RequestFields] = [
    module._FIELDS
    for module in (
        batch,
        chat,
        completion,
        detokenization,
        embedding,
        embedding_v2,
        evaluation,
        explanation_request,
        instructable,
        qa,
        reranking,
        semantic,
        summarization,
        tokenization,
        translation,
    )
]


@pytest.mark.parametrize("fields", FIELDS_OF, ids=lambda fields: fields._kind.__name__)
def test_defaults_need_no_check_because_they_pass_them_all(fields: RequestFields) -> None:
    defaults = {one.name: one for one in fields._fields if hasattr(fields._kind, one.name) and one.check is not None}
    found = {name: one.check(one.default) for name, one in defaults.items() if one.check is not None}
    assert found == dict.fromkeys(defaults)


def test_only_what_differs_from_its_default_is_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def noted(name: str) -> Check:
        return lambda value: asked.append(name)

    fields = [replace(one, check=one.check and noted(one.name)) for one in completion._FIELDS._fields]
    monkeypatch.setattr(completion._FIELDS, "_fields", fields)
    complete_call(CompletionRequest(PROMPT, temperature=0.5, maximum_tokens=64), "luminous-base", Defaults())
    assert asked == ["temperature"]


def test_a_subclass_with_a_wrong_default_is_checked() -> None:
    @dataclass(frozen=True)
    class Hot(CompletionRequest):
        temperature: float | None = NAN

    with pytest.raises(InvalidRequestError, match=r"CompletionRequest\.temperature must be a finite number"):
        complete_call(Hot(PROMPT), "luminous-base", Defaults())
