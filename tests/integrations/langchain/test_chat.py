"""What the standard suites do not ask of the chat model."""

from __future__ import annotations

import asyncio
import base64
import io
import pickle
from typing import Any, TypedDict

import PIL.Image
import pytest
from langchain_core.caches import InMemoryCache
from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.load import dumps
from langchain_core.messages import AIMessage, AIMessageChunk, HumanMessage, SystemMessage, ToolMessage
from langchain_core.tools import tool
from pydantic import BaseModel, ValidationError

from aleph_alpha import BusyError, Client
from aleph_alpha.integrations.langchain import ChatAlephAlpha
from aleph_alpha.testing import LocalServer
from aleph_alpha.testing.faults import Status


class City(BaseModel):
    """A city."""

    name: str
    inhabitants: int


class CityDict(TypedDict):
    """A city."""

    name: str
    inhabitants: int


@tool
def weather(place: str) -> str:
    """The weather in a place."""
    return f"rain in {place}"


@tool
def clock(place: str) -> str:
    """The time of day in a place."""
    return f"noon in {place}"


@pytest.fixture
def model() -> ChatAlephAlpha:
    return ChatAlephAlpha(model="toy-chat", max_tokens=40)


def collected(chunks: Any) -> AIMessageChunk:
    chunks = list(chunks)
    message = chunks[0]
    for chunk in chunks[1:]:
        message += chunk
    assert isinstance(message, AIMessageChunk)
    return message


METHODS = ["json_schema", "function_calling", "json_mode"]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("schema", [City, CityDict, City.model_json_schema()], ids=["model", "typed dict", "schema"])
async def test_structured_output_is_the_same_by_each_way_of_calling(
    model: ChatAlephAlpha, method: Any, schema: Any
) -> None:
    chain = model.with_structured_output(schema, method=method)
    whole = chain.invoke("Describe Paris with 3 inhabitants.")
    read = whole if isinstance(whole, City) else City(**whole)
    assert (read.name, read.inhabitants) == ("Paris", 3)
    assert await chain.ainvoke("Describe Paris with 3 inhabitants.") == whole
    assert list(chain.stream("Describe Paris with 3 inhabitants."))[-1] == whole
    assert [one async for one in chain.astream("Describe Paris with 3 inhabitants.")][-1] == whole
    assert chain.batch(["Describe Paris with 3 inhabitants."] * 2) == [whole, whole]


@pytest.mark.parametrize("method", METHODS)
def test_the_raw_message_is_given_beside_what_was_read_or_could_not_be(model: ChatAlephAlpha, method: Any) -> None:
    chain = model.with_structured_output(City, method=method, include_raw=True)
    result = chain.invoke("Describe Paris with 3 inhabitants.")
    assert isinstance(result["raw"], AIMessage)
    assert result["parsed"] == City(name="Paris", inhabitants=3)
    assert result["parsing_error"] is None
    cut = model.with_structured_output(City, method=method, include_raw=True, max_tokens=3)
    result = cut.invoke("Describe Paris with 3 inhabitants.")
    assert result["parsed"] is None
    assert isinstance(result["raw"], AIMessage)


def test_thoughts_before_json_are_passed_over() -> None:
    from langchain_core.outputs import Generation

    from aleph_alpha.integrations.langchain.structured import _JsonParser

    parser = _JsonParser()
    assert parser.parse_result([Generation(text='<think>{"a": 1}?</think>\n{"a": 2}')]) == {"a": 2}


def test_mistakes_in_structured_output_are_told_at_once(model: ChatAlephAlpha) -> None:
    with pytest.raises(ValueError, match="method must be"):
        model.with_structured_output(City, method="guessing")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="schema must be given"):
        model.with_structured_output(None)
    assert isinstance(model.with_structured_output(None, method="json_mode").invoke("Hello"), dict)


