# Made from tests/_async/test_integration_chat.py by scripts/unasync.py: change it there, then run `make fix`.
"""Chats, tools, JSON and streams against the API as it was recorded."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pytest

from aleph_alpha import (
    BadRequestError,
    ChatRequest,
    Client,
    CompletionRequest,
    Message,
    Prompt,
    StreamOptions,
)
from aleph_alpha.chat import FinishReason, Role
from aleph_alpha.structured_output import JSONSchema
from tests.integration import Models, cassette, only_reference

HELLO = [Message("user", "Hello! Who are you?")]


@dataclass
class Person:
    """Somebody."""

    name: str
    age: int


def get_weather(location: str) -> str:
    """The weather in a place."""
    return f"It rains in {location}."


@cassette("chat")
def test_a_conversation_goes_on(client: Client, models: Models) -> None:
    response = client.chat(ChatRequest(models.chat, HELLO, max_tokens=8))
    assert response.message.role is Role.Assistant
    assert response.message.content
    assert response.finish_reason is FinishReason.Length
    assert response.usage is not None
    assert response.usage.completion_tokens == 8
    longer = ChatRequest(models.chat, [*HELLO, response.message, Message("user", "And you?")], max_tokens=8)
    second = client.chat(longer)
    assert second.usage is not None
    assert second.usage.prompt_tokens > response.usage.prompt_tokens


@cassette("chat_parameters")
def test_a_chat_can_have_several_answers_with_log_probabilities(client: Client, models: Models) -> None:
    request = ChatRequest(
        models.chat,
        HELLO,
        max_tokens=4,
        n=2,
        temperature=1.0,
        top_p=0.9,
        frequency_penalty=0.1,
        presence_penalty=0.1,
        logprobs=True,
        top_logprobs=2,
        stop=["\n\n"],
    )
    response = client.chat(request)
    assert [choice.index for choice in response.choices] == [0, 1]
    logprobs = response.choices[0].logprobs
    assert logprobs
    assert all(len(token.top_logprobs or []) == 2 for token in logprobs)


@cassette("chat_tools")
def test_tools_are_called_and_their_results_told(client: Client, models: Models) -> None:
    request = ChatRequest(models.chat, [Message("user", "What is the weather in Paris?")], max_tokens=64)
    run = client.chat_with_tools(request, tools=[get_weather])
    roles = [message.role for message in run.messages]
    assert Role.Tool in roles
    assert roles[-1] is Role.Assistant


@cassette("chat_json_schema")
def test_an_answer_follows_a_schema(client: Client, models: Models) -> None:
    schema = {
        "type": "object",
        "properties": {"name": {"type": "string"}, "age": {"type": "integer"}},
        "required": ["name", "age"],
        "additionalProperties": False,
    }
    described = JSONSchema(schema=schema, name="person", description="Somebody.", strict=True)
    response = client.chat(ChatRequest(models.chat, HELLO, max_tokens=200, response_format=described))
    assert set(json.loads(response.message.content or "")) == {"name", "age"}


@cassette("chat_dataclass")
def test_an_answer_is_read_into_a_dataclass(client: Client, models: Models) -> None:
    response = client.chat(ChatRequest(models.chat, HELLO, max_tokens=200, response_format=Person))
    assert isinstance(response.parsed(), Person)


@cassette("chat_stream")
def test_a_chat_can_be_streamed(client: Client, models: Models) -> None:
    request = ChatRequest(models.chat, HELLO, max_tokens=8, stream_options=StreamOptions(include_usage=True))
    with client.stream_chat(request) as stream:
        text = "".join([piece for piece in stream.text()])
        response = stream.final()
    assert response.message.content == text != ""
    assert response.finish_reason is FinishReason.Length
    assert response.usage is not None
    assert response.usage.completion_tokens == 8


@cassette("chat_stream_tools")
def test_a_streamed_call_of_a_tool_arrives_whole(client: Client, models: Models) -> None:
    question = [Message("user", "What is the weather in Paris?")]
    with client.stream_chat(ChatRequest(models.chat, question, max_tokens=64, tools=[get_weather])) as stream:
        kinds = [event.type for event in stream]
        response = stream.final()
    assert {"tool_call", "end"} <= set(kinds)
    assert response.tool_calls
    assert "location" in json.loads(response.tool_calls[0].function.arguments)


@cassette("chat_items")
def test_the_items_of_a_chat_end_with_its_reason(client: Client, models: Models) -> None:
    items = [item for item in client.chat_with_streaming(ChatRequest(models.chat, HELLO, max_tokens=6))]
    assert items[-1] is FinishReason.Length


@cassette("complete_stream")
def test_a_completion_can_be_streamed(client: Client, models: Models) -> None:
    request = CompletionRequest(Prompt.from_text("The sun is"), maximum_tokens=8)
    with client.stream_complete(request, models.text) as stream:
        text = "".join([piece for piece in stream.text()])
        response = stream.final()
    whole = client.complete(request, models.text)
    assert response.completions[0].completion == text
    assert (response.num_tokens_generated, response.completions[0].finish_reason) == (8, "maximum_tokens")
    if not models.live:
        assert whole.completions[0].completion == text


@cassette("complete_stream_n")
def test_several_streamed_completions_are_kept_apart(client: Client, models: Models) -> None:
    request = CompletionRequest(Prompt.from_text("The sun is"), maximum_tokens=6, n=2, temperature=1.0)
    items = [item for item in client.complete_with_streaming(request, models.text)]
    summaries = [item for item in items if item.type == "stream_summary"]
    assert sorted(summary.index for summary in summaries) == [0, 1]
    assert items[-1].type == "completion_summary"


@cassette("complete_json")
def test_a_completion_can_be_json(client: Client, models: Models) -> None:
    request = CompletionRequest(Prompt.from_text("A person as JSON:"), maximum_tokens=64)
    response = client.complete_json(request, models.text)
    json.loads(response.completions[0].completion or "")


@cassette("complete_many")
def test_many_completions_keep_their_order(client: Client, models: Models) -> None:
    texts = ["The sun", "The bill", "A tokenizer", "The harbour"]
    requests = [CompletionRequest(Prompt.from_text(text), maximum_tokens=4, echo=True) for text in texts]
    responses = client.complete_many(requests, models.text, num_concurrent_requests=2)
    for text, response in zip(texts, responses, strict=True):
        assert text in (response.completions[0].completion or "")


@cassette("chat_missing_capability")
def test_a_model_that_cannot_chat_says_so(client: Client, models: Models) -> None:
    only_reference(models)
    with pytest.raises(BadRequestError) as caught:
        client.chat(ChatRequest("toy-base", HELLO))
    assert caught.value.code == "MISSING_CAPABILITY"
