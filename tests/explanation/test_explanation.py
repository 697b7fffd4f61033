"""Explanations: text and pixels attached, and what is computed from scores."""

from __future__ import annotations

import base64
import io
import json
import math
import random
import sys
from itertools import pairwise
from typing import Any, get_args

import orjson
import pytest
from hypothesis import assume, example, given, settings, strategies as st
from PIL import Image as PILImage

from aleph_alpha._call.call import Defaults
from aleph_alpha._call.reading import decoder
from aleph_alpha.errors import ImageError, InvalidRequestError, ResponseError
from aleph_alpha.explanation import (
    Explanation,
    ExplanationRequest,
    ExplanationResponse,
    ImagePromptItemExplanation,
    ImageScore,
    PromptGranularity,
    ScoreRow,
    TargetPromptItemExplanation,
    TargetScore,
    TargetScoreWithRaw,
    TextPromptItemExplanation,
    TextScore,
    TextScoreWithRaw,
    TokenPromptItemExplanation,
    TokenScore,
    analysis,
    explain_call,
    prompt_granularity_to_json,
    scores as explanation_scores,
)
from aleph_alpha.explanation.fast_path import read
from aleph_alpha.explanation.response import _response
from aleph_alpha.image import Image
from aleph_alpha.prompt import Prompt, Text, Tokens
from aleph_alpha_api.api.tasks import explain
from aleph_alpha_api.models import PromptGranularityType
from tests.requests.samples import SAMPLES

SCORES = st.floats(-1e6, 1e6) | st.integers(-5, 5)
WHOLE = st.integers(0, 50)


def png(width: int, height: int) -> Image:
    data = io.BytesIO()
    PILImage.new("1", (width, height)).save(data, "PNG")
    return Image(base64.b64encode(data.getvalue()).decode(), None, [])


def ranges(kind: Any) -> Any:
    return st.lists(st.builds(kind, WHOLE, WHOLE, SCORES), max_size=4)


TILES = st.lists(st.builds(ImageScore, *[st.floats(0, 1)] * 4, SCORES), max_size=3)
ITEMS = st.lists(
    st.one_of(
        ranges(TextScore).map(TextPromptItemExplanation),
        st.lists(st.builds(TokenScore, SCORES), max_size=4).map(TokenPromptItemExplanation),
        TILES.map(ImagePromptItemExplanation),
    ),
    max_size=3,
)
EXPLANATIONS = st.builds(
    lambda target, items, last: Explanation(target, [*items, last]),
    st.text(max_size=4),
    ITEMS,
    ranges(TargetScore).map(TargetPromptItemExplanation),
)


def scores_of(explanation: Explanation) -> list[float]:
    return [one.score for item in explanation.items for one in item.scores]


def tokens(*scores: float) -> TokenPromptItemExplanation:
    return TokenPromptItemExplanation([TokenScore(score) for score in scores])


# --- the fast path ----------------------------------------------------------------------------------

generated = decoder("explain", explain.parse_response, _response)
parse = explain_call(SAMPLES["explain"].request, "m", Defaults()).parse


def outcome(parser: Any, data: bytes) -> Any:
    try:
        return parser(data)
    except ResponseError as error:
        return str(error), error.path


def _json(explanation: Explanation) -> Any:
    def score(kind: str, one: Any) -> Any:
        values = dict(vars(one))
        if kind == "token_ids":
            return values["score"]
        return values if kind != "image" else {"score": values.pop("score"), "rect": values}

    items = [
        {"type": item.kind, "scores": [score(item.kind, one) for one in item.scores]} for item in explanation.items
    ]
    return {"target": explanation.target, "items": items}


ODD: st.SearchStrategy[Any] = st.sampled_from(
    [None, True, "1", 1.5, [], {}, {"start": 1, "length": 1, "score": 1, "new": 2}, 2**70]
)


@st.composite
def odd_bodies(draw: st.DrawFn) -> bytes:
    """Mostly what a server sends, with one part of it replaced."""
    answer = {"model_version": "1", "explanations": [_json(one) for one in draw(st.lists(EXPLANATIONS, max_size=2))]}
    part: Any = answer
    for _ in range(draw(st.integers(0, 7))):
        keys = list(part) if isinstance(part, dict) else list(range(len(part))) if isinstance(part, list) else []
        if not keys:
            break
        key = draw(st.sampled_from(keys))
        if draw(st.booleans()) and draw(st.booleans()):
            part[key] = draw(ODD)
            break
        part = part[key]
    body = json.dumps(answer).encode()
    return body if draw(st.booleans()) else body[: draw(st.integers(0, 200))]


