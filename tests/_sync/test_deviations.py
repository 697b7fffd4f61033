# Made from tests/_async/test_deviations.py by scripts/unasync.py: change it there, then run `make fix`.
"""What a response has otherwise than the contract says: told by its meta, once in the log, an error where strict."""

from __future__ import annotations

import copy
import json
import logging
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from aleph_alpha import (
    BatchSemanticEmbeddingRequest,
    ChatRequest,
    ChatResponse,
    ChatStreamChunk,
    ChoiceEnd,
    Client,
    CompletionRequest,
    CompletionSummary,
    FunctionCall,
    Message,
    Prompt,
    ResponseError,
    SemanticRepresentation,
    StreamChunk,
    StreamError,
    TextDelta,
    ToolCall,
    ToolCallEnd,
    errors as err,
)
from aleph_alpha.options import Deviation
from aleph_alpha.service.compatibility import contract
from tests.event_streams import DONE, Streaming, call_piece, chunk, data, in_bytes, text
from tests.loopback import Loopback
from tests.requests.samples import SAMPLES

CHAT = ChatRequest("some-model", [Message("user", "Hi")])
COMPLETION: dict[str, Any] = {
    "model_version": "1",
    "completions": [{"completion": " well", "finish_reason": "end_of_text"}],
    "num_tokens_prompt_total": 1,
    "num_tokens_generated": 1,
}
NULL = Deviation("model_version", "a string", "null")
FLOAT = Deviation("num_tokens_generated", "an integer", "an integer with a decimal point")
ODD = {**COMPLETION, "model_version": None, "num_tokens_generated": 1.0}
REQUEST = CompletionRequest(Prompt.from_text("All is"), maximum_tokens=1)


@pytest.fixture
def loopback() -> Iterator[Loopback]:
    with Loopback() as server:
        yield server


def plays(loopback: Loopback, *answers: Any) -> None:
    headers = {"content-type": "application/json"}
    loopback.answers += [(200, headers, json.dumps(answer).encode()) for answer in answers]


def client_for(handler: Any, **options: Any) -> Client:
    transport = httpx.MockTransport(handler)
    return Client("token", "https://example.com", http_client=httpx.Client(transport=transport), **options)


def test_a_response_that_is_otherwise_is_read_and_its_meta_tells(loopback: Loopback) -> None:
    plays(loopback, ODD, COMPLETION)
    with Client("token", loopback.url) as client:
        response: Any = client.complete(REQUEST, "m")
        assert (response.completions[0].completion, response.model_version) == (" well", None)
        assert response.num_tokens_generated == 1
        assert response.meta is not None
        assert response.meta.deviations == (NULL, FLOAT)
        assert copy.deepcopy(response).meta == response.meta
        usual = client.complete(REQUEST, "m")
        assert usual.meta is not None
        assert usual.meta.deviations == ()


def test_strict_makes_it_an_error_with_its_path(loopback: Loopback) -> None:
    plays(loopback, ODD, ODD, COMPLETION)
    with Client("token", loopback.url, strict=True) as client:
        with pytest.raises(ResponseError, match="model_version: expected a string, got null") as caught:
            client.complete(REQUEST, "m")
        assert caught.value.path == "model_version"
        assert caught.value.attempts == 1
        assert json.loads(caught.value.body) == ODD
        assert (client.with_options(strict=False).complete(REQUEST, "m")).model_version is None
        assert (client.complete(REQUEST, "m")).model_version == "1"


def test_the_log_has_a_line_for_each_place_once_a_client(loopback: Loopback, caplog: pytest.LogCaptureFixture) -> None:
    two = {**COMPLETION, "completions": [{**COMPLETION["completions"][0], "new": 1}] * 2}
    plays(loopback, two, two, two)
    with caplog.at_level(logging.DEBUG, logger="aleph_alpha"):
        with Client("token", loopback.url) as client:
            client.complete(REQUEST, "m")
            client.with_options(nice=True).complete(REQUEST, "m")
        with Client("token", loopback.url) as another:
            another.complete(REQUEST, "m")
    lines = [record.getMessage() for record in caplog.records if "contract" in record.getMessage()]
    line = "complete: the response is not what the contract says: completions[0].new: expected no such member, got"
    assert lines == [f"{line} an integer"] * 2


