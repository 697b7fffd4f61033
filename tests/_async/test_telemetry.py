"""What calls tell OpenTelemetry, held against the conventions: calls, streams, tools, embeddings, errors, retries."""

from __future__ import annotations

import base64
import warnings
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import httpx
import pytest
from opentelemetry.trace import StatusCode

from aleph_alpha import (
    AsyncClient,
    BatchSemanticEmbeddingRequest,
    ChatRequest,
    CompletionRequest,
    EmbeddingV2Request,
    Image,
    Message,
    Prompt,
    SemanticEmbeddingRequest,
    SemanticRepresentation,
    StreamOptions,
    Text,
)
from aleph_alpha.errors import AlephAlphaError, NotFoundError
from aleph_alpha.testing import LocalServer
from tests._async.sending import MODEL, REQUEST, Waits, client_for
from tests._async.test_every_operation import CALLS
from tests.event_streams import DONE, Streaming, chunk, data, text
from tests.scripted import Script, answer, error
from tests.telemetry.conformance import metric_findings, record_findings, span_findings
from tests.telemetry.exported import Exported, attributes, content, events

PIXEL = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGNgYGAAAAAEAAH2FzhVAAAAAElFTkSuQmCC")
PROMPT = Prompt.from_text("An apple a day")
EVERYTHING = CompletionRequest(
    PROMPT,
    maximum_tokens=4,
    temperature=0.5,
    top_k=5,
    top_p=0.9,
    presence_penalty=0.2,
    frequency_penalty=0.1,
    stop_sequences=["\n\n"],
    n=2,
)
CHAT = ChatRequest(
    "toy-chat",
    [Message("system", "You are a helpful assistant."), Message("user", "What is the weather in Paris?")],
    max_tokens=100,
    temperature=0.5,
    top_p=0.9,
    frequency_penalty=0.1,
    presence_penalty=0.2,
    stop=["\n\n"],
    seed=42,
    tools=[{"type": "function", "function": {"name": "get_weather", "parameters": {"type": "object"}}}],
    stream_options=StreamOptions(include_usage=True),
)


def get_weather(location: str) -> str:
    """The weather in a place."""
    return f"It rains in {location}."


def multimodal(client: AsyncClient) -> Any:
    prompt = Prompt([Text.from_text("This is"), Image.from_bytes(PIXEL)])
    return client.complete(CompletionRequest(prompt, maximum_tokens=2), "toy-multimodal")


async def all_of(stream: Any) -> None:
    async with stream:
        async for _ in stream:
            pass


async def all_items(items: Any) -> None:
    async for _ in items:
        pass


SCENARIOS: dict[str, Callable[[AsyncClient], Any]] = {
    "completion": lambda client: client.complete(EVERYTHING, "toy-base"),
    "completion with JSON": lambda client: client.complete_json(
        CompletionRequest(PROMPT, maximum_tokens=9), "toy-base"
    ),
    "completion with an image": multimodal,
    "streamed completion": lambda client: all_of(client.stream_complete(EVERYTHING, "toy-base")),
    "items of a completion": lambda client: all_items(client.complete_with_streaming(EVERYTHING, "toy-base")),
    "chat": lambda client: client.chat(CHAT),
    "chat with an image": lambda client: client.chat(
        ChatRequest("toy-multimodal", [Message("user", ["What is it?", Image.from_bytes(PIXEL)])], max_tokens=4)
    ),
    "chat with tools": lambda client: client.chat_with_tools(
        ChatRequest("toy-chat", [Message("user", "What is the weather in Paris?")]), tools=[get_weather]
    ),
    "streamed chat": lambda client: all_of(client.stream_chat(CHAT)),
    "items of a chat": lambda client: all_items(client.chat_with_streaming(CHAT)),
    "embeddings": lambda client: client.embeddings(
        EmbeddingV2Request(["one", "two"], dimensions=64, encoding_format="float"), "toy-embedding"
    ),
    "semantic embedding": lambda client: client.semantic_embed(
        SemanticEmbeddingRequest(PROMPT, SemanticRepresentation.Query, compress_to_size=128), "toy-base"
    ),
    "many embeddings": lambda client: client.batch_semantic_embed(
        BatchSemanticEmbeddingRequest([PROMPT] * 5, SemanticRepresentation.Document), "toy-base", batch_size=2
    ),
}
FAILING: dict[str, Callable[[AsyncClient], Any]] = {
    "unknown model": lambda client: client.complete(REQUEST, "no-such-model"),
    "unknown model of embeddings": lambda client: client.embeddings(EmbeddingV2Request("one"), "no-such-model"),
    "timeout": lambda client: client.with_options(total_retries=0, request_timeout_seconds=1e-6).chat(CHAT),
}


