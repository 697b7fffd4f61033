"""All renderers show one figure: the same segments, in the same order, with the same signs and steps."""

from __future__ import annotations

import io
import math
import re
from itertools import groupby

import PIL.Image
import pytest
from hypothesis import given, settings, strategies as st

from aleph_alpha import Prompt
from aleph_alpha.explanation import Explanation, TextPromptItemExplanation, TextScore
from aleph_alpha.views import View
from aleph_alpha.views.colours import LIGHT, rgb
from aleph_alpha.views.model import Scale, level
from tests.views.parsed import ansi_marks, page, svg_marks, truecolor_mark

values = st.lists(st.one_of(st.floats(), st.sampled_from([0.0, -0.0, 1.0, -1.0, math.nan])), min_size=1, max_size=12)


def shown(scores: list[float]) -> tuple[View, list[str]]:
    """A view of one word for each score, and the marks that they should have."""
    text = " ".join(f"w{index:02}" for index in range(len(scores)))
    parts = [TextScore(index * 4, 3, score) for index, score in enumerate(scores)]
    explanation = Explanation("t", [TextPromptItemExplanation(list(parts))])
    scale = Scale.of(scores, "against", "for")
    return explanation.view(Prompt.from_text(text), top=0), [scale.mark(score) for score in scores]


@given(values)
def test_html(scores: list[float]) -> None:
    view, marks = shown(scores)
    words = page(view.html()).texts[0]
    assert [kind for kind, text in words if text.startswith("w")] == marks


@given(values)
def test_plain_text(scores: list[float]) -> None:
    view, marks = shown(scores)
    bars = re.findall(r"^.{10} (\S*) +w\d\d$", view.text(), re.MULTILINE)
    signs = {"z": "0", "x": "?"}
    assert bars == [signs.get(mark) or ("+" if level(mark) > 0 else "-") * abs(level(mark)) for mark in marks]


@given(values)
def test_a_terminal_with_all_colours(scores: list[float]) -> None:
    view, marks = shown(scores)
    runs = ansi_marks(view.ansi(columns=200, colors=1 << 24))
    found = [truecolor_mark(code) for code, text in runs for _ in re.findall(r"w\d\d", text)]
    assert found == [mark.replace("z", "") for mark in marks]


def _lightness(code: str) -> float:
    """Of the background: one of the cube of 6 by 6 by 6 colours."""
    index = int(code.rpartition(";")[2]) - 16
    red, green, blue = (0 if one == 0 else 55 + 40 * one for one in (index // 36, index // 6 % 6, index % 6))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("colors", [16, 256])
@pytest.mark.parametrize("dark", [True, False])
def test_a_terminal_with_few_colours(colors: int, dark: bool) -> None:
    """It has fewer steps, but none of them twice, out of order or on both sides."""
    view, marks = shown([step / 9 for step in range(-9, 10)])
    runs = ansi_marks(view.ansi(columns=200, colors=colors, dark=dark))
    codes = [code for code, text in runs for _ in re.findall(r"w\d\d", text)]
    assert len(codes) == len(marks)
    steps = [code for code, _ in groupby(codes)]
    assert len(set(steps)) == len(steps) == {16: 5, 256: 7}[colors]
    assert codes[9] == ""
    if colors == 256:
        light = [_lightness(code) for code in steps if code]
        assert light[:3] == sorted(light[:3], reverse=dark)
        assert light[3:] == sorted(light[3:], reverse=not dark)
    else:
        assert [code[-2:] for code in steps] == ["03", "43", "", "44", "04"]  # bright ones at the ends
    assert all(code.startswith("4;") for code in codes[:9])
    assert not any(code.startswith("4;") for code in codes[10:])


@given(values)
def test_svg(scores: list[float]) -> None:
    view, marks = shown(scores)
    boxes = [mark for mark, width in svg_marks(view.svg(width=2000)) if width > 20]
    assert [mark for mark in boxes if mark not in {"paper", "e"}] == [mark for mark in marks if mark != "z"]


@settings(max_examples=10, deadline=None)
@given(values)
def test_png(scores: list[float]) -> None:
    view, marks = shown(scores)
    image = PIL.Image.open(io.BytesIO(view.png(width=1000)))
    colours = {pixel for _, pixel in image.getcolors(1 << 24) or []}
    assert {rgb(LIGHT[mark]) for mark in marks if level(mark)} <= colours


@given(values)
def test_the_top_list_begins_with_what_is_furthest_from_zero(scores: list[float]) -> None:
    view, _ = shown(scores)
    panel = view._figure.panels[0]
    top = [abs(row.score) for row in panel.top(len(scores))]
    assert top == sorted((abs(score) for score in scores if score == score and score), reverse=True)
    assert [row.score for row in panel.top(2)] == [row.score for row in panel.top(len(scores))][:2]


def test_a_score_that_is_not_shown_does_not_move_the_scale() -> None:
    parts = [TextScore(0, 3, 0.5), TextScore(50, 3, 100.0), TextScore(4, -2, -100.0)]
    view = Explanation("t", [TextPromptItemExplanation(list(parts))]).view(Prompt("one two"))
    assert page(view.html()).texts[0] == [("p9", "one"), ("", " two")]


def test_overlapping_scores_are_on_a_scale_of_what_is_shown() -> None:
    parts = [TextScore(0, 7, 1.0), TextScore(0, 7, -0.5)]
    view = Explanation("t", [TextPromptItemExplanation(list(parts))]).view(Prompt("one two"))
    assert page(view.html()).texts[0] == [("p9", "one two")]


@given(st.lists(st.floats(-3, 3), min_size=2, max_size=8), st.floats(1e-3, 1e3))
def test_with_the_same_bound_equal_scores_of_several_views_look_equal(scores: list[float], bound: float) -> None:
    def marks(some: list[float]) -> list[str]:
        parts = [TextScore(index, 1, score) for index, score in enumerate(some)]
        explanation = Explanation("t", [TextPromptItemExplanation(list(parts))])
        return [mark for mark, _ in page(explanation.view(Prompt("x" * len(some)), bound=bound).html()).texts[0]]

    assert marks(scores) == marks(scores[:1]) + marks(scores[1:])