@pytest.mark.parametrize(
    ("choice", "called"),
    [("any", True), ("required", True), (True, True), ("clock", True), ("none", False), ("auto", False)],
)
def test_a_tool_choice_decides_whether_a_tool_is_called(model: ChatAlephAlpha, choice: Any, called: bool) -> None:
    message = model.bind_tools([weather, clock], tool_choice=choice).invoke("Hello.")
    assert isinstance(message, AIMessage)
    assert bool(message.tool_calls) == called
    assert (message.response_metadata["finish_reason"] == "tool_calls") == called
    if choice == "clock":
        assert message.tool_calls[0]["name"] == "clock"


@pytest.mark.parametrize("strict", [None, True, False])
@pytest.mark.parametrize("described", [weather, weather.func, City, CityDict, City.model_json_schema()])  # type: ignore[attr-defined]
def test_tools_may_be_described_in_any_of_the_usual_ways(
    model: ChatAlephAlpha, described: Any, strict: bool | None
) -> None:
    message = model.bind_tools([described], tool_choice="any", strict=strict).invoke("Paris with 3 inhabitants.")
    assert isinstance(message, AIMessage)
    assert set(message.tool_calls[0]["args"]) in ({"place"}, {"name", "inhabitants"})


def test_tokens_are_counted_by_the_models_own_tokenizer(model: ChatAlephAlpha) -> None:
    assert model.get_num_tokens("An apple a day") == 4
    assert model.get_num_tokens_from_messages([HumanMessage("An apple a day")]) > 4


def test_a_choice_that_is_none_of_the_tools_is_refused(model: ChatAlephAlpha) -> None:
    with pytest.raises(ValueError, match="'cloc' is none of the tools: weather, clock"):
        model.bind_tools([weather, clock], tool_choice="cloc")


BOTH = "Call weather for Paris, then clock for Rome."


async def test_several_calls_at_once_are_several_calls(model: ChatAlephAlpha) -> None:
    bound = model.bind_tools([weather, clock])
    expected = [("weather", {"place": "Paris"}), ("clock", {"place": "Rome"})]

    def called(message: Any) -> list[tuple[str, Any]]:
        assert len({call["id"] for call in message.tool_calls}) == len(message.tool_calls)
        return [(call["name"], call["args"]) for call in message.tool_calls]

    assert called(bound.invoke(BOTH)) == expected
    assert called(await bound.ainvoke(BOTH)) == expected
    assert called(collected(bound.stream(BOTH))) == expected
    assert called(collected([chunk async for chunk in bound.astream(BOTH)])) == expected
    message = bound.invoke(BOTH)
    assert isinstance(message, AIMessage)
    results = [{"weather": weather, "clock": clock}[call["name"]].invoke(call) for call in message.tool_calls]
    assert "noon in Rome" in bound.invoke([HumanMessage(BOTH), message, *results]).text


@pytest.mark.parametrize(("parallel", "count"), [(None, 2), (True, 2), (False, 1)])
def test_one_call_alone_is_kept_on_request(model: ChatAlephAlpha, parallel: bool | None, count: int) -> None:
    bound = model.bind_tools([weather, clock], parallel_tool_calls=parallel)
    message = bound.invoke(BOTH)
    assert isinstance(message, AIMessage)
    assert [call["name"] for call in message.tool_calls] == ["weather", "clock"][:count]
    assert [call["name"] for call in collected(bound.stream(BOTH)).tool_calls] == ["weather", "clock"][:count]


def test_a_conversation_with_several_calls_at_once_goes_back_in(model: ChatAlephAlpha) -> None:
    calls = [
        {"name": "weather", "args": {"place": "Paris"}, "id": "1", "type": "tool_call"},
        {"name": "clock", "args": {"place": "Rome"}, "id": "2", "type": "tool_call"},
    ]
    asked = AIMessage([{"type": "text", "text": "Let me see."}, *calls], tool_calls=calls)
    results = [ToolMessage("rain", tool_call_id="1"), ToolMessage([{"type": "text", "text": "noon"}], tool_call_id="2")]
    message = model.bind_tools([weather, clock]).invoke(
        [SystemMessage("Be brief."), HumanMessage("What is it like?"), asked, *results]
    )
    assert "noon" in message.text


