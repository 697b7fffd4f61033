"""What a streamed completion adds up to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from aleph_alpha._call.events import Halves, read_json, refuse_error
from aleph_alpha.completion.events import (
    CompletionResponseStreamItem,
    CompletionSummary,
    StreamChunk,
    StreamSummary,
    read_event,
)
from aleph_alpha.errors import ResponseError

if TYPE_CHECKING:
    from aleph_alpha.completion.response import CompletionResponse, CompletionResult

__all__ = ["OPERATION", "CompletionStreamReader"]

OPERATION = "complete"


class _Completion:
    """A completion whose pieces are coming."""

    def __init__(self, texts: list[str]) -> None:
        self.texts = texts
        self.raw: list[str] = []
        self.tokens: list[str] | None = None  # as the log probabilities: None where none were asked for
        self.log_probs: list[dict[str, float | None]] | None = None
        self.summary: StreamSummary | None = None

    def add(self, chunk: StreamChunk) -> None:
        self.texts.append(chunk.completion)
        if chunk.raw_completion is not None:
            self.raw.append(chunk.raw_completion)
        if chunk.completion_tokens is not None:
            self.tokens = self.tokens or []
            self.tokens += chunk.completion_tokens
        if chunk.log_probs is not None:
            self.log_probs = self.log_probs or []
            self.log_probs += chunk.log_probs

    def result(self) -> CompletionResult:
        from aleph_alpha.completion.response import CompletionResult

        return CompletionResult(
            log_probs=self.log_probs,
            completion="".join(self.texts),
            completion_tokens=self.tokens,
            finish_reason=None if self.summary is None else self.summary.finish_reason,
            raw_completion="".join(self.raw) if self.raw else None,
        )


class CompletionStreamReader:
    """Gives out the events of a stream; see ``aleph_alpha._call.events.ResponseReader``."""

    def __init__(self) -> None:
        self.done = False
        self.unknown: list[Any] = []
        self._halves = Halves()
        self._texts: dict[int, list[str]] = {}
        self._completions: dict[int, _Completion] = {}
        self._summary: CompletionSummary | None = None

    def feed(self, data: bytes) -> list[CompletionResponseStreamItem]:
        if data == b"[DONE]":  # not in the contract, but other streams end so
            return []
        json, usual = read_json(OPERATION, data)
        refuse_error(OPERATION, json)
        item = read_event(json, usual=usual, body=data)
        if item is None:  # an event of a newer API
            self.unknown.append(json)
            return []
        if isinstance(item, StreamChunk):
            if self._halves or not usual:
                item = self._joined(item)
            self._completion(item.index).add(item)
        elif isinstance(item, StreamSummary):
            completion = self._completion(item.index)
            completion.summary = item
            completion.texts += filter(None, [self._halves.rest((item.index, "text"))])
        else:
            self._summary = item
            self.done = True
        return [item]

    def _joined(self, chunk: StreamChunk) -> StreamChunk:
        """The chunk with whole characters."""
        text = self._halves.joined((chunk.index, "text"), chunk.completion)
        raw = chunk.raw_completion
        if raw is not None:
            raw = self._halves.joined((chunk.index, "raw"), raw)
        return replace(chunk, completion=text, raw_completion=raw)

    def _completion(self, index: int) -> _Completion:
        completion = self._completions.get(index)
        if completion is None:
            completion = self._completions[index] = _Completion(self.pieces(index))
        return completion

    def pieces(self, index: int) -> list[str]:
        return self._texts.setdefault(index, [])

    def so_far(self, events: Sequence[Any]) -> CompletionResponse | None:
        return self._response(self._summary) if self._completions or self._summary else None

    def final(self) -> CompletionResponse:
        if self._summary is None:
            raise ResponseError(f"{OPERATION}: there is no summary in the stream")
        return self._response(self._summary)

    def _response(self, summary: CompletionSummary | None) -> CompletionResponse:
        from aleph_alpha.completion.response import CompletionResponse

        numbers: Any = summary  # of a stream that has not ended there are none
        completions = [completion for _, completion in sorted(self._completions.items())]
        versions: list[Any] = [one.summary.model_version for one in completions if one.summary is not None]
        version: Any = next((version for version in versions if version is not None), None)
        return CompletionResponse(
            model_version=version,
            completions=[one.result() for one in completions],
            num_tokens_prompt_total=numbers and numbers.num_tokens_prompt_total,
            num_tokens_generated=numbers and numbers.num_tokens_generated,
            optimized_prompt=numbers and numbers.optimized_prompt,
        )
