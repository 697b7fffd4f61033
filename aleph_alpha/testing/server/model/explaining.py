"""Explanations: suppress one part of the prompt after the other and see what the target loses.

The score of a part is the cross-entropy of the target with the part suppressed, minus the one without: positive
where the part helps. Suppressing is an attention control with the request's `control_factor` on the part's tokens.
The scores of a whole target are the sums of those of its tokens.

`normalize` follows what the API was recorded to do, `max(0, tanh(score))`, and not the documented scaling from the
lowest score to the highest.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from aleph_alpha.testing.server.model import controls
from aleph_alpha.testing.server.model.bpe import Encoded
from aleph_alpha.testing.server.model.context import Context, Item
from aleph_alpha.testing.server.model.language_model import LanguageModel
from aleph_alpha.testing.server.model.ngrams import Vector
from aleph_alpha.testing.server.problems import Rule, invalid, prompt_too_long

_GRANULARITIES = ("token", "word", "sentence", "paragraph")
_TILES_A_SIDE = {"token": 12, "word": 6, "sentence": 3, "paragraph": 1, "custom": 3}
_WANTED_PARTS = 30
_LARGEST = 200_000
"""Most scores of one explanation."""
_SEPARATORS = {
    "word": re.compile(r"\s+"),
    "sentence": re.compile(r"(?<=[.!?])\s+|\s*\n\s*"),
    "paragraph": re.compile(r"\s*\n\s*\n\s*"),
}


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A part of a prompt item: where it is, as the response tells it, and factors for the item's tokens."""

    place: dict[str, Any]
    factors: Vector


@dataclass(frozen=True, slots=True)
class Suppression:
    """How parts are suppressed."""

    factor: float = 0.1
    overlap: str = "partial"


def explain(
    model: LanguageModel, context: Context, target: str, body: Mapping[str, Any], limit: int
) -> list[dict[str, Any]]:
    """The explanations of a request: one of the whole target, or one of each of its tokens."""
    encoded = model.bpe.encode(target)
    start, length = len(context.ids), len(encoded.ids)
    if start + length > limit:
        raise prompt_too_long(start + length, limit)
    factor = float(body.get("control_factor", 0.1))
    if factor < 0:
        raise invalid("/control_factor", f"{factor} is negative; 0 suppresses.", Rule.CONTROL_FACTOR)
    suppression = Suppression(factor, body.get("control_token_overlap", "partial"))
    parts = _split(context, body.get("prompt_granularity"), suppression)
    if sum(map(len, parts)) * max(1, length) > _LARGEST:
        message = f"More than {_LARGEST} scores: choose a coarser prompt_granularity."
        raise invalid("/prompt_granularity", message, Rule.EXPLANATION_SIZE)
    finish = _postprocess(body.get("postprocessing", "none"), bool(body.get("normalize", False)))
    measure = _Measure(model, context, encoded.ids)
    items = [
        (item, own, measure.losses([(item.start, part.factors) for part in own]))
        for item, own in zip(context.items, parts, strict=True)
    ]
    if body.get("target_granularity", "complete") == "complete":
        answered = [_item(item, own, finish(losses.sum(axis=1))) for item, own, losses in items]
        return [{"target": target, "items": [*answered, {"type": "target", "scores": []}]}]
    of_target = measure.losses([(start + i, controls.index_factors(1, 0, factor)) for i in range(length)])
    explanations = []
    for index, piece in enumerate(_pieces(target, encoded)):
        answered = [_item(item, own, finish(losses[:, index])) for item, own, losses in items]
        before = zip(encoded.spans, finish(of_target[:index, index]), strict=False)
        scores = [{**_span(span), "score": score} for span, score in before]
        explanations.append({"target": piece, "items": [*answered, {"type": "target", "scores": scores}]})
    return explanations


class _Measure:
    """Measures what each target token loses by a suppression."""

    def __init__(self, model: LanguageModel, context: Context, target: Sequence[int]) -> None:
        self._model = model
        self._context = context
        self._target = target
        self._ids = [*context.ids, *target]
        self._start = len(context.ids)
        self._base = self._log_probabilities(context.gains(model, more=target)[None, :])[0]

    def _log_probabilities(self, gains: Vector) -> Vector:
        return self._model.log_probabilities(self._ids, self._start, gains)

    def losses(self, suppressions: Sequence[tuple[int, Vector]]) -> Vector:
        """A row for each suppression (its first token and its factors), a column for each target token."""
        if not suppressions or not self._target:
            return np.zeros((len(suppressions), len(self._target)))
        rows = []
        for start, factors in suppressions:
            extra = np.ones(len(self._ids))
            extra[start : start + len(factors)] = factors
            rows.append(self._context.gains(self._model, extra, self._target))
        return np.asarray(self._base[None, :] - self._log_probabilities(np.stack(rows)))


