"""Running the tools that a model asks for: which, with what, and when to stop. Sends nothing."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from aleph_alpha._call.checks import check_request, describe, integer, is_sequence
from aleph_alpha.chat.messages import Message, Role, ToolCall
from aleph_alpha.chat.request import ChatRequest
from aleph_alpha.chat.response import ChatResponse
from aleph_alpha.chat.tools import Tool, as_tool
from aleph_alpha.errors import AlephAlphaError, InvalidRequestError, ResponseError
from aleph_alpha.structured_output.schema import is_pydantic

__all__ = ["ToolLoop", "ToolRun", "tool_failure"]

_log = logging.getLogger("aleph_alpha")


class ToolLoop:
    """One conversation on its way.

    Attributes:
        request: what to ask the model next.
    """

    def __init__(self, request: ChatRequest, tools: Sequence[Any] | None, max_rounds: int, *, can_wait: bool) -> None:
        check_request(request, ChatRequest, "chat_with_tools")
        tools = request.tools if tools is None else tools
        if not is_sequence(tools):
            raise InvalidRequestError(f"chat_with_tools: tools must be a list, not {describe(tools)}")
        if integer(max_rounds) is not None or max_rounds < 1:
            raise InvalidRequestError(f"chat_with_tools: max_rounds must be 1 or more, not {describe(max_rounds)}")
        self._tools = toolbox(tools or ())
        if not any(tool.function for tool in self._tools.values()):
            raise InvalidRequestError("chat_with_tools: there is no function among the tools; chat does without")
        for name, tool in self._tools.items():
            if not can_wait and inspect.iscoroutinefunction(tool.function):
                raise InvalidRequestError(f"chat_with_tools: the tool {name} is async; an AsyncClient can run it")
        self._max_rounds = max_rounds
        self._rounds = 0
        self._messages: list[Any] = list(request.messages)
        self.request = replace(request, tools=list(self._tools.values()))

    def answered(self, response: ChatResponse) -> list[ToolCall]:
        """Take an answer; returns the calls to make, none at the end.

        Raises:
            ToolLoopError: there are calls, but the rounds are used up.
        """
        self._rounds += 1
        self._messages.append(response.message)
        calls = list(response.tool_calls)
        if any(call.name in self._tools and self._tools[call.name].function is None for call in calls):
            return []  # the caller has to make these
        if calls and self._rounds >= self._max_rounds:
            message = f"chat_with_tools: the model still asks for calls after {self._rounds} rounds"
            raise ToolLoopError(message, self.result(response))
        return calls

    def start(self, call: ToolCall) -> Any:
        """What the function returns, which may have to be awaited."""
        tool = self._tools.get(call.name)
        if tool is None or tool.function is None:
            names = ", ".join(self._tools)
            raise ResponseError(f"there is no tool called {call.name}; there are: {names}")
        return tool.function(**tool.read_arguments(call))

    def result_of(self, call: ToolCall, result: object) -> Message:
        """The message about a call that went well."""
        return tool_result(call, result)

    def failure_of(self, call: ToolCall, error: Exception) -> Message:
        """The message about a call that did not. The log has the traceback."""
        _log.debug("the call of the tool %s failed", call.name, exc_info=error)
        return tool_failure(call, error)

    def add(self, results: Sequence[Message]) -> None:
        """Go on with what came of the calls. One that was demanded has been made now: the model is free again."""
        self._messages += results
        self.request = replace(self.request, messages=list(self._messages), tool_choice=None)

    def result(self, response: ChatResponse) -> ToolRun:
        """How far it has come."""
        return ToolRun(response, list(self._messages), self._rounds)


@dataclass(frozen=True)
class ToolRun:
    """What came of a chat whose tools were run here.

    Parameters:
        response: the last answer; it asks for no call, unless for one that has no function here.
        messages: the whole conversation, the last answer included, to go on with.
        rounds: how often the model was asked.

    >>> from aleph_alpha import ChatRequest
    >>> def get_weather(location: str) -> str:
    ...     return f"rain in {location}"
    >>> request = ChatRequest("toy-chat", [Message("user", "What is the weather in Paris?")])
    >>> run = client.chat_with_tools(request, tools=[get_weather])
    >>> run.rounds, [str(message.role.value) for message in run.messages[1:]]
    (2, ['assistant', 'tool', 'assistant'])
    """

    response: ChatResponse
    messages: list[Any]
    rounds: int


class ToolLoopError(AlephAlphaError):
    """The model still asked for calls after the last round (``max_rounds``).

    Attributes:
        run: how far it came: its last answer, with the calls that were not made, and all messages.
    """

    def __init__(self, message: str, run: ToolRun) -> None:
        super().__init__(message)
        self.run = run


def toolbox(tools: Sequence[Any]) -> dict[str, Tool]:
    """Tools by name, with the functions to run.

    Raises:
        InvalidRequestError: two of the same name, or something that is no tool.
    """
    named: dict[str, Tool] = {}
    for index, one in enumerate(tools):
        tool = as_tool(one, f"tools[{index}]")
        if tool.name in named:
            raise InvalidRequestError(f"tools[{index}]: there are two tools called {tool.name}")
        named[tool.name] = tool
    return named


def tool_result(call: ToolCall, result: object) -> Message:
    """The message that tells the model what came of a call: text as it is, anything else as JSON."""
    return Message(Role.Tool, _as_text(result), tool_call_id=call.id)


def tool_failure(call: ToolCall, error: Exception) -> Message:
    """The message that tells the model why a call came to nothing. Never a traceback."""
    reason = str(error) if isinstance(error, ResponseError) else f"{type(error).__name__}: {error}"
    return Message(Role.Tool, f"Error: {reason}", tool_call_id=call.id)


def _as_text(result: object) -> str:
    if isinstance(result, str):
        return result
    import orjson

    if is_pydantic(type(result)):
        return result.model_dump_json()  # type: ignore[attr-defined, no-any-return]
    return orjson.dumps(result, option=orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS, default=str).decode()