def test_the_compatibility_report_explains_it(loopback: Loopback) -> None:
    document = copy.deepcopy(dict(contract()))
    responses = document["components"]["schemas"]["CompletionResponse"]
    responses["required"].remove("model_version")
    del responses["properties"]["model_version"]
    plays(loopback, {**ODD, "new": 1}, document)
    with Client("token", loopback.url) as client:
        client.complete(REQUEST, "m")
        report = client.check_compatibility()
    told = {finding.where: finding.message for finding in report.notes}
    assert report.problems == []
    assert "null came, not a string, as the document says" in "".join(
        finding.message for finding in report.notes if finding.where.endswith("response.model_version")
    )
    assert "which is not what the document says" in told["POST /complete response.new"]
    assert {"complete"} <= {*report.notes[-1].methods}


def test_a_batch_puts_them_together_and_loses_no_vector(loopback: Loopback) -> None:
    prompts = [Prompt.from_text(str(number)) for number in range(3)]
    request = BatchSemanticEmbeddingRequest(prompts, SemanticRepresentation.Symmetric)
    answers = [
        {"model_version": "1", "embeddings": [[0.5], [1]], "num_tokens_prompt_total": 2},
        {"model_version": 1, "embeddings": [[0.25]]},
    ]
    for as_array in (False, True):
        plays(loopback, *answers)
        with Client("token", loopback.url) as client:
            response: Any = client.batch_semantic_embed(request, "m", batch_size=2, as_array=as_array)
        assert [list(vector) for vector in response.embeddings] == [[0.5], [1], [0.25]]
        assert (response.model_version, response.num_tokens_prompt_total) == (None, None)
        assert response.meta is not None
        assert {one.path for one in response.meta.deviations} == {"model_version", "num_tokens_prompt_total"}


@pytest.mark.parametrize("number", ["null", "NaN", "1e999", '"1"', "true"])
@pytest.mark.parametrize("as_array", [False, True])
def test_no_vector_has_anything_but_numbers_in_it(loopback: Loopback, number: str, as_array: bool) -> None:
    body = '{"model_version": null, "embeddings": [[0.5], [%s]], "num_tokens_prompt_total": 2}' % number  # noqa: UP031
    loopback.answers.append((200, {"content-type": "application/json"}, body.encode()))
    prompts = [Prompt.from_text("a"), Prompt.from_text("b")]
    request = BatchSemanticEmbeddingRequest(prompts, SemanticRepresentation.Symmetric)
    with Client("token", loopback.url) as client:
        with pytest.raises(ResponseError) as caught:
            client.batch_semantic_embed(request, "m", as_array=as_array)
    assert caught.value.path == "embeddings[1][0]"


def test_results_without_meta_are_read_and_refused_alike(loopback: Loopback) -> None:
    models = [{**SAMPLES["availableModels"].answer[0], "description": None}]
    plays(loopback, models, models)
    with Client("token", loopback.url) as client:
        assert client.models() == models
        with pytest.raises(ResponseError, match="description"):
            client.with_options(strict=True).models()


def test_an_empty_token_is_for_deployments_without_authentication(loopback: Loopback) -> None:
    plays(loopback, COMPLETION)
    with Client("", loopback.url) as client:
        client.complete(REQUEST, "m")
    assert "authorization" not in {name.lower() for name in loopback.requests[0].headers}


def test_a_blank_token_and_an_environment_without_one_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(err.InvalidRequestError, match="token is empty"):
        Client("  ", "http://127.0.0.1")
    monkeypatch.setenv("AA_TOKEN", "")
    with pytest.raises(err.InvalidRequestError, match="no API token"):
        Client.from_env(host="http://127.0.0.1")


# Streams --------------------------------------------------------------------------------------------------------------


def final_of(stream: bytes, **options: Any) -> tuple[ChatResponse, list[Any], Any]:
    with client_for(Streaming(stream, cut=in_bytes), **options).stream_chat(CHAT) as opened:
        events = [event for event in opened]
        return opened.final(), events, opened


HELLO = [chunk({"role": "assistant", "content": ""}), text("Hel"), text("lo"), chunk(finish_reason="stop")]

