# Made from tests/_async/test_stream_server.py by scripts/unasync.py: change it there, then run `make fix`.
"""Streams of the reference server: what they add up to is what it answers without a stream."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from aleph_alpha import (
    ChatRequest,
    Client,
    CompletionRequest,
    Message,
    Prompt,
    StreamOptions,
    ToolFunction,
)
from aleph_alpha.testing import LocalServer

pytestmark = pytest.mark.proxied

CHAT = ChatRequest("toy-chat", [Message("user", "Tell me about apples.")], max_tokens=12, temperature=0)


@pytest.fixture(scope="module")
def server() -> Iterator[LocalServer]:
    with LocalServer(seed=7) as server:
        yield server


@dataclass
class Fruit:
    name: str
    sweet: bool


def get_weather(location: str) -> str:
    """The weather in a place."""
    return location


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"n": 2},
        {"logprobs": True, "top_logprobs": 2},
        {"tools": [get_weather], "tool_choice": ToolFunction.named("get_weather")},
        {"response_format": Fruit, "max_tokens": None},
    ],
)
def test_a_streamed_chat_adds_up_to_a_plain_one(more: dict[str, Any], server: LocalServer) -> None:
    fields = {**vars(CHAT), **{("maximum_tokens" if name == "max_tokens" else name): v for name, v in more.items()}}
    request = ChatRequest(**fields)
    with Client("token", server.url) as client:
        plain = client.chat(request)
        streamed = client.stream_chat(replace(request, stream_options=StreamOptions(True))).final()
    for mine, other in zip(streamed.choices, plain.choices, strict=True):
        assert replace(mine, message=None) == replace(other, message=None)  # type: ignore[arg-type]
        assert mine.message.content == other.message.content
        assert [call.function for call in mine.message.tool_calls or ()] == [
            call.function for call in other.message.tool_calls or ()
        ]
    assert (streamed.usage, streamed.model) == (plain.usage, plain.model)
    assert streamed.object == plain.object
    if "response_format" in more:
        assert streamed.parsed() == plain.parsed()
        assert isinstance(streamed.parsed(), Fruit)


@pytest.mark.parametrize("more", [{}, {"n": 3}, {"log_probs": 2, "tokens": True}])
def test_a_streamed_completion_adds_up_to_a_plain_one(more: dict[str, Any], server: LocalServer) -> None:
    request = CompletionRequest(Prompt.from_text("An apple a day"), maximum_tokens=8, **more)
    with Client("token", server.url) as client:
        plain = client.complete(request, "toy-base")
        with client.stream_complete(request, "toy-base") as stream:
            texts = ["".join([piece for piece in stream.text(index)]) for index in range(request.n or 1)]
            streamed = stream.final()
    assert streamed == plain
    assert texts == [one.completion for one in plain.completions]
