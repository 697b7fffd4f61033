"""Running the tools that a model asks for: which, with what, and when to stop. Sends nothing."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from aleph_alpha._call.checks import check_request, integer, is_sequence
from aleph_alpha.chat.messages import Message, ToolCall
from aleph_alpha.chat.request import ChatRequest
from aleph_alpha.chat.response import ChatResponse
from aleph_alpha.chat.tools import ToolLoopError, ToolRun, tool_failure, tool_result, toolbox
from aleph_alpha.errors import InvalidRequestError, ResponseError
from aleph_alpha.prompt.controls import describe

__all__ = ["ToolLoop"]

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