def _postprocess(postprocessing: str, normalize: bool) -> Callable[[Vector], list[float]]:
    def finish(scores: Vector) -> list[float]:
        if postprocessing == "absolute":
            scores = np.abs(scores)
        elif postprocessing == "square":
            scores = scores**2
        if normalize:
            scores = np.maximum(0.0, np.tanh(scores))
        return [float(score) for score in scores]

    return finish


def _item(item: Item, parts: Sequence[Part], scores: Sequence[float]) -> dict[str, Any]:
    if item.kind == "token_ids":
        return {"type": item.kind, "scores": list(scores)}
    return {
        "type": item.kind,
        "scores": [_placed(part.place, score) for part, score in zip(parts, scores, strict=True)],
    }


def _placed(place: Mapping[str, Any], score: float) -> dict[str, Any]:
    return {**place, "score": score}


def _span(span: tuple[int, int]) -> dict[str, Any]:
    return {"start": span[0], "length": span[1] - span[0]}


def _pieces(target: str, encoded: Encoded) -> Iterator[str]:
    """The target's text, token by token, spaces with the token they precede."""
    at = 0
    for index, (_, end) in enumerate(encoded.spans):
        end = len(target) if index == len(encoded.spans) - 1 else max(at, end)
        yield target[at:end]
        at = end


def _split(context: Context, granularity: Mapping[str, Any] | None, suppression: Suppression) -> list[list[Part]]:
    kind, delimiter = (granularity or {}).get("type"), (granularity or {}).get("delimiter")
    if kind == "custom" and not delimiter:
        raise invalid("/prompt_granularity/delimiter", "custom needs a delimiter that is not empty.", Rule.GRANULARITY)
    if delimiter is not None and kind != "custom":
        raise invalid("/prompt_granularity/delimiter", "only custom takes a delimiter.", Rule.GRANULARITY)

    def split(kind: str) -> list[list[Part]]:
        return [_parts(item, kind, delimiter or "", suppression) for item in context.items]

    if kind is not None:
        return split(kind)
    # What comes closest to 30 parts; of two that are as close, the finer one.
    return min(map(split, _GRANULARITIES), key=lambda parts: abs(sum(map(len, parts)) - _WANTED_PARTS))


def _parts(item: Item, kind: str, delimiter: str, suppression: Suppression) -> list[Part]:
    if item.tiles is not None:
        return _tiles(item.tiles.crop, _TILES_A_SIDE[kind], suppression)
    if item.encoded is None or kind == "token":
        spans = item.encoded.spans if item.encoded is not None else ()
        return [
            Part(_span(spans[index]) if spans else {}, controls.index_factors(len(item.ids), index, suppression.factor))
            for index in range(len(item.ids))
        ]
    separated = _custom(item.text, delimiter) if kind == "custom" else _between(item.text, _SEPARATORS[kind])
    factor, overlap = suppression.factor, suppression.overlap
    return [
        Part(_span((start, end)), controls.range_factors(item.encoded, start, end - start, factor, overlap))
        for start, end in separated
    ]


def _between(text: str, separator: re.Pattern[str]) -> list[tuple[int, int]]:
    """Where the parts between separators are, without white space around them."""
    ends = [match.span() for match in separator.finditer(text)]
    starts = [0, *(end for _, end in ends)]
    spans = []
    for start, end in zip(starts, [*(start for start, _ in ends), len(text)], strict=True):
        part = text[start:end]
        if part.strip():
            left = start + len(part) - len(part.lstrip())
            spans.append((left, left + len(part.strip())))
    return spans


def _custom(text: str, delimiter: str) -> list[tuple[int, int]]:
    spans, start = [], 0
    for part in text.split(delimiter):
        if part:
            spans.append((start, start + len(part)))
        start += len(part) + len(delimiter)
    return spans


def _tiles(crop: tuple[float, float, float, float], side: int, suppression: Suppression) -> list[Part]:
    left, top, width, height = crop
    parts = []
    for row in range(side):
        for column in range(side):
            # The response's rectangles are parts of what the model sees; so they were recorded, also for a wide image.
            rect = {"top": row / side, "left": column / side, "width": 1 / side, "height": 1 / side}
            whole = {
                "top": top + height * rect["top"],
                "left": left + width * rect["left"],
                "width": width * rect["width"],
                "height": height * rect["height"],
            }
            factors = controls.tile_factors(whole, crop, suppression.factor, suppression.overlap)
            parts.append(Part({"rect": rect}, factors))
    return parts
