from __future__ import annotations

import math

import pytest
from hypothesis import given, strategies as st

from aleph_alpha.views.model import MARKS, Scale, level
from aleph_alpha.views.segments import cut, mean

scores = st.floats(allow_nan=False, allow_infinity=False, width=32)
any_scores = st.floats(allow_nan=False, allow_infinity=False)
ranges = st.lists(st.tuples(st.integers(-3, 25), st.integers(-2, 12), scores), max_size=8)


@given(text=st.text(max_size=20), ranges=ranges)
def test_segments_are_the_text_and_each_character_has_the_mean_of_what_covers_it(
    text: str, ranges: list[tuple[int, int, float]]
) -> None:
    segments = cut(text, ranges)
    assert "".join(segment.text for segment in segments) == text
    assert all(segment.text for segment in segments)
    found = [segment.score for segment in segments for _ in segment.text]
    for place, score in enumerate(found):
        covering = [one for start, length, one in ranges if start <= place < start + length]
        assert score == (pytest.approx(mean(covering)) if covering else None)


def test_thousands_of_ranges_that_begin_together_are_cut_once_each() -> None:
    segments = cut("x" * 2000, [(0, length, 1.0) for length in range(1, 2001)])
    assert len(segments) == 2000
    assert {segment.score for segment in segments} == {1.0}


@given(st.lists(st.floats(), min_size=1, max_size=30))
def test_marks_keep_the_order_and_the_sign_of_scores(values: list[float]) -> None:
    scale = Scale.of(values, "less", "more")
    for score in values:
        step = level(scale.mark(score))
        assert (step > 0, step < 0) == (score > 0, score < 0)
        assert scale.mark(score) in MARKS
        assert (scale.mark(score) == "x") == math.isnan(score)
    ordered = sorted(value for value in values if not math.isnan(value))
    steps = [level(scale.mark(value)) for value in ordered]
    assert steps == sorted(steps)


@given(st.lists(any_scores, min_size=1, max_size=30))
def test_the_largest_score_has_the_last_step_and_zero_is_in_the_middle(values: list[float]) -> None:
    scale = Scale.of(values, "less", "more")
    largest = max(values, key=abs)
    assert abs(level(scale.mark(largest))) == (9 if largest else 0)
    assert scale.mark(0.0) == scale.mark(-0.0) == "z"
    assert level(scale.mark(largest)) == -level(scale.mark(-largest))


@given(st.lists(any_scores, min_size=1, max_size=10))
def test_the_mean_of_finite_scores_is_finite_and_between_them(values: list[float]) -> None:
    """Also where their sum is beyond the largest float."""
    near = pytest.approx(mean(values))
    assert math.isfinite(mean(values))
    assert min(values) <= mean(values) or min(values) == near
    assert mean(values) <= max(values) or max(values) == near
