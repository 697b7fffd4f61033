"""What is kept, and under what key."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from aleph_alpha import ChatRequest, CompletionRequest, EvaluationRequest, Message, Prompt
from aleph_alpha._cache.key import cache_key
from aleph_alpha._call.call import NO_DEFAULTS, Call, Defaults
from aleph_alpha._call.long_body import LongBody
from aleph_alpha.chat.calls import chat_call
from aleph_alpha.completion.calls import complete_call, complete_json_call
from aleph_alpha.evaluation import evaluate_call

HOST = "https://api.example.com"
PROMPT = Prompt.from_text("An apple a day")


def complete(**fields: Any) -> Call[Any]:
    return complete_call(CompletionRequest(PROMPT, **fields), "some-model", NO_DEFAULTS)


def complete_json(**fields: Any) -> Call[Any]:
    return complete_json_call(CompletionRequest(PROMPT, **fields), "some-model", NO_DEFAULTS)


def chat(**fields: Any) -> Call[Any]:
    return chat_call(ChatRequest("some-model", [Message("user", "Hello")], **fields), None, NO_DEFAULTS)


GREEDY: dict[str, Call[Any]] = {
    "a completion": complete(),
    "of temperature 0": complete(temperature=0),
    "of zeros": complete(temperature=0.0, top_k=0, top_p=0.0),
    "several": complete(n=3),
    "JSON": complete_json(),
    "a chat of temperature 0": chat(temperature=0),
    "0.0": chat(temperature=0.0),
}
SAMPLED: dict[str, Call[Any]] = {
    "a temperature": complete(temperature=0.5),
    "top_k": complete(top_k=5),
    "top_p": complete(temperature=0, top_p=0.9),
    "JSON": complete_json(temperature=1.0),
    "a chat of the model's own temperature": chat(),
    "a chat of a temperature": chat(temperature=0.1),
    "a chat with top_p": chat(temperature=0, top_p=0.5),
}


@pytest.mark.parametrize("call", GREEDY.values(), ids=GREEDY)
def test_what_is_not_sampled_has_a_key(call: Call[Any]) -> None:
    key = cache_key(call, HOST)
    assert key is not None
    assert (len(key), key) == (64, cache_key(call, HOST + "/"))


@pytest.mark.parametrize("call", SAMPLED.values(), ids=SAMPLED)
def test_what_is_sampled_has_none(call: Call[Any]) -> None:
    assert cache_key(call, HOST) is None


EVALUATED = evaluate_call(EvaluationRequest(PROMPT, " yes"), "some-model", NO_DEFAULTS)
OTHERS: dict[str, tuple[Call[Any], str]] = {
    "deployment": (EVALUATED, "https://api.example.org"),
    "model": (evaluate_call(EvaluationRequest(PROMPT, " yes"), "another", NO_DEFAULTS), HOST),
    "request": (evaluate_call(EvaluationRequest(PROMPT, " no"), "some-model", NO_DEFAULTS), HOST),
    "hosting": (evaluate_call(EvaluationRequest(PROMPT, " yes"), "some-model", Defaults(hosting="aleph-alpha")), HOST),
    "operation": (replace(EVALUATED, operation="explain"), HOST),
    "form": (replace(EVALUATED, accept="text/plain"), HOST),
}


@pytest.mark.parametrize(("call", "host"), OTHERS.values(), ids=OTHERS)
def test_another_request_has_another_key(call: Call[Any], host: str) -> None:
    assert cache_key(call, host) != cache_key(EVALUATED, HOST)


def test_the_same_request_has_the_same_key() -> None:
    nice = evaluate_call(EvaluationRequest(PROMPT, " yes"), "some-model", Defaults(nice=True))
    assert cache_key(nice, HOST) == cache_key(EVALUATED, HOST)
    assert isinstance(EVALUATED.body, bytes)
    half = len(EVALUATED.body) // 2
    long = LongBody([EVALUATED.body[:half], EVALUATED.body[half:]])
    assert cache_key(replace(EVALUATED, body=long), HOST) == cache_key(EVALUATED, HOST)


@pytest.mark.parametrize(
    "changed",
    [{"confidential": True}, {"body": None}, *({"operation": one} for one in ("newToken", "translate", "qa"))],
)
def test_what_is_secret_or_may_differ_has_none(changed: dict[str, Any]) -> None:
    assert cache_key(replace(EVALUATED, **changed), HOST) is None