@settings(max_examples=300, deadline=None)
@given(odd_bodies())
@example(b'{"model_version":"1","explanations":[{"target":"","items":[{"type":["text"],"scores":[]}]}]}')
@example(b'{"model_version":"1","explanations":[{"target":"","items":[{"type":"text","scores":["abc"]}]}]}')
def test_the_fast_path_gives_what_the_generated_path_gives(body: bytes) -> None:
    assert outcome(parse, body) == outcome(generated, body)


@given(st.lists(EXPLANATIONS, max_size=3))
def test_the_fast_path_takes_what_servers_send(explanations: list[Explanation]) -> None:
    response = read(orjson.dumps({"model_version": "1", "explanations": [_json(one) for one in explanations]}))
    assert response is not None
    assert response == ExplanationResponse("1", explanations)
    assert all(hash(one) is not None for entry in response.explanations for item in entry.items for one in item.scores)


# --- text -------------------------------------------------------------------------------------------

PROMPT = Prompt([Text.from_text("Andreas likes"), Tokens([1, 2], []), png(4, 2), Text.from_text("it")])
EXPLANATION = Explanation(
    " pizza",
    [
        TextPromptItemExplanation([TextScore(0, 7, 0.25), TextScore(8, 5, 1.5)]),
        tokens(0.5, -2.0),
        ImagePromptItemExplanation([ImageScore(0.0, 0.0, 0.5, 1.0, 0.125), ImageScore(0.5, 0.0, 0.5, 1.0, 0.0)]),
        TextPromptItemExplanation([TextScore(0, 2, 1.5)]),
        TargetPromptItemExplanation([TargetScore(0, 3, 0.75)]),
    ],
)


def test_text_is_cut_out_of_its_own_item_and_of_the_target() -> None:
    items = EXPLANATION.with_text_from_prompt(PROMPT, " pizza").items
    assert items[0] == TextPromptItemExplanation(
        [TextScoreWithRaw(0, 7, 0.25, "Andreas"), TextScoreWithRaw(8, 5, 1.5, "likes")]
    )
    assert items[3] == TextPromptItemExplanation([TextScoreWithRaw(0, 2, 1.5, "it")])
    assert items[4] == TargetPromptItemExplanation([TargetScoreWithRaw(0, 3, 0.75, " pi")])
    assert items[1:3] == EXPLANATION.items[1:3]


def test_attaching_text_twice_changes_nothing_more() -> None:
    once = EXPLANATION.with_text_from_prompt(PROMPT, " pizza")
    assert once.with_text_from_prompt(PROMPT, " pizza") == once


def test_scores_that_have_their_text_keep_it_beside_others() -> None:
    item = TextPromptItemExplanation([TextScoreWithRaw(0, 2, 0.5, "own"), TextScore(2, 2, 1.5)])
    found = item.with_text(Text.from_text("abcd"))
    assert found == TextPromptItemExplanation([TextScoreWithRaw(0, 2, 0.5, "own"), TextScoreWithRaw(2, 2, 1.5, "cd")])
    assert item.scores[1] == TextScore(2, 2, 1.5)


def test_text_can_be_attached_to_a_prompt_of_plain_strings() -> None:
    plain: Any = Prompt(["Andreas likes", [1, 2], PROMPT.items[2], "it"])
    assert EXPLANATION.with_text_from_prompt(plain, " pizza") == EXPLANATION.with_text_from_prompt(PROMPT, " pizza")


def test_each_score_makes_its_own_text_as_in_the_vendors_client() -> None:
    text = TextScoreWithRaw.from_text_score(TextScore(1, 2, 0.5), Text.from_text("abcd"))
    target = TargetScoreWithRaw.from_target_score(TargetScore(1, 2, 0.5), "abcd")
    assert (text, target) == (TextScoreWithRaw(1, 2, 0.5, "bc"), TargetScoreWithRaw(1, 2, 0.5, "bc"))


@pytest.mark.parametrize("prompt", [Prompt("Andreas likes"), Prompt([Tokens([1], []), *PROMPT.items[1:]])])
def test_another_prompt_than_the_explained_one_is_refused(prompt: Prompt) -> None:
    with pytest.raises(InvalidRequestError, match=r"item \d is explained as a text; in this prompt it is"):
        EXPLANATION.with_text_from_prompt(prompt, " pizza")
    with pytest.raises(InvalidRequestError, match="item 2 is explained as an image; in this prompt it is"):
        EXPLANATION.with_image_prompt_items_in_pixels(Prompt("Andreas likes"))


# --- pixels -----------------------------------------------------------------------------------------


