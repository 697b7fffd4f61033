"""Streamed chats: events kept apart by answer, nothing lost, and errors that keep what had come."""

from __future__ import annotations

import gzip
from typing import Any

import httpx
import pytest

from aleph_alpha import (
    AsyncClient,
    ChatRequest,
    ChatStreamChunk,
    ChoiceEnd,
    FinishReason,
    FunctionCall,
    Message,
    Role,
    StreamError,
    StreamOptions,
    TextDelta,
    TextMessage,
    ToolCall,
    ToolCallDelta,
    ToolCallEnd,
    Usage,
    errors as err,
)
from tests.event_streams import DONE, Streaming, call_piece, chunk, data, in_bytes, in_two, text
from tests.scripted import Script, error

REQUEST = ChatRequest("some-model", [Message(Role.User, "Hi")])
USAGE = {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}
ONE = data(chunk({"role": "assistant", "content": ""}), text("Hel"), text("lo"), chunk(finish_reason="stop")) + DONE
HELLO: list[Any] = [
    TextDelta(0, "Hel"),
    TextDelta(0, "lo"),
    ChoiceEnd(0, FinishReason.Stop, TextMessage(Role.Assistant, "Hello")),
]


def client_for(handler: Any, **options: Any) -> AsyncClient:
    transport = httpx.MockTransport(handler)
    return AsyncClient("token", "https://example.com", http_client=httpx.AsyncClient(transport=transport), **options)


async def events_of(handler: Any) -> list[Any]:
    async with client_for(handler).stream_chat(REQUEST) as stream:
        return [event async for event in stream]


async def items_of(handler: Any) -> list[Any]:
    return [item async for item in client_for(handler).chat_with_streaming(REQUEST)]


async def test_what_is_sent_asks_for_a_stream() -> None:
    streaming = Streaming(ONE)
    request = ChatRequest("some-model", [Message("user", "Hi")], stream_options=StreamOptions(include_usage=True))
    await client_for(streaming, nice=True).stream_chat(request, "another-model").final()
    assert streaming.bodies == [
        {
            "model": "another-model",
            "messages": [{"role": "user", "content": "Hi"}],
            "stream": True,
            "stream_options": {"include_usage": True},
        }
    ]


async def test_a_stream_is_not_to_be_compressed_or_cached_up() -> None:
    script = Script(Streaming(ONE))
    await client_for(script).stream_chat(REQUEST).final()
    assert list(script.header("accept")) == ["text/event-stream"]
    assert list(script.header("accept-encoding")) == ["identity"]


async def test_events_wherever_the_stream_is_cut() -> None:
    for cut in [in_bytes, *(in_two(at) for at in range(len(ONE)))]:
        assert await events_of(Streaming(ONE, cut=cut)) == HELLO


async def test_the_items_of_the_vendors_client_wherever_the_stream_is_cut() -> None:
    items = [
        ChatStreamChunk("", Role.Assistant, None),
        ChatStreamChunk("Hel", None, None),
        ChatStreamChunk("lo", None, None),
        FinishReason.Stop,
    ]
    for cut in [in_bytes, *(in_two(at) for at in range(0, len(ONE), 7))]:
        assert await items_of(Streaming(ONE, cut=cut)) == items


async def test_text_and_final_add_up() -> None:
    async with client_for(Streaming(ONE)).stream_chat(REQUEST) as stream:
        assert [piece async for piece in stream.text()] == ["Hel", "lo"]
        final = await stream.final()
    assert (final.message.content, final.finish_reason, final.id, final.model) == (
        "Hello",
        FinishReason.Stop,
        "chat-1",
        "some-model",
    )
    assert final.meta is not None
    assert final.meta.status == 200
    assert [event async for event in stream] == HELLO  # what has come stays


async def test_final_needs_no_block() -> None:
    streaming = Streaming(ONE)
    assert (await client_for(streaming).stream_chat(REQUEST).final()).message.content == "Hello"
    assert streaming.all_closed