TOLERATED: dict[str, bytes] = {
    "all about the response is missing": data(*({"choices": each["choices"]} for each in HELLO)) + DONE,
    "all about it is null": data(
        *({**each, "id": None, "model": None, "created": None, "object": None} for each in HELLO)
    )
    + DONE,
    "choices without index": data(*({**each, "choices": [{**each["choices"][0], "index": None}]} for each in HELLO))
    + DONE,
    "no blank line after the end": data(*HELLO) + b"data: [DONE]",
    "no line end at the end": data(*HELLO) + b"data: [DONE]\n",
    "an unknown event": data(*HELLO[:2], {"type": "ping", "at": 1}, *HELLO[2:]) + DONE,
    "an unknown object": data(*HELLO[:2], {"object": "chat.progress", "id": "x"}, *HELLO[2:]) + DONE,
    "an event without anything": data(*HELLO[:2], {}, *HELLO[2:]) + DONE,
    "a sign of life that is no JSON": data(*HELLO[:2]) + b"event: ping\ndata: still here\n\n" + data(*HELLO[2:]) + DONE,
    "NaN and infinity beside it": (data(*HELLO) + DONE).replace(b'"created": 1', b'"created": NaN, "cost": -Infinity'),
    "a last piece without delta": data(*HELLO[:3], {"choices": [{"index": 0, "finish_reason": "stop"}]}) + DONE,
    "counts without choices": data(*HELLO, {"usage": {"total_tokens": 3}}) + DONE,
    "a new reason": data(*HELLO[:3], chunk(finish_reason="out_of_ink")) + DONE,
    "a new role": data(chunk({"role": "oracle"}), *HELLO[1:]) + DONE,
}


@pytest.mark.parametrize("name", TOLERATED)
def test_a_stream_that_is_otherwise_gives_what_it_says(name: str) -> None:
    final, events, _ = final_of(TOLERATED[name])
    assert final.message.content == "Hello"
    assert [event.text for event in events if isinstance(event, TextDelta)] == ["Hel", "lo"]
    assert isinstance(events[-1], ChoiceEnd) or name == "counts without choices"
    items = client_for(Streaming(TOLERATED[name])).chat_with_streaming(CHAT)
    assert "".join([item.content for item in items if isinstance(item, ChatStreamChunk)]) == "Hello"


def test_a_stream_tells_what_was_otherwise_and_keeps_unknown_events() -> None:
    stream = data(HELLO[0], {"type": "ping", "at": 1}, {**HELLO[1], "id": 3}, *HELLO[2:]) + DONE
    final, _, opened = final_of(stream)
    assert opened.unknown_events == [{"type": "ping", "at": 1}]
    assert final.meta is not None
    assert final.meta.deviations == opened.meta.deviations
    assert [one.path for one in final.meta.deviations] == ["", "id"]


def test_a_strict_stream_ends_with_an_error_that_keeps_what_had_come() -> None:
    stream = data(*HELLO[:2], {**HELLO[2], "created": None}, HELLO[3]) + DONE
    with pytest.raises(StreamError, match="created: expected an integer, got null") as caught:
        final_of(stream, strict=True)
    assert caught.value.events == [TextDelta(0, "Hel")]
    assert (final_of(data(*HELLO) + DONE, strict=True))[0].message.content == "Hello"


@pytest.mark.parametrize("cut", ["da", "data: {", 'data: {"choices": [{"index": 0, "delta": {"content": "lo"}}'])
def test_a_stream_that_was_cut_keeps_what_had_come(cut: str) -> None:
    with pytest.raises(err.StreamConnectionError) as caught:
        final_of(data(*HELLO[:2]) + cut.encode())
    assert caught.value.events == [TextDelta(0, "Hel")]


HALVES = {
    "in two chunks": ["so \ud83d", "\ude00!"],
    "with an empty chunk between": ["so \ud83d", "", "\ude00!"],
    "one to a chunk": ["so ", "\ud83d", "\ude00", "!"],
}


@pytest.mark.parametrize("name", HALVES)
def test_the_halves_of_a_character_are_joined(name: str) -> None:
    final, events, opened = final_of(data(HELLO[0], *map(text, HALVES[name]), HELLO[3]) + DONE)
    assert final.message.content == "so \U0001f600!"
    assert "".join(event.text for event in events if isinstance(event, TextDelta)).encode() == b"so \xf0\x9f\x98\x80!"
    assert opened.meta.deviations == ()
    items = client_for(Streaming(data(*map(text, HALVES[name])) + DONE)).chat_with_streaming(CHAT)
    assert "".join([item.content for item in items if isinstance(item, ChatStreamChunk)]) == "so \U0001f600!"