def grid(columns: int, rows: int, noise: random.Random) -> ImagePromptItemExplanation:
    """Tiles that cover an image, with edges off by what float32 is off."""

    def off(edge: float) -> float:
        return edge + noise.uniform(-1e-7, 1e-7)

    tiles = [
        ImageScore(off(column / columns), off(row / rows), off(1 / columns), off(1 / rows), 0.0)
        for row in range(rows)
        for column in range(columns)
    ]
    return ImagePromptItemExplanation(tiles)


SIZES = st.integers(1, 12)
PIXELS = st.integers(1, 10_000)


@settings(deadline=None)
@given(SIZES, SIZES, PIXELS, PIXELS, st.integers())
def test_tiles_in_pixels_cover_the_image_once(columns: int, rows: int, width: int, height: int, seed: int) -> None:
    tiles: Any = grid(columns, rows, random.Random(seed)).in_pixels_of(width, height).scores
    assert all(isinstance(value, int) for one in tiles for value in (one.left, one.top, one.width, one.height))
    for row in range(rows):
        line = tiles[row * columns : (row + 1) * columns]
        assert line[0].left == 0
        assert line[-1].left + line[-1].width == width
        assert all(one.left + one.width == following.left for one, following in pairwise(line))
    for column in range(columns):
        stack = tiles[column::columns]
        assert stack[0].top == 0
        assert stack[-1].top + stack[-1].height == height
        assert all(one.top + one.height == following.top for one, following in pairwise(stack))
    assert sum(one.width * one.height for one in tiles) == width * height


@pytest.mark.parametrize("tiles_in_a_row", [1, 3, 6, 12])
@pytest.mark.parametrize("width", [1, 5, 7, 12, 100, 1200, 4032])
def test_left_and_top_are_those_of_exact_arithmetic_rounded_down(tiles_in_a_row: int, width: int) -> None:
    import numpy as np

    size = float(np.float32(1 / tiles_in_a_row))
    edges = [float(np.float32(index / tiles_in_a_row)) for index in range(tiles_in_a_row)]
    tiles = ImagePromptItemExplanation([ImageScore(edge, edge, size, size, 0.0) for edge in edges])
    exact = [index * width // tiles_in_a_row for index in range(tiles_in_a_row)]
    done = tiles.in_pixels_of(width, width).scores
    assert [(one.left, one.top) for one in done] == list(zip(exact, exact, strict=True))


def test_pixels_are_those_of_the_image_at_the_same_place_of_the_prompt() -> None:
    done = EXPLANATION.with_image_prompt_items_in_pixels(PROMPT)
    assert done.items[2] == ImagePromptItemExplanation([ImageScore(0, 0, 2, 2, 0.125), ImageScore(2, 0, 2, 2, 0.0)])
    assert [done.items[index] for index in (0, 1, 3, 4)] == [EXPLANATION.items[index] for index in (0, 1, 3, 4)]


def test_the_size_of_an_image_is_read_once_for_all_explanations(monkeypatch: pytest.MonkeyPatch) -> None:
    read = []

    def dimensions(image: Image) -> tuple[int, int]:
        read.append(image)
        return 4, 2

    monkeypatch.setattr(Image, "dimensions", dimensions)
    ExplanationResponse("1", [EXPLANATION] * 5).with_image_prompt_items_in_pixels(PROMPT)
    assert len(read) == 1


def test_pixels_of_something_else_than_an_image_are_refused() -> None:
    item = ImagePromptItemExplanation([])
    with pytest.raises(InvalidRequestError, match="another item"):
        item.in_pixels(Text.from_text("a"))
    with pytest.raises(ImageError):
        item.in_pixels(Image(base64.b64encode(b"not an image").decode(), None, []))


# --- what is computed from scores -------------------------------------------------------------------


def test_top_gives_the_highest_scores_first_and_equal_ones_in_their_order() -> None:
    rows = EXPLANATION.with_text_from_prompt(PROMPT, " pizza").top(3)
    assert [(row["item"], row["text"], row["score"]) for row in rows] == [
        (0, "likes", 1.5),
        (3, "it", 1.5),
        (4, " pi", 0.75),
    ]
    assert [row["score"] for row in EXPLANATION.top(1, absolute=True)] == [-2.0]
    assert EXPLANATION.top(0) == []
    with pytest.raises(InvalidRequestError, match="n must be 0 or greater"):
        EXPLANATION.top(-1)


@given(EXPLANATIONS, st.integers(0, 20))
def test_top_is_the_beginning_of_all_rows_in_order(explanation: Explanation, n: int) -> None:
    rows = explanation.top(n)
    assert rows == sorted(explanation.to_rows(), key=lambda row: -row["score"])[:n]
    assert len(rows) == min(n, len(scores_of(explanation)))


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ("sum", [1.75, -1.5, 0.125, 1.5, 0.75]),
        ("mean", [0.875, -0.75, 0.0625, 1.5, 0.75]),
        ("max", [1.5, 0.5, 0.125, 1.5, 0.75]),
    ],
)
def test_item_scores_are_one_for_each_item_and_the_target(how: Any, expected: list[float]) -> None:
    assert EXPLANATION.item_scores(how) == expected
    assert Explanation("", [TargetPromptItemExplanation([])]).item_scores(how) == [0.0]