async def test_answers_of_one_request_are_kept_apart() -> None:
    stream_data = data(
        chunk({"role": "assistant", "content": ""}, index=0),
        chunk({"role": "assistant", "content": ""}, index=1),
        text("A", 0),
        text("x", 1),
        text("B", 0),
        text("y", 1),
        chunk(finish_reason="stop", index=1),
        text("C", 0),
        chunk(finish_reason="length", index=0),
    )
    streaming = Streaming(stream_data + DONE, cut=in_bytes)
    async with client_for(streaming).stream_chat(REQUEST) as stream:
        assert "".join([piece async for piece in stream.text(1)]) == "xy"
        assert "".join([piece async for piece in stream.text(0)]) == "ABC"
        assert [piece async for piece in stream.text(2)] == []
        final = await stream.final()
    assert [(one.index, one.message.content, one.finish_reason) for one in final.choices] == [
        (0, "ABC", FinishReason.Length),
        (1, "xy", FinishReason.Stop),
    ]
    items = await items_of(streaming)
    texts = {
        index: "".join(i.content for i in items if isinstance(i, ChatStreamChunk) and i.index == index)
        for index in (0, 1)
    }
    assert texts == {0: "ABC", 1: "xy"}


async def test_two_choices_in_one_chunk() -> None:
    both = text("a", 0)
    both["choices"] += text("b", 1)["choices"]
    assert await events_of(Streaming(data(both) + DONE)) == [TextDelta(0, "a"), TextDelta(1, "b")]


async def test_text_beside_the_end_and_the_usage_is_kept() -> None:
    last = chunk({"content": "lo"}, "stop", usage=USAGE)
    streaming = Streaming(data(text("Hel"), last) + DONE)
    usage = Usage(completion_tokens=2, prompt_tokens=3, total_tokens=5)
    assert await events_of(streaming) == [*HELLO, usage]
    assert await items_of(streaming) == [
        ChatStreamChunk("Hel", None, None),
        ChatStreamChunk("lo", None, None),
        FinishReason.Stop,
        usage,
    ]
    final = await client_for(streaming).stream_chat(REQUEST).final()
    assert (final.message.content, final.usage) == ("Hello", usage)


async def test_the_usage_comes_in_a_chunk_without_choices() -> None:
    last = {"id": "chat-1", "choices": [], "usage": USAGE}
    assert (await events_of(Streaming(data(text("a"), last) + DONE)))[-1] == Usage(2, 3, 5)


async def test_unknown_reasons_and_roles_and_fields_are_tolerated() -> None:
    odd = chunk({"role": "oracle", "content": None, "mood": "good"}, "out_of_ink", weather="fine")
    events = await events_of(Streaming(data(odd, {"choices": []}) + DONE))
    assert [event.finish_reason.value for event in events] == ["out_of_ink"]
    assert (await items_of(Streaming(data(odd) + DONE)))[-1] == "out_of_ink"


CALLS = data(
    chunk({"role": "assistant", "content": None}),
    chunk({"tool_calls": [call_piece(0, "", "call-a", "get_weather")]}),
    chunk({"tool_calls": [call_piece(0, '{"loc'), call_piece(1, id="call-b", name="now")]}),
    chunk({"content": "Let me see."}),
    chunk({"tool_calls": [call_piece(0, 'ation": "Paris"}')]}),
    chunk({"tool_calls": [call_piece(2, "{not json", "call-c", "get_weather")]}),
    chunk({}, "tool_calls"),
)
WHOLE = [
    ToolCall("call-a", "function", FunctionCall("get_weather", '{"location": "Paris"}')),
    ToolCall("call-b", "function", FunctionCall("now", "")),
    ToolCall("call-c", "function", FunctionCall("get_weather", "{not json")),
]


async def test_tool_calls_come_in_pieces_several_at_once_and_whole_before_the_end() -> None:
    events = await events_of(Streaming(CALLS + DONE, cut=in_bytes))
    assert events[0] == ToolCallDelta(0, 0, "call-a", "get_weather", "")
    assert [event.tool_call for event in events if isinstance(event, ToolCallEnd)] == WHOLE
    assert events[-1] == ChoiceEnd(0, FinishReason.ToolCalls, TextMessage(Role.Assistant, "Let me see.", WHOLE))
    assert [event.type for event in events[-4:]] == ["tool_call", "tool_call", "tool_call", "end"]


