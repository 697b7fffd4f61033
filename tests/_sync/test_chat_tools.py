# Made from tests/_async/test_chat_tools.py by scripts/unasync.py: change it there, then run `make fix`.
"""Chats whose tools are run here: which calls are made, what the model is told, and when it ends."""

from __future__ import annotations

import json
import logging
from typing import Any

import httpx
import pytest

from aleph_alpha import (
    ChatRequest,
    Client,
    FinishReason,
    InvalidRequestError,
    Message,
    Role,
    Tool,
    ToolFunction,
    ToolLoopError,
)
from tests.scripted import Script, answer

REQUEST = ChatRequest("some-model", [Message("user", "What is the weather in Paris?")])


def says(content: str) -> httpx.Response:
    """A model that answers."""
    message = {"role": "assistant", "content": content}
    return answer({"choices": [{"index": 0, "message": message, "finish_reason": "stop"}]})


def asks(*calls: tuple[str, str]) -> httpx.Response:
    """A model that wants functions called: name and arguments."""
    as_json = [
        {"id": f"call-{n}", "type": "function", "function": {"name": name, "arguments": arguments}}
        for n, (name, arguments) in enumerate(calls)
    ]
    message = {"role": "assistant", "content": None, "tool_calls": as_json}
    return answer({"choices": [{"index": 0, "message": message, "finish_reason": "tool_calls"}]})


def client_for(script: Script) -> Client:
    return Client("token", "https://example.com", http_client=httpx.Client(transport=httpx.MockTransport(script)))