@pytest.fixture
def exported() -> Exported:
    return Exported()


def findings(exported: Exported, conventions: str, untold: frozenset[str] = frozenset()) -> list[str]:
    return [
        *(one for span in exported.spans for one in span_findings(span, untold=untold)),
        *(one for metric, point in exported.points for one in metric_findings(conventions, metric, point)),
        *(one for record in exported.records for one in record_findings(record)),
    ]


@pytest.mark.parametrize("mode", ["NO_CONTENT", "SPAN_AND_EVENT"])
@pytest.mark.parametrize("conventions", ["released", "latest"])
@pytest.mark.parametrize("scenario", [*SCENARIOS, *FAILING])
async def test_nothing_is_found_against_the_conventions(
    scenario: str, conventions: str, mode: str, aleph_alpha_server: LocalServer, exported: Exported
) -> None:
    telemetry: Any = exported.option(conventions=conventions, content=mode)
    async with AsyncClient("token", aleph_alpha_server.url, telemetry=telemetry) as client:
        if scenario in FAILING:
            with pytest.raises(AlephAlphaError):
                await FAILING[scenario](client)
        else:
            await SCENARIOS[scenario](client)
    assert exported.spans
    assert exported.points
    details = mode == "SPAN_AND_EVENT" and "embedding" not in scenario
    exceptions = conventions == "latest" and scenario in FAILING
    assert bool(exported.records) == (details or exceptions)
    assert findings(exported, conventions) == []


# What the released instrumentation of OpenAI's client is found to tell.
INFERENCE = {
    *("gen_ai.input.messages", "gen_ai.operation.name", "gen_ai.output.messages", "gen_ai.output.type"),
    *("gen_ai.provider.name", "gen_ai.request.frequency_penalty", "gen_ai.request.max_tokens", "gen_ai.request.model"),
    *("gen_ai.request.presence_penalty", "gen_ai.request.seed", "gen_ai.request.stop_sequences"),
    *("gen_ai.request.temperature", "gen_ai.request.top_p", "gen_ai.response.finish_reasons", "gen_ai.response.id"),
    *("gen_ai.response.model", "gen_ai.tool.definitions", "gen_ai.usage.input_tokens", "gen_ai.usage.output_tokens"),
    *("server.address", "server.port"),
}
EMBEDDINGS = {
    *("gen_ai.embeddings.dimension.count", "gen_ai.operation.name", "gen_ai.provider.name"),
    *("gen_ai.request.encoding_formats", "gen_ai.request.model", "gen_ai.response.model"),
    *("gen_ai.usage.input_tokens", "server.address", "server.port"),
}


async def test_at_least_what_the_instrumentation_of_openai_tells_is_told(
    aleph_alpha_server: LocalServer, exported: Exported
) -> None:
    telemetry = exported.option(content="SPAN_AND_EVENT")
    async with AsyncClient("token", aleph_alpha_server.url, telemetry=telemetry) as client:
        await client.chat(CHAT)
        await client.complete_json(CompletionRequest(PROMPT), "toy-base")
        await client.embeddings(EmbeddingV2Request(["one"], dimensions=64, encoding_format="float"), "toy-embedding")
    chat, with_json, embeddings = map(attributes, exported.spans)
    assert (len(INFERENCE), len(EMBEDDINGS)) == (21, 9)
    assert {*chat, *with_json} >= INFERENCE
    assert embeddings.keys() >= EMBEDDINGS
    of_chat, of_json = (dict(record.attributes) for record in exported.records)
    assert {*of_chat, *of_json} >= INFERENCE


