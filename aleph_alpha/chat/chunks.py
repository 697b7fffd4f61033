"""The chunks of a streamed chat, decoded: what its two readers share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from aleph_alpha._call.events import read_json, refuse_error
from aleph_alpha._call.fields import known
from aleph_alpha._call.reading import response_error
from aleph_alpha.chat.messages import FunctionCall, ToolCall

if TYPE_CHECKING:
    from aleph_alpha_api import models as api

__all__ = ["DONE", "OPERATION", "Chunks", "PendingCalls", "PlainText", "call_of"]

OPERATION = "chatCompletions"
DONE = b"[DONE]"  # the data of the last event

PlainText: TypeAlias = tuple[int, str]  # a chunk that holds nothing but text: index of its choice, and the text


class Chunks:
    """Decodes the chunks of one stream, in their order.

    Nearly all chunks are like the one before them but for their text. These go past the generated
    models, at a fifth of their time: the fast path takes a chunk only if all around its text
    equals what the generated models have accepted before, and leaves anything else to them.
    """

    def __init__(self) -> None:
        # What a plain chunk has beside `choices`, and its choice beside `index` and `delta`.
        self._frame: tuple[dict[str, Any], dict[str, Any]] | None = None

    def read(self, data: bytes) -> PlainText | api.ChatStreamChunk:
        """What the data of an event is.

        Raises:
            StreamError: an error that the server reports.
            ResponseError: it is not what the contract says.
        """
        json = read_json(OPERATION, data)
        frame = self._frame
        if frame is not None:
            try:
                (choice,) = json.pop("choices")
                delta = choice.pop("delta")
                index, text = choice.pop("index"), delta["content"]
                if (
                    choice == frame[1]
                    and json == frame[0]
                    and type(text) is str
                    and type(index) is int
                    and len(delta) == 1
                    and type(json.get("created")) is type(frame[0].get("created"))  # 1 == 1.0 == True
                ):
                    return index, text
            except (KeyError, TypeError, ValueError, AttributeError):
                pass
            json = read_json(OPERATION, data)  # the look at it has taken it apart
        refuse_error(OPERATION, json)
        from aleph_alpha_api.errors import DecodeError
        from aleph_alpha_api.models import ChatStreamChunk

        try:
            model = ChatStreamChunk.from_dict(json)
        except DecodeError as error:
            raise response_error(OPERATION, error, data) from None
        self._frame = _frame(json) or self._frame
        return model


def _frame(json: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """The frame of a chunk that was accepted, if others can be like it."""
    choices = json["choices"]
    if len(choices) != 1 or json.get("usage") is not None:
        return None
    (choice,) = choices
    if choice.get("finish_reason") is not None or choice.get("logprobs") is not None:
        return None
    return (
        {name: value for name, value in json.items() if name != "choices"},
        {name: value for name, value in choice.items() if name not in ("index", "delta")},
    )


class PendingCalls:
    """The tool calls of one choice whose pieces are coming.

    Pieces belong together by their index. Some servers put several calls under one index: there, another
    id with a name begins another call, and a piece without an id goes to the call that came last. Others
    make up an id for each piece: an unknown one without a name begins nothing.
    """

    def __init__(self) -> None:
        self._calls: dict[int, _PendingCall] = {}
        self._of_id: dict[tuple[int, str], int] = {}
        self._last: dict[int, int] = {}

    def add(self, piece: api.ChatDeltaToolCall) -> int:
        """Take the next piece; returns which of the calls it belongs to, from 0."""
        id, index, function = known(piece.id) or "", piece.index, known(piece.function)
        place = self._last.get(index)
        if (index, id) in self._of_id:
            place = self._of_id[index, id]
        elif place is not None and id and self._calls[place].id and function is not None and known(function.name):
            place = None
        if place is None:
            place = index if index not in self._calls else max(self._calls) + 1
            self._calls[place] = _PendingCall()
        if id:
            self._of_id[index, id] = place
        self._last[index] = place
        self._calls[place].add(piece)
        return place

    def whole(self) -> list[ToolCall]:
        """The calls as far as they have come, in their order."""
        return [self._calls[place].whole() for place in sorted(self._calls)]


def call_of(piece: api.ChatDeltaToolCall) -> ToolCall:
    """The call of one piece."""
    call = _PendingCall()
    call.add(piece)
    return call.whole()


class _PendingCall:
    """A tool call whose pieces are coming."""

    def __init__(self) -> None:
        self.id = ""
        self.type = "function"
        self.name = ""
        self._arguments: list[str] = []

    def add(self, piece: api.ChatDeltaToolCall) -> None:
        """Take the next piece; what comes once counts when it comes first."""
        self.id = self.id or known(piece.id) or ""
        kind, function = known(piece.type_), known(piece.function)
        if kind is not None:
            self.type = str(kind)
        if function is not None:
            self.name = self.name or known(function.name) or ""
            self._arguments.append(known(function.arguments) or "")

    def whole(self) -> ToolCall:
        """The call as far as it has come."""
        return ToolCall(self.id, self.type, FunctionCall(self.name, "".join(self._arguments)))