async def test_items_have_whole_tool_calls_before_the_reason() -> None:
    assert await items_of(Streaming(CALLS + DONE)) == [
        ChatStreamChunk("", Role.Assistant, None),
        ChatStreamChunk("Let me see.", None, None),
        *WHOLE,
        FinishReason.ToolCalls,
    ]


TWO = [
    ToolCall("call-a", "function", FunctionCall("get_weather", '{"location": "Paris"}')),
    ToolCall("call-b", "function", FunctionCall("get_weather", '{"location": "Lyon"}')),
]


@pytest.mark.parametrize(
    "pieces",
    [
        [  # whole, one after the other
            call_piece(0, '{"location": "Paris"}', "call-a", "get_weather"),
            call_piece(0, '{"location": "Lyon"}', "call-b", "get_weather"),
        ],
        [  # in pieces, without an id after the first
            call_piece(0, "", "call-a", "get_weather"),
            call_piece(0, '{"location": '),
            call_piece(0, '"Paris"}'),
            call_piece(0, "", "call-b", "get_weather"),
            call_piece(0, '{"location": "Lyon"}'),
        ],
        [  # in turn, each piece with its id
            call_piece(0, '{"location": ', "call-a", "get_weather"),
            call_piece(0, '{"location": ', "call-b", "get_weather"),
            call_piece(0, '"Paris"}', "call-a", "get_weather"),
            call_piece(0, '"Lyon"}', "call-b", "get_weather"),
        ],
        [  # the id comes late
            call_piece(0, '{"location": ', name="get_weather"),
            call_piece(0, '"Paris"}', "call-a"),
            call_piece(1, '{"location": "Lyon"}', "call-b", "get_weather"),
        ],
        [  # an id made up for each piece, which vLLM did
            call_piece(0, '{"location": ', "call-a", "get_weather"),
            call_piece(0, '"Paris"}', "call-x"),
            call_piece(1, '{"location": ', "call-b", "get_weather"),
            call_piece(1, '"Lyon"}', "call-y"),
        ],
    ],
)
async def test_two_calls_under_one_index_are_two_calls(pieces: list[Any]) -> None:
    stream_data = data(*(chunk({"tool_calls": [piece]}) for piece in pieces), chunk({}, "tool_calls")) + DONE
    events = await events_of(Streaming(stream_data))
    assert [event.tool_call for event in events if isinstance(event, ToolCallEnd)] == TWO
    assert {event.call for event in events if isinstance(event, ToolCallDelta)} == {0, 1}
    assert (await items_of(Streaming(stream_data)))[-3:] == [*TWO, FinishReason.ToolCalls]


async def test_a_call_after_two_under_one_index_is_a_third() -> None:
    pieces = [call_piece(index, "{}", f"call-{id}", "now") for index, id in ((0, "a"), (0, "b"), (1, "c"))]
    stream_data = data(*(chunk({"tool_calls": [piece]}) for piece in pieces), chunk({}, "tool_calls")) + DONE
    events = await events_of(Streaming(stream_data))
    assert [event.tool_call.id for event in events if isinstance(event, ToolCallEnd)] == ["call-a", "call-b", "call-c"]


async def test_tool_calls_without_a_reason_come_at_the_end() -> None:
    stream_data = data(chunk({"tool_calls": [call_piece(0, "{}", "call-a", "now")]})) + DONE
    whole = ToolCall("call-a", "function", FunctionCall("now", "{}"))
    assert (await events_of(Streaming(stream_data)))[-1] == ToolCallEnd(0, whole)
    assert await items_of(Streaming(stream_data)) == [whole]


