"""Recorded chats, streams, rerankings and translations, served from a loopback server to the client over its wire."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from aleph_alpha import (
    AsyncClient,
    BadRequestError,
    ChatRequest,
    ChatStreamChunk,
    ChoiceEnd,
    CompletionRequest,
    CompletionSummary,
    FinishReason,
    FunctionCall,
    JSONSchema,
    Message,
    Prompt,
    RerankRequest,
    RerankResult,
    RerankUsage,
    Role,
    StreamChunk,
    StreamSummary,
    TextDelta,
    TextMessage,
    ToolCall,
    TranslationRequest,
    Usage,
)
from tests.loopback import Loopback
from tests.recordings import Recording, named

GREETING = [Message(Role.User, "Hello, how are you?")]
CHAT_STREAM = "chat/can_chat_with_streaming_support"
COMPLETE_STREAM = "complete/can_use_streaming_support_with_async_client"


@pytest.fixture
def loopback() -> Iterator[Loopback]:
    with Loopback() as server:
        yield server


def play(loopback: Loopback, name: str) -> tuple[AsyncClient, Recording]:
    """A client of a server that answers as was recorded."""
    recording = named(name)
    loopback.answers.append((recording.status, recording.headers, recording.body))
    return AsyncClient("token", f"{loopback.url}/v1", strict=True), recording


def sent(loopback: Loopback) -> Any:
    """The body of the last request."""
    return json.loads(loopback.requests[-1].body)


async def test_a_chat(loopback: Loopback) -> None:
    client, recording = play(loopback, "chat/can_chat_with_chat_model")
    response = await client.chat(ChatRequest("llama-3.1-8b-instruct", GREETING), model="llama-3.1-8b-instruct")
    assert sent(loopback) == recording.request
    (choice,) = recording.answer["choices"]
    assert response.message == TextMessage(Role.Assistant, choice["message"]["content"])
    assert response.finish_reason is FinishReason.Stop
    assert response.usage == Usage(completion_tokens=50, prompt_tokens=16, total_tokens=66)
    assert (response.id, response.created, response.model) == tuple(
        recording.answer[name] for name in ("id", "created", "model")
    )
    assert response.to_json() == recording.answer


async def test_a_model_that_cannot_chat(loopback: Loopback) -> None:
    client, recording = play(loopback, "chat/can_not_chat_with_all_models")
    request = ChatRequest("luminous-base", GREETING, maximum_tokens=7)
    with pytest.raises(BadRequestError) as caught:
        await client.chat(request, model="luminous-base")
    assert (caught.value.code, caught.value.args) == ("MISSING_CAPABILITY", (400, recording.body.decode()))
    # The one listed exception: the API's document calls it max_tokens.
    assert sent(loopback) == {("max_tokens" if k == "maximum_tokens" else k): v for k, v in recording.request.items()}


WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "Get current temperature for a given location.",
        "parameters": {
            "type": "object",
            "properties": {
                "location": {"type": "string", "description": "City and country e.g. Bogotá, Colombia"},
            },
            "required": ["location"],
            "additionalProperties": False,
        },
        "strict": True,
    },
}


async def test_a_chat_with_tools(loopback: Loopback) -> None:
    client, recording = play(loopback, "chat/can_chat_with_tools")
    question = Message(Role.User, "What is the weather like in Paris today?")
    messages: list[Any] = [Message(Role.System, "You are a helpful assistant."), question]
    response = await client.chat(ChatRequest("qwen3-32b-tool", messages, tools=[WEATHER]), model="qwen3-32b-tool")
    assert sent(loopback) == recording.request
    assert response.finish_reason is FinishReason.ToolCalls
    (call,) = response.tool_calls
    assert call == ToolCall(
        "chatcmpl-tool-dd0722cc622e4d64929f74b44991efd5",
        "function",
        FunctionCall("get_weather", '{"location": "Paris, France"}'),
    )
    assert call.arguments == {"location": "Paris, France"}
    assert response.to_json() == recording.answer

    client, recording = play(loopback, "chat/can_chat_with_tools#2")
    answer = Message(Role.Tool, "Cloudy with a bit of rain.", tool_call_id=call.id)
    messages = [messages[0], response.message, answer, question]
    response = await client.chat(ChatRequest("qwen3-32b-tool", messages, tools=[WEATHER]), model="qwen3-32b-tool")
    assert sent(loopback) == recording.request
    assert response.message.tool_calls == []
    assert response.to_json() == recording.answer


@dataclass
class Aquarium:
    """What the recorded response describes."""

    nemo: str
    species: str
    color: str
    size_cm: float


async def test_a_chat_with_a_schema(loopback: Loopback) -> None:
    client, recording = play(loopback, "chat/response_format_json_schema")
    recorded = recording.request["response_format"]["json_schema"]
    schema = JSONSchema(recorded["schema"], "aquarium", "Describe nemo", strict=True)
    messages = [Message(one["role"], one["content"]) for one in recording.request["messages"]]
    response = await client.chat(ChatRequest("qwen3-32b-tool", messages, response_format=schema))
    assert sent(loopback) == recording.request
    fish = {"color": "orange with white stripes", "nemo": "Nemo", "size_cm": 11.5, "species": "Clownfish"}
    assert response.parsed() == fish
    assert response.parsed(Aquarium) == Aquarium(**fish)  # type: ignore[arg-type]
    assert response.to_json() == recording.answer


async def test_a_streamed_chat(loopback: Loopback) -> None:
    request = ChatRequest("llama-3.1-8b-instruct", GREETING)
    client, recording = play(loopback, CHAT_STREAM)
    pieces = [one["choices"][0]["delta"].get("content") for one in recording.answer]
    assert [item async for item in client.chat_with_streaming(request, model="llama-3.1-8b-instruct")] == [
        ChatStreamChunk("", Role.Assistant, None),
        *(ChatStreamChunk(piece, None, None) for piece in pieces if piece),
        FinishReason.Stop,
    ]
    assert sent(loopback) == recording.request

    client, recording = play(loopback, CHAT_STREAM)
    async with client.stream_chat(request) as stream:
        events = [event async for event in stream]
        final = await stream.final()
    whole = TextMessage(Role.Assistant, "".join(filter(None, pieces)))
    assert events == [
        *(TextDelta(0, piece) for piece in pieces if piece),
        ChoiceEnd(0, FinishReason.Stop, whole),
    ]
    assert sent(loopback) == recording.request
    assert (final.message, final.finish_reason, final.usage) == (whole, FinishReason.Stop, None)
    first, last = recording.answer[0], recording.answer[-1]
    assert (final.id, final.created, final.model) == (first["id"], first["created"], first["model"])
    assert final.system_fingerprint == last["system_fingerprint"]


async def test_a_streamed_completion(loopback: Loopback) -> None:
    client, recording = play(loopback, COMPLETE_STREAM)
    request = CompletionRequest(Prompt.from_text(""), maximum_tokens=7)
    expected = [
        StreamChunk(0, None, " The New York Times, May 15", None, None),
        StreamSummary(0, "2022-04", "maximum_tokens"),
        CompletionSummary(None, 1, 7),
    ]
    assert [item async for item in client.complete_with_streaming(request, model="luminous-base")] == expected
    assert sent(loopback) == recording.request

    client, recording = play(loopback, COMPLETE_STREAM)
    async with client.stream_complete(request, "luminous-base") as stream:
        assert [event async for event in stream] == expected
        final = await stream.final()
    assert sent(loopback) == recording.request
    assert final.completions[0].completion == " The New York Times, May 15"
    assert (final.model_version, final.num_tokens_prompt_total, final.num_tokens_generated) == ("2022-04", 1, 7)


async def test_a_reranking(loopback: Loopback) -> None:
    client, recording = play(loopback, "rerank/can_rerank_documents_sync_client_")
    request = RerankRequest(recording.request["query"], recording.request["documents"])
    response = await client.rerank(request, model="bge-reranker-v2-m3")
    assert sent(loopback) == recording.request
    assert response.results == [RerankResult(**one) for one in recording.answer["results"]]
    assert response.usage == RerankUsage(completion_tokens=0, prompt_tokens=0, total_tokens=57)


async def test_a_translation(loopback: Loopback) -> None:
    client, recording = play(loopback, "translate/can_translate_single_request_sync_client_")
    response = await client.translate(TranslationRequest(**recording.request))
    assert sent(loopback) == recording.request
    assert {name: getattr(response, name) for name in recording.answer} == recording.answer
