"""`on_event` of the client: which events a call has, in which order, with which numbers."""

from __future__ import annotations

import logging
from typing import Any

import httpx
import pytest

from aleph_alpha import (
    AttemptBegan,
    AttemptEnded,
    CallBegan,
    CallEnded,
    ChatRequest,
    ChunkCame,
    CompletionRequest,
    Message,
    Prompt,
    WaitEnded,
    errors as err,
)
from aleph_alpha._observe.abandoned import settled
from tests._async.sending import MODEL, REQUEST, Waits, client_for, complete
from tests.event_streams import DONE, Streaming, chunk, data, text
from tests.scripted import Script, answer, error

STREAMED = ChatRequest("some-model", [Message("user", "Hi")])
PARTS = (data(text("Hel")), data(text("lo"), chunk(finish_reason="stop")), DONE)


def names(events: list[Any]) -> list[str]:
    return [type(event).__name__ for event in events]


async def test_a_call_begins_is_attempted_and_ends() -> None:
    events: list[Any] = []
    await complete(Script(answer()), on_event=events.append)
    assert names(events) == ["CallBegan", "AttemptBegan", "AttemptEnded", "CallEnded"]
    began, attempt, attempted, ended = events
    call = began.call
    assert all(event.call is call for event in events)
    assert (call.operation, call.model, call.method, call.path) == ("complete", MODEL, "POST", "/complete")
    assert (call.server_address, call.server_port, call.stream) == ("api.example.com", 443, False)
    assert call.request["maximum_tokens"] == 1
    assert (attempt.attempt, attempted.attempt, attempted.status, attempted.error) == (1, 1, 200, None)
    assert (ended.end, ended.attempts, ended.status, ended.error, ended.chunks) == ("complete", 1, 200, None, 0)
    assert ended.response.completions[0].completion == " well"
    outcome = ended.outcome
    assert (outcome.model, outcome.input_tokens, outcome.output_tokens) == ("2026-11", 3, 1)
    assert outcome.finish_reasons == ("maximum_tokens",)
    assert 0 <= attempted.seconds <= ended.seconds


async def test_retries_are_told_attempt_by_attempt_with_the_waits_between(waits: Waits) -> None:
    events: list[Any] = []
    await complete(Script(error(503, "QUEUE_FULL"), error(503), answer()), on_event=events.append)
    assert names(events) == [
        "CallBegan",
        *["AttemptBegan", "AttemptEnded", "WaitEnded"] * 2,
        "AttemptBegan",
        "AttemptEnded",
        "CallEnded",
    ]
    statuses = [(event.attempt, event.status) for event in events if isinstance(event, AttemptEnded)]
    assert statuses == [(1, 503), (2, 503), (3, 200)]
    assert [(event.attempt, event.reason) for event in events if isinstance(event, WaitEnded)] == [
        (2, "retry"),
        (3, "retry"),
    ]
    assert events[-1].attempts == 3


async def test_a_new_token_is_an_attempt_of_its_own() -> None:
    events: list[Any] = []
    tokens = iter(["first-token", "second-token"])
    await complete(Script(error(401), answer()), token=lambda: next(tokens), on_event=events.append)
    assert [(event.attempt, event.status) for event in events if isinstance(event, AttemptEnded)] == [
        (1, 401),
        (2, 200),
    ]


@pytest.mark.parametrize(
    ("step", "kind", "status"),
    [
        (error(404, "UNKNOWN_MODEL"), err.NotFoundError, 404),
        (httpx.ConnectError("refused"), err.APIConnectionError, None),
        (answer({"completions": 1}), err.ResponseError, 200),
        (LookupError("of somebody else"), LookupError, None),
    ],
)
async def test_the_end_has_what_the_caller_gets(step: Any, kind: type[Exception], status: int | None) -> None:
    events: list[Any] = []
    with pytest.raises(kind) as caught:
        await complete(Script(step), total_retries=0, on_event=events.append)
    assert names(events) == ["CallBegan", "AttemptBegan", "AttemptEnded", "CallEnded"]
    assert (events[-1].end, events[-1].status) == ("failed", status)
    assert events[-1].error is caught.value
    assert events[-1].response is None


async def test_what_is_refused_before_it_is_sent_is_no_call() -> None:
    events: list[Any] = []
    client = client_for(Script(answer()), on_event=events.append)
    with pytest.raises(err.InvalidRequestError):
        await client.complete(CompletionRequest(Prompt.from_text("a"), temperature=float("nan")), MODEL)
    assert events == []


async def test_a_stream_tells_of_its_chunks() -> None:
    events: list[Any] = []
    client = client_for(Streaming(*PARTS), on_event=events.append)
    assert (await client.stream_chat(STREAMED).final()).message.content == "Hello"
    assert names(events) == ["CallBegan", "AttemptBegan", "AttemptEnded", "ChunkCame", "ChunkCame", "CallEnded"]
    chunks = [event for event in events if isinstance(event, ChunkCame)]
    assert [(event.index, event.events) for event in chunks] == [(0, 1), (1, 2)]
    ended = events[-1]
    assert (ended.end, ended.chunks, ended.outcome.finish_reasons) == ("complete", 2, ("stop",))
    assert ended.first_chunk_seconds == chunks[0].seconds <= chunks[1].seconds <= ended.seconds