async def test_log_probabilities_are_in_events_and_in_the_end() -> None:
    def with_logprob(token: str) -> Any:
        one = {"token": token, "logprob": -0.5, "bytes": [97]}
        return chunk({"content": token}, logprobs={"content": [{**one, "top_logprobs": [one]}]})

    streaming = Streaming(data(with_logprob("a"), with_logprob("b"), chunk(finish_reason="stop")) + DONE)
    events = await events_of(streaming)
    assert [event.logprobs[0].token for event in events[:2]] == ["a", "b"]
    final = await client_for(streaming).stream_chat(REQUEST).final()
    assert [one.token for one in final.choices[0].logprobs or ()] == ["a", "b"]


async def test_comments_types_and_ids_are_passed_over() -> None:
    noisy = b"\xef\xbb\xbf: hi\r\nretry: 5\r\n\r\n" + ONE.replace(b"data: ", b"event: message\nid: 1\n: x\ndata:")
    assert await events_of(Streaming(noisy)) == HELLO


async def test_a_compressed_stream_is_read() -> None:
    assert await events_of(Streaming(gzip.compress(ONE), cut=in_bytes, content_encoding="gzip")) == HELLO


async def test_line_separators_within_a_text_do_no_harm() -> None:
    raw = data(text("a")).replace(b'"a"', '"a\u2028b\u0085c"'.encode())
    assert (await events_of(Streaming(raw + DONE)))[0].text == "a\u2028b\u0085c"


FAILURES: list[tuple[str, bytes, type[StreamError], str | None]] = [
    ("ended", b"", err.StreamConnectionError, None),
    ("ended", b"data: [DONE]", err.StreamConnectionError, None),
    ("API_ERROR", data({"error": "model crashed", "code": "API_ERROR"}), StreamError, "API_ERROR"),
    ("crashed", data({"error": {"message": "crashed", "type": "server_error"}}), StreamError, "server_error"),
    ("crashed", data({"error": {"message": "crashed", "code": 500}}), StreamError, "500"),
    ("overloaded", b"event: error\ndata: overloaded\n\n", StreamError, None),
    ("no JSON", b"data: {\n\n", StreamError, None),
    ("no JSON", b"data: \xff\n\n", StreamError, None),
    ("expected an object", b"data: 3\n\n", StreamError, None),
    ("choices", data({"id": "chat-1"}), StreamError, None),
    (r"choices\[0\]\.delta\.content", data(chunk({"content": 3})), StreamError, None),
]


async def read_into(seen: list[Any], stream: Any) -> None:
    async with stream:
        async for event in stream:
            seen.append(event)


@pytest.mark.parametrize(("pattern", "end", "kind", "code"), FAILURES)
async def test_a_stream_that_goes_wrong_keeps_what_had_come(
    pattern: str, end: bytes, kind: type[StreamError], code: str | None
) -> None:
    for cut in (None, in_bytes):
        streaming = Streaming(data(text("Hel"), text("lo")) + end, cut=cut)
        seen: list[Any] = []
        stream = client_for(streaming).stream_chat(REQUEST)
        with pytest.raises(kind, match=pattern) as caught:
            await read_into(seen, stream)
        assert type(caught.value) is kind
        assert seen == caught.value.events == HELLO[:2]
        assert caught.value.code == code
        assert streaming.all_closed
        with pytest.raises(kind):
            await stream.final()


async def test_a_long_error_of_the_server_is_shown_in_part() -> None:
    with pytest.raises(StreamError, match=r"x\.\.\. \(1000000 bytes\)") as caught:
        await events_of(Streaming(b"event: error\ndata: " + b"x" * 1_000_000 + b"\n\n"))
    assert len(str(caught.value)) < 600


async def test_items_that_had_come_are_on_the_error_too() -> None:
    with pytest.raises(err.StreamConnectionError) as caught:
        await items_of(Streaming(data(text("Hel"))))
    assert caught.value.events == [ChatStreamChunk("Hel", None, None)]