def test_a_picture_is_seen_however_it_is_written() -> None:
    file = io.BytesIO()
    PIL.Image.new("RGB", (24, 24), "red").save(file, "PNG")
    data = base64.b64encode(file.getvalue()).decode()
    url = f"data:image/png;base64,{data}"
    model = ChatAlephAlpha(model="toy-multimodal", max_tokens=8)
    ways: list[dict[str, Any]] = [
        {"type": "image_url", "image_url": {"url": url}},
        {"type": "image_url", "image_url": url},
        {"type": "image", "base64": data, "mime_type": "image/png"},
        {"type": "image", "source_type": "base64", "data": data, "mime_type": "image/png"},
        {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": data}},
        {"type": "image", "url": url},
    ]
    said = [
        model.invoke([HumanMessage([{"type": "text", "text": "What colour is this?"}, way])]).usage_metadata
        for way in ways
    ]
    without = model.invoke("What colour is this?").usage_metadata
    assert said.count(said[0]) == len(ways)
    assert said[0] is not None
    assert without is not None
    assert said[0]["input_tokens"] > without["input_tokens"]


def test_content_that_the_api_does_not_take_is_refused_by_its_kind(model: ChatAlephAlpha) -> None:
    with pytest.raises(ValueError, match="not 'audio'"):
        model.invoke([HumanMessage([{"type": "audio", "base64": "UklGRg==", "mime_type": "audio/wav"}])])


def test_a_stream_adds_up_to_what_a_call_returns(model: ChatAlephAlpha) -> None:
    model = model.model_copy(update={"logprobs": True, "top_logprobs": 2})
    whole = model.invoke("Tell me about apples.")
    streamed = collected(model.stream("Tell me about apples."))
    assert streamed.text == whole.text
    assert streamed.usage_metadata == whole.usage_metadata
    assert streamed.response_metadata["logprobs"] == whole.response_metadata["logprobs"]
    assert len(whole.response_metadata["logprobs"]["content"][0]["top_logprobs"]) == 2
    assert streamed.response_metadata["finish_reason"] == whole.response_metadata["finish_reason"]


def test_tokens_of_a_stream_are_not_counted_unless_wanted(model: ChatAlephAlpha) -> None:
    assert collected(model.stream("Hello", stream_usage=False)).usage_metadata is None
    silent = model.model_copy(update={"stream_usage": False})
    assert collected(silent.stream("Hello")).usage_metadata is None


def test_stop_sequences_of_the_call_go_before_those_of_the_model() -> None:
    said = ChatAlephAlpha(model="toy-chat", max_tokens=20).invoke("Hello").text
    first, second = said.split()[2], said.split()[4]
    model = ChatAlephAlpha(model="toy-chat", max_tokens=20, stop=[second])
    assert model.invoke("Hello").text == said[: said.index(second)]
    assert model.invoke("Hello", stop=[first]).text == said[: said.index(first)]
    assert collected(model.stream("Hello", stop=[first])).text == said[: said.index(first)]


def test_several_choices_are_several_generations(model: ChatAlephAlpha) -> None:
    result = model.generate([[HumanMessage("Hello")]], n=2)
    assert len(result.generations[0]) == 2
    with pytest.raises(ValueError, match="n must be 1 for streams"):
        list(model.stream("Hello", n=2))


def test_fields_that_the_api_does_not_have_are_refused_by_name(model: ChatAlephAlpha) -> None:
    with pytest.raises(TypeError, match="'temprature'"):
        model.invoke("Hello", temprature=0.5)
    with pytest.raises(ValidationError, match="temprature"):
        ChatAlephAlpha(model="toy-chat", temprature=0.5)


def test_a_batch_keeps_order_and_what_succeeded(model: ChatAlephAlpha) -> None:
    words: list[Any] = [f"Tell me about number {n}." for n in range(30)]
    alone = [model.invoke(word).text for word in words]
    assert [message.text for message in model.batch(words)] == alone
    results = model.batch([words[0], [], words[1]], return_exceptions=True)
    assert isinstance(results[1], Exception)
    assert [results[0].text, results[2].text] == alone[:2]
    assert [message.text for message in asyncio.run(model.abatch(words))] == alone


def test_failures_are_tried_again_by_the_client_alone(server: LocalServer, model: ChatAlephAlpha) -> None:
    busy = server.faults.add(Status(503, retry_after=0.01), path="/chat/completions")
    try:
        with pytest.raises(BusyError):
            ChatAlephAlpha(model="toy-chat", max_retries=2).invoke("Hello")
        assert busy.hits == 3
    finally:
        server.faults.clear()


def test_settings_by_the_names_of_others_are_understood() -> None:
    model = ChatAlephAlpha(
        model_name="toy-chat",
        api_key="a token",
        base_url="https://inference.example.com",
        maximum_tokens=5,
        stop_sequences=["x"],
        timeout=7,
        max_retries=3,
    )
    assert (model.model, model.host, model.max_tokens, model.stop) == (
        "toy-chat",
        "https://inference.example.com",
        5,
        ["x"],
    )
    assert (model.request_timeout_seconds, model.total_retries) == (7, 3)


def test_a_token_is_needed_and_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    model = ChatAlephAlpha(model="toy-chat", token="very secret", client_options={"headers": {"x-key": "secret, too"}})
    for text in (repr(model), str(model), dumps(model), str(model.asdict()), str(model.model_dump())):
        assert "secret" not in text.lower().replace("secretstr", "")
    monkeypatch.delenv("AA_TOKEN")
    with pytest.raises(ValidationError, match="AA_TOKEN"):
        ChatAlephAlpha(model="toy-chat")


def test_a_pickled_model_goes_on(model: ChatAlephAlpha) -> None:
    said = model.invoke("Hello").text
    again = pickle.loads(pickle.dumps(model))
    assert again.model_dump() == model.model_dump()
    assert again.invoke("Hello").text == said
    assert asyncio.run(again.ainvoke("Hello")).text == said


def test_an_async_model_serves_one_event_loop_after_another(model: ChatAlephAlpha) -> None:
    said = {asyncio.run(model.ainvoke("Hello")).text for _ in range(3)}
    assert len(said) == 1


def test_a_client_may_be_shared(server: LocalServer) -> None:
    with Client("token", server.url) as client:
        model = ChatAlephAlpha(model="toy-chat", client=client, max_tokens=4)
        assert model.invoke("Hello").text
        assert model.sync_client() is client


def test_a_cache_tells_models_of_other_settings_apart() -> None:
    cache = InMemoryCache()
    short = ChatAlephAlpha(model="toy-chat", max_tokens=2, cache=cache)
    long = ChatAlephAlpha(model="toy-chat", max_tokens=9, cache=cache)
    assert short.invoke("Hello").text != long.invoke("Hello").text
    assert short.invoke("Hello").text == short.invoke("Hello").text


def test_callbacks_hear_each_token(model: ChatAlephAlpha) -> None:
    class Ears(BaseCallbackHandler):
        def __init__(self) -> None:
            self.heard: list[str] = []

        def on_llm_new_token(self, token: Any, **words: Any) -> None:
            self.heard.append(token)

    ears = Ears()
    said = collected(model.stream("Hello", config={"callbacks": [ears]}))
    assert "".join(ears.heard) == said.text


def test_unreadable_arguments_of_a_call_are_an_invalid_call(model: ChatAlephAlpha) -> None:
    message = model.bind_tools([weather], tool_choice="any", max_tokens=3).invoke("Weather in Paris?")
    assert isinstance(message, AIMessage)
    assert not message.tool_calls
    assert message.invalid_tool_calls[0]["name"] == "weather"
    assert message.invalid_tool_calls[0]["error"]
