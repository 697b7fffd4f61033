"""The chunks of a streamed chat, decoded: what its two readers share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from aleph_alpha._call.events import CONTINUED, Halves, read_json, refuse_error
from aleph_alpha._call.fields import known
from aleph_alpha._call.reading import note, read
from aleph_alpha.chat.messages import FunctionCall, ToolCall
from aleph_alpha.errors import ResponseError

if TYPE_CHECKING:
    from aleph_alpha_api import models as api

__all__ = ["DONE", "OPERATION", "Chunks", "PendingCalls", "PlainText"]

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
        self.unknown: list[Any] = []

    def read(self, data: bytes) -> PlainText | api.ChatStreamChunk | None:
        """What the data of an event is; ``None`` for one of another kind than chunks, which is kept.

        Raises:
            StreamError: an error that the server reports.
            ResponseError: it is not what the contract says.
        """
        json, usual = read_json(OPERATION, data)
        frame = self._frame
        if frame is not None:
            try:
                (choice,) = json.pop("choices")
                delta = choice.pop("delta")
                index, text = choice.pop("index"), delta["content"]
                if (
                    usual
                    and choice == frame[1]
                    and json == frame[0]
                    and type(text) is str
                    and type(index) is int
                    and len(delta) == 1
                    and type(json.get("created")) is type(frame[0].get("created"))  # 1 == 1.0 == True
                ):
                    return index, text
            except (KeyError, TypeError, ValueError, AttributeError):
                pass
            json, usual = read_json(OPERATION, data)  # the look at it has taken it apart
        refuse_error(OPERATION, json)
        if isinstance(json, dict) and _is_unknown(json):
            note([("", "a chat.completion.chunk", "another kind of event")])
            self.unknown.append(json)
            return None
        from aleph_alpha_api.models import ChatStreamChunk

        model = read(OPERATION, ChatStreamChunk.from_dict, json, _same, usual=usual, body=data, halves=CONTINUED)
        if json.get("choices") is None and json.get("usage") is None:
            raise ResponseError(f"{OPERATION}: choices: is required, but missing", path="choices", body=data)
        self._frame = _frame(json)
        return model


_MEMBERS = frozenset({"choices", "created", "id", "model", "system_fingerprint", "usage"})
_OBJECTS = ("chat.completion.chunk", "chat.completion")


def _is_unknown(json: dict[str, Any]) -> bool:
    """Whether it is another kind of event: it says so, or has nothing of a chunk."""
    if json.get("choices") is not None or json.get("usage") is not None:
        return False
    kind = json.get("type", json.get("object"))
    return (isinstance(kind, str) and kind not in _OBJECTS) or _MEMBERS.isdisjoint(json)


def _same(model: api.ChatStreamChunk) -> api.ChatStreamChunk:
    return model


def _frame(json: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """The frame of a chunk that was accepted, if others can be like it."""
    choices = json.get("choices")
    if not choices or len(choices) != 1 or json.get("usage") is not None:
        return None
    (choice,) = choices
    if choice.get("finish_reason") is not None or choice.get("logprobs") is not None:
        return None
    return (
        {name: value for name, value in json.items() if name != "choices"},
        {name: value for name, value in choice.items() if name not in ("index", "delta")},
    )


class _PendingCall:
    """A tool call whose pieces are coming."""

    def __init__(self) -> None:
        self.id = ""
        self.type = "function"
        self.name = ""
        self._arguments: list[str] = []

    def add(self, piece: api.ChatDeltaToolCall, arguments: str) -> None:
        """Take the next piece; what comes once counts when it comes first."""
        self.id = self.id or known(piece.id) or ""
        kind, function = known(piece.type_), known(piece.function)
        if kind is not None:
            self.type = str(kind)
        if function is not None:
            self.name = self.name or known(function.name) or ""
        self._arguments.append(arguments)

    def whole(self) -> ToolCall:
        """The call as far as it has come."""
        return ToolCall(self.id, self.type, FunctionCall(self.name, "".join(self._arguments)))


class PendingCalls:
    """The tool calls of one choice, from their pieces.

    A piece belongs to the call with its index and id; without an id to the latest call with its index; without either
    to the last call. Some servers put several calls under one index: there, another id with a name begins
    another call. Others make up an id for each piece: an unknown one without a name begins nothing.
    """

    def __init__(self) -> None:
        self._calls: dict[int, _PendingCall] = {}  # by the place that they are given out under
        self._of_id: dict[tuple[int | None, str], int] = {}  # by index, and without one
        self._latest: dict[int | None, int] = {}  # by index; that of None is the last of all
        self._halves = Halves()

    def add(self, piece: api.ChatDeltaToolCall) -> tuple[int, str]:
        """Take the next piece; returns the place of its call, and what it adds to the arguments."""
        index, function = known(piece.index), known(piece.function)
        arguments = "" if function is None else known(function.arguments) or ""
        place = self._place(index, known(piece.id), named=function is not None and bool(known(function.name)))
        if self._halves or not arguments.isascii():
            arguments = self._halves.joined(place, arguments)
        self._calls.setdefault(place, _PendingCall()).add(piece, arguments)
        self._latest[None] = place
        if index is not None:
            self._latest[index] = place
        return place, arguments

    def _place(self, index: int | None, id: str | None, *, named: bool) -> int:
        place = self._latest.get(index)
        if id and (index, id) in self._of_id:
            place = self._of_id[index, id]
        elif id and place is not None and self._calls[place].id and named:
            place = None
        if place is None:
            place = len(self._calls) if index is None or index in self._calls else index
            while place in self._calls:
                place += 1
        if id:
            self._of_id[index, id] = self._of_id[None, id] = place
        return place

    def whole(self) -> list[ToolCall]:
        """The calls as far as they have come, in their order."""
        return [call.whole() for _, call in sorted(self._calls.items())]