@pytest.mark.parametrize("how", ["closed", "abandoned"])
async def test_a_stream_that_nobody_reads_to_its_end_ends_once(how: str) -> None:
    events: list[Any] = []
    stream: Any = client_for(Streaming(*PARTS), on_event=events.append).stream_chat(STREAMED)
    await anext(stream)
    if how == "closed":
        await stream.close()
    del stream
    assert_cut_short(events, how)


async def test_a_generator_that_nobody_reads_to_its_end_ends_once() -> None:
    events: list[Any] = []
    items: Any = client_for(Streaming(*PARTS), on_event=events.append).chat_with_streaming(STREAMED)
    await anext(items)
    await items.aclose()
    assert_cut_short(events, "closed")


def assert_cut_short(events: list[Any], how: str) -> None:
    assert settled()
    [ended] = [event for event in events if isinstance(event, CallEnded)]
    assert (ended.end, ended.outcome.finish_reasons) == (how, ("error",))
    assert ended.response.message.content == "Hel"


async def test_a_handler_that_fails_costs_no_call(caplog: pytest.LogCaptureFixture) -> None:
    def handle(event: Any) -> None:
        raise LookupError("not mine")

    with caplog.at_level(logging.WARNING, "aleph_alpha"):
        response = await complete(Script(answer()), on_event=handle)
    assert response.completions[0].completion == " well"
    assert len(caplog.records) == 4
    assert "CallBegan" in caplog.text


async def test_headers_of_a_handler_go_with_the_attempt_and_replace_none(waits: Waits) -> None:
    def handle(event: Any) -> None:
        if isinstance(event, AttemptBegan):
            event.call.headers["x-attempt"] = str(event.attempt)
            event.call.headers["Authorization"] = "Bearer another"
            event.call.headers["Content-Length"] = "0"
            event.call.headers["x-own"] = "of the handler"
            event.call.headers["x split"] = "a"
            event.call.headers["x-split"] = "a\r\nx-more: b"

    script = Script(error(503), answer())
    await complete(script, on_event=handle, headers={"X-Own": "of the client"})
    assert script.header("x-attempt") == ["1", "2"]
    assert script.header("authorization") == ["Bearer marker-token"] * 2
    assert script.header("x-own") == ["of the client"] * 2
    assert script.header("x-split") == script.header("x-more") == [None] * 2
    assert script.bodies[0]["model"] == MODEL


async def test_notes_are_kept_from_event_to_event() -> None:
    def handle(event: Any) -> None:
        if isinstance(event, CallBegan):
            event.call.notes["mine"] = [event]
        else:
            event.call.notes["mine"].append(event)
        if isinstance(event, CallEnded):
            noted.append(event.call.notes["mine"])

    noted: list[Any] = []
    await complete(Script(answer()), on_event=handle)
    assert names(noted[0]) == ["CallBegan", "AttemptBegan", "AttemptEnded", "CallEnded"]


async def test_reprs_of_events_show_nothing_of_requests_and_responses() -> None:
    events: list[Any] = []
    secret = CompletionRequest(Prompt.from_text("what nobody is to see"))
    await client_for(Script(answer()), on_event=events.append).complete(secret, MODEL)
    assert "nobody" not in repr(events)
    assert " well" not in repr(events)
    assert "marker-token" not in repr(events)


async def test_copies_of_a_client_can_have_another_handler() -> None:
    first: list[Any] = []
    second: list[Any] = []
    client = client_for(Script(answer()), on_event=first.append)
    await client.with_options(on_event=second.append).complete(REQUEST, MODEL)
    await client.with_options(on_event=None).complete(REQUEST, MODEL)
    assert (len(first), len(second)) == (0, 4)


async def test_what_holds_a_secret_is_not_in_the_events() -> None:
    events: list[Any] = []
    script = Script(answer({"token": "new-secret", "metadata": {"description": "d", "token_id": 1}}))
    await client_for(script, on_event=events.append).create_token("d")
    assert events[-1].response is None
    assert events[0].call.request is None


async def test_completions_that_are_cut_short_have_no_tokens() -> None:
    events: list[Any] = []
    part = {"type": "stream_chunk", "index": 0, "completion": " well"}
    client = client_for(Streaming(data(part)), on_event=events.append)
    with pytest.raises(err.StreamError):
        await client.stream_complete(REQUEST, MODEL).final()
    outcome = events[-1].outcome
    assert (outcome.input_tokens, outcome.output_tokens, outcome.finish_reasons) == (None, None, ("error",))
    assert events[-1].response.completions[0].completion == " well"
