"""What holds for any stream: no surprise in errors, fast reading equals slow reading, the end equals a plain answer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, get_args

import httpx
import pytest
from hypothesis import given, settings, strategies as st

from aleph_alpha import (
    ChatRequest,
    ChatResponse,
    Client,
    CompletionRequest,
    CompletionResponse,
    Message,
    Prompt,
    StreamError,
)
from aleph_alpha.chat import chunks as _chat_chunks
from aleph_alpha.chat.events import ChatEvent
from aleph_alpha.chat.stream import ChatStreamReader
from aleph_alpha.chat.vendor_stream import ChatItemsReader
from aleph_alpha.completion.events import CompletionResponseStreamItem
from aleph_alpha.completion.stream import CompletionStreamReader
from aleph_alpha.errors import AlephAlphaError
from tests.event_streams import DONE, Streaming, chunk, data, text

pytestmark = pytest.mark.slow

CHAT = ChatRequest("some-model", [Message("user", "Hi")])
COMPLETION = CompletionRequest(Prompt.from_text("Hi"))


def client_for(handler: Any) -> Client:
    transport = httpx.MockTransport(handler)
    return Client("token", "https://example.com", http_client=httpx.Client(transport=transport))


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
NAMES = st.sampled_from(
    [
        *("id", "choices", "created", "model", "usage", "index", "delta", "content", "role", "tool_calls"),
        *("finish_reason", "logprobs", "function", "name", "arguments", "type", "completion", "error", "code"),
        *("message", "log_probs", "model_version", "num_tokens_generated"),
    ]
)
CHUNKS = st.one_of(
    JSON,
    st.dictionaries(NAMES, JSON, max_size=5),
    st.builds(text, st.text(max_size=5), st.integers(0, 2)),
    st.builds(lambda delta: chunk(delta), st.dictionaries(NAMES, JSON, max_size=3)),
    st.fixed_dictionaries({"type": st.sampled_from(["stream_chunk", "stream_summary", "completion_summary"])}).flatmap(
        lambda fixed: st.dictionaries(NAMES, JSON, max_size=5).map(lambda more: {**more, **fixed})
    ),
)
PARTS = st.one_of(
    CHUNKS.map(lambda one: data(one)),
    st.binary(max_size=12),
    st.sampled_from(
        [DONE, b"\n", b"\r\n", b"data:", b"event: error\n", b": ping\n\n", b"data: \xff\n\n", b"data: {\n\n"]
    ),
)


@settings(max_examples=300)
@given(st.lists(PARTS, max_size=8), st.booleans(), st.booleans())
def test_a_fuzzed_stream_raises_nothing_but_the_documented_errors(parts: list[bytes], chat: bool, items: bool) -> None:
    streaming = Streaming(*parts)
    client = client_for(streaming)
    seen: list[Any] = []
    failure: StreamError | None = None
    try:
        if items:
            both = (
                client.chat_with_streaming(CHAT) if chat else client.complete_with_streaming(COMPLETION, "some-model")
            )
            seen += both
        else:
            stream: Any = client.stream_chat(CHAT) if chat else client.stream_complete(COMPLETION, "some-model")
            with stream:
                seen.extend(stream)
                stream.final()
    except StreamError as error:
        failure = error
    assert failure is None or (str(failure) and failure.events[: len(seen)] == seen)
    assert streaming.all_closed


@contextmanager
def slowly() -> Iterator[None]:
    """Every chunk goes through the generated models."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_chat_chunks, "_frame", lambda json: None)
        yield


def read_all(kind: type[Any], stream: list[bytes]) -> Any:
    reader = kind()
    seen = []
    try:
        for one in stream:
            seen += reader.feed(one)
        return seen, reader.final() if kind is ChatStreamReader else None
    except AlephAlphaError as error:
        return seen, (type(error), str(error))


