"""The events of a streamed chat, one class each; ``match`` and ``event.type`` tell them apart.

The events of a streamed completion are ``StreamChunk``, ``StreamSummary`` and ``CompletionSummary``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal, TypeAlias

from aleph_alpha.chat.messages import TextMessage, ToolCall
from aleph_alpha.chat.response import FinishReason, TokenLogprob, Usage

__all__ = ["ChatEvent", "ChoiceEnd", "TextDelta", "ToolCallDelta", "ToolCallEnd", "Usage"]


@dataclass(frozen=True)
class TextDelta:
    """More text of a response.

    Parameters:
        index: which of ``ChatRequest.n`` it belongs to, from 0.
        text: to append.
        logprobs: one for each token, where ``ChatRequest.logprobs`` asked for them.
    """

    type: ClassVar[Literal["text"]] = "text"

    index: int
    text: str
    logprobs: list[TokenLogprob] | None = None


@dataclass(frozen=True)
class ToolCallDelta:
    """A piece of a call that the model asks for; the whole one follows as :class:`ToolCallEnd`.

    Parameters:
        index: which of ``ChatRequest.n`` it belongs to, from 0.
        call: which of the calls of this response, from 0.
        id: names the call; comes once.
        name: of the function; comes once.
        arguments: JSON text to append to the arguments.
    """

    type: ClassVar[Literal["tool_call_delta"]] = "tool_call_delta"

    index: int
    call: int
    id: str | None
    name: str | None
    arguments: str


@dataclass(frozen=True)
class ToolCallEnd:
    """A call that the model asks for, whole. Comes before the end of its response.

    Parameters:
        index: which of ``ChatRequest.n`` it belongs to, from 0.
        tool_call: the call.
    """

    type: ClassVar[Literal["tool_call"]] = "tool_call"

    index: int
    tool_call: ToolCall


@dataclass(frozen=True)
class ChoiceEnd:
    """One response has ended.

    Parameters:
        index: which of ``ChatRequest.n`` it is, from 0.
        finish_reason: why.
        message: all of it; it can go into the next request as it is.
    """

    type: ClassVar[Literal["end"]] = "end"

    index: int
    finish_reason: FinishReason
    message: TextMessage


ChatEvent: TypeAlias = TextDelta | ToolCallDelta | ToolCallEnd | ChoiceEnd | Usage
