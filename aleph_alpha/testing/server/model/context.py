"""Reads a prompt: items become tokens with an attention factor each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from aleph_alpha.testing.server.model import controls, images
from aleph_alpha.testing.server.model.bpe import END, Bpe, Encoded
from aleph_alpha.testing.server.model.images import Tiles
from aleph_alpha.testing.server.model.language_model import LanguageModel
from aleph_alpha.testing.server.model.ngrams import Vector
from aleph_alpha.testing.server.model.token_vectors import similarity
from aleph_alpha.testing.server.problems import Rule, invalid, prompt_too_long


@dataclass(frozen=True, slots=True, eq=False)
class Item:
    """One item of a prompt. `text` is what it echoes, `encoded` and `tiles` belong to text and image items."""

    kind: str
    start: int
    ids: tuple[int, ...]
    factors: Vector
    text: str
    encoded: Encoded | None = None
    tiles: Tiles | None = None

    @property
    def end(self) -> int:
        """Position of the first token after it."""
        return self.start + len(self.ids)


@dataclass(frozen=True, slots=True)
class ControlRules:
    """How a request wants its controls applied."""

    threshold: float | None = None
    log_additive: bool = True

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> ControlRules:
        """From the fields of a request."""
        threshold = body.get("contextual_control_threshold")
        return cls(None if threshold is None else float(threshold), bool(body.get("control_log_additive", True)))


@dataclass(frozen=True, slots=True, eq=False)
class Context:
    """A prompt as tokens. An empty prompt is a single end-of-text token."""

    items: tuple[Item, ...]
    ids: tuple[int, ...]
    factors: Vector
    rules: ControlRules

    @property
    def text(self) -> str:
        """The text that `echo` puts in front; images have none."""
        return "".join(item.text for item in self.items)

    @property
    def image_count(self) -> int:
        """Number of images."""
        return sum(item.kind == "image" for item in self.items)

    def gains(self, model: LanguageModel, extra: Vector | None = None, more: Sequence[int] = ()) -> Vector:
        """The gain of each token, and of `more` tokens after the prompt, with `extra` factors on top."""
        ids = [*self.ids, *more]
        factors = np.concatenate([self.factors, np.ones(len(more))])
        if extra is not None:
            factors = controls.multiply([factors, extra], len(ids))
        if self.rules.threshold is not None and (factors != 1.0).any():
            factors = controls.spread(factors, similarity(model, tuple(ids)), self.rules.threshold)
        return model.gains_of_controls(factors, self.rules.log_additive)


def read_prompt(
    prompt: str | Sequence[Mapping[str, Any]], bpe: Bpe, limit: int, pointer: str, rules: ControlRules | None = None
) -> Context:
    """Tokenizes a prompt, refusing what is not in the vocabulary, points nowhere or does not fit."""
    listed: Sequence[Mapping[str, Any]] = [{"type": "text", "data": prompt}] if isinstance(prompt, str) else prompt
    items: list[Item] = []
    position = 0
    for index, raw in enumerate(listed):
        item = _read_item(raw, bpe, position, f"{pointer}/{index}")
        items.append(item)
        position = item.end
        if position > limit:
            total = position + sum(_rough_length(later, bpe) for later in listed[index + 1 :])
            raise prompt_too_long(total, limit)
    ids = tuple(token for item in items for token in item.ids)
    factors = np.concatenate([np.ones(0), *(item.factors for item in items)])
    if not ids:
        ids, factors = (END,), np.ones(1)
    return Context(tuple(items), ids, factors, rules or ControlRules())


def _rough_length(item: Mapping[str, Any], bpe: Bpe) -> int:
    if item["type"] == "text":
        return len(bpe.encode(item["data"]).ids)
    return len(item["data"]) if item["type"] == "token_ids" else controls.TILES**2


def _read_item(raw: Mapping[str, Any], bpe: Bpe, start: int, pointer: str) -> Item:
    match raw["type"]:
        case "text":
            encoded = bpe.encode(raw["data"])
            parts = [_text_control(encoded, one, p) for one, p in _controls(raw, pointer)]
            factors = controls.multiply(parts, len(encoded.ids))
            return Item("text", start, encoded.ids, factors, raw["data"], encoded=encoded)
        case "token_ids":
            ids = tuple(check_ids(raw["data"], bpe, f"{pointer}/data"))
            parts = [_token_control(len(ids), one, p) for one, p in _controls(raw, pointer)]
            return Item("token_ids", start, ids, controls.multiply(parts, len(ids)), bpe.decode(ids))
        case _:
            tiles = images.read(raw, pointer)
            parts = [_image_control(tiles, one, p) for one, p in _controls(raw, pointer)]
            factors = controls.multiply(parts, len(tiles.ids))
            return Item("image", start, tiles.ids, factors, "", tiles=tiles)


def _controls(raw: Mapping[str, Any], pointer: str) -> list[tuple[Mapping[str, Any], str]]:
    return [(control, f"{pointer}/controls/{index}") for index, control in enumerate(raw.get("controls", ()))]


def _text_control(encoded: Encoded, control: Mapping[str, Any], pointer: str) -> Vector:
    start, length = int(control["start"]), int(control["length"])
    if start < 0 or length < 0:
        message = f"start {start} and length {length} must not be negative."
        raise invalid(pointer, message, Rule.CONTROL_RANGE)
    overlap = control.get("token_overlap", "partial")
    return controls.range_factors(encoded, start, length, controls.factor_of(control, pointer), overlap)


def _token_control(length: int, control: Mapping[str, Any], pointer: str) -> Vector:
    index = int(control["index"])
    if not 0 <= index < length:
        message = f"There is no token {index}: the item has {length}."
        raise invalid(f"{pointer}/index", message, Rule.CONTROL_RANGE)
    return controls.index_factors(length, index, controls.factor_of(control, pointer))


def _image_control(tiles: Tiles, control: Mapping[str, Any], pointer: str) -> Vector:
    factor = controls.factor_of(control, pointer)
    return controls.tile_factors(control["rect"], tiles.crop, factor, control.get("token_overlap", "partial"))


def check_ids(ids: Sequence[float], bpe: Bpe, pointer: str) -> list[int]:
    """The ids, if all of them are in the vocabulary."""
    for index, token in enumerate(ids):
        if not 0 <= token < bpe.size:
            message = f"There is no token {token}: the vocabulary has {bpe.size}."
            raise invalid(f"{pointer}/{index}", message, Rule.TOKEN_RANGE)
    return [int(token) for token in ids]
