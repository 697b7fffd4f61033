"""The events of a streamed completion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeAlias

from aleph_alpha._call.checks import describe
from aleph_alpha._call.events import CONTINUED
from aleph_alpha._call.fields import known, promised
from aleph_alpha._call.reading import from_json, note, read
from aleph_alpha.completion.response import optimized_prompt
from aleph_alpha.errors import ResponseError
from aleph_alpha.prompt.prompt import Prompt

if TYPE_CHECKING:
    from aleph_alpha_api import models as api

__all__ = [
    "CompletionResponseStreamItem",
    "CompletionSummary",
    "StreamChunk",
    "StreamSummary",
    "known_kind",
    "stream_item_from_json",
]


@dataclass(frozen=True)
class StreamChunk:
    """The next piece of one completion.

    Parameters:
        index: which of ``CompletionRequest.n`` it belongs to, from 0.
        log_probs: as in ``CompletionResult``, for the tokens of the piece.
        completion: the text to append.
        raw_completion: the text as the model gave it, where that was asked for.
        completion_tokens: the tokens of the piece, where they were asked for.
    """

    type: ClassVar[Literal["stream_chunk"]] = "stream_chunk"

    index: int
    log_probs: Sequence[dict[str, float | None]] | None
    completion: str
    raw_completion: str | None
    completion_tokens: Sequence[str] | None

    @staticmethod
    def from_json(json: Mapping[str, Any]) -> StreamChunk:
        """The chunk of its JSON.

        Raises:
            ResponseError: what was asked for is missing or cannot be read; `path` says where.
        """
        from aleph_alpha_api.models import StreamChunk as Model

        return from_json("StreamChunk", Model.from_dict, json, _chunk)

    def to_json(self) -> Mapping[str, Any]:
        """A dict of the fields."""
        return asdict(self)


@dataclass(frozen=True)
class StreamSummary:
    """One completion has ended.

    Parameters:
        index: which of ``CompletionRequest.n``, from 0.
        model_version: version of the model that answered; ``None`` where the server does not say.
        finish_reason: why it ended, as in ``CompletionResult``.
    """

    type: ClassVar[Literal["stream_summary"]] = "stream_summary"

    index: int
    model_version: str
    finish_reason: str

    @staticmethod
    def from_json(json: Mapping[str, Any]) -> StreamSummary:
        """The summary of its JSON.

        Raises:
            ResponseError: what was asked for is missing or cannot be read; `path` says where.
        """
        from aleph_alpha_api.models import StreamSummary as Model

        return from_json("StreamSummary", Model.from_dict, json, _stream_summary)

    def to_json(self) -> Mapping[str, Any]:
        """A dict of the fields."""
        return asdict(self)


@dataclass(frozen=True)
class CompletionSummary:
    """All completions have ended; the last event of a stream.

    Parameters:
        optimized_prompt: the prompt as the model got it, if the server changed it.
        num_tokens_prompt_total: tokens of the prompt, counted once for each completion.
        num_tokens_generated: tokens generated for all completions together.
    """

    type: ClassVar[Literal["completion_summary"]] = "completion_summary"

    optimized_prompt: Prompt | None
    num_tokens_prompt_total: int
    num_tokens_generated: int

    @staticmethod
    def from_json(json: Mapping[str, Any]) -> CompletionSummary:
        """The summary of its JSON.

        Raises:
            ResponseError: what was asked for is missing or cannot be read; `path` says where.
        """
        from aleph_alpha_api.models import CompletionSummary as Model

        return from_json("CompletionSummary", Model.from_dict, json, _completion_summary)


CompletionResponseStreamItem: TypeAlias = StreamChunk | StreamSummary | CompletionSummary
"""An event of a streamed completion."""


def _chunk(model: api.StreamChunk) -> StreamChunk:
    probs = known(model.log_probs)
    return StreamChunk(
        index=model.index,
        log_probs=None if probs is None else [one.additional_properties for one in probs],
        completion=model.completion,
        raw_completion=known(model.raw_completion),
        completion_tokens=known(model.completion_tokens),
    )


def _stream_summary(model: api.StreamSummary) -> StreamSummary:
    return StreamSummary(model.index, promised(model.model_version), promised(model.finish_reason))


def _completion_summary(model: api.CompletionSummary) -> CompletionSummary:
    return CompletionSummary(
        optimized_prompt=optimized_prompt(known(model.optimized_prompt)),
        num_tokens_prompt_total=promised(model.num_tokens_prompt_total),
        num_tokens_generated=promised(model.num_tokens_generated),
    )


_KINDS: dict[str, type[StreamChunk | StreamSummary | CompletionSummary]] = {
    kind.type: kind for kind in (StreamChunk, StreamSummary, CompletionSummary)
}


def known_kind(json: object) -> type[StreamChunk | StreamSummary | CompletionSummary] | None:
    """Which event it is, ``None`` for one that is new."""
    kind = json.get("type") if isinstance(json, Mapping) else None
    return _KINDS.get(kind) if isinstance(kind, str) else None


def stream_item_from_json(json: Mapping[str, Any]) -> CompletionResponseStreamItem:
    """The event of its JSON; its ``type`` tells what it is.

    Raises:
        ResponseError: the type is unknown, a field is missing or has the wrong type.

    >>> stream_item_from_json({"type": "stream_chunk", "index": 0, "completion": " keeps"}).completion
    ' keeps'
    """
    kind = known_kind(json)
    if kind is None:
        got = describe(json.get("type") if isinstance(json, Mapping) else json)
        raise ResponseError(f"stream item: type must be one of {', '.join(_KINDS)}, not {got}", path="type")
    return kind.from_json(json)


def read_event(json: Any, *, usual: bool, body: bytes) -> CompletionResponseStreamItem | None:
    """The event of its JSON, ``None`` for one that is new; see :func:`aleph_alpha._call.reading.read`.

    Raises:
        ResponseError: it has no type, or what was asked for is missing or cannot be read.
    """
    kind = known_kind(json)
    if kind is StreamChunk:
        from aleph_alpha_api.models import StreamChunk as Model

        return read("complete", Model.from_dict, json, _chunk, usual=usual, body=body, halves=CONTINUED)
    from aleph_alpha_api import models as api

    if kind is StreamSummary:
        return read("complete", api.StreamSummary.from_dict, json, _stream_summary, usual=usual, body=body)
    if kind is CompletionSummary:
        return read("complete", api.CompletionSummary.from_dict, json, _completion_summary, usual=usual, body=body)
    if isinstance(json, dict) and isinstance(json.get("type"), str):
        note([("type", f"one of {', '.join(_KINDS)}", "another word")])
        return None
    raise ResponseError("complete: an event of the stream has no type", path="type", body=body)
