"""Streamed completions."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from aleph_alpha import (
    AsyncClient,
    CompletionRequest,
    CompletionResult,
    CompletionSummary,
    Prompt,
    StreamChunk,
    StreamError,
    StreamSummary,
    errors as err,
)
from tests.event_streams import Streaming, data, in_bytes, in_two

REQUEST = CompletionRequest(Prompt.from_text("An apple"), maximum_tokens=4, n=2)


def piece(index: int, completion: str, **more: Any) -> Any:
    return {"type": "stream_chunk", "index": index, "completion": completion, **more}


def end(index: int, finish_reason: str = "maximum_tokens") -> Any:
    return {"type": "stream_summary", "index": index, "model_version": "7", "finish_reason": finish_reason}


SUMMARY = {"type": "completion_summary", "num_tokens_prompt_total": 4, "num_tokens_generated": 6}
TWO = data(piece(0, " a"), piece(1, " x"), piece(0, " day"), end(0), piece(1, " y"), end(1, "end_of_text"), SUMMARY)


def client_for(handler: Any, **options: Any) -> AsyncClient:
    transport = httpx.MockTransport(handler)
    return AsyncClient("token", "https://example.com", http_client=httpx.AsyncClient(transport=transport), **options)


async def events_of(handler: Any) -> list[Any]:
    async with client_for(handler).stream_complete(REQUEST, "some-model") as stream:
        return [event async for event in stream]


async def test_events_wherever_the_stream_is_cut() -> None:
    expected = [
        StreamChunk(0, None, " a", None, None),
        StreamChunk(1, None, " x", None, None),
        StreamChunk(0, None, " day", None, None),
        StreamSummary(0, "7", "maximum_tokens"),
        StreamChunk(1, None, " y", None, None),
        StreamSummary(1, "7", "end_of_text"),
        CompletionSummary(None, 4, 6),
    ]
    for cut in [in_bytes, *(in_two(at) for at in range(len(TWO)))]:
        assert await events_of(Streaming(TWO, cut=cut)) == expected
    items = client_for(Streaming(TWO)).complete_with_streaming(REQUEST, "some-model")
    assert [item async for item in items] == expected


async def test_completions_are_kept_apart() -> None:
    streaming = Streaming(TWO)
    async with client_for(streaming).stream_complete(REQUEST, "some-model") as stream:
        assert "".join([text async for text in stream.text(1)]) == " x y"
        assert "".join([text async for text in stream.text()]) == " a day"
        final = await stream.final()
    assert final.completions == [
        CompletionResult(completion=" a day", finish_reason="maximum_tokens"),
        CompletionResult(completion=" x y", finish_reason="end_of_text"),
    ]
    assert (final.model_version, final.num_tokens_prompt_total, final.num_tokens_generated) == ("7", 4, 6)
    assert streaming.bodies[0]["stream"] is True
    assert streaming.bodies[0]["model"] == "some-model"


async def test_final_has_log_probabilities_tokens_raw_text_and_the_optimised_prompt() -> None:
    more = {"log_probs": [{" a": -0.5}], "completion_tokens": [" a"], "raw_completion": " a "}
    summary = {**SUMMARY, "optimized_prompt": [{"type": "text", "data": "An apple "}]}
    streaming = Streaming(data(piece(0, " a", **more), piece(0, " b", **more), end(0), summary))
    final = await client_for(streaming).stream_complete(REQUEST, "some-model").final()
    probs: list[dict[str, float | None]] = [{" a": -0.5}, {" a": -0.5}]
    assert final.completions == [CompletionResult(probs, " a b", [" a", " a"], "maximum_tokens", " a  a ")]
    assert final.optimized_prompt == Prompt.from_text("An apple ")


async def test_events_of_a_newer_api_are_passed_over() -> None:
    streaming = Streaming(data({"type": "weather", "mood": "fine"}, piece(0, " a"), end(0), SUMMARY))
    assert len(await events_of(streaming)) == 3


async def test_what_follows_the_last_event_is_not_read() -> None:
    assert len(await events_of(Streaming(TWO + data(piece(0, "more")) + b"data: {"))) == 7


@pytest.mark.parametrize(
    ("pattern", "last", "kind", "code"),
    [
        ("ended", b"", err.StreamConnectionError, None),
        ("ended", data(end(0), end(1)), err.StreamConnectionError, None),
        ("ended", b"data: [DONE]\n\n", err.StreamConnectionError, None),
        ("QUEUE_FULL", data({"error": "too many", "code": "QUEUE_FULL"}), StreamError, "QUEUE_FULL"),
        ("no type", data({"index": 0}), StreamError, None),
        ("no type", b"data: []\n\n", StreamError, None),
        ("completion", data({"type": "stream_chunk", "index": 0}), StreamError, None),
    ],
)
async def test_a_stream_that_goes_wrong_keeps_what_had_come(
    pattern: str, last: bytes, kind: type[StreamError], code: str | None
) -> None:
    for cut in (None, in_bytes):
        streaming = Streaming(data(piece(0, " a")) + last, cut=cut)
        with pytest.raises(kind, match=pattern) as caught:
            await events_of(streaming)
        assert type(caught.value) is kind
        assert caught.value.events[0] == StreamChunk(0, None, " a", None, None)
        assert caught.value.code == code
        assert streaming.all_closed
