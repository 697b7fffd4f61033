"""Attention controls of all kinds of items, and the image rule."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from aleph_alpha.testing.server.model import bpe as bpe_module
from aleph_alpha.testing.server.model.context import Context, ControlRules, read_prompt
from aleph_alpha.testing.server.model.controls import spread
from aleph_alpha.testing.server.model.language_model import LARGEST_GAIN
from tests.server.client import CheckedClient
from tests.server.pictures import picture

bpe = bpe_module.load()


def _read(item: dict[str, Any]) -> Context:
    return read_prompt([item], bpe, 2048, "/prompt", ControlRules())


def _text(data: str, **control: Any) -> list[float]:
    return list(_read({"type": "text", "data": data, "controls": [control]}).factors)


class TestText:
    def test_covers_the_tokens_of_its_characters(self) -> None:
        assert _text("the blue sea", start=4, length=4, factor=0.5) == [1.0, 0.5, 1.0]

    def test_covering_a_token_in_part_weakens_the_factor(self) -> None:
        assert _text("the blue sea", start=4, length=2, factor=2.0) == [1.0, 1.5, 1.0]
        assert _text("the blue sea", start=4, length=2, factor=2.0, token_overlap="partial") == [1.0, 1.5, 1.0]

    def test_unless_it_is_to_apply_completely(self) -> None:
        assert _text("the blue sea", start=4, length=2, factor=2.0, token_overlap="complete") == [1.0, 2.0, 1.0]

    def test_several_multiply(self) -> None:
        controls = [{"start": 0, "length": 12, "factor": 0.5}, {"start": 4, "length": 4, "factor": 4.0}]
        assert list(_read({"type": "text", "data": "the blue sea", "controls": controls}).factors) == [0.5, 2.0, 0.5]

    def test_however_large_they_give_way_to_one_that_suppresses(self) -> None:
        huge = {"start": 0, "length": 12, "factor": 1.7e308}
        none = {"start": 4, "length": 4, "factor": 0.0}
        for controls in ([huge, huge, none], [none, huge, huge]):
            factors = _read({"type": "text", "data": "the blue sea", "controls": controls}).factors
            assert list(factors) == [LARGEST_GAIN, 0.0, LARGEST_GAIN]

    def test_beyond_the_end_of_the_text_it_covers_nothing(self) -> None:
        assert _text("the blue sea", start=9, length=100, factor=0.5) == [1.0, 1.0, 0.5]


class TestTokens:
    def test_covers_the_token_at_its_index(self) -> None:
        item = {"type": "token_ids", "data": [5, 6, 7], "controls": [{"index": 1, "factor": 0.25}]}
        assert list(_read(item).factors) == [1.0, 0.25, 1.0]


class TestImages:
    def _tiles(self, item: dict[str, Any]) -> list[list[float]]:
        factors = list(_read(item).factors)
        return [factors[row * 12 : row * 12 + 12] for row in range(12)]

    def test_a_rectangle_covers_its_tiles(self) -> None:
        control = {"rect": {"left": 0.0, "top": 0.0, "width": 0.5, "height": 0.25}, "factor": 0.5}
        tiles = self._tiles({"type": "image", "data": picture("red"), "controls": [control]})
        assert tiles == [[0.5] * 6 + [1.0] * 6] * 3 + [[1.0] * 12] * 9

    def test_covering_a_tile_in_part_weakens_the_factor(self) -> None:
        control = {"rect": {"left": 0.0, "top": 0.0, "width": 1 / 24, "height": 1 / 12}, "factor": 2.0}
        assert self._tiles({"type": "image", "data": picture("red"), "controls": [control]})[0][0] == pytest.approx(1.5)

    def test_rectangles_are_parts_of_the_whole_image_also_where_it_is_cropped(self) -> None:
        """A wide image shows its middle half; the left quarter of the whole is not seen by the model at all."""
        data = picture("red", width=240, height=120)
        unseen = {"rect": {"left": 0.0, "top": 0.0, "width": 0.25, "height": 1.0}, "factor": 0.5}
        assert self._tiles({"type": "image", "data": data, "controls": [unseen]}) == [[1.0] * 12] * 12
        half = {"rect": {"left": 0.25, "top": 0.0, "width": 0.25, "height": 1.0}, "factor": 0.5}
        assert self._tiles({"type": "image", "data": data, "controls": [half]}) == [[0.5] * 6 + [1.0] * 6] * 12

    def test_are_read_as_the_colours_of_their_tiles(self) -> None:
        context = _read({"type": "image", "data": picture("red", "blue")})
        assert len(context.ids) == 144
        assert [bpe.decode([token]) for token in context.ids[:12]] == [" red"] * 6 + [" blue"] * 6

    def test_are_cropped_to_the_middle_or_as_wished(self) -> None:
        data = picture("red", "blue", "green", width=360, height=120)
        seen = {bpe.decode([token]) for token in _read({"type": "image", "data": data}).ids}
        assert seen == {" blue"}
        cropped = _read({"type": "image", "data": data, "x": 240, "y": 0, "size": 120})
        seen = {bpe.decode([token]) for token in cropped.ids}
        assert seen == {" green"}

    @pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "BMP", "WEBP"])
    def test_of_any_usual_format_are_read(self, kind: str) -> None:
        assert bpe.decode(_read({"type": "image", "data": picture("white", kind=kind)}).ids[:1]) == " white"

    def test_make_their_colours_likelier(self, api: CheckedClient) -> None:
        def says(colour: str) -> str:
            prompt = [{"type": "image", "data": picture(colour)}, {"type": "text", "data": "The colour is"}]
            fields = {"maximum_tokens": 1, "completion_bias_inclusion": [" red", " blue", " green"]}
            body = {"model": "toy-multimodal", "prompt": prompt, **fields}
            return str(api.call("complete", body)["completions"][0]["completion"])

        assert [says("red"), says("blue"), says("green")] == [" red", " blue", " green"]


@pytest.mark.parametrize(
    ("item", "pointer"),
    [
        ({"type": "text", "data": "a", "controls": [{"start": -1, "length": 1, "factor": 1}]}, "/prompt/0/controls/0"),
        (
            {"type": "text", "data": "a", "controls": [{"start": 0, "length": 1, "factor": -1}]},
            "/prompt/0/controls/0/factor",
        ),
        ({"type": "token_ids", "data": [1], "controls": [{"index": 1, "factor": 1}]}, "/prompt/0/controls/0/index"),
        ({"type": "token_ids", "data": [-1]}, "/prompt/0/data/0"),
        ({"type": "token_ids", "data": ["1"]}, "/prompt/0/data/0"),
        ({"type": "text", "data": 1}, "/prompt/0/data"),
        ({"type": "text"}, "/prompt/0"),
        ({"type": "sound", "data": "a"}, "/prompt/0"),
        ({"type": "image", "data": "no base64"}, "/prompt/0/data"),
        ({"type": "image", "data": "AAAA"}, "/prompt/0/data"),
        ({"type": "image", "data": picture("red"), "x": 100, "y": 0, "size": 21}, "/prompt/0"),
        ({"type": "image", "data": picture("red"), "size": 0}, "/prompt/0"),
    ],
)
def test_items_that_make_no_sense_are_refused_with_the_pointer_of_the_fault(
    api: CheckedClient, item: dict[str, Any], pointer: str
) -> None:
    status, code, message = api.refused("complete", {"model": "toy-multimodal", "prompt": [item]})
    assert (status, code) == (400, "INVALID_REQUEST")
    assert message.partition(":")[0] == pointer


def test_images_are_for_models_that_see(api: CheckedClient) -> None:
    body = {"model": "toy-base", "prompt": [{"type": "image", "data": picture("red")}]}
    assert api.refused("complete", body)[:2] == (400, "MISSING_CAPABILITY")


@pytest.mark.parametrize(("threshold", "reached"), [(1e300, [1.0, 0.5, 1.0]), (-1e300, [0.5, 0.5, 0.5])])
def test_thresholds_beyond_what_a_similarity_can_hold_are_compared(threshold: float, reached: list[float]) -> None:
    similarity = np.eye(3, dtype=np.float32)
    assert spread(np.array([1.0, 0.5, 1.0]), similarity, threshold).tolist() == reached