# Chunks that are nearly plain: each differs from a plain one in at most a few places.
NEARLY: st.SearchStrategy[Any] = st.fixed_dictionaries(
    {},
    optional={
        "id": st.sampled_from(["chat-1", "chat-2", None, 3]),
        "created": st.sampled_from([1, 1.0, True, None, "1"]),
        "model": st.sampled_from(["some-model", None, 3]),
        "usage": st.sampled_from([None, {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}, 3]),
        "object": st.sampled_from(["chat.completion.chunk", None, 3]),
        "system_fingerprint": st.sampled_from([None, "print", 3]),
        "extra": st.integers(0, 1),
        "choices": st.lists(
            st.fixed_dictionaries(
                {"index": st.sampled_from([0, 0, 0, 1, True, 0.0, None])},
                optional={
                    "delta": st.fixed_dictionaries(
                        {},
                        optional={
                            "content": st.sampled_from(["a", "", None, 3]),
                            "role": st.sampled_from(["assistant", None]),
                            "extra": st.none(),
                        },
                    ),
                    "finish_reason": st.sampled_from([None, "stop", 3]),
                    "logprobs": st.sampled_from([None, {"content": []}, 3]),
                    "extra": st.integers(0, 1),
                },
            ),
            max_size=2,
        ),
    },
)


@settings(max_examples=400)
@given(st.lists(st.one_of(NEARLY, st.builds(text, st.sampled_from("abc")), CHUNKS), max_size=6))
def test_the_fast_path_reads_what_the_generated_models_read(chunks: list[Any]) -> None:
    stream = [*(json.dumps(one).encode() for one in chunks), b"[DONE]"]
    for kind in (ChatStreamReader, ChatItemsReader):
        fast = read_all(kind, stream)
        with slowly():
            assert read_all(kind, stream) == fast


def test_the_fast_path_is_taken() -> None:
    """Else the test above would compare one thing with itself."""
    chunks = _chat_chunks.Chunks()
    first = chunks.read(json.dumps(chunk({"role": "assistant", "content": ""})).encode())
    assert not isinstance(first, tuple)
    assert chunks.read(json.dumps(text("a")).encode()) == (0, "a")
    assert chunks.read(json.dumps(text("b", 1)).encode()) == (1, "b")
    assert not isinstance(chunks.read(json.dumps(chunk(finish_reason="stop")).encode()), tuple)


LOGPROB = st.builds(
    lambda token: {"token": token, "logprob": -1.5, "bytes": [1], "top_logprobs": []}, st.text(max_size=3)
)


