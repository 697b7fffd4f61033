"""What a streamed chat adds up to: texts, tool calls and ends, kept apart by choice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from aleph_alpha._call.events import Halves
from aleph_alpha._call.fields import known
from aleph_alpha.chat.chunks import DONE, OPERATION, Chunks, PendingCalls
from aleph_alpha.chat.events import ChatEvent, ChoiceEnd, TextDelta, ToolCallDelta, ToolCallEnd
from aleph_alpha.chat.messages import Role, TextMessage
from aleph_alpha.chat.response import ChatChoice, ChatResponse, FinishReason, TokenLogprob, Usage, token_logprobs, usage
from aleph_alpha.errors import ResponseError

if TYPE_CHECKING:
    from aleph_alpha_api import models as api

__all__ = ["ChatStreamReader"]


class _Choice:
    """A response whose pieces are coming."""

    def __init__(self, texts: list[str]) -> None:
        self.texts = texts
        self.role: Role = Role.Assistant
        self.logprobs: list[TokenLogprob] | None = None
        self.calls = PendingCalls()
        self.finish_reason: FinishReason | None = None

    def message(self) -> TextMessage:
        return TextMessage(self.role, "".join(self.texts), self.calls.whole() or None)


class ChatStreamReader:
    """Gives out events, each with the index of its response; see ``aleph_alpha._call.events.ResponseReader``."""

    def __init__(self, response_format: Any = None) -> None:
        self.done = False
        self._chunks = Chunks()
        self.unknown = self._chunks.unknown
        self._halves = Halves()  # by the index of their response
        self._texts: dict[int, list[str]] = {}
        self._choices: dict[int, _Choice] = {}
        self._usage: Usage | None = None
        self._about: dict[str, Any] = {}  # what the chunks say about the response as a whole
        self._response_format = response_format

    def feed(self, data: bytes) -> list[ChatEvent]:
        if data == DONE:
            self.done = True
            return [
                event
                for index, choice in sorted(self._choices.items())
                if choice.finish_reason is None
                for event in (*self._rest(index, choice), *_calls(index, choice))
            ]
        chunk = self._chunks.read(data)
        if isinstance(chunk, tuple):
            index, text = chunk
            choice = self._choices.get(index) or self._choice(index)
            if self._halves:
                text = self._halves.joined(index, text)
            choice.texts.append(text)
            return [_text_delta(index, text)] if text else []
        if chunk is None:
            return []
        about = {"id": chunk.id, "created": chunk.created, "model": chunk.model, "print": chunk.system_fingerprint}
        self._about.update({name: value for name, value in about.items() if known(value) is not None})
        events: list[ChatEvent] = []
        for one in chunk.choices:
            events += self._add(one, self._choice(one.index))
        used = known(chunk.usage)
        if used is not None:
            self._usage = usage(used)
            events.append(self._usage)
        return events

    def _choice(self, index: int) -> _Choice:
        choice = self._choices.get(index)
        if choice is None:
            choice = self._choices[index] = _Choice(self.pieces(index))
        return choice

    def _add(self, piece: api.ChatStreamChoice, choice: _Choice) -> list[ChatEvent]:
        index, delta, reason = piece.index, piece.delta, known(piece.finish_reason)
        role, text = known(delta.role), known(delta.content)
        logprobs = token_logprobs(piece.logprobs)
        events: list[ChatEvent] = []
        if role is not None:
            choice.role = Role(str(role))
        if text:
            text = self._halves.joined(index, text)
            choice.texts.append(text)
        if logprobs is not None:
            choice.logprobs = choice.logprobs or []
            choice.logprobs += logprobs
        if text or logprobs:
            events.append(TextDelta(index, text or "", logprobs))
        for part in known(delta.tool_calls) or ():
            events.append(_call_delta(index, part, *choice.calls.add(part)))
        if reason and choice.finish_reason is None:
            choice.finish_reason = FinishReason(str(reason))
            events += self._rest(index, choice)
            events += _calls(index, choice)
            events.append(ChoiceEnd(index, choice.finish_reason, choice.message()))
        return events

    def _rest(self, index: int, choice: _Choice) -> list[ChatEvent]:
        """What stands for half a character at the end of a response."""
        rest = self._halves.rest(index)
        if not rest:
            return []
        choice.texts.append(rest)
        return [TextDelta(index, rest)]

    def pieces(self, index: int) -> list[str]:
        return self._texts.setdefault(index, [])

    def so_far(self, events: Sequence[Any]) -> ChatResponse | None:
        return self.final() if self._choices else None

    def final(self) -> ChatResponse:
        choices = [
            ChatChoice(index, choice.message(), choice.finish_reason, choice.logprobs)
            for index, choice in sorted(self._choices.items())
        ]
        if not choices:
            raise ResponseError(f"{OPERATION}: there is no response in the stream", path="choices")
        return ChatResponse(
            finish_reason=choices[0].finish_reason,
            message=choices[0].message,
            choices=choices,
            usage=self._usage,
            id=self._about.get("id"),
            created=self._about.get("created"),
            model=self._about.get("model"),
            system_fingerprint=self._about.get("print"),
            object="chat.completion",
            response_format=self._response_format,
        )


def _text_delta(index: int, text: str) -> TextDelta:
    # Nearly every event: a frozen dataclass's own constructor would take twice the time.
    event = object.__new__(TextDelta)
    fields = event.__dict__
    fields["index"] = index
    fields["text"] = text
    fields["logprobs"] = None
    return event


def _calls(index: int, choice: _Choice) -> list[ChatEvent]:
    return [ToolCallEnd(index, call) for call in choice.calls.whole()]


def _call_delta(index: int, part: api.ChatDeltaToolCall, place: int, arguments: str) -> ToolCallDelta:
    function = known(part.function)
    name = None if function is None else known(function.name)
    return ToolCallDelta(index, place, known(part.id), name, arguments)
