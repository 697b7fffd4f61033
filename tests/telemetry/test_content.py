"""Texts of requests and responses: only where asked for, cut, without images, other data and the token."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, strategies as st

from aleph_alpha import BadRequestError, ChatRequest, CompletionRequest, Image, Message, Prompt, Text, Tokens
from tests._sync.sending import MODEL, REQUEST, client_for
from tests.scripted import Script, answer, error
from tests.telemetry.conformance import record_findings, span_findings
from tests.telemetry.exported import Exported, attributes, content
from tests.telemetry.pixel import PIXEL

NAMES = {"gen_ai.input.messages", "gen_ai.output.messages", "gen_ai.tool.definitions"}
UNTOLD = frozenset({"gen_ai.usage.input_tokens", "gen_ai.usage.output_tokens"})
TOKEN = "marker-token"  # of `client_for`
CALL = {"id": "call-1", "type": "function", "function": {"name": "get_weather", "arguments": '{"location": "Paris"}'}}


def said(message: dict[str, Any], reason: str = "stop") -> dict[str, Any]:
    return {"id": "1", "model": "m", "choices": [{"index": 0, "message": message, "finish_reason": reason}]}


def chat(exported: Exported, *messages: Any, response: Any = None, tools: Any = None, **options: Any) -> Any:
    """The span of a chat."""
    script = Script(answer(response or said({"role": "assistant", "content": "Hello"})))
    client = client_for(script, telemetry=exported.option(**{"content": "SPAN_AND_EVENT", **options}))
    client.chat(ChatRequest("m", list(messages), tools=tools))
    assert (
        span_findings(exported.span, untold=frozenset({"gen_ai.usage.input_tokens", "gen_ai.usage.output_tokens"}))
        == []
    )
    assert [finding for record in exported.records for finding in record_findings(record)] == []
    return exported.span


@pytest.fixture
def exported() -> Exported:
    return Exported()


@pytest.mark.parametrize(
    ("option", "variable", "on_span", "on_event"),
    [
        (None, None, False, None),
        (None, "", False, None),
        (None, "NO_CONTENT", False, None),
        (None, "SPAN_ONLY", True, None),
        (None, "span_only", True, None),
        (None, "EVENT_ONLY", False, True),
        (None, "SPAN_AND_EVENT", True, True),
        (None, "true", False, None),
        ("NO_CONTENT", "SPAN_AND_EVENT", False, None),
        ("SPAN_ONLY", "NO_CONTENT", True, None),
        ("EVENT_ONLY", "SPAN_ONLY", False, True),
        ("SPAN_AND_EVENT", None, True, True),
    ],
)
def test_content_is_where_it_was_asked_for_and_nowhere_else(
    option: Any, variable: str | None, on_span: bool, on_event: bool | None, exported: Exported, monkeypatch: Any
) -> None:
    name = "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"
    monkeypatch.delenv(name, raising=False)
    if variable is not None:
        monkeypatch.setenv(name, variable)
    chat(exported, Message("user", "Who?"), tools=[{"type": "function", "function": {"name": "f"}}], content=option)
    assert (attributes(exported.span).keys() >= NAMES, "Who?" in str(attributes(exported.span))) == (on_span, on_span)
    records = [dict(record.attributes) for record in exported.records]
    assert [record.keys() >= NAMES for record in records] == ([] if on_event is None else [on_event])


@pytest.mark.parametrize(
    ("emit", "content_option", "told"),
    [("true", "NO_CONTENT", 1), ("true", "SPAN_ONLY", 1), ("false", "EVENT_ONLY", 0), ("False", "SPAN_AND_EVENT", 0)],
)
def test_the_event_can_be_had_without_content_and_content_without_the_event(
    emit: str, content_option: Any, told: int, exported: Exported, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_INSTRUMENTATION_GENAI_EMIT_EVENT", emit)
    chat(exported, Message("user", "Who?"), content=content_option)
    assert len(exported.records) == told
    assert not any("Who?" in str(dict(record.attributes)) for record in exported.records)


@pytest.mark.parametrize("variable", [None, "other, gen_ai_latest_experimental"])
@pytest.mark.parametrize("option", [None, "released", "latest"])
def test_the_version_is_switched_by_the_client_or_by_the_environment(
    option: Any, variable: str | None, exported: Exported, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OTEL_SEMCONV_STABILITY_OPT_IN", raising=False)
    if variable is not None:
        monkeypatch.setenv("OTEL_SEMCONV_STABILITY_OPT_IN", variable)
    chat(exported, Message("user", "Who?"), conventions=option)
    latest = option == "latest" or (option is None and variable is not None)
    assert ("gen_ai.client.inference.duration" in {metric.name for metric, _ in exported.points}) == latest
    assert ("finish_reason" in content(exported.span, "gen_ai.output.messages")[0]) != latest


def test_images_are_told_by_their_size_and_type(exported: Exported) -> None:
    span = chat(exported, Message("user", ["See:", Image.from_bytes(PIXEL)]))
    [message] = content(span, "gen_ai.input.messages")
    image = {"type": "image", "modality": "image", "mime_type": "image/png", "size": len(PIXEL)}
    assert message["parts"] == [{"type": "text", "content": "See:"}, image]


def test_items_of_a_prompt_that_are_no_text_are_told_by_their_size(exported: Exported) -> None:
    prompt = Prompt([Text.from_text("See:"), Image.from_bytes(PIXEL), Tokens([1, 2, 3], [])])
    client = client_for(Script(answer()), telemetry=exported.option(content="SPAN_ONLY"))
    client.complete(CompletionRequest(prompt), MODEL)
    assert content(exported.span, "gen_ai.input.messages")[0]["parts"] == [
        {"type": "text", "content": "See:"},
        {"type": "image", "modality": "image", "mime_type": "image/png", "size": len(PIXEL)},
        {"type": "token_ids", "count": 3},
    ]
    assert "[1, 2, 3]" not in str(attributes(exported.span))


def test_what_signs_the_address_of_an_image_is_not_told(exported: Exported) -> None:
    address = "https://user:pass@images.example.com/a.png?signature=hunter2#x"
    span = chat(exported, {"role": "user", "content": [{"type": "image_url", "image_url": {"url": address}}]})
    [message] = content(span, "gen_ai.input.messages")
    assert message["parts"][0]["uri"] == "https://images.example.com/a.png"


def test_tool_calls_and_their_results_are_parts_of_messages(exported: Exported) -> None:
    span = chat(
        exported,
        {"role": "assistant", "content": "", "tool_calls": [CALL]},
        {"role": "tool", "tool_call_id": "call-1", "content": "It rains."},
        response=said({"role": "assistant", "content": None, "tool_calls": [CALL]}, "tool_calls"),
        tools=[{"type": "function", "function": {"name": "get_weather", "description": "long", "parameters": {}}}],
    )
    asked = {"type": "tool_call", "id": "call-1", "name": "get_weather", "arguments": {"location": "Paris"}}
    assert content(span, "gen_ai.input.messages") == [
        {"role": "assistant", "parts": [asked]},
        {"role": "tool", "parts": [{"type": "tool_call_response", "id": "call-1", "response": "It rains."}]},
    ]
    assert content(span, "gen_ai.output.messages") == [
        {"role": "assistant", "parts": [asked], "finish_reason": "tool_call"}
    ]
    assert content(span, "gen_ai.tool.definitions") == [{"type": "function", "name": "get_weather"}]


@pytest.mark.parametrize("length", [1, 5, 100])
def test_each_text_is_cut_to_the_length(length: int, exported: Exported) -> None:
    long = "abcdefghij" * 2
    call = {"id": "1", "type": "function", "function": {"name": "f", "arguments": json.dumps({"a": long})}}
    span = chat(
        exported,
        Message("user", long),
        response=said({"role": "assistant", "content": long, "tool_calls": [call]}),
        content_length=length,
    )
    shown = long if length >= 20 else f"{long[:length]}... (20 characters)"
    assert content(span, "gen_ai.input.messages")[0]["parts"][0]["content"] == shown
    text, asked = content(span, "gen_ai.output.messages")[0]["parts"]
    assert text["content"] == shown
    assert asked["arguments"] == (
        {"a": long} if length == 100 else f"{json.dumps({'a': long})[:length]}... (29 characters)"
    )


@given(before=st.text(max_size=20), after=st.text(max_size=20), length=st.integers(1, 40))
def test_the_token_is_never_told_whole_or_in_part(before: str, after: str, length: int) -> None:
    exported = Exported()
    text = f"{before}{TOKEN}{after}"
    call = {"id": "1", "type": "function", "function": {"name": "f", "arguments": text}}
    script = Script(answer(said({"role": "assistant", "content": text, "tool_calls": [call]})))
    client = client_for(script, telemetry=exported.option(content="SPAN_AND_EVENT", content_length=length))
    client.chat(ChatRequest("m", [Message("user", text)]))
    told = str(attributes(exported.span)) + str([dict(record.attributes) for record in exported.records])
    assert TOKEN[:9] not in told.replace(before, "") or TOKEN[:9] in before + after


def test_the_words_of_an_error_are_told_where_content_is(exported: Exported) -> None:
    for mode in ("NO_CONTENT", "SPAN_ONLY"):
        script = Script(error(400, "BAD", x_a="b"), answer({"error": f"not {TOKEN}, but the prompt"}, 400))
        client = client_for(script, total_retries=0, telemetry=exported.option(content=mode))
        for _ in range(2):
            with pytest.raises(BadRequestError):
                client.complete(REQUEST, MODEL)
    descriptions = [span.status.description for span in exported.spans]
    assert descriptions[:2] == ["BAD", "400"]
    assert "but the prompt" in str(descriptions[3])
    assert TOKEN not in str(descriptions)