@st.composite
def chat_answers(draw: st.DrawFn) -> Any:
    """A whole response to a chat."""
    choices = []
    for index in range(draw(st.integers(1, 3))):
        calls = [
            {
                "id": f"call-{n}",
                "type": "function",
                "function": {"name": draw(st.text(max_size=4)), "arguments": draw(st.text(max_size=9))},
            }
            for n in range(draw(st.integers(0, 2)))
        ]
        content = draw(st.text(max_size=12))
        logprobs = draw(st.none() | st.lists(LOGPROB, min_size=1, max_size=3).map(lambda some: {"content": some}))
        message: dict[str, Any] = {"role": "assistant", "content": content}
        if calls:
            message["tool_calls"] = calls
        reason = draw(st.sampled_from(["stop", "length", "tool_calls", "brand_new"]))
        choices.append({"index": index, "message": message, "finish_reason": reason, "logprobs": logprobs})
    usage = draw(st.none() | st.just({"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3}))
    return {
        "id": "chat-1",
        "choices": choices,
        "created": 1,
        "model": "some-model",
        "system_fingerprint": draw(st.none() | st.just("print")),
        "object": "chat.completion",
        "usage": usage,
    }


def streamed(draw: st.DrawFn, answer: Any) -> Iterator[Any]:
    """The response as chunks: each choice in pieces of its own size, choices interleaved."""
    queues = [list(_pieces(draw, choice)) for choice in answer["choices"]]
    head = {name: answer[name] for name in ("id", "created", "model", "system_fingerprint")}
    while any(queues):
        queue = draw(st.sampled_from([one for one in queues if one]))
        yield {**head, "choices": [queue.pop(0)]}
    if answer["usage"] is not None:
        yield {**head, "choices": [], "usage": answer["usage"]}


def _pieces(draw: st.DrawFn, choice: Any) -> Iterator[Any]:
    index, message, logprobs = choice["index"], choice["message"], choice["logprobs"]
    yield {"index": index, "delta": {"role": "assistant", "content": ""}, "finish_reason": None}
    for part in _cut(draw, message["content"]):
        yield {"index": index, "delta": {"content": part}, "finish_reason": None}
    for one in (logprobs or {}).get("content", []):
        yield {"index": index, "delta": {}, "finish_reason": None, "logprobs": {"content": [one]}}
    for place, call in enumerate(message.get("tool_calls", [])):
        function = {"name": call["function"]["name"], "arguments": ""}
        first = {"index": place, "id": call["id"], "type": "function", "function": function}
        yield {"index": index, "delta": {"tool_calls": [first]}, "finish_reason": None}
        for part in _cut(draw, call["function"]["arguments"]):
            piece = {"index": place, "function": {"arguments": part}}
            yield {"index": index, "delta": {"tool_calls": [piece]}, "finish_reason": None}
    yield {"index": index, "delta": {}, "finish_reason": choice["finish_reason"]}


def _cut(draw: st.DrawFn, whole: str) -> Iterator[str]:
    while whole:
        size = draw(st.integers(1, len(whole)))
        yield whole[:size]
        whole = whole[size:]


@st.composite
def chats(draw: st.DrawFn) -> tuple[Any, bytes]:
    answer = draw(chat_answers())
    return answer, data(*streamed(draw, answer)) + DONE


@settings(max_examples=150)
@given(chats())
def test_the_end_of_a_streamed_chat_is_the_answer_of_a_plain_one(case: tuple[Any, bytes]) -> None:
    answer, stream = case
    assert client_for(Streaming(stream)).stream_chat(CHAT).final() == ChatResponse.from_json(answer)


@st.composite
def completions(draw: st.DrawFn) -> tuple[Any, bytes]:
    """A whole response to a completion, and the same as events."""
    tokens, raw, probs = draw(st.booleans()), draw(st.booleans()), draw(st.booleans())
    results, queues = [], []
    for index in range(draw(st.integers(1, 3))):
        parts = draw(st.lists(st.text(min_size=1, max_size=4), min_size=1, max_size=4))
        more: dict[str, Any] = {}
        if tokens:
            more["completion_tokens"] = parts
        if raw:
            more["raw_completion"] = "".join(f" {part}" for part in parts)
        if probs:
            more["log_probs"] = [{part: -1.5} for part in parts]
        reason = draw(st.sampled_from(["maximum_tokens", "end_of_text"]))
        results.append({"index": index, "completion": "".join(parts), "finish_reason": reason, **more})
        events = [
            {
                "type": "stream_chunk",
                "index": index,
                "completion": part,
                **({"completion_tokens": [part]} if tokens else {}),
                **({"raw_completion": f" {part}"} if raw else {}),
                **({"log_probs": [{part: -1.5}]} if probs else {}),
            }
            for part in parts
        ]
        queues.append(
            [*events, {"type": "stream_summary", "index": index, "model_version": "1", "finish_reason": reason}]
        )
    ordered = []
    while any(queues):
        ordered.append(draw(st.sampled_from([one for one in queues if one])).pop(0))
    counts = {"num_tokens_prompt_total": 3, "num_tokens_generated": 5}
    answer = {"model_version": "1", "completions": results, **counts}
    return answer, data(*ordered, {"type": "completion_summary", **counts})


@settings(max_examples=100)
@given(completions())
def test_the_end_of_a_streamed_completion_is_the_answer_of_a_plain_one(case: tuple[Any, bytes]) -> None:
    answer, stream = case
    final = client_for(Streaming(stream)).stream_complete(COMPLETION, "some-model").final()
    assert final == CompletionResponse.from_json(answer)


def test_every_event_comes_out_of_a_stream() -> None:
    call = {"index": 0, "id": "call-1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    usage = {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3}
    chat = [text("a"), chunk({"tool_calls": [call]}), chunk(finish_reason="tool_calls"), chunk(usage=usage)]
    completion = [
        {"type": "stream_chunk", "index": 0, "completion": "a"},
        {"type": "stream_summary", "index": 0, "model_version": "1", "finish_reason": "end_of_text"},
        {"type": "completion_summary", "num_tokens_prompt_total": 1, "num_tokens_generated": 1},
    ]
    for reader, union, events in (
        (ChatStreamReader(), ChatEvent, chat),
        (CompletionStreamReader(), CompletionResponseStreamItem, completion),
    ):
        seen = [event for one in events for event in reader.feed(json.dumps(one).encode())]
        assert {type(event) for event in seen} == set(get_args(union))