async def test_a_completion_is_told_with_what_was_asked_for_and_what_came(
    aleph_alpha_server: LocalServer, exported: Exported
) -> None:
    async with AsyncClient("token", aleph_alpha_server.url, telemetry=exported.option()) as client:
        response = await client.complete(EVERYTHING, "toy-base")
    address, port = aleph_alpha_server.url.removeprefix("http://").split(":")
    assert attributes(exported.span) == {
        "gen_ai.operation.name": "text_completion",
        "gen_ai.provider.name": "aleph_alpha",
        "gen_ai.request.model": "toy-base",
        "server.address": address,
        "server.port": int(port),
        "gen_ai.request.max_tokens": 4,
        "gen_ai.request.temperature": 0.5,
        "gen_ai.request.top_k": 5,
        "gen_ai.request.top_p": 0.9,
        "gen_ai.request.presence_penalty": 0.2,
        "gen_ai.request.frequency_penalty": 0.1,
        "gen_ai.request.stop_sequences": ["\n\n"],
        "gen_ai.request.choice.count": 2,
        "gen_ai.response.model": response.model_version,
        "gen_ai.response.finish_reasons": ["maximum_tokens", "maximum_tokens"],
        "gen_ai.usage.input_tokens": response.num_tokens_prompt_total,
        "gen_ai.usage.output_tokens": response.num_tokens_generated,
    }
    assert exported.totals[("gen_ai.client.token.usage", "input")] == response.num_tokens_prompt_total
    assert exported.totals[("gen_ai.client.token.usage", "output")] == response.num_tokens_generated


@pytest.mark.parametrize("operation", CALLS)
async def test_every_operation_has_one_span_for_each_request(
    operation: str, aleph_alpha_server: LocalServer, exported: Exported
) -> None:
    async with AsyncClient("token", aleph_alpha_server.url, telemetry=exported.option()) as client:
        with warnings.catch_warnings(), suppress(NotFoundError):  # there may be no such token, and yet a call
            warnings.simplefilter("ignore", DeprecationWarning)
            await CALLS[operation](client)
    known = {
        "complete": "text_completion",
        "completeJson": "text_completion",
        "chatCompletions": "chat",
        **dict.fromkeys(
            ("embed", "embeddings", "semanticEmbed", "batchSemanticEmbed", "instructableEmbed"), "embeddings"
        ),
    }
    names = [attributes(span).get("gen_ai.operation.name") for span in exported.spans]
    own = [attributes(span).get("aleph_alpha.operation.name") for span in exported.spans]
    if operation in known:
        assert names == [known[operation]]
    else:
        assert set(names) == {None}
        assert operation in own
    assert findings(exported, "released", frozenset({"gen_ai.embeddings.dimension.count"})) == []


async def test_attempts_and_waits_are_events_of_the_span(waits: Waits, exported: Exported) -> None:
    script = Script(error(503, "QUEUE_FULL"), httpx.ConnectError("refused"), answer())
    await client_for(script, telemetry=exported.option()).complete(REQUEST, MODEL)
    wait = {"aleph_alpha.wait.reason": "retry"}
    assert events(exported.span) == [
        (
            "aleph_alpha.attempt",
            {"aleph_alpha.attempt": 1, "http.response.status_code": 503, "error.type": "QUEUE_FULL"},
        ),
        ("aleph_alpha.wait", {"aleph_alpha.attempt": 2, **wait}),
        (
            "aleph_alpha.attempt",
            {"aleph_alpha.attempt": 2, "error.type": "aleph_alpha.errors.APIConnectionError"},
        ),
        ("aleph_alpha.wait", {"aleph_alpha.attempt": 3, **wait}),
        ("aleph_alpha.attempt", {"aleph_alpha.attempt": 3, "http.response.status_code": 200}),
    ]
    assert attributes(exported.span)["aleph_alpha.attempts"] == 3
    assert exported.span.status.status_code is StatusCode.UNSET
    assert span_findings(exported.span) == []


@pytest.mark.parametrize(
    ("step", "told"),
    [
        (error(404, "UNKNOWN_MODEL"), "UNKNOWN_MODEL"),
        (error(500, "what the prompt was, maybe"), "500"),
        (httpx.Response(502, content=b"<html>"), "502"),
        (httpx.ConnectError("refused"), "aleph_alpha.errors.APIConnectionError"),
        (httpx.ReadTimeout("late"), "timeout"),
        (answer({"completions": None}), "aleph_alpha.errors.ResponseError"),
        (LookupError("of somebody else"), "LookupError"),
    ],
)
async def test_an_error_is_told_by_its_type_and_not_by_its_words(step: Any, told: str, exported: Exported) -> None:
    client = client_for(Script(step), total_retries=0, telemetry=exported.option(conventions="latest"))
    with pytest.raises((AlephAlphaError, LookupError)):
        await client.complete(REQUEST, MODEL)
    span = exported.span
    assert (span.status.status_code, span.status.description) == (StatusCode.ERROR, told)
    assert attributes(span)["error.type"] == told
    [record] = exported.records
    assert (record.event_name, list(record.attributes)) == ("gen_ai.client.operation.exception", ["exception.type"])
    assert findings(exported, "latest") == []