class Weather:
    """Knows what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def get_weather(self, location: str) -> str:
        """The weather in a place."""
        self.asked.append(location)
        if location == "Atlantis":
            raise LookupError("it has sunk")
        return f"rain in {location}"


def test_calls_are_made_and_told_until_the_model_answers() -> None:
    weather = Weather()
    script = Script(
        asks(("get_weather", '{"location": "Paris"}'), ("get_weather", '{"location": "Lyon"}')),
        asks(("get_weather", '{"location": "Nice"}')),
        says("It rains."),
    )
    run = client_for(script).chat_with_tools(REQUEST, tools=[weather.get_weather])
    assert weather.asked == ["Paris", "Lyon", "Nice"]
    assert (run.response.message.content, run.rounds) == ("It rains.", 3)
    assert [message.role for message in run.messages] == [
        *(Role.User, Role.Assistant, Role.Tool, Role.Tool, Role.Assistant, Role.Tool, Role.Assistant),
    ]
    sent = [body["messages"] for body in script.bodies]
    assert [len(messages) for messages in sent] == [1, 4, 6]
    assert sent[1][2:] == [
        {"role": "tool", "content": "rain in Paris", "tool_call_id": "call-0"},
        {"role": "tool", "content": "rain in Lyon", "tool_call_id": "call-1"},
    ]
    assert all(body["tools"] == [Tool.from_function(weather.get_weather).to_json()] for body in script.bodies)
    # and the conversation can go on
    script.steps.append(says("Bye."))
    client_for(script).chat(ChatRequest("some-model", [*run.messages, Message("user", "Bye")]))


def test_a_model_that_asks_for_nothing_is_asked_once() -> None:
    run = client_for(Script(says("Hello."))).chat_with_tools(REQUEST, tools=[Weather().get_weather])
    assert (run.response.message.content, run.rounds, len(run.messages)) == ("Hello.", 1, 2)


@pytest.mark.parametrize(
    ("name", "arguments", "told"),
    [
        ("get_weather", '{"location": "Atlantis"}', "Error: LookupError: it has sunk"),
        (
            "get_weather",
            '{"location": 7}',
            "Error: the arguments for get_weather do not fit: location must be",
        ),
        (
            "get_weather",
            '{"city": "Paris"}',
            "Error: the arguments for get_weather do not fit: location is missing; city is unknown; known are location",
        ),
        ("get_weather", "", "Error: the arguments for get_weather do not fit: location is missing"),
        ("get_weather", "{location", "Error: the arguments for get_weather are not valid JSON"),
        ("rm", '{"path": "/"}', "Error: there is no tool called rm; there are: get_weather"),
        ("__class__", "{}", "Error: there is no tool called __class__"),
    ],
)
def test_what_goes_wrong_is_told_to_the_model(
    name: str, arguments: str, told: str, caplog: pytest.LogCaptureFixture
) -> None:
    weather = Weather()
    script = Script(asks((name, arguments)), says("Sorry."))
    with caplog.at_level(logging.DEBUG, "aleph_alpha"):
        run = client_for(script).chat_with_tools(REQUEST, tools=[weather.get_weather])
    assert run.response.message.content == "Sorry."
    (result,) = [message["content"] for message in script.bodies[1]["messages"] if message["role"] == "tool"]
    assert result.startswith(told)
    assert "Traceback" not in result
    assert weather.asked == (["Atlantis"] if "Atlantis" in arguments else [])
    assert f"the call of the tool {name} failed" in caplog.text


def test_rounds_are_limited() -> None:
    weather = Weather()
    script = Script(asks(("get_weather", '{"location": "Paris"}')))
    with pytest.raises(ToolLoopError, match="after 3 rounds") as caught:
        client_for(script).chat_with_tools(REQUEST, tools=[weather.get_weather], max_rounds=3)
    assert len(script.requests) == 3
    assert len(weather.asked) == 2  # what the last round asks for is not called
    run = caught.value.run
    assert (run.rounds, run.response.finish_reason, len(run.messages)) == (3, FinishReason.ToolCalls, 6)


def test_tools_without_a_function_are_left_to_the_caller() -> None:
    weather = Weather()
    described = {"type": "function", "function": {"name": "ask_human"}}
    script = Script(asks(("get_weather", '{"location": "Paris"}'), ("ask_human", "{}")))
    run = client_for(script).chat_with_tools(REQUEST, tools=[weather.get_weather, described])
    assert weather.asked == []
    assert [call.name for call in run.response.tool_calls] == ["get_weather", "ask_human"]
    assert len(script.requests) == 1


def test_the_tools_of_the_request_are_run_unless_others_are_given() -> None:
    weather = Weather()
    request = ChatRequest("some-model", REQUEST.messages, tools=[weather.get_weather])
    script = Script(asks(("get_weather", '{"location": "Paris"}')), says("It rains."))
    client_for(script).chat_with_tools(request)
    assert weather.asked == ["Paris"]


def test_a_call_that_was_demanded_is_demanded_once() -> None:
    weather = Weather()
    demanding = ChatRequest("some-model", REQUEST.messages, tool_choice=ToolFunction.named("get_weather"))
    script = Script(asks(("get_weather", '{"location": "Paris"}')), says("It rains."))
    client_for(script).chat_with_tools(demanding, tools=[weather.get_weather])
    assert ["tool_choice" in body for body in script.bodies] == [True, False]


@pytest.mark.parametrize(
    ("arguments", "pattern"),
    [
        ({"tools": []}, "no function among the tools"),
        ({"tools": None}, "tools must be a list"),
        ({"tools": [{"type": "function", "function": {"name": "x"}}]}, "no function among the tools"),
        ({"tools": [Tool("x"), Tool("x")]}, "two tools called x"),
        ({"tools": [7]}, r"tools\[0\] must be a Tool"),
        ({"tools": [json.dumps], "max_rounds": 0}, "max_rounds must be 1 or greater"),
    ],
)
def test_what_cannot_be_run_is_refused(arguments: dict[str, Any], pattern: str) -> None:
    script = Script(says("Hello."))
    with pytest.raises(InvalidRequestError, match=pattern):
        client_for(script).chat_with_tools(REQUEST, **arguments)
    assert script.requests == []
