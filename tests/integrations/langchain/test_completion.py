"""The completion model."""

from __future__ import annotations

import asyncio
import pickle
from typing import Any

import pytest
from langchain_core.load import dumps
from langchain_core.prompts import PromptTemplate
from pydantic import ValidationError

from aleph_alpha import APIStatusError, Client, CompletionRequest, Prompt
from aleph_alpha.integrations.langchain import AlephAlpha
from aleph_alpha.testing import LocalServer

APPLE = "An apple a day"


@pytest.fixture
def model() -> AlephAlpha:
    return AlephAlpha(model="toy-base", maximum_tokens=12)


@pytest.fixture
def expected(server: LocalServer) -> str:
    with Client("token", server.url) as client:
        response = client.complete(CompletionRequest(Prompt.from_text(APPLE), maximum_tokens=12), "toy-base")
    assert response.completions[0].completion
    return response.completions[0].completion


async def test_each_way_of_calling_completes_alike(model: AlephAlpha, expected: str) -> None:
    assert model.invoke(APPLE) == expected
    assert await model.ainvoke(APPLE) == expected
    assert "".join(model.stream(APPLE)) == expected
    assert "".join([piece async for piece in model.astream(APPLE)]) == expected
    chain = PromptTemplate.from_template("An {fruit} a day") | model
    assert str(chain.invoke({"fruit": "apple"})) == expected


def test_a_batch_keeps_the_order(model: AlephAlpha) -> None:
    prompts: list[Any] = [f"{n} apples are" for n in range(20)]
    alone = [model.invoke(prompt) for prompt in prompts]
    assert model.batch(prompts) == alone
    assert model.batch(prompts, {"max_concurrency": 3}) == alone
    assert asyncio.run(model.abatch(prompts)) == alone


async def test_one_text_that_fails_does_not_take_the_others_along(model: AlephAlpha, expected: str) -> None:
    prompts: list[Any] = [APPLE, "too long " * 3000, APPLE]
    several: list[Any] = [
        model.batch(prompts, return_exceptions=True),
        await model.abatch(prompts, return_exceptions=True),
        model.batch(prompts, [{}, {}, {}], return_exceptions=True),
    ]
    for results in several:
        assert [results[0], results[2]] == [expected, expected]
        assert isinstance(results[1], APIStatusError)
    with pytest.raises(APIStatusError):
        model.batch(prompts)


def test_tokens_are_counted_by_the_models_own_tokenizer(model: AlephAlpha, server: LocalServer) -> None:
    with Client("token", server.url) as client:
        assert model.get_token_ids(APPLE) == client.tokenizer("toy-base").encode(APPLE).ids
    assert model.get_num_tokens(APPLE) == 4


def test_usage_reason_and_log_probabilities_are_told(model: AlephAlpha) -> None:
    result = model.generate([APPLE, APPLE], log_probs=2, n=2)
    assert [len(generations) for generations in result.generations] == [2, 2]
    info = result.generations[0][0].generation_info or {}
    assert info["finish_reason"] == "maximum_tokens"
    assert len(info["log_probs"]) == 12
    assert result.llm_output is not None
    assert result.llm_output["token_usage"]["completion_tokens"] == 48


def test_the_words_of_the_old_class_are_understood(server: LocalServer, expected: str) -> None:
    model = AlephAlpha(
        aleph_alpha_api_key="a token",
        model="toy-base",
        host=server.url,
        maximum_tokens=12,
        temperature=0.0,
        top_k=0,
        top_p=0.0,
        presence_penalty=0.0,
        repetition_penalties_include_prompt=False,
        stop_sequences=["Q:"],
        request_timeout_seconds=30,
        total_retries=1,
        nice=True,
        best_of=None,
        n=1,
    )
    assert model.invoke(APPLE) == expected
    assert AlephAlpha(model="toy-base", max_tokens=3, stop=["x"]).stop_sequences == ["x"]


def test_stop_sequences_end_the_text(model: AlephAlpha, expected: str) -> None:
    word = expected.split()[-2]
    assert model.invoke(APPLE, stop=[word]) == expected[: expected.index(word)]
    own = AlephAlpha(model="toy-base", maximum_tokens=12, stop_sequences=[word])
    assert "".join(own.stream(APPLE)) == expected[: expected.index(word)]


def test_what_the_api_has_not_is_refused_by_name(model: AlephAlpha) -> None:
    with pytest.raises(TypeError, match="'temprature'"):
        model.invoke(APPLE, temprature=1.0)
    with pytest.raises(ValidationError, match="temprature"):
        AlephAlpha(model="toy-base", temprature=1.0)


def test_the_token_is_not_shown_and_a_pickle_goes_on(expected: str) -> None:
    model = AlephAlpha(model="toy-base", token="very secret", maximum_tokens=12)
    for text in (repr(model), str(model), dumps(model), str(model.model_dump())):
        assert "very secret" not in text
    assert pickle.loads(pickle.dumps(model)).invoke(APPLE) == expected
