"""What becomes of explanations: the prompt with its scores on it, and the target."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from aleph_alpha._call.checks import check_field, check_request, describe, integer, number, optional, refuse
from aleph_alpha._runtime.characters import shortened, visible
from aleph_alpha.errors import InvalidRequestError
from aleph_alpha.explanation.request import ExplanationRequest
from aleph_alpha.explanation.response import Explanation, ExplanationResponse
from aleph_alpha.explanation.scores import (
    ImagePromptItemExplanation,
    PromptItemExplanation,
    TargetPromptItemExplanation,
    TargetScore,
    TargetScoreWithRaw,
    TextPromptItemExplanation,
)
from aleph_alpha.explanation.source import Source, located, sources
from aleph_alpha.prompt.image import Image
from aleph_alpha.prompt.prompt import Prompt, as_item
from aleph_alpha.prompt.text import Text
from aleph_alpha.prompt.tokens import Tokens
from aleph_alpha.views.image_source import ImageSource, cropping_of, source_of
from aleph_alpha.views.model import Block, Figure, ImageBlock, Panel, Scale, Segment, TextBlock, Tile
from aleph_alpha.views.segments import cut
from aleph_alpha.views.view import View

__all__ = ["of_explanation", "of_response"]


def of_explanation(
    explanation: Explanation, prompt: Prompt | None, target: str | None, top: int, bound: float | None
) -> View:
    """The view of one explanation."""
    source = sources.get(explanation)
    if prompt is not None:
        if not isinstance(prompt, Prompt):
            refuse("prompt", "a Prompt", prompt)
        known = source or Source(prompt, None, None)
        source = Source(prompt, known.target if target is None else target, known.start)
    return _view([explanation], [source], explanation.target, top, bound)


def of_response(
    response: ExplanationResponse, request: ExplanationRequest | None, top: int, bound: float | None
) -> View:
    """The view of all explanations of a response."""
    explanations = response.explanations
    parts = [one.target for one in explanations]
    found: Sequence[Source | None] = [sources.get(one) for one in explanations]
    if request is not None:
        check_request(request, ExplanationRequest, "ExplanationResponse.view")
        found = list(located(request.prompt, request.target, parts))
    return _view(explanations, found, "".join(parts), top, bound)


def _view(
    explanations: Sequence[Explanation], found: Sequence[Source | None], target: str, top: int, bound: float | None
) -> View:
    check_field(top, integer, "top")
    check_field(bound, optional(number), "bound")
    if top < 0:
        raise InvalidRequestError(f"top must be 0 or greater, got {top}")
    if bound is not None and bound <= 0:
        raise InvalidRequestError(f"bound must be greater than 0, got {bound}")
    images: dict[int, ImageSource] = {}  # of all panels, by the place of the item
    panels = [
        Panel(one.target if len(explanations) > 1 else "", list(_blocks(one, source, images)))
        for one, source in zip(explanations, found, strict=True)
    ]
    scores = [bound] if bound else [row.score for panel in panels for row in panel.rows]  # those that are shown
    title = f"Explanation of “{shortened(visible(target))}”"
    return View(Figure(title, panels, Scale.of(scores, "against", "for"), top))


def _blocks(explanation: Explanation, source: Source | None, images: dict[int, ImageSource]) -> Iterator[Block]:
    items = [one for one in explanation.items if not isinstance(one, TargetPromptItemExplanation)]
    for index, item in enumerate(items):
        label = f"Item {index}: " if len(items) > 1 else ""
        yield _item(item, index, label, source, images)
    of_target = [one for one in explanation.items if isinstance(one, TargetPromptItemExplanation)]
    yield _target(explanation.target, [score for one in of_target for score in one.scores], source)


def _item(
    item: PromptItemExplanation, index: int, label: str, source: Source | None, images: dict[int, ImageSource]
) -> Block:
    prompted = None if source is None else _prompted(source.prompt, index)
    if isinstance(item, TextPromptItemExplanation):
        if prompted is None:
            return TextBlock(f"{label}text (parts only)", [_named(score) for score in item.scores], known=False)
        if not isinstance(prompted, Text):
            raise _mismatch(index, "a text", prompted)
        return TextBlock(f"{label}text", _scored(prompted.text, item.scores))
    if isinstance(item, ImagePromptItemExplanation):
        if prompted is not None and not isinstance(prompted, Image):
            raise _mismatch(index, "an image", prompted)
        if prompted is not None and index not in images:
            images[index] = source_of(prompted)
        url, size = images.get(index, ImageSource(None, None))
        square = None if prompted is None else cropping_of(prompted, size)
        return ImageBlock(f"{label}image", url, size, _tiles(item, size), square)
    if prompted is not None and not isinstance(prompted, Tokens):
        raise _mismatch(index, "token ids", prompted)
    ids = [] if prompted is None else list(prompted.tokens)
    names = [str(ids[place]) if place < len(ids) else f"token {place}" for place in range(len(item.scores))]
    segments = [Segment(name, _number(score.score)) for name, score in zip(names, item.scores, strict=True)]
    return TextBlock(f"{label}token ids", segments, known=False)


def _prompted(prompt: Prompt, index: int) -> Text | Tokens | Image:
    if index >= len(prompt.items):
        raise InvalidRequestError(f"item {index} is explained; this prompt has {len(prompt.items)} items")
    return as_item(prompt.items[index], f"prompt.items[{index}]")


def _mismatch(index: int, explained: str, found: object) -> InvalidRequestError:
    return InvalidRequestError(f"item {index} is explained as {explained}; in this prompt it is {describe(found)}")


def _named(score: object) -> Segment:
    """A part whose text is not at hand, unless the score itself has it, by its place."""
    place = vars(score)
    name = place.get("text") or f"characters {place['start']} to {place['start'] + place['length']}"
    return Segment(name, _number(place["score"]))


def _scored(text: str, scores: Sequence[object]) -> list[Segment]:
    places = map(vars, scores)
    return cut(text, [(place["start"], place["length"], _number(place["score"])) for place in places])


def _target(explained: str, scores: Sequence[TargetScore | TargetScoreWithRaw], source: Source | None) -> TextBlock:
    """The target: what is explained of it, after the parts that came before."""
    target, start = (None, None) if source is None else (source.target, source.start)
    if target is None and not scores:
        target = explained  # all that there is to show
    if target is None:
        return TextBlock("Target", [*map(_named, scores), Segment(explained, focus=True)], "target", known=False)
    if start is None:  # it follows on what has scores
        start = max((one.start + one.length for one in scores), default=0)
    if not explained or not target.startswith(explained, start):
        return TextBlock("Target", _scored(target, scores), "target")
    before, after = target[:start], target[start + len(explained) :]
    segments = [*_scored(before, scores), Segment(explained, focus=True), *([Segment(after)] if after else [])]
    return TextBlock("Target", segments, "target")


def _tiles(item: ImagePromptItemExplanation, size: tuple[int, int] | None) -> list[Tile]:
    """Tiles in shares of the image, whatever unit they are in: nothing in shares reaches beyond 1."""
    right = max((one.left + one.width for one in item.scores), default=0.0)
    bottom = max((one.top + one.height for one in item.scores), default=0.0)
    in_pixels = max(right, bottom) > 1.01
    across, down = size if in_pixels and size else (right or 1.0, bottom or 1.0) if in_pixels else (1.0, 1.0)
    return [
        Tile(one.left / across, one.top / down, one.width / across, one.height / down, _number(one.score))
        for one in item.scores
    ]


def _number(score: object) -> float:
    """The score as a float: JSON has larger numbers, and ``null``."""
    try:
        return math.nan if score is None else float(score)  # type: ignore[arg-type]
    except OverflowError:
        return math.inf if score > 0 else -math.inf  # type: ignore[operator]
    except (TypeError, ValueError):
        raise InvalidRequestError(f"a score must be a number, got {describe(score)}") from None
