"""Chats, completions and tools of the model."""

from __future__ import annotations

import asyncio
import base64
import io
import pickle
from typing import Any

import PIL.Image
import pytest
from llama_index.core.agent.workflow import FunctionAgent
from llama_index.core.base.llms.types import AudioBlock, ImageBlock, MessageRole, TextBlock, ToolCallBlock
from llama_index.core.llms import ChatMessage
from llama_index.core.prompts import PromptTemplate
from llama_index.core.tools import FunctionTool
from pydantic import BaseModel, ValidationError

from aleph_alpha import BusyError
from aleph_alpha.integrations.llama_index import AlephAlpha
from aleph_alpha.testing import LocalServer
from aleph_alpha.testing.faults import Status

HELLO = [ChatMessage("Be brief.", role="system"), ChatMessage("Tell me about apples.")]


def weather(place: str) -> str:
    """The weather in a place."""
    return f"rain in {place}"


def clock(place: str) -> str:
    """The time of day in a place."""
    return f"noon in {place}"


WEATHER, CLOCK = FunctionTool.from_defaults(weather), FunctionTool.from_defaults(clock)


class City(BaseModel):
    """A city."""

    name: str
    inhabitants: int


@pytest.fixture
def llm() -> AlephAlpha:
    return AlephAlpha(model="toy-chat", max_tokens=24)


async def test_each_way_of_chatting_says_the_same(llm: AlephAlpha) -> None:
    whole = llm.chat(HELLO)
    assert whole.message.role == MessageRole.ASSISTANT
    assert 0 < whole.additional_kwargs["completion_tokens"] <= 24
    assert whole.additional_kwargs["finish_reason"] == "stop"
    assert (await llm.achat(HELLO)).message == whole.message
    streamed = list(llm.stream_chat(HELLO))
    assert "".join(one.delta or "" for one in streamed) == whole.message.content
    assert streamed[-1].message == whole.message
    assert streamed[-1].additional_kwargs == whole.additional_kwargs
    later = [one async for one in await llm.astream_chat(HELLO)]
    assert [one.message for one in later] == [one.message for one in streamed]


async def test_each_way_of_completing_says_the_same() -> None:
    llm = AlephAlpha(model="toy-base", max_tokens=12)
    whole = llm.complete("An apple a day")
    assert whole.additional_kwargs["completion_tokens"] == 12
    assert (await llm.acomplete("An apple a day")).text == whole.text
    streamed = list(llm.stream_complete("An apple a day"))
    assert streamed[-1].text == whole.text == "".join(one.delta or "" for one in streamed)
    later = [one async for one in await llm.astream_complete("An apple a day")]
    assert later[-1].text == whole.text
    word = whole.text.split()[-2]
    assert llm.complete("An apple a day", stop=[word]).text == whole.text[: whole.text.index(word)]
    assert AlephAlpha(model="toy-base", max_tokens=12, stop=[word]).complete("An apple a day").text in whole.text


def test_settings_go_where_there_are_such_fields(llm: AlephAlpha) -> None:
    both = AlephAlpha(model="toy-chat", max_tokens=6, sequence_penalty=0.5, logprobs=True, top_logprobs=2)
    assert both.complete("An apple a day").text
    response = both.chat(HELLO)
    assert response.logprobs is not None
    assert [len(one) for one in response.logprobs] == [2] * 6
    with pytest.raises(TypeError, match="'temprature'"):
        llm.chat(HELLO, temprature=1.0)
    with pytest.raises(ValidationError, match="temprature"):
        AlephAlpha(model="toy-chat", temprature=1.0)


def test_the_api_says_what_a_model_is() -> None:
    base, chat = AlephAlpha(model="toy-base"), AlephAlpha(model="toy-chat", max_tokens=9)
    assert not base.metadata.is_chat_model
    assert chat.metadata.is_chat_model
    assert chat.metadata.is_function_calling_model
    assert (chat.metadata.context_window, chat.metadata.num_output) == (2048, 9)
    given = AlephAlpha(model="toy-chat", context_window=77, is_chat_model=False, host="http://127.0.0.1:9")
    assert (given.metadata.context_window, given.metadata.is_chat_model) == (77, False)
    unknown = AlephAlpha(model="toy-chat", host="http://127.0.0.1:9")  # nothing listens there
    assert unknown.metadata.is_chat_model


def test_a_picture_is_seen() -> None:
    file = io.BytesIO()
    PIL.Image.new("RGB", (24, 24), "red").save(file, "PNG")
    url = f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"
    llm = AlephAlpha(model="toy-multimodal", max_tokens=4)
    said = []
    for block in (ImageBlock(image=file.getvalue()), ImageBlock(url=url)):
        message = ChatMessage(blocks=[TextBlock(text="What colour is this?"), block])
        said.append(llm.chat([message]).additional_kwargs["prompt_tokens"])
    assert said[0] == said[1] > llm.chat([ChatMessage("What colour is this?")]).additional_kwargs["prompt_tokens"]
    with pytest.raises(ValueError, match="not 'audio'"):
        llm.chat([ChatMessage(blocks=[AudioBlock(audio=b"RIFF", format="wav")])])