# --- streams -----------------------------------------------------------------------------------

STREAMED = ChatRequest("some-model", [Message("user", "Hi")])
USAGE = {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}
WHOLE = (data(text("Hel")), data(text("lo"), chunk(finish_reason="stop")), data(chunk(usage=USAGE)) + DONE)


async def read(client: AsyncClient, how: str) -> None:
    stream: Any = client.chat_with_streaming(STREAMED) if how == "items" else client.stream_chat(STREAMED)
    if how == "text":
        assert "".join([piece async for piece in stream.text()]) == "Hello"
    elif how == "final":
        assert (await stream.final()).message.content == "Hello"
    else:
        assert [event async for event in stream]


@pytest.mark.parametrize("how", ["events", "text", "final", "items"])
@pytest.mark.parametrize("conventions", ["released", "latest"])
async def test_a_stream_is_told_with_the_times_of_its_chunks(how: str, conventions: Any, exported: Exported) -> None:
    await read(client_for(Streaming(*WHOLE), telemetry=exported.option(conventions=conventions)), how)
    found = attributes(exported.span)
    assert found["gen_ai.request.stream"] is True
    assert found["gen_ai.response.finish_reasons"] == ["stop"]
    assert found["gen_ai.response.id"] == "chat-1"
    assert (found["gen_ai.usage.input_tokens"], found["gen_ai.usage.output_tokens"]) == (3, 2)
    operation = "operation" if conventions == "released" else "inference"
    counts = {metric.name: point.count for metric, point in exported.points if hasattr(point, "count")}
    assert counts[f"gen_ai.client.{operation}.time_to_first_chunk"] == 1
    assert counts[f"gen_ai.client.{operation}.time_per_output_chunk"] == 2
    assert counts[f"gen_ai.client.{operation}.duration"] == 1
    assert findings(exported, conventions) == []


@pytest.mark.parametrize(
    ("parts", "reasons", "failure"),
    [
        ([data(text("Hel"))], ["error"], "aleph_alpha.errors.StreamConnectionError"),
        ([data(text("Hel")), httpx.ReadError("cut")], ["error"], "aleph_alpha.errors.StreamConnectionError"),
        ([data(text("Hel")), httpx.ReadTimeout("late")], ["error"], "timeout"),
        ([data(text("Hel"), {"error": "no"})], ["error"], "aleph_alpha.errors.StreamError"),
        ([b""], ["error"], "aleph_alpha.errors.StreamConnectionError"),
        (
            [data(text("a", 0), text("b", 1), chunk(finish_reason="stop", index=1))],
            ["error", "stop"],
            "aleph_alpha.errors.StreamConnectionError",
        ),
    ],
)
@pytest.mark.parametrize("items", [False, True])
async def test_a_stream_that_breaks_off_is_an_error_with_the_reasons_that_came(
    parts: list[Any], reasons: list[str], failure: str, items: bool, exported: Exported
) -> None:
    client = client_for(Streaming(*parts), telemetry=exported.option())
    with pytest.raises(AlephAlphaError):
        await read(client, "items" if items else "events")
    found = attributes(exported.span)
    assert (found["error.type"], found["gen_ai.response.finish_reasons"]) == (failure, reasons)
    assert exported.open.begun == exported.open.ended == 1
    assert findings(exported, "released") == []


async def test_a_stream_that_was_closed_is_no_error(exported: Exported) -> None:
    client = client_for(Streaming(*WHOLE), telemetry=exported.option(content="SPAN_ONLY"))
    async with client.stream_chat(STREAMED) as stream:
        await anext(stream)
    found = attributes(exported.span)
    assert "error.type" not in found
    assert found["gen_ai.response.finish_reasons"] == ["error"]
    assert content(exported.span, "gen_ai.output.messages")[0]["parts"] == [{"type": "text", "content": "Hel"}]
    assert exported.span.status.status_code is StatusCode.UNSET


async def test_a_stream_that_is_refused_is_an_error(exported: Exported) -> None:
    client = client_for(Script(error(404, "UNKNOWN_MODEL")), telemetry=exported.option())
    with pytest.raises(AlephAlphaError):
        await client.stream_chat(STREAMED).final()
    assert attributes(exported.span)["error.type"] == "UNKNOWN_MODEL"
    assert findings(exported, "released") == []
