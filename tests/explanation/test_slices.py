"""Parts above a threshold, merged spans, and scores by sentence."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, strategies as st

from aleph_alpha import Client, ExplanationRequest, Image, InvalidRequestError, Prompt, PromptGranularity, Tokens
from aleph_alpha.explanation import Explanation, TextPromptItemExplanation, TextScore
from aleph_alpha.explanation.scores import (
    ImagePromptItemExplanation,
    ImageScore,
    TargetPromptItemExplanation,
    TargetScore,
    TokenPromptItemExplanation,
    TokenScore,
)
from aleph_alpha.prompt.sentences import ends
from aleph_alpha.testing import LocalServer
from tests.integration import PICTURE

TEXT = "An apple a day. Keeps the doctor away! Really?"
WORDS = [(0, 2), (3, 5), (9, 1), (11, 4), (16, 5), (22, 3), (26, 6), (33, 5), (39, 7)]


def explained(*scores: float, text: str = TEXT, known: bool = True) -> Explanation:
    parts: list[Any] = [TextScore(*place, score) for place, score in zip(WORDS, scores, strict=False)]
    found = Explanation(" yes", [TextPromptItemExplanation(parts), TargetPromptItemExplanation([])])
    return found.with_text_from_prompt(Prompt.from_text(text), " yes") if known else found


def told(rows: list[Any]) -> list[tuple[str | None, float]]:
    return [(row["text"], row["score"]) for row in rows]


# --- above -------------------------------------------------------------------------------------


def test_parts_above_a_threshold_come_in_their_order() -> None:
    explanation = explained(0.5, 2.0, -3.0, 1.0, 0.5)
    assert told(explanation.above(0.5)) == [("apple", 2.0), ("day.", 1.0)]
    assert told(explanation.above(0.5, absolute=True)) == [("apple", 2.0), ("a", -3.0), ("day.", 1.0)]
    assert told(explained(0.5, 2.0, known=False).above(0.5)) == [(None, 2.0)]


@given(st.lists(st.floats(-5, 5), max_size=9), st.floats(-6, 6), st.booleans())
def test_above_is_a_filter_of_the_rows(scores: list[float], threshold: float, absolute: bool) -> None:
    explanation = explained(*scores)
    values = [abs(score) if absolute else score for score in scores]
    expected = [score for score, value in zip(scores, values, strict=True) if value > threshold]
    assert [row["score"] for row in explanation.above(threshold, absolute=absolute)] == expected


def test_images_and_tokens_have_rows_and_no_spans() -> None:
    items: list[Any] = [
        ImagePromptItemExplanation([ImageScore(0, 0, 1, 1, 2.0)]),
        TokenPromptItemExplanation([TokenScore(1.0), TokenScore(3.0)]),
        TargetPromptItemExplanation([TargetScore(0, 4, 2.5)]),
    ]
    prompt = Prompt([Image.from_bytes(PICTURE), Tokens([1, 2])])
    explanation = Explanation(" it", items).with_text_from_prompt(prompt, " yes it is")
    assert [(row["type"], row["text"]) for row in explanation.above(1.5)] == [
        ("image", None),
        ("token_ids", None),
        ("target", " yes"),
    ]
    assert told(explanation.spans(1.5)) == [(" yes", 2.5)]
    assert explanation.by_sentence().items[:2] == items[:2]


# --- spans -------------------------------------------------------------------------------------


def test_neighbours_are_merged_over_a_blank() -> None:
    explanation = explained(1.0, 2.0, 0.0, 1.0, 3.0)
    assert told(explanation.spans()) == [("An apple", 2.0), ("day. Keeps", 3.0)]
    assert told(explanation.spans(how="sum")) == [("An apple", 3.0), ("day. Keeps", 4.0)]
    assert told(explanation.spans(how="mean")) == [("An apple", 1.5), ("day. Keeps", 2.0)]
    assert told(explanation.spans(gap=0)) == [("An", 1.0), ("apple", 2.0), ("day.", 1.0), ("Keeps", 3.0)]
    assert told(explanation.spans(gap=3)) == [("An apple a day. Keeps", 3.0)]


def test_parts_for_and_against_are_not_merged() -> None:
    explanation = explained(1.0, 2.0, -1.0, -4.0, 3.0)
    assert told(explanation.spans(0.5, absolute=True)) == [("An apple", 2.0), ("a day.", -4.0), ("Keeps", 3.0)]


def test_where_the_prompt_is_not_known_spans_have_places() -> None:
    (span,) = explained(1.0, 2.0, known=False).spans()
    assert (span["start"], span["length"], span["text"], span["position"]) == (0, 8, None, 0)


def test_spans_of_different_items_are_not_merged() -> None:
    item = TextPromptItemExplanation([TextScore(0, 3, 1.0)])
    explanation = Explanation(" it", [item, item]).with_text_from_prompt(Prompt(["one", "two"]), " it")
    assert told(explanation.spans()) == [("one", 1.0), ("two", 1.0)]


@given(st.lists(st.floats(-5, 5), min_size=9, max_size=9), st.floats(-3, 3), st.integers(0, 4))
def test_spans_hold_what_is_above_and_are_apart(scores: list[float], threshold: float, gap: int) -> None:
    explanation = explained(*scores)
    spans = explanation.spans(threshold, gap=gap)
    covered = [(span["start"] or 0, (span["start"] or 0) + (span["length"] or 0), span["score"]) for span in spans]
    for before, after in itertools.pairwise(covered):
        assert after[0] - before[1] > gap or (before[2] < 0) != (after[2] < 0)
    for row in explanation.above(threshold):
        assert any(start <= (row["start"] or 0) < end for start, end, _ in covered)
    for span in spans:
        start = span["start"] or 0
        assert span["text"] == TEXT[start : start + (span["length"] or 0)]


# --- sentences ---------------------------------------------------------------------------------


def test_scores_are_added_up_by_sentence() -> None:
    scores = explained(*range(1, 10)).by_sentence().items[0].scores
    assert [(one.text, one.score) for one in scores] == [  # type: ignore[union-attr]
        ("An apple a day.", 10),
        ("Keeps the doctor away!", 26),
        ("Really?", 9),
    ]
    assert [one.score for one in explained(*range(1, 10)).by_sentence("max").items[0].scores] == [4, 8, 9]
    assert [one.score for one in explained(*range(1, 10)).by_sentence("mean").items[0].scores] == [2.5, 6.5, 9]


def test_an_explanation_by_sentence_knows_its_prompt() -> None:
    assert told(explained(*range(1, 10)).by_sentence().above(9.5)) == [
        ("An apple a day.", 10),
        ("Keeps the doctor away!", 26),
    ]


def test_the_target_is_told_by_sentence_too() -> None:
    items: list[Any] = [TargetPromptItemExplanation([TargetScore(0, 3, 1.0), TargetScore(4, 3, 2.0)])]
    explanation = Explanation(" it", items).with_text_from_prompt(Prompt([]), "No. Yes. it")
    assert [one.score for one in explanation.by_sentence().items[0].scores] == [1.0, 2.0]


texts = st.lists(st.sampled_from(["One", " two", ". ", "! ", "\n\n", "。", " "]), min_size=1, max_size=12).map("".join)


@given(texts, st.data())
def test_a_sum_by_sentence_stays_what_it_was(text: str, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.sets(st.integers(0, len(text)), max_size=6)) | {0, len(text)})
    places = [(start, end - start) for start, end in itertools.pairwise(cuts)]
    parts: list[Any] = [TextScore(*place, float(index + 1)) for index, place in enumerate(places)]
    explanation = Explanation("x", [TextPromptItemExplanation(parts)]).with_text_from_prompt(
        Prompt.from_text(text), "x"
    )
    scores = explanation.by_sentence().items[0].scores
    assert math.fsum(one.score for one in scores) == pytest.approx(math.fsum(one.score for one in parts))
    starts = [0, *ends(text, "sentence")]
    assert all(one.start in starts for one in scores)  # type: ignore[union-attr]


WRONG: dict[str, tuple[Any, str]] = {
    "no threshold": (lambda one: one.above("high"), "threshold must be a number"),
    "not a number": (lambda one: one.spans(float("nan")), "threshold must be a finite number"),
    "a gap below none": (lambda one: one.spans(gap=-1), "gap must be 0 or greater, got -1"),
    "no way to combine": (lambda one: one.spans(how="median"), "how must be one of sum, mean, max"),
    "no way to add up": (lambda one: one.by_sentence("median"), "how must be one of sum, mean, max"),
    "no prompt": (lambda _: explained(1.0, known=False).by_sentence(), "call with_text_from_prompt"),
    "another prompt": (lambda _: explained(*[1.0] * 9, text="short").by_sentence(), "the text has 5"),
}


@pytest.mark.parametrize(("slice_of", "said"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_sliced_is_refused(slice_of: Any, said: str) -> None:
    with pytest.raises(InvalidRequestError, match=said):
        slice_of(explained(1.0, 2.0))


# --- what users do by hand ---------------------------------------------------------------------


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    with LocalServer(seed=7) as server, Client("token", server.url) as client:
        yield client


def test_users_own_slices_are_the_same(client: Client) -> None:
    """They cut each score's characters out of the prompt, keep those above a threshold, and take the highest."""
    prompt = "An apple a day keeps the doctor away. The sun is shining. The early bird catches the worm."
    request = ExplanationRequest(Prompt.from_text(prompt), " doctor", prompt_granularity=PromptGranularity.Word)
    explanation = client.explain(request, "toy-base").explanations[0]
    scores: list[Any] = explanation.items[0].scores
    threshold = sorted(one.score for one in scores)[len(scores) // 2]
    theirs = [prompt[one.start : one.start + one.length] for one in scores if one.score > threshold]
    assert theirs
    assert [row["text"] for row in explanation.above(threshold)] == theirs
    highest = max(scores, key=lambda one: one.score)
    assert explanation.top(1)[0]["start"] == highest.start
    # those who ask for sentences again get what the words add up to
    sentences = explanation.by_sentence().items[0].scores
    assert [one.text for one in sentences] == [one.strip() for one in prompt.replace(". ", ". |").split("|")]  # type: ignore[union-attr]
    assert math.fsum(one.score for one in sentences) == pytest.approx(math.fsum(one.score for one in scores))