async def test_tools_are_asked_for_and_called(llm: AlephAlpha) -> None:
    response = llm.chat_with_tools([WEATHER, CLOCK], "What is the weather in Paris?")
    [call] = llm.get_tool_calls_from_response(response)
    assert (call.tool_name, call.tool_kwargs) == ("weather", {"place": "Paris"})
    assert call.tool_id
    again = await llm.achat_with_tools([WEATHER, CLOCK], "What is the weather in Paris?")
    assert llm.get_tool_calls_from_response(again)[0].tool_kwargs == {"place": "Paris"}
    *_, last = llm.stream_chat_with_tools([WEATHER, CLOCK], "What is the weather in Paris?")
    assert llm.get_tool_calls_from_response(last)[0].tool_kwargs == {"place": "Paris"}
    assert llm.predict_and_call([WEATHER, CLOCK], "What is the weather in Paris?").response == "rain in Paris"


def test_a_choice_of_tools_is_kept_to(llm: AlephAlpha) -> None:
    def called(**choice: Any) -> list[str]:
        response = llm.chat_with_tools([WEATHER, CLOCK], "Hello.", **choice)
        return [call.tool_name for call in llm.get_tool_calls_from_response(response, error_on_no_tool_call=False)]

    assert called() == []
    assert called(tool_choice="none") == []
    assert len(called(tool_required=True)) == 1
    assert called(tool_choice="clock") == ["clock"]
    with pytest.raises(ValueError, match="no tool"):
        llm.get_tool_calls_from_response(llm.chat(HELLO))


def test_several_calls_at_once_are_made_on_request(llm: AlephAlpha) -> None:
    both = "Call weather for Paris, then clock for Rome."
    llm = llm.model_copy(update={"max_tokens": 60})

    def called(**settings: Any) -> list[tuple[str, Any]]:
        response = llm.chat_with_tools([WEATHER, CLOCK], both, **settings)
        return [(call.tool_name, call.tool_kwargs) for call in llm.get_tool_calls_from_response(response)]

    expected = [("weather", {"place": "Paris"}), ("clock", {"place": "Rome"})]
    assert called(allow_parallel_tool_calls=True) == expected
    assert called() == expected[:1]
    made = llm.predict_and_call([WEATHER, CLOCK], both, allow_parallel_tool_calls=True)
    assert made.response == "rain in Paris\n\nnoon in Rome"


def test_a_stream_of_a_call_can_be_read_at_any_time(llm: AlephAlpha) -> None:
    seen = [
        llm.get_tool_calls_from_response(one, error_on_no_tool_call=False)
        for one in llm.stream_chat_with_tools([WEATHER], "What is the weather in Paris?", tool_required=True)
    ]
    assert all(len(calls) <= 1 for calls in seen)
    assert seen[-1][0].tool_kwargs == {"place": "Paris"}


def test_a_conversation_with_several_calls_goes_back_in(llm: AlephAlpha) -> None:
    calls = [
        ToolCallBlock(tool_call_id="1", tool_name="weather", tool_kwargs={"place": "Paris"}),
        ToolCallBlock(tool_call_id="2", tool_name="clock", tool_kwargs='{"place": "Rome"}'),
    ]
    history = [
        ChatMessage("What is it like?"),
        ChatMessage(role="assistant", blocks=[TextBlock(text="Let me see."), *calls]),
        ChatMessage("rain", role="tool", additional_kwargs={"tool_call_id": "1"}),
        ChatMessage("noon", role="tool", additional_kwargs={"tool_call_id": "2"}),
    ]
    response = llm.chat_with_tools([WEATHER, CLOCK], chat_history=history)
    assert "noon" in (response.message.content or "")


async def test_structured_output_is_read(llm: AlephAlpha) -> None:
    prompt = PromptTemplate("Describe {place} with 3 inhabitants.")
    assert llm.structured_predict(City, prompt, place="Paris") == City(name="Paris", inhabitants=3)
    assert await llm.astructured_predict(City, prompt, place="Paris") == City(name="Paris", inhabitants=3)
    assert llm.as_structured_llm(City).complete("Describe Paris with 3 inhabitants.").raw == City(
        name="Paris", inhabitants=3
    )
    *_, last = llm.stream_structured_predict(City, prompt, place="Paris")
    assert last == City(name="Paris", inhabitants=3)


async def test_an_agent_calls_a_tool_and_answers(llm: AlephAlpha) -> None:
    agent = FunctionAgent(tools=[WEATHER], llm=llm, system_prompt="Be brief.")
    result = await agent.run("What is the weather in Paris?")
    assert "rain in Paris" in str(result)


def test_failures_are_tried_again_by_the_client_alone(server: LocalServer) -> None:
    busy = server.faults.add(Status(503, retry_after=0.01), path="/chat/completions")
    try:
        with pytest.raises(BusyError):
            AlephAlpha(model="toy-chat", max_retries=2).chat(HELLO)
        assert busy.hits == 3
    finally:
        server.faults.clear()


def test_the_token_is_neither_shown_nor_written_down(llm: AlephAlpha) -> None:
    secret = AlephAlpha(model="toy-chat", token="very secret", client_options={"headers": {"x-key": "secret, too"}})
    for text in (repr(secret), str(secret), secret.to_json(), str(secret.to_payload()), str(secret.model_dump())):
        assert "secret" not in text.lower().replace("secretstr", "")
    again = AlephAlpha.from_json(llm.to_json())
    assert again.chat(HELLO).message == llm.chat(HELLO).message


def test_a_pickled_model_goes_on(llm: AlephAlpha) -> None:
    said = llm.chat(HELLO).message
    again = pickle.loads(pickle.dumps(llm))
    assert again.chat(HELLO).message == said
    assert asyncio.run(again.achat(HELLO)).message == said