@pytest.mark.parametrize(
    ("failure", "kind"),
    [
        (httpx.ReadError("reset"), err.StreamConnectionError),
        (httpx.RemoteProtocolError("cut off"), err.StreamConnectionError),
        (httpx.ReadTimeout("slow"), err.StreamTimeoutError),
    ],
)
async def test_a_connection_that_breaks_keeps_what_had_come(failure: Exception, kind: type[StreamError]) -> None:
    streaming = Streaming(data(text("Hel")), failure)
    with pytest.raises(kind) as caught:
        await events_of(streaming)
    assert type(caught.value) is kind
    assert isinstance(caught.value, err.APIConnectionError)
    assert caught.value.events == HELLO[:1]
    assert caught.value.__cause__ is failure
    assert len(streaming.bodies) == 1  # never tried again
    assert isinstance(caught.value, TimeoutError) == (kind is err.StreamTimeoutError)


@pytest.mark.parametrize(
    ("kind", "hint"),
    [
        ("application/json", r"its type is application/json, not text/event-stream"),
        ("text/html; charset=utf-8", r"its type is text/html, not text/event-stream: is it from a proxy"),
        ("Text/Event-Stream; charset=utf-8", r"ended before its last event$"),
    ],
)
async def test_an_answer_that_is_no_stream_says_so(kind: str, hint: str) -> None:
    streaming = Streaming(b'{"choices": []}', content_type=kind)
    with pytest.raises(err.StreamConnectionError, match=hint):
        await events_of(streaming)


@pytest.mark.parametrize("before", [b"", b": a comment\n\n", b"retry: 5\n\n", b"event: ping\n\n"])
async def test_a_stream_that_is_nothing_but_its_end_is_no_answer(before: bytes) -> None:
    for cut in (None, in_bytes):
        streaming = Streaming(before + DONE, cut=cut)
        for read in (events_of, items_of):
            with pytest.raises(StreamError, match=r"no event but its end: all that came is data: \[DONE\]") as caught:
                await read(streaming)
            assert type(caught.value) is StreamError
        with pytest.raises(StreamError, match="no event but its end"):
            await client_for(streaming).stream_chat(REQUEST).final()
        assert streaming.all_closed


@pytest.mark.parametrize("first", [chunk({"role": "assistant", "content": ""}), {"id": "chat-1", "choices": []}])
async def test_a_stream_of_chunks_that_say_nothing_is_an_answer_all_the_same(first: Any) -> None:
    for cut in (None, in_bytes):
        assert await events_of(Streaming(data(first) + DONE, cut=cut)) == []


async def test_errors_before_the_stream_are_those_of_a_plain_call() -> None:
    script = Script(error(400, "MISSING_CAPABILITY"))
    with pytest.raises(err.BadRequestError) as caught:
        async with client_for(script).stream_chat(REQUEST):
            raise AssertionError("the stream was entered")
    assert caught.value.code == "MISSING_CAPABILITY"
    with pytest.raises(err.BadRequestError):
        await items_of(script)


async def test_a_stream_is_tried_again_until_it_begins() -> None:
    streaming = Streaming(ONE)
    script = Script(error(503, retry_after="0"), httpx.ConnectError("refused"), error(429, retry_after="0"), streaming)
    async with client_for(script).stream_chat(REQUEST) as stream:
        assert stream.meta is not None
        assert stream.meta.attempts == 4
        assert (await stream.final()).message.content == "Hello"


@pytest.mark.parametrize("way", ["break", "exception", "close", "unread"])
async def test_however_the_block_is_left_the_answer_is_closed(way: str) -> None:
    streaming = Streaming(ONE, cut=in_bytes)
    stream = client_for(streaming).stream_chat(REQUEST)
    try:
        async with stream:
            if way != "unread":
                async for _ in stream:
                    if way == "break":
                        break
                    if way == "exception":
                        raise LookupError
                    await stream.close()
                    break
    except LookupError:
        assert way == "exception"
    assert streaming.all_closed
    with pytest.raises(StreamError, match="closed before its end"):
        await stream.final()


async def test_a_request_that_cannot_be_sent_is_refused_before() -> None:
    streaming = Streaming(ONE)
    bad = ChatRequest("some-model", [Message("user", "Hi")], temperature=float("nan"))
    with pytest.raises(err.InvalidRequestError, match=r"ChatRequest\.temperature"):
        async with client_for(streaming).stream_chat(bad):
            pass
    assert streaming.bodies == []
