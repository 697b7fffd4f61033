"""Running the tools that a model asks for: which, with what, and when to stop. Sends nothing."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from aleph_alpha._call.checks import check_request, describe, integer, is_sequence
from aleph_alpha._call.short_repr import ShortRepr
from aleph_alpha.chat.messages import Message, ToolCall
from aleph_alpha.chat.request import ChatRequest
from aleph_alpha.chat.response import ChatResponse
from aleph_alpha.chat.tool_results import tool_failure, tool_result
from aleph_alpha.chat.tools import Tool, as_tool
from aleph_alpha.errors import AlephAlphaError, InvalidRequestError, ResponseError
from aleph_alpha.structured_output.signature import is_async

__all__ = ["ToolLoop", "ToolLoopError", "ToolRun", "toolbox"]

_log = logging.getLogger("aleph_alpha")


class ToolLoop:
    """One conversation on its way.

    Attributes:
        request: what to ask the model next.
    """

    def __init__(self, request: ChatRequest, max_rounds: int) -> None:
        check_request(request, ChatRequest, "chat_with_tools")
        self._max_rounds = max_rounds
        self._rounds = 0
        self._tools: dict[str, Tool] = {}
        self._response: ChatResponse | None = None
        self._messages: list[Any] = list(request.messages) if is_sequence(request.messages) else []
        self.request = request

    def begin(self, tools: Sequence[Any] | None, *, can_wait: bool) -> None:
        """Take the tools: those of the request, unless others are given.

        Raises:
            InvalidRequestError: there is nothing to run among them, or something that cannot be run here.
        """
        tools = self.request.tools if tools is None else tools
        if not is_sequence(tools):
            raise InvalidRequestError(f"chat_with_tools: tools must be a list, not {describe(tools)}")
        if integer(self._max_rounds) is not None or self._max_rounds < 1:
            raise InvalidRequestError(
                f"chat_with_tools: max_rounds must be 1 or greater, got {describe(self._max_rounds)}"
            )
        self._tools = toolbox(tools or ())
        if not any(tool.function for tool in self._tools.values()):
            raise InvalidRequestError("chat_with_tools: there is no function among the tools; chat does without")
        for name, tool in self._tools.items():
            if not can_wait and is_async(tool.function):
                raise InvalidRequestError(f"chat_with_tools: the tool {name} is async; an AsyncClient can run it")
        self.request = replace(self.request, tools=list(self._tools.values()))

    def answered(self, response: ChatResponse) -> list[ToolCall]:
        """Take a response; returns the calls to make, none at the end.

        Raises:
            ToolLoopError: there are calls, but the rounds are used up.
        """
        self._rounds += 1
        self._response = response
        self._messages.append(response.message)
        calls = list(response.tool_calls)
        if any(call.name in self._tools and self._tools[call.name].function is None for call in calls):
            return []  # the caller has to make these
        if calls and self._rounds >= self._max_rounds:
            message = f"chat_with_tools: the model still asks for calls after {self._rounds} rounds"
            raise ToolLoopError(message, self.run)
        return calls

    def is_async(self, call: ToolCall) -> bool:
        """Whether the function of a call has to be called by the event loop itself."""
        tool = self._tools.get(call.name)
        return tool is not None and is_async(tool.function)

    def make(self, call: ToolCall) -> Message | Awaitable[Any]:
        """Make a call: the message about it, or what has to be awaited to have its result."""
        try:
            tool = self._tools.get(call.name)
            if tool is None or tool.function is None:
                names = ", ".join(self._tools)
                raise ResponseError(f"there is no tool called {call.name}; there are: {names}")
            result = tool.function(**tool.read_arguments(call))
            return result if inspect.isawaitable(result) else self.told(call, result)
        except Exception as error:
            return self.failed(call, error)

    def told(self, call: ToolCall, result: object) -> Message:
        """The message about a call that went well."""
        return tool_result(call, result)

    def failed(self, call: ToolCall, error: Exception) -> Message:
        """The message about a call that came to nothing. The log has the traceback."""
        _log.debug("the call of the tool %s failed", call.name, exc_info=error)
        return tool_failure(call, error)

    def add(self, result: Message) -> None:
        """Take what came of a call. One that was demanded has been made now: the model is free again."""
        self._messages.append(result)
        self.request = replace(self.request, messages=list(self._messages), tool_choice=None)

    @property
    def run(self) -> ToolRun:
        """How far it has come."""
        return ToolRun(cast("ChatResponse", self._response), list(self._messages), self._rounds)


@dataclass(frozen=True, repr=False)
class ToolRun(ShortRepr):
    """What came of a chat whose tools were run here.

    An exception that ends ``chat_with_tools`` has it as ``.run``, as far as the conversation had come.

    Parameters:
        response: the last response; it asks for no call, unless for one that has no function here.
            In the ``.run`` of an exception it may ask for calls, and is ``None`` before the first.
        messages: the whole conversation, the last response and the results of all calls that were
            made included, to go on with.
        rounds: how often the model has answered.

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
        run: how far it came: its last response, with the calls that were not made, and all messages.
    """

    def __init__(self, message: str, run: ToolRun) -> None:
        super().__init__(message)
        self.run = run


def toolbox(tools: Sequence[Any]) -> dict[str, Tool]:
    """Tools by name, with the functions to run.

    Raises:
        InvalidRequestError: two of the same name, or something that is not a tool.
    """
    named: dict[str, Tool] = {}
    for index, one in enumerate(tools):
        tool = as_tool(one, f"tools[{index}]")
        if tool.name in named:
            raise InvalidRequestError(f"tools[{index}]: there are two tools called {tool.name}")
        named[tool.name] = tool
    return named