def test_half_a_character_without_the_other_half_is_shown_as_such() -> None:
    final, _, _ = final_of(data(text("so \ud83d"), text(" what"), text("\ud83d"), HELLO[3]) + DONE)
    assert final.message.content == "so \ufffd what\ufffd"


PARIS = ToolCall("call-1", "function", FunctionCall("weather", '{"city": "Paris"}'))
ROME = ToolCall("call-2", "function", FunctionCall("time", '{"city": "Rome"}'))
FIRST = [call_piece(0, '{"city"', "call-1", "weather"), call_piece(0, ': "Paris"}')]
SECOND = [call_piece(1, '{"city"', "call-2", "time"), call_piece(1, ': "Rome"}')]


def under(index: int | None, *pieces: dict[str, Any], **more: Any) -> list[dict[str, Any]]:
    """The pieces with another index, or with none."""
    rest = [{name: value for name, value in piece.items() if name != "index"} for piece in pieces]
    return [{**piece, **({} if index is None else {"index": index}), **more} for piece in rest]


PIECES: dict[str, list[dict[str, Any]]] = {
    "as the contract says": [*FIRST, *SECOND],
    "interleaved": [FIRST[0], SECOND[0], FIRST[1], SECOND[1]],
    "without index, by order": under(None, *FIRST, *SECOND),
    "without index, by id": [
        *under(None, FIRST[0], SECOND[0]),
        *under(None, FIRST[1], id="call-1"),
        *under(None, SECOND[1], id="call-2"),
    ],
    "two under one index": [*FIRST, *under(0, *SECOND)],
    "two under one index, each piece with its id": [
        *under(0, *FIRST, id="call-1"),
        *under(0, *SECOND, id="call-2"),
    ],
    "two under one index, interleaved by id": [
        FIRST[0],
        *under(0, SECOND[0]),
        *under(0, FIRST[1], id="call-1"),
        *under(0, SECOND[1], id="call-2"),
    ],
    "an index null": [{**piece, "index": None} for piece in [*FIRST, *SECOND]],
    "an index as a float": [{**piece, "index": float(piece["index"])} for piece in [*FIRST, *SECOND]],
}


@pytest.mark.parametrize("name", PIECES)
def test_pieces_of_tool_calls_come_together(name: str) -> None:
    chunks = [chunk({"tool_calls": [piece]}) for piece in PIECES[name]]
    stream = data(*chunks, chunk(finish_reason="tool_calls")) + DONE
    final, events, _ = final_of(stream)
    assert final.tool_calls == [PARIS, ROME]
    assert [event.tool_call for event in events if isinstance(event, ToolCallEnd)] == [PARIS, ROME]
    items = client_for(Streaming(stream)).chat_with_streaming(CHAT)
    assert [item for item in items if isinstance(item, ToolCall)] == [PARIS, ROME]


COMPLETED: list[dict[str, Any]] = [
    {"type": "stream_chunk", "index": 0, "completion": "so \ud83d"},
    {"type": "stream_chunk", "completion": "\ude00", "log_probs": None, "new": 1},
    {"type": "progress", "share": 0.5},
    {"type": "stream_summary", "index": 0, "finish_reason": None},
    {"type": "completion_summary", "num_tokens_generated": 2.0},
]


def test_a_completion_that_is_otherwise_gives_what_it_says() -> None:
    streaming = Streaming(data(*COMPLETED).rstrip(b"\n"))
    with client_for(streaming).stream_complete(REQUEST, "m") as stream:
        events = [event for event in stream]
        final: Any = stream.final()
    assert [event.completion for event in events if isinstance(event, StreamChunk)] == ["so ", "\U0001f600"]
    assert isinstance(events[-1], CompletionSummary)
    assert (final.completions[0].completion, final.model_version) == ("so \U0001f600", None)
    assert (final.num_tokens_prompt_total, final.num_tokens_generated) == (None, 2)
    assert stream.unknown_events == [COMPLETED[2]]
    assert final.meta is not None
    assert {one.path for one in final.meta.deviations} == {
        *("index", "new", "type", "model_version", "finish_reason"),
        *("num_tokens_prompt_total", "num_tokens_generated"),
    }
    with pytest.raises(StreamError):
        with client_for(Streaming(data(*COMPLETED)), strict=True).stream_complete(REQUEST, "m") as strict:
            strict.final()
