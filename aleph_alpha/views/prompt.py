"""What becomes of prompts: their items, with attention controls where they act."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from aleph_alpha._call.checks import checked_tokenizer
from aleph_alpha._runtime.characters import shortened
from aleph_alpha.errors import InvalidRequestError
from aleph_alpha.prompt.image import Image
from aleph_alpha.prompt.prompt import Prompt, as_item
from aleph_alpha.prompt.text import Text
from aleph_alpha.prompt.tokens import Tokens
from aleph_alpha.views.image_source import cropping_of, source_of
from aleph_alpha.views.model import Block, Figure, ImageBlock, Panel, Scale, Segment, TextBlock, Tile, counted
from aleph_alpha.views.segments import cut
from aleph_alpha.views.view import View

if TYPE_CHECKING:
    from tokenizers import Tokenizer

__all__ = ["of_image", "of_prompt"]


def of_prompt(prompt: Prompt, tokenizer: Tokenizer | None) -> View:
    """The view of a prompt."""
    if tokenizer is not None:
        checked_tokenizer(tokenizer, "tokenizer")
    items: Sequence[object] = prompt.items
    blocks = []
    for index, item in enumerate(items):
        label = f"Item {index}: " if len(items) > 1 else ""
        blocks.append(_block(item, label, tokenizer))
    return View(Figure(f"Prompt, {counted(len(items), 'item')}", [Panel("", blocks)], _scale(blocks)))


def of_image(image: Image) -> View:
    """The view of an image."""
    blocks = [_image(image, "image")]
    return View(Figure("Image", [Panel("", blocks)], _scale(blocks)))


def _scale(blocks: Sequence[Block]) -> Scale:
    """Factors by their logarithms: 2 and 0.5 are as far from 1, which changes nothing."""
    scores = [row.score for row in Panel("", blocks).rows]
    return Scale.of(scores, "weakened", "strengthened", times)


def times(score: float) -> str:
    """The factor of a score.

    >>> times(-1.0), times(0.0), times(float("-inf"))
    ('×0.5', '×1', '×0')
    """
    return "NaN" if score != score else f"×{2.0 ** min(score, 1e3):.3g}"


def _score(factor: float) -> float:
    return math.log2(factor) if factor > 0 else -math.inf if factor == 0 else math.nan


def _block(item: object, label: str, tokenizer: Tokenizer | None) -> Block:
    try:
        known = as_item(item, "item")
    except InvalidRequestError:
        return TextBlock(f"{label}not an item of a prompt", [Segment(shortened(repr(item)))], known=False)
    if isinstance(known, Image):
        return _image(known, f"{label}image")
    return _text(known, label, tokenizer) if isinstance(known, Text) else _tokens(known, label, tokenizer)


def _text(item: Text, label: str, tokenizer: Tokenizer | None) -> Block:
    ranges = [(one.start, one.length, _score(one.factor)) for one in item.controls or ()]
    label = f"{label}text"
    if tokenizer is not None:
        label += f", {counted(len(tokenizer.encode(item.text, add_special_tokens=False).ids), 'token')}"
    return TextBlock(label, cut(item.text, ranges, sum))


def _tokens(item: Tokens, label: str, tokenizer: Tokenizer | None) -> Block:
    factors: dict[int, float] = {}
    for one in item.controls or ():
        factors[one.pos] = factors.get(one.pos, 0.0) + _score(one.factor)
    ids = list(item.tokens)
    names = map(str, ids) if tokenizer is None else (tokenizer.decode([one], skip_special_tokens=False) for one in ids)
    segments = [Segment(name, factors.get(place)) for place, name in enumerate(names)]
    return TextBlock(f"{label}token ids, {counted(len(ids), 'token')}", segments, known=False)


def _image(item: Image, label: str) -> ImageBlock:
    url, size = source_of(item)
    tiles = [Tile(one.left, one.top, one.width, one.height, _score(one.factor)) for one in item.controls or ()]
    return ImageBlock(label, url, size, tiles, cropping_of(item, size))
