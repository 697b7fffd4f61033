"""The items of ``chat_with_streaming``, as the vendor's client has them."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from aleph_alpha._call.events import CONTINUED, Halves
from aleph_alpha._call.fields import known
from aleph_alpha._call.reading import from_json, read
from aleph_alpha.chat.chunks import DONE, Chunks, PendingCalls
from aleph_alpha.chat.messages import Role, TextMessage, ToolCall
from aleph_alpha.chat.response import ChatChoice, ChatResponse, FinishReason, Usage, usage

if TYPE_CHECKING:
    from aleph_alpha_api import models as api

__all__ = [
    "ChatItem",
    "ChatItemsReader",
    "ChatStreamChunk",
    "ToolCallState",
    "process_chat_stream",
    "stream_chat_item_from_json",
]


@dataclass(frozen=True)
class ChatStreamChunk:
    """A piece of a response.

    Parameters:
        content: text to append; empty in the first chunk of a response.
        role: who says it, in the first chunk of a response only.
        tool_calls: always ``None``: calls are items of their own, once they are whole.
        index: which of ``ChatRequest.n`` it belongs to, from 0.
    """

    content: str
    role: Role | None
    tool_calls: list[ToolCall] | None
    index: int = 0

    @staticmethod
    def from_json(choice: Mapping[str, Any]) -> ChatStreamChunk:
        """The chunk of the JSON of a streamed choice.

        Raises:
            ResponseError: what was asked for is missing or cannot be read; `path` says where.
        """
        from aleph_alpha_api.models import ChatStreamChoice as Model

        return from_json("ChatStreamChunk", Model.from_dict, {"index": 0, **choice}, _chunk)


ChatItem: TypeAlias = ChatStreamChunk | ToolCall | FinishReason | Usage


def _chunk(model: api.ChatStreamChoice) -> ChatStreamChunk:
    role, calls = known(model.delta.role), known(model.delta.tool_calls)
    return ChatStreamChunk(
        content=known(model.delta.content) or "",
        role=None if role is None else Role(str(role)),
        tool_calls=None if calls is None else [_whole(part) for part in calls],
        index=model.index,
    )


def _text_chunk(index: int, text: str) -> ChatStreamChunk:
    # Nearly every item: a frozen dataclass's own constructor would take twice the time.
    chunk = object.__new__(ChatStreamChunk)
    fields = chunk.__dict__
    fields["content"] = text
    fields["role"] = None
    fields["tool_calls"] = None
    fields["index"] = index
    return chunk


def _whole(part: api.ChatDeltaToolCall) -> ToolCall:
    calls = PendingCalls()
    calls.add(part)
    return calls.whole()[0]


@dataclass
class ToolCallState:
    """A tool call whose pieces are coming. Kept for its name; nothing here uses it."""

    id: str
    arguments: str
    type: str
    function_name: str


class ChatItemsReader:
    """Gives out the items of a stream: texts as they come, calls once they are whole."""

    def __init__(self) -> None:
        self.done = False
        self._chunks = Chunks()
        self.unknown = self._chunks.unknown
        self._halves = Halves()  # by the index of their response
        self._calls: dict[int, PendingCalls] = {}
        self._whole_calls: dict[int, list[ToolCall]] = {}
        self._reasons: dict[int, FinishReason] = {}
        self._usage: Usage | None = None
        self._about: dict[str, Any] = {}

    def feed(self, data: bytes) -> list[ChatItem]:
        """See ``aleph_alpha._call.events.Reader``."""
        if data == DONE:
            self.done = True
            return [call for index in sorted(self._calls) for call in self._take_calls(index)]
        chunk = self._chunks.read(data)
        if isinstance(chunk, tuple):
            index, text = chunk
            return [_text_chunk(index, self._halves.joined(index, text) if self._halves else text)]
        return [] if chunk is None else self.items(chunk)

    def items(self, chunk: api.ChatStreamChunk) -> list[ChatItem]:
        """What a chunk says."""
        items: list[ChatItem] = []
        self._about = self._about or {"id": known(chunk.id), "model": known(chunk.model)}
        for choice in chunk.choices:
            delta, reason = choice.delta, known(choice.finish_reason)
            parts = known(delta.tool_calls) or []
            for part in parts:
                self._calls.setdefault(choice.index, PendingCalls()).add(part)
            content, speaker = known(delta.content), known(delta.role)
            if content:
                content = self._halves.joined(choice.index, content)
            if reason:
                content = (content or "") + self._halves.rest(choice.index) or content
            # Empty text beside something else says nothing; alone it is what the server sent.
            if content or ((content is not None or speaker is not None) and not parts and not reason):
                role = None if speaker is None else Role(str(speaker))
                items.append(ChatStreamChunk(content or "", role, None, choice.index))
            if reason:
                items += self._take_calls(choice.index)
                self._reasons[choice.index] = FinishReason(str(reason))
                items.append(self._reasons[choice.index])
        used = known(chunk.usage)
        if used is not None:
            self._usage = usage(used)
            items.append(self._usage)
        return items

    def so_far(self, events: Sequence[ChatItem]) -> ChatResponse | None:
        """See ``aleph_alpha._call.events.Reader``."""
        texts: dict[int, list[str]] = {index: [] for index in (*self._reasons, *self._whole_calls)}
        for item in events:
            if isinstance(item, ChatStreamChunk):
                texts.setdefault(item.index, []).append(item.content)
        choices = [
            ChatChoice(
                index,
                TextMessage(Role.Assistant, "".join(pieces), self._whole_calls.get(index)),
                self._reasons.get(index),
            )
            for index, pieces in sorted(texts.items())
        ]
        if not choices:
            return None
        first = choices[0]
        return ChatResponse(first.finish_reason, first.message, choices, self._usage, **self._about)

    def _take_calls(self, index: int) -> list[ToolCall]:
        calls = self._calls.pop(index, None)
        if calls is None:
            return []
        self._whole_calls[index] = calls.whole()
        return self._whole_calls[index]


def stream_chat_item_from_json(json: Mapping[str, Any]) -> ChatStreamChunk | FinishReason | Usage:
    """The one item that a chunk is, for chunks that hold one thing only.

    A chunk with several is taken for its usage, else for its finish reason, else for its text.

    Raises:
        ResponseError: what was asked for is missing or cannot be read; `path` says where.

    >>> stream_chat_item_from_json({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
    <FinishReason.Stop: 'stop'>
    """
    if json.get("usage") is not None:
        return Usage.from_json(json["usage"])
    choice = json["choices"][0]
    reason = choice.get("finish_reason")
    return ChatStreamChunk.from_json(choice) if reason is None else FinishReason(reason)


async def process_chat_stream(s: AsyncIterable[Mapping[str, Any]]) -> AsyncIterator[ChatItem]:
    """The items of a stream of decoded chunks; for code that reads streams by other means.

    Raises:
        ResponseError: a chunk is not what the contract says.
    """
    from aleph_alpha_api.models import ChatStreamChunk as Model

    reader = ChatItemsReader()
    async for json in s:
        items = read("ChatStreamChunk", Model.from_dict, json, reader.items, usual=False, halves=CONTINUED)
        for item in items:
            yield item
    for item in reader.feed(DONE):
        yield item
