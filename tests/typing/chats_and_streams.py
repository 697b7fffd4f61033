"""What a type checker knows of chats and streams. Nothing here runs: mypy and basedpyright read it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, assert_never, assert_type

from PIL.Image import Image as Picture
from pydantic import BaseModel

from aleph_alpha import (
    AlephAlphaError,
    AsyncClient,
    ChatChoice,
    ChatRequest,
    ChatResponse,
    ChatStreamChunk,
    ChoiceEnd,
    Client,
    CompletionRequest,
    CompletionResponse,
    CompletionSummary,
    EmbeddingV2Request,
    EmbeddingV2Response,
    FinishReason,
    Image,
    JSONSchema,
    Message,
    ModelCatalogue,
    ModelSettings,
    Prompt,
    RerankRequest,
    RerankResponse,
    Role,
    StreamChunk,
    StreamOptions,
    StreamSummary,
    TextDelta,
    TextMessage,
    Tool,
    ToolCall,
    ToolCallDelta,
    ToolCallEnd,
    ToolFunction,
    ToolRun,
    TranscriptionRequest,
    TranslationRequest,
    TranslationResponse,
    Usage,
)
from aleph_alpha.streaming import ChatEvent, CompletionEvent


@dataclass
class Fish:
    name: str


class Bird(BaseModel):
    name: str


def get_weather(location: str) -> str:
    return location


async def get_weather_slowly(location: str) -> str:
    return location


def requests(image: Image, picture: Picture, answer: ChatResponse) -> list[ChatRequest]:
    messages = [
        Message(Role.System, "Be brief."),
        Message("user", ["What is this?", image, picture]),
        Message("user", image),
        answer.message,
        TextMessage("user", "Hi"),
    ]
    return [
        ChatRequest("m", [Message("user", "Hi"), {"role": "user", "content": "Hi"}]),
        ChatRequest("m", messages),
        ChatRequest(model="m", messages=[Message("user", "Hi")], max_tokens=5),
        ChatRequest("m", [answer.message], 5, 0.5, response_format=Fish),
        ChatRequest("m", [answer.message], response_format=Bird),
        ChatRequest("m", [answer.message], response_format=JSONSchema({}, "x")),
        ChatRequest("m", [], tools=[get_weather, Bird, Tool("x"), {"type": "function"}], tool_choice="auto"),
        ChatRequest("m", [], tool_choice=ToolFunction.named("x"), stream_options=StreamOptions(True), stop="###"),
        ChatRequest("m", [], tool_choice="sometimes"),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
        ChatRequest("m", [], max_tokens="5"),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
        ChatRequest("m", ["Hi"]),  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]
    ]


def answers(client: Client, request: ChatRequest) -> None:
    response = client.chat(request)
    assert_type(response, ChatResponse)
    assert_type(client.chat(request, model="m"), ChatResponse)
    assert_type(response.message.content, str)
    assert_type(response.finish_reason, FinishReason | None)
    assert_type(response.choices, Sequence[ChatChoice])
    assert_type(response.usage, Usage | None)
    assert_type(response.parsed(Fish), Fish)
    assert_type(response.parsed(Bird, index=1), Bird)
    assert_type(response.parsed(), Any)
    for call in response.message.tool_calls or ():
        assert_type(call, ToolCall)
        assert_type(call.arguments, dict[str, Any])
    assert_type(client.chat_with_tools(request, tools=[get_weather]), ToolRun)


def events(client: Client, request: ChatRequest) -> str:
    text = ""
    with client.stream_chat(request) as stream:
        for event in stream:
            assert_type(event, ChatEvent)
            match event:
                case TextDelta(index=0, text=piece):
                    assert_type(piece, str)
                case TextDelta() | ToolCallDelta():
                    assert_type(event.index, int)
                case ToolCallEnd(tool_call=call):
                    assert_type(call, ToolCall)
                case ChoiceEnd(finish_reason=reason):
                    assert_type(reason, FinishReason)
                case Usage():
                    assert_type(event.total_tokens, int)
                case _:
                    assert_never(event)
        for piece in stream.text():
            text += piece
        assert_type(stream.text(1), Iterator[str])
        assert_type(stream.final(), ChatResponse)
    return text


def by_tag(event: ChatEvent, other: CompletionEvent) -> None:
    if event.type == "text":
        assert_type(event, TextDelta)
    elif event.type == "end":
        assert_type(event, ChoiceEnd)
    elif event.type == "usage":
        assert_type(event, Usage)
    if other.type == "stream_chunk":
        assert_type(other, StreamChunk)
    elif other.type == "stream_summary":
        assert_type(other, StreamSummary)
    else:
        assert_type(other, CompletionSummary)


def completions(client: Client, request: CompletionRequest) -> None:
    with client.stream_complete(request, "m") as stream:
        for event in stream:
            if isinstance(event, StreamChunk):
                assert_type(event.completion, str)
        assert_type(stream.final(), CompletionResponse)
    for item in client.complete_with_streaming(request, model="m"):
        assert_type(item, StreamChunk | StreamSummary | CompletionSummary)
    for part in client.chat_with_streaming(ChatRequest("m", []), model="m"):
        assert_type(part, ChatStreamChunk | ToolCall | FinishReason | Usage)
        if isinstance(part, ChatStreamChunk):
            assert_type(part.role, Role | None)
    assert_type(client.complete_json(request, "m"), CompletionResponse)


async def asynchronously(client: AsyncClient, request: ChatRequest) -> None:
    async with client.stream_chat(request) as stream:
        async for event in stream:
            assert_type(event, ChatEvent)
        assert_type(stream.text(), AsyncIterator[str])
        assert_type(await stream.final(), ChatResponse)
    async for item in client.chat_with_streaming(request):
        assert_type(item, ChatStreamChunk | ToolCall | FinishReason | Usage)
    assert_type(await client.stream_complete(CompletionRequest(Prompt("")), "m").final(), CompletionResponse)
    assert_type(await client.chat_with_tools(request, tools=[get_weather_slowly]), ToolRun)
    assert_type(await client.chat_many([request]), list[ChatResponse])
    assert_type(await client.chat_many([request], return_errors=True), list[ChatResponse | AlephAlphaError])


def many(client: Client, lenient: bool) -> None:
    requests = (CompletionRequest(Prompt(text)) for text in "ab")
    assert_type(client.complete_many(requests, "m"), list[CompletionResponse])
    assert_type(client.complete_many(requests, "m", return_errors=False), list[CompletionResponse])
    both = client.complete_many(requests, "m", return_errors=True)
    assert_type(both, list[CompletionResponse | AlephAlphaError])
    assert_type(client.complete_many([], "m", return_errors=lenient), list[CompletionResponse | AlephAlphaError])
    for one in both:
        if isinstance(one, AlephAlphaError):
            assert_type(one.attempts, int)
        else:
            assert_type(one, CompletionResponse)


async def many_of_every_way_to_take_a_model(
    client: AsyncClient,
    sync: Client,
    reranked: Iterable[RerankRequest],
    translated: Iterable[TranslationRequest],
    completed: Iterable[CompletionRequest],
    lenient: bool,
) -> None:
    assert_type(await client.rerank_many(reranked), list[RerankResponse])
    assert_type(
        await client.rerank_many(reranked, model="m", return_errors=lenient), list[RerankResponse | AlephAlphaError]
    )
    assert_type(await client.translate_many(translated), list[TranslationResponse])
    assert_type(sync.translate_many(translated, return_errors=True), list[TranslationResponse | AlephAlphaError])
    assert_type(client.iter_complete_many(completed, "m"), AsyncGenerator[CompletionResponse, None])
    assert_type(sync.iter_complete_many(completed, "m"), Generator[CompletionResponse, None, None])
    errors = sync.iter_complete_many(completed, model="m", num_concurrent_requests=2, return_errors=True)
    assert_type(errors, Generator[CompletionResponse | AlephAlphaError, None, None])
    async for response in client.iter_rerank_many(reranked, return_errors=False):
        assert_type(response, RerankResponse)
    for each in sync.iter_translate_many(translated, return_errors=lenient):
        assert_type(each, TranslationResponse | AlephAlphaError)
    assert_type(await client.with_options(nice=True).translate_many(translated), list[TranslationResponse])
    sync.complete_many(completed)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    sync.iter_complete_many(completed)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    sync.translate_many(translated, "m")  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    sync.complete_many(reranked, "m")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType, reportCallIssue]
    sync.iter_rerank_many(reranked, progress_bar=True)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    sync.rerank_many(reranked, num_concurrent_requests="2")  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]


def others(client: Client) -> None:
    embeddings = client.embeddings(EmbeddingV2Request(["a"], encoding_format="base64"), "m")
    assert_type(embeddings, EmbeddingV2Response)
    assert_type(embeddings.embeddings, list[list[float]])
    EmbeddingV2Request([[1, 2]])
    EmbeddingV2Request("a", encoding_format="hex")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    assert_type(client.rerank(RerankRequest("q", ("a",)), "m"), RerankResponse)
    models = client.model_settings()
    assert_type(models, ModelCatalogue)
    assert_type(models[0], ModelSettings)
    assert_type(models.require("m", "chat"), ModelSettings)
    models.that_can("fly")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    assert_type(client.create_token("x").token.reveal(), str)
    assert_type(client.transcribe(TranscriptionRequest(b"x"), "m").transcription, str)