@given(EXPLANATIONS)
def test_the_sums_of_items_add_up_to_the_sum_of_all_scores(explanation: Explanation) -> None:
    assert math.isclose(
        math.fsum(explanation.item_scores()), math.fsum(scores_of(explanation)), rel_tol=1e-9, abs_tol=1e-6
    )


@given(EXPLANATIONS)
def test_minmax_brings_scores_from_0_to_1_in_their_order(explanation: Explanation) -> None:
    before, after = scores_of(explanation), scores_of(explanation.normalized())
    if len(set(before)) > 1:
        assert (min(after), max(after)) == (0.0, 1.0)
        in_order = [score for _, score in sorted(zip(before, after, strict=True))]
        assert in_order == sorted(after)
        low, high = min(before), max(before)
        assert after == [(score - low) / (high - low) for score in before]
    else:
        assert after == [0.0] * len(before)


@given(EXPLANATIONS)
def test_normalisation_by_max_and_by_sum_keeps_signs(explanation: Explanation) -> None:
    before = scores_of(explanation)
    assume(any(abs(score) > 1e-6 for score in before))
    by_max, by_sum = scores_of(explanation.normalized("max")), scores_of(explanation.normalized("sum"))
    assert max(map(abs, by_max)) == 1.0
    assert math.isclose(math.fsum(map(abs, by_sum)), 1.0)
    for old, one, other in zip(before, by_max, by_sum, strict=True):
        assert one * old >= 0
        assert other * old >= 0


@pytest.mark.parametrize("how", ["minmax", "max", "sum"])
def test_scores_that_are_all_zero_stay_zero(how: Any) -> None:
    assert scores_of(Explanation("", [tokens(0.0, 0.0)]).normalized(how)) == [0.0, 0.0]
    assert Explanation("", []).normalized(how) == Explanation("", [])


@given(EXPLANATIONS)
def test_normalisation_changes_nothing_but_scores(explanation: Explanation) -> None:
    done = explanation.normalized()
    assert done.target == explanation.target
    for old, new in zip(explanation.items, done.items, strict=True):
        assert type(old) is type(new)
        assert [{**vars(one), "score": 0} for one in old.scores] == [{**vars(one), "score": 0} for one in new.scores]


@given(st.lists(st.lists(SCORES, min_size=3, max_size=3), min_size=1, max_size=4))
def test_aggregated_sums_add_up_to_those_of_the_tokens(table: list[list[float]]) -> None:
    response = ExplanationResponse("1", [Explanation(f"<{i}>", [tokens(*row)]) for i, row in enumerate(table)])
    total = response.aggregated()
    assert total.target == "".join(f"<{i}>" for i in range(len(table)))
    assert scores_of(total) == [math.fsum(column) for column in zip(*table, strict=True)]
    assert scores_of(response.aggregated("max")) == [max(column) for column in zip(*table, strict=True)]
    means = scores_of(response.aggregated("mean"))
    assert means == [math.fsum(column) / len(table) for column in zip(*table, strict=True)]


def test_aggregation_counts_a_part_of_the_target_for_the_tokens_after_it() -> None:
    first = Explanation(" piz", [tokens(1.0), TargetPromptItemExplanation([])])
    second = Explanation("za", [tokens(3.0), TargetPromptItemExplanation([TargetScore(0, 4, 2.0)])])
    later = [TargetScoreWithRaw(0, 4, 4.0, " piz"), TargetScoreWithRaw(4, 2, 1.0, "za")]
    third = Explanation("!", [tokens(5.0), TargetPromptItemExplanation(list(later))])
    mean = ExplanationResponse("1", [first, second, third]).aggregated("mean")
    assert mean.target == " pizza!"
    assert mean.items[0] == tokens(3.0)
    assert mean.items[1].scores == [TargetScore(0, 4, 3.0), TargetScoreWithRaw(4, 2, 1.0, "za")]


def test_one_explanation_aggregates_to_itself() -> None:
    assert ExplanationResponse("1", [EXPLANATION]).aggregated() == EXPLANATION
    assert ExplanationResponse("1", []).aggregated() == Explanation("", [])


