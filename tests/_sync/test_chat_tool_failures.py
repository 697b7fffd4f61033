# Made from tests/_async/test_chat_tool_failures.py by scripts/unasync.py: change it there, then run `make fix`.
"""What ends a chat with tools has the conversation so far: the tools have acted, and it can go on."""

from __future__ import annotations

import json
import pickle
from typing import Any

import httpx
import pytest

from aleph_alpha import (
    AlephAlphaError,
    APIConnectionError,
    APITimeoutError,
    AuthenticationError,
    BusyError,
    ChatRequest,
    Client,
    InvalidRequestError,
    Message,
    ResponseError,
    ToolRun,
    errors as err,
)
from tests.scripted import Script, answer, error

REQUEST = ChatRequest("some-model", [Message("user", "What is the weather in Paris?")])


def says(content: str) -> httpx.Response:
    """A model that answers."""
    message = {"role": "assistant", "content": content}
    return answer({"choices": [{"index": 0, "message": message, "finish_reason": "stop"}]})


def asks(*places: str) -> httpx.Response:
    """A model that wants the weather of places."""
    calls = [
        {"id": f"call-{place}", "type": "function", "function": {"name": "ask", "arguments": json.dumps({"at": place})}}
        for place in places
    ]
    message = {"role": "assistant", "content": None, "tool_calls": calls}
    return answer({"choices": [{"index": 0, "message": message, "finish_reason": "tool_calls"}]})


def client_for(script: Script) -> Client:
    http_client = httpx.Client(transport=httpx.MockTransport(script))
    return Client("token", "https://example.com", total_retries=0, http_client=http_client)


class Stop(BaseException):
    """As ``KeyboardInterrupt`` is, but not one that ends the tests."""


class Frozen(BaseException):
    """Does not let itself be changed."""

    def __setattr__(self, name: str, value: object) -> None:
        raise TypeError(f"{name} is frozen")


class Weather:
    """Knows what it was asked, and raises where it is told to."""

    def __init__(self, error: BaseException | None = None) -> None:
        self.asked: list[str] = []
        self.error = error

    def ask(self, at: str) -> str:
        self.asked.append(at)
        if at == "Atlantis" and self.error is not None:
            raise self.error
        return f"rain in {at}"


def failing(script: Script, weather: Weather, kind: type[BaseException]) -> tuple[Any, ToolRun]:
    with pytest.raises(kind) as caught:
        client_for(script).chat_with_tools(REQUEST, tools=[weather.ask])
    run = caught.value.run  # type: ignore[attr-defined]
    assert isinstance(run, ToolRun)
    return caught.value, run


FAILURES: list[tuple[Any, type[BaseException]]] = [
    (error(503), BusyError),
    (error(401), AuthenticationError),
    (error(500), err.ServerError),
    (httpx.ConnectError("refused"), APIConnectionError),
    (httpx.ReadTimeout("late"), APITimeoutError),
    (httpx.RemoteProtocolError("cut off"), APIConnectionError),
    (httpx.Response(200, text="{"), ResponseError),
]


@pytest.mark.parametrize(("failure", "kind"), FAILURES, ids=[kind.__name__ for _, kind in FAILURES])
def test_a_later_call_that_fails_keeps_what_the_tools_have_done(failure: Any, kind: type[BaseException]) -> None:
    weather = Weather()
    raised, run = failing(Script(asks("Paris", "Lyon"), failure), weather, kind)
    assert (weather.asked, run.rounds) == (["Paris", "Lyon"], 1)
    assert [call.id for call in run.response.tool_calls] == ["call-Paris", "call-Lyon"]
    assert [message.content for message in run.messages[2:]] == ["rain in Paris", "rain in Lyon"]
    assert pickle.loads(pickle.dumps(raised)).run == run
    # and it can go on from there, without asking anything again
    script = Script(says("It rains."))
    going_on = ChatRequest("some-model", run.messages)
    again = client_for(script).chat_with_tools(going_on, tools=[weather.ask])
    assert (again.response.message.content, weather.asked) == ("It rains.", ["Paris", "Lyon"])
    assert [message["role"] for message in script.bodies[0]["messages"]] == ["user", "assistant", "tool", "tool"]


def test_a_first_call_that_fails_has_what_was_asked() -> None:
    _, run = failing(Script(error(503)), Weather(), BusyError)
    response: object = run.response
    assert (run.rounds, run.messages, response) == (0, list(REQUEST.messages), None)


@pytest.mark.parametrize("kind", [Stop, Frozen])
def test_what_stops_a_tool_keeps_the_calls_before_it(kind: type[BaseException]) -> None:
    weather = Weather(kind("now"))
    raised, run = failing(Script(asks("Paris", "Atlantis", "Lyon")), weather, kind)
    assert raised is weather.error
    assert (weather.asked, run.rounds) == (["Paris", "Atlantis"], 1)
    assert [message.content for message in run.messages[2:]] == ["rain in Paris"]


def test_what_is_refused_before_anything_is_sent_has_the_conversation_too() -> None:
    script = Script(says("Hello."))
    with pytest.raises(InvalidRequestError) as caught:
        client_for(script).chat_with_tools(REQUEST, tools=[])
    assert (caught.value.run.messages, script.requests) == (list(REQUEST.messages), [])


def test_an_error_of_another_method_has_no_conversation() -> None:
    with pytest.raises(AlephAlphaError) as caught:
        client_for(Script(error(503))).chat(REQUEST)
    assert caught.value.run is None
    assert "run" not in vars(caught.value)


def test_whatever_a_tool_returns_or_raises_is_told() -> None:
    class Odd(Exception):
        def __str__(self) -> str:
            raise RuntimeError("no")

    results: list[Any] = [{1, 2}, [float("nan")], "\ud83d", 2**200, object, StopIteration("over"), Odd(), None]

    def ask(at: str) -> Any:
        result = results[int(at)]
        if isinstance(result, Exception):
            raise result
        return result

    script = Script(asks(*map(str, range(len(results)))), says("Well."))
    run = client_for(script).chat_with_tools(REQUEST, tools=[ask])
    told = [message.content for message in run.messages[2:-1]]
    assert told == [
        *(
            "[1,2]",
            '["NaN"]',
            "�",
            str(2**200),
            f'"{object}"',
            "Error: StopIteration: over",
            "Error: Odd: Odd()",
            "null",
        ),
    ]
    assert run.rounds == 2
