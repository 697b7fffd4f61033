"""Texts as one array: in their order, each sent once, and nothing lost."""

from __future__ import annotations

import json
from typing import Any

import httpx
import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from aleph_alpha import InvalidRequestError, PromptTooLongError, SemanticRepresentation
from tests._async.sending import client_for
from tests.scripted import Script


def vector(text: str) -> list[float]:
    return [float(len(text)), float(sum(map(ord, text)))]


def embedding(*broken: str) -> Script:
    def answer(request: httpx.Request) -> httpx.Response:
        texts = [prompt[0]["data"] for prompt in json.loads(request.content)["prompts"]]
        if not set(broken).isdisjoint(texts):
            return httpx.Response(400, json={"error": "too long", "code": "PROMPT_TOO_LONG"})
        return httpx.Response(200, json={"model_version": "1", "embeddings": [vector(text) for text in texts]})

    return Script(answer)


def sent(script: Script) -> list[str]:
    return [prompt[0]["data"] for body in script.bodies for prompt in body["prompts"]]


@given(st.lists(st.sampled_from("abcdefg") | st.text(max_size=2), max_size=30), st.integers(1, 7), st.integers(1, 4))
@settings(max_examples=30)
async def test_order_is_kept_and_each_text_is_sent_once(texts: list[str], size: int, limit: int) -> None:
    script = embedding()
    array = await client_for(script).embed_texts(iter(texts), "m", batch_size=size, num_concurrent_requests=limit)
    assert array.dtype == np.float32
    assert array.tolist() == [vector(text) for text in texts]
    assert sorted(sent(script)) == sorted(set(texts))


async def test_options_are_those_of_the_request() -> None:
    script = embedding()
    await client_for(script).embed_texts(["a"], "m", SemanticRepresentation.Query, compress_to_size=128, normalize=True)
    (body,) = script.bodies
    assert (body["representation"], body["compress_to_size"], body["normalize"]) == ("query", 128, True)
    script = embedding()
    await client_for(script).embed_texts(["a"], "m")
    assert script.bodies[0]["representation"] == "symmetric"


async def test_what_had_arrived_is_on_the_exception_by_text() -> None:
    texts = ["a", "b", "a", "c", "b", "d"]
    with pytest.raises(PromptTooLongError) as caught:
        await client_for(embedding("c")).embed_texts(texts, "m", batch_size=2, num_concurrent_requests=1)
    partial = caught.value.partial
    assert partial is not None
    assert {index: list(row) for index, row in partial.items()} == {at: vector(texts[at]) for at in (0, 1, 2, 4)}
    assert caught.value.remaining == [3, 5]


@pytest.mark.parametrize("texts", ["one text", b"bytes", 3, None, ["a", 3], ["a", None], ["\ud800"]])
async def test_what_is_not_texts_is_refused_and_nothing_sent(texts: Any) -> None:
    script = embedding()
    with pytest.raises(InvalidRequestError, match="texts"):
        await client_for(script).embed_texts(texts, "m")
    assert script.requests == []