def test_explanations_of_different_prompts_are_not_aggregated() -> None:
    response = ExplanationResponse("1", [Explanation("a", [tokens(1.0)]), Explanation("b", [tokens(1.0, 2.0)])])
    one_item = ExplanationResponse("1", [EXPLANATION, Explanation("b", [tokens(1.0)])])
    for wrong in (response, one_item):
        with pytest.raises(InvalidRequestError, match="not of one prompt"):
            wrong.aggregated()


@pytest.mark.parametrize("call", [EXPLANATION.item_scores, EXPLANATION.normalized])
def test_an_unknown_way_to_compute_is_refused_with_those_there_are(call: Any) -> None:
    with pytest.raises(InvalidRequestError, match=r"how must be one of .*sum.*, not 'median'"):
        call("median")
    with pytest.raises(InvalidRequestError, match=r"how must be one of .*sum.*, not 'median'"):
        ExplanationResponse("1", [EXPLANATION]).aggregated("median")  # type: ignore[arg-type]


# --- tables -----------------------------------------------------------------------------------------


def test_rows_hold_every_score_with_its_place() -> None:
    rows = ExplanationResponse("1", [EXPLANATION, Explanation("!", [tokens(1.0)])]).to_rows()
    assert len(rows) == 9
    assert rows[0] == {
        "explanation": 0,
        "target": " pizza",
        "item": 0,
        "type": "text",
        "position": 0,
        "score": 0.25,
        "start": 0,
        "length": 7,
        "text": None,
        "left": None,
        "top": None,
        "width": None,
        "height": None,
    }
    assert [(row["explanation"], row["item"], row["type"], row["position"]) for row in rows[1:]] == [
        (0, 0, "text", 1),
        (0, 1, "token_ids", 0),
        (0, 1, "token_ids", 1),
        (0, 2, "image", 0),
        (0, 2, "image", 1),
        (0, 3, "text", 0),
        (0, 4, "target", 0),
        (1, 0, "token_ids", 0),
    ]
    assert all(list(row) == list(ScoreRow.__annotations__) for row in rows)
    assert orjson.loads(orjson.dumps(rows)) == rows


def test_a_data_frame_has_the_rows_and_whole_numbers_for_characters() -> None:
    pytest.importorskip("pandas")
    response = ExplanationResponse("1", [EXPLANATION])
    frame = response.with_text_from_prompt(ExplanationRequest(PROMPT, " pizza")).to_pandas()
    assert list(frame.columns) == list(ScoreRow.__annotations__)
    assert frame["score"].tolist() == scores_of(EXPLANATION)
    assert [str(frame[column].dtype) for column in ("start", "length")] == ["Int64", "Int64"]
    assert frame[frame["type"] == "text"]["text"].tolist() == ["Andreas", "likes", "it"]
    assert frame.groupby("item")["score"].sum().tolist() == EXPLANATION.item_scores()
    assert EXPLANATION.to_pandas()["score"].tolist() == frame["score"].tolist()


def test_a_data_frame_of_no_scores_has_all_columns() -> None:
    pytest.importorskip("pandas")
    assert list(ExplanationResponse("1", []).to_pandas().columns) == list(ScoreRow.__annotations__)


def test_a_data_frame_without_pandas_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ImportError, match=r"data frames need pandas.*pip install 'aleph-alpha\[pandas\]'"):
        EXPLANATION.to_pandas()


def test_a_broken_dependency_is_not_called_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(name: str) -> Any:
        raise ModuleNotFoundError("No module named 'its_part'", name="its_part")

    monkeypatch.setattr("aleph_alpha._optional.import_module", broken)
    with pytest.raises(ModuleNotFoundError, match="its_part"):
        EXPLANATION.to_pandas()


def test_a_granularity_may_be_a_string() -> None:
    assert prompt_granularity_to_json("word") == {"type": "word"}
    request = ExplanationRequest(PROMPT, " pizza", prompt_granularity="paragraph")
    assert request.to_json()["prompt_granularity"] == {"type": "paragraph"}


def test_scores_live_where_old_code_imports_them_from() -> None:
    assert TextScoreWithRaw is explanation_scores.TextScoreWithRaw
    assert ImagePromptItemExplanation.kind == "image"


def test_the_granularities_are_those_of_the_contract() -> None:
    assert {each.value for each in PromptGranularityType} - {"custom"} == {each.value for each in PromptGranularity}


def test_every_aggregate_has_its_function() -> None:
    assert set(get_args(analysis.Aggregate)) == analysis._COMBINED.keys()
