"""Chat: talk, tools, JSON, streams."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, strategies as st
from jsonschema import Draft202012Validator

from tests.server.client import CheckedClient
from tests.server.pictures import picture
from tests.server.strategies import QUICK, known_texts

HELLO = [{"role": "user", "content": "Hello, how are you?"}]
WEATHER = [{"role": "user", "content": "What is the weather like in Paris today?"}]


def _tool(name: str, description: str, **properties: Any) -> dict[str, Any]:
    parameters = {"type": "object", "properties": properties, "required": list(properties)}
    return {"type": "function", "function": {"name": name, "description": description, "parameters": parameters}}


TOOLS = [
    _tool("send_letter", "Write a letter to somebody", recipient={"type": "string"}),
    _tool("get_weather", "Get current temperature for a given location", location={"type": "string"}),
]

UNKNOWN = {"type": "function", "function": {"name": "x"}}


def _chat(api: CheckedClient, messages: Any = HELLO, **fields: Any) -> Any:
    return api.call("chatCompletions", {"model": "toy-chat", "messages": messages, **fields})


def _events(api: CheckedClient, messages: Any = HELLO, **fields: Any) -> list[Any]:
    return api.events("chatCompletions", {"model": "toy-chat", "messages": messages, "stream": True, **fields})


def _only(answer: Any) -> Any:
    (choice,) = answer["choices"]
    return choice


class TestTalk:
    def test_says_that_it_is_a_toy(self, api: CheckedClient) -> None:
        answer = _chat(api)
        assert "toy" in answer["model"]
        assert _only(answer)["message"]["content"].startswith("I am a toy model")

    @QUICK
    @given(text=known_texts, maximum=st.integers(1, 30))
    def test_counts_its_tokens(self, api: CheckedClient, text: str, maximum: int) -> None:
        answer = _chat(api, [{"role": "user", "content": text}], max_tokens=maximum)
        usage = answer["usage"]
        assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"]
        assert usage["completion_tokens"] <= maximum
        if _only(answer)["finish_reason"] == "length":
            assert usage["completion_tokens"] == maximum

    def test_stops_in_front_of_stop_sequences(self, api: CheckedClient) -> None:
        whole = _only(_chat(api))["message"]["content"]
        for stop in (" toy", [" toy", "###"]):
            choice = _only(_chat(api, stop=stop))
            assert choice["message"]["content"] == whole[: whole.index(" toy")]
            assert choice["finish_reason"] == "stop"

    def test_does_not_speak_for_the_user(self, api: CheckedClient) -> None:
        for choice in _chat(api, n=20, temperature=1.0)["choices"]:
            assert "\nUser:" not in choice["message"]["content"]

    def test_n_answers_differ_when_sampled_and_repeat_when_asked_again(self, api: CheckedClient) -> None:
        first, second = (_chat(api, n=4, temperature=1.0, max_tokens=20)["choices"] for _ in range(2))
        assert first == second
        assert [choice["index"] for choice in first] == [0, 1, 2, 3]
        assert len({choice["message"]["content"] for choice in first}) > 1

    def test_an_explicit_temperature_of_zero_is_greedy_whatever_else_is_said(self, api: CheckedClient) -> None:
        assert (
            _chat(api, temperature=0, top_p=0.9, top_k=50, n=3)["choices"][2]["message"] == _only(_chat(api))["message"]
        )
        assert _only(_chat(api, top_p=1.0))["message"] == _only(_chat(api))["message"]

    def test_what_was_said_before_matters(self, api: CheckedClient) -> None:
        asked = [{"role": "user", "content": "What is the capital of France?"}]
        hello, capital = (_only(_chat(api, messages, logprobs=True, top_logprobs=20)) for messages in (HELLO, asked))
        assert hello["logprobs"]["content"][0] != capital["logprobs"]["content"][0]

    def test_penalties_and_logit_bias_have_an_effect(self, api: CheckedClient) -> None:
        def said(**fields: Any) -> list[Any]:
            topics = ("The sea and the wind", "Pizza and cheese", "Tests fail", "The moon and the tides", "On music")
            asked = [[{"role": "user", "content": topic}] for topic in topics]
            return [_only(_chat(api, messages, max_tokens=40, **fields))["message"] for messages in asked]

        assert said(frequency_penalty=2.0) != said() != said(presence_penalty=2.0)
        ids = api.call("tokenize", {"model": "toy-chat", "prompt": "pizza", "tokens": False, "token_ids": True})
        biased = _chat(api, max_tokens=1, logit_bias={str(ids["token_ids"][0]): 100})
        assert _only(biased)["message"]["content"] == "pizza"

    def test_an_older_client_may_call_it_maximum_tokens(self, api: CheckedClient) -> None:
        assert _chat(api, maximum_tokens=3) == {**_chat(api, max_tokens=3), "id": _chat(api, maximum_tokens=3)["id"]}

    def test_content_may_come_in_parts(self, api: CheckedClient) -> None:
        parts = [{"type": "text", "text": "Hello,"}, {"type": "text", "text": "how are you?"}]
        assert _only(_chat(api, [{"role": "user", "content": parts}])) == _only(_chat(api))

    def test_images_are_seen_by_the_model_that_can(self, api: CheckedClient) -> None:
        ids = api.call("tokenize", {"model": "toy-chat", "prompt": "red green", "tokens": False, "token_ids": True})

        def asked(colour: str) -> Any:
            url = f"data:image/png;base64,{picture(colour)}"
            parts = [{"type": "text", "text": "What colour?"}, {"type": "image_url", "image_url": {"url": url}}]
            bias = {str(token): 50 for token in ids["token_ids"]}
            fields = {"messages": [{"role": "user", "content": parts}], "max_tokens": 1, "logit_bias": bias}
            return {"model": "toy-multimodal", **fields}

        red, green = (api.call("chatCompletions", asked(colour)) for colour in ("red", "green"))
        assert red["usage"]["prompt_tokens"] == green["usage"]["prompt_tokens"] > 144
        assert [_only(answer)["message"]["content"] for answer in (red, green)] == ["red", "green"]
        assert api.refused("chatCompletions", {**asked("red"), "model": "toy-chat"})[1] == "MISSING_CAPABILITY"


class TestLogprobs:
    @QUICK
    @given(text=known_texts, top=st.integers(0, 20))
    def test_there_is_one_a_token_with_its_bytes_and_the_likely_ones(
        self, api: CheckedClient, text: str, top: int
    ) -> None:
        messages = [{"role": "user", "content": text}]
        answer = _chat(api, messages, logprobs=True, top_logprobs=top, max_tokens=12, temperature=1.0)
        choice = _only(answer)
        content = choice["logprobs"]["content"]
        told = b"".join(bytes(entry["bytes"]) for entry in content)
        assert told.decode("utf-8", "replace") == choice["message"]["content"]
        for entry in content:
            assert len(entry["top_logprobs"]) == top
            values = [likely["logprob"] for likely in entry["top_logprobs"]]
            assert values == sorted(values, reverse=True)
            assert entry["logprob"] <= max([*values, entry["logprob"]]) <= 0

    def test_are_null_unless_asked_for(self, api: CheckedClient) -> None:
        assert _only(_chat(api))["logprobs"] is None


class TestTools:
    def test_calls_the_one_that_fits_with_what_was_said(self, api: CheckedClient) -> None:
        choice = _only(_chat(api, WEATHER, tools=TOOLS))
        assert choice["finish_reason"] == "tool_calls"
        (call,) = choice["message"]["tool_calls"]
        assert call["function"] == {"name": "get_weather", "arguments": '{"location": "Paris"}'}
        assert call["type"] == "function"

    @pytest.mark.parametrize(
        ("asked", "name", "arguments"),
        [
            ("Call get_weather for Paris.", "get_weather", {"location": "Paris"}),
            ("In Paris, what does get_weather say?", "get_weather", {"location": "Paris"}),
            ("send_letter to Anna about the temperature of a location", "send_letter", {"recipient": "Anna"}),
        ],
    )
    def test_calls_the_one_that_is_named_whole(
        self, api: CheckedClient, asked: str, name: str, arguments: dict[str, str]
    ) -> None:
        message = _only(_chat(api, [{"role": "user", "content": asked}], tools=TOOLS))["message"]
        (call,) = message["tool_calls"]
        assert (call["function"]["name"], json.loads(call["function"]["arguments"])) == (name, arguments)

    @pytest.mark.parametrize("asked", ["my_lookup_stock", "lookup_stocks", "lookup-stock"])
    def test_a_part_of_another_word_is_no_name(self, api: CheckedClient, asked: str) -> None:
        tools = [_tool("lookup_stock", "", sku={"type": "string"})]
        named, other = (
            _only(_chat(api, [{"role": "user", "content": f"Then {word} X1."}], tools=tools))["finish_reason"]
            for word in ("lookup_stock", asked)
        )
        assert (named, other == "tool_calls") == ("tool_calls", "-" in asked)  # of that one "stock" is a word

    def test_calls_none_if_none_fits(self, api: CheckedClient) -> None:
        choice = _only(_chat(api, tools=TOOLS))
        assert choice["finish_reason"] != "tool_calls"
        assert choice["message"]["tool_calls"] == []

    @pytest.mark.parametrize(
        ("choice", "name"),
        [
            ("none", None),
            ("auto", "get_weather"),
            ("required", "get_weather"),
            ({"type": "function", "function": {"name": "send_letter"}}, "send_letter"),
        ],
    )
    def test_obeys_tool_choice(self, api: CheckedClient, choice: Any, name: str | None) -> None:
        message = _only(_chat(api, WEATHER, tools=TOOLS, tool_choice=choice))["message"]
        assert [call["function"]["name"] for call in message["tool_calls"]] == ([name] if name else [])

    def test_required_calls_one_even_if_none_fits(self, api: CheckedClient) -> None:
        assert _only(_chat(api, tools=TOOLS, tool_choice="required"))["finish_reason"] == "tool_calls"

    @pytest.mark.parametrize("wish", ["auto", "required"])
    def test_calls_all_that_are_named_with_what_was_said_of_each(self, api: CheckedClient, wish: str) -> None:
        asked = [{"role": "user", "content": "Call get_weather for Paris, then send_letter to Anna."}]
        choice = _only(_chat(api, asked, tools=TOOLS, tool_choice=wish))
        assert choice["finish_reason"] == "tool_calls"
        calls = choice["message"]["tool_calls"]
        assert [call["function"] for call in calls] == [
            {"name": "get_weather", "arguments": '{"location": "Paris"}'},
            {"name": "send_letter", "arguments": '{"recipient": "Anna"}'},
        ]
        assert len({call["id"] for call in calls}) == 2
        pieces: dict[int, list[dict[str, Any]]] = {0: [], 1: []}
        for chunk in _events(api, asked, tools=TOOLS, tool_choice="required")[:-1]:
            for piece in _only(chunk)["delta"].get("tool_calls", ()):
                pieces[piece["index"]].append(piece["function"])
        for place, call in enumerate(calls):
            assert pieces[place][0]["name"] == call["function"]["name"]
            told = "".join(piece["arguments"] for piece in pieces[place])
            assert told == call["function"]["arguments"]

    def test_several_calls_share_the_tokens_that_are_allowed(self, api: CheckedClient) -> None:
        asked = [{"role": "user", "content": "Call get_weather for Paris, then send_letter to Anna."}]
        whole = _chat(api, asked, tools=TOOLS)["usage"]["completion_tokens"]
        for limit in (1, whole // 2, whole - 1, whole):
            answer = _chat(api, asked, tools=TOOLS, max_tokens=limit)
            assert answer["usage"]["completion_tokens"] == limit
            assert _only(answer)["finish_reason"] == ("tool_calls" if limit == whole else "length")

    def test_tells_the_result_of_a_call_and_does_not_repeat_the_call(self, api: CheckedClient) -> None:
        call = _only(_chat(api, WEATHER, tools=TOOLS))["message"]["tool_calls"][0]
        asked: list[dict[str, Any]] = [
            *WEATHER,
            {"role": "assistant", "content": "", "tool_calls": [call]},
            {"role": "tool", "content": "Cloudy with a bit of rain.", "tool_call_id": call["id"]},
        ]
        for messages in (asked, [*asked, *WEATHER]):
            message = _only(_chat(api, messages, tools=TOOLS))["message"]
            assert message["content"] == "The tool answered: Cloudy with a bit of rain."
            assert message["tool_calls"] == []

    def test_a_stream_tells_the_call_in_pieces(self, api: CheckedClient) -> None:
        whole = _only(_chat(api, WEATHER, tools=TOOLS))["message"]["tool_calls"][0]["function"]
        *chunks, done = _events(api, WEATHER, tools=TOOLS)
        assert done == "[DONE]"
        deltas = [_only(chunk)["delta"] for chunk in chunks]
        pieces = [piece for delta in deltas for piece in delta.get("tool_calls", ())]
        assert pieces[0]["function"] == {"name": whole["name"], "arguments": ""}
        assert pieces[0]["id"]
        assert all(set(piece) == {"index", "function"} for piece in pieces[1:])
        assert "".join(piece["function"]["arguments"] for piece in pieces) == whole["arguments"]
        assert _only(chunks[-1])["finish_reason"] == "tool_calls"

    @pytest.mark.parametrize(
        ("fields", "pointer"),
        [
            ({"tools": [TOOLS[0], TOOLS[0]]}, "/tools"),
            ({"tools": TOOLS, "tool_choice": UNKNOWN}, "/tool_choice/function/name"),
            ({"tool_choice": "required"}, "/tool_choice"),
            ({"tools": TOOLS * 65}, "/tools"),
            ({"tools": TOOLS, "parallel_tool_calls": False}, "/parallel_tool_calls"),
            ({"tools": [_tool("f", "f", x={"type": 5})], "tool_choice": "required"}, "/tools/0/function/parameters"),
            ({"tools": [_tool("f", "f", x=False)], "tool_choice": "required"}, "/tools/0/function/parameters"),
            ({"messages": []}, "/messages"),
            ({"n": 0}, "/n"),
            ({"temperature": 2.1}, "/temperature"),
        ],
    )
    def test_what_makes_no_sense_is_refused(self, api: CheckedClient, fields: dict[str, Any], pointer: str) -> None:
        body = {"model": "toy-chat", "messages": WEATHER, **fields}
        status, code, message = api.refused("chatCompletions", body)
        assert (status, code) == (400, "INVALID_REQUEST")
        assert message.partition(":")[0] == pointer

    def test_a_model_without_chat_says_so(self, api: CheckedClient) -> None:
        body = {"model": "toy-base", "messages": HELLO}
        status, code, message = api.refused("chatCompletions", body)
        assert (status, code) == (400, "MISSING_CAPABILITY")
        assert "does not support chat conversations" in message


FISH = {
    "type": "object",
    "properties": {
        "name": {"type": "string"},
        "size_cm": {"type": "number", "minimum": 0.1, "maximum": 100.0},
        "colour": {"enum": ["red", "orange", "blue"]},
    },
    "required": ["name", "size_cm", "colour"],
    "additionalProperties": False,
}


class TestJson:
    def _response(self, api: CheckedClient, schema: Any, said: str, **fields: Any) -> Any:
        response_format = {"type": "json_schema", "json_schema": {"name": "answer", "schema": schema}}
        messages = [{"role": "user", "content": said}]
        choice = _only(_chat(api, messages, response_format=response_format, **fields))
        assert choice["finish_reason"] == "stop"
        return json.loads(choice["message"]["content"])

    def test_is_valid_and_uses_what_was_said(self, api: CheckedClient) -> None:
        answer = self._response(api, FISH, "Tell me about the fish Nemo, which is orange and 11.5 centimetres long.")
        assert answer == {"name": "Nemo", "size_cm": 11.5, "colour": "orange"}

    def test_streamed_it_is_the_same(self, api: CheckedClient) -> None:
        response_format = {"type": "json_schema", "json_schema": {"name": "fish", "schema": FISH}}
        whole = _only(_chat(api, response_format=response_format))["message"]["content"]
        *chunks, _ = _events(api, response_format=response_format)
        told = "".join(_only(chunk)["delta"].get("content", "") for chunk in chunks)
        assert set(json.loads(told)) == set(json.loads(whole))
        Draft202012Validator(FISH).validate(json.loads(told))

    def test_is_cut_where_max_tokens_says_so(self, api: CheckedClient) -> None:
        response_format = {"type": "json_schema", "json_schema": {"name": "fish", "schema": FISH}}
        choice = _only(_chat(api, response_format=response_format, max_tokens=3))
        assert choice["finish_reason"] == "length"

    def test_a_schema_that_nothing_satisfies_is_refused(self, api: CheckedClient) -> None:
        response_format = {"type": "json_schema", "json_schema": {"name": "no", "schema": {"not": {}}}}
        body = {"model": "toy-chat", "messages": HELLO, "response_format": response_format}
        assert api.refused("chatCompletions", body)[2].startswith("/response_format/json_schema/schema:")


class TestStream:
    @QUICK
    @given(text=known_texts, n=st.integers(1, 3))
    def test_says_the_same_as_the_whole_answer(self, api: CheckedClient, text: str, n: int) -> None:
        messages = [{"role": "user", "content": text}]
        fields = {"max_tokens": 15, "n": n, "logprobs": True, "top_logprobs": 1}
        whole = _chat(api, messages, **fields)
        *chunks, done = _events(api, messages, **fields, stream_options={"include_usage": True})
        assert done == "[DONE]"
        usage = chunks.pop()
        assert usage["choices"] == []
        assert usage["usage"] == whole["usage"]
        assert all(chunk["usage"] is None for chunk in chunks)
        assert len({(chunk["id"], chunk["created"]) for chunk in chunks}) == 1
        for choice in whole["choices"]:
            own = [_only(chunk) for chunk in chunks if _only(chunk)["index"] == choice["index"]]
            assert own[0]["delta"] == {"role": "assistant", "content": ""}
            assert own[-1]["delta"] == {}
            assert [piece["finish_reason"] for piece in own] == [None] * (len(own) - 1) + [choice["finish_reason"]]
            assert "".join(piece["delta"].get("content", "") for piece in own) == choice["message"]["content"]
            logprobs = [entry for piece in own if piece["logprobs"] for entry in piece["logprobs"]["content"]]
            assert logprobs == choice["logprobs"]["content"]

    def test_has_no_usage_unless_asked_for(self, api: CheckedClient) -> None:
        *chunks, _ = _events(api, max_tokens=3)
        assert all(chunk["usage"] is None and chunk["choices"] for chunk in chunks)
