"""Evaluations and explanations measure what they say they measure."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given, strategies as st

from aleph_alpha.testing.server.model import bpe as bpe_module
from tests.server.client import CheckedClient
from tests.server.pictures import picture
from tests.server.strategies import QUICK, known_texts

bpe = bpe_module.load()
PROMPT = "I am a programmer and French. My favourite food is"
TARGET = " pizza with cheese"
WORDS = {"type": "word"}
PARTS = {"token": 144, "word": 36, "sentence": 9, "paragraph": 1}


def _explain(api: CheckedClient, prompt: Any, target: str | None = TARGET, **fields: Any) -> list[Any]:
    body = {"model": "toy-multimodal", "prompt": prompt, "target": target, **fields}
    return list(api.call("explain", body)["explanations"])


def _evaluate(api: CheckedClient, prompt: Any, expected: str, **fields: Any) -> Any:
    body = {"model": "toy-multimodal", "prompt": prompt, "completion_expected": expected, **fields}
    return api.call("evaluate", body)["result"]


def _scores(item: Any) -> list[float]:
    return [score if item["type"] == "token_ids" else score["score"] for score in item["scores"]]


class TestEvaluate:
    @QUICK
    @given(prompt=known_texts, expected=known_texts)
    def test_its_numbers_fit_together(self, api: CheckedClient, prompt: str, expected: str) -> None:
        result = _evaluate(api, prompt, expected)
        assert result["log_perplexity"] == -result["log_probability"] > 0
        assert result["token_count"] == len(bpe.encode(expected).ids)
        assert result["character_count"] == len(expected)
        assert result["log_perplexity_per_token"] * result["token_count"] == pytest.approx(result["log_perplexity"])
        per_character = result["log_perplexity_per_character"]
        assert per_character * result["character_count"] == pytest.approx(result["log_perplexity"])

    @QUICK
    @given(prompt=known_texts)
    def test_finds_the_models_own_continuation_correct(self, api: CheckedClient, prompt: str) -> None:
        own = api.completion(prompt, maximum_tokens=4, minimum_tokens=4, tokens=True)["completion"]
        result = _evaluate(api, prompt, own)
        if (
            result["token_count"] == 4 and result["completion"] == own
        ):  # else it has other tokens, or was kept from ending
            assert result["correct_greedy"]
        worse = _evaluate(api, prompt, f"{own} xyzzy")
        assert not worse["correct_greedy"]
        assert worse["log_probability"] < result["log_probability"]

    def test_of_nothing_is_certain(self, api: CheckedClient) -> None:
        result = _evaluate(api, "hello", "")
        assert result["log_probability"] == 0
        assert result["log_perplexity_per_token"] is None

    def test_counts_the_tokens_of_prompt_and_completion(self, api: CheckedClient) -> None:
        body = {"model": "toy-base", "prompt": "the sea", "completion_expected": "is blue"}
        assert api.call("evaluate", body)["num_tokens_prompt_total"] == 4


class TestSuppression:
    @QUICK
    @given(words=known_texts, target=known_texts, factor=st.sampled_from([0.0, 0.1, 0.5, 3.0]), data=st.data())
    def test_a_score_is_what_a_control_on_the_part_costs(
        self, api: CheckedClient, words: str, target: str, factor: float, data: st.DataObject
    ) -> None:
        """The same thing measured from outside: evaluate with an attention control on the part, and without."""
        granularity = {"type": "word"}
        (explanation,) = _explain(api, words, target, control_factor=factor, prompt_granularity=granularity)
        score = data.draw(st.sampled_from(explanation["items"][0]["scores"]))
        control = {"start": score["start"], "length": score["length"], "factor": factor}
        suppressed = _evaluate(api, [{"type": "text", "data": words, "controls": [control]}], target)
        difference = suppressed["log_perplexity"] - _evaluate(api, words, target)["log_perplexity"]
        assert score["score"] == pytest.approx(difference, abs=1e-9)

    def test_what_the_target_repeats_has_the_highest_score(self, api: CheckedClient) -> None:
        prompt = "The moon is far. Anna likes pizza. Rivers carry water. Birds fly to the south. Anna likes"
        (explanation,) = _explain(api, prompt, " pizza", prompt_granularity={"type": "sentence"})
        best = max(explanation["items"][0]["scores"][:-1], key=lambda score: score["score"])
        assert prompt[best["start"] : best["start"] + best["length"]] == "Anna likes pizza."

    def test_a_factor_of_one_changes_nothing(self, api: CheckedClient) -> None:
        (explanation,) = _explain(api, PROMPT, control_factor=1.0)
        assert set(_scores(explanation["items"][0])) == {0.0}

    @pytest.mark.parametrize("log_additive", [True, False])
    def test_both_ways_to_apply_controls_have_an_effect(self, api: CheckedClient, log_additive: bool) -> None:
        (explanation,) = _explain(api, PROMPT, control_log_additive=log_additive)
        assert any(abs(score) > 1e-3 for score in _scores(explanation["items"][0]))

    def test_a_threshold_spreads_controls_to_similar_tokens(self, api: CheckedClient) -> None:
        prompt = "pizza is good and pizza is cheap and"
        granularity = {"type": "word"}
        plain = _explain(api, prompt, " pizza", prompt_granularity=granularity)[0]["items"][0]["scores"]
        spread = _explain(api, prompt, " pizza", prompt_granularity=granularity, contextual_control_threshold=0.99)[0][
            "items"
        ][0]["scores"]
        # Suppressing one "pizza" suppresses the other, too, so both cost the same, and more than one alone.
        assert spread[0]["score"] == pytest.approx(spread[4]["score"])
        assert spread[0]["score"] > plain[0]["score"]

    def test_a_prompt_of_more_than_a_thousand_tokens_is_explained(self, api: CheckedClient) -> None:
        (explanation,) = _explain(api, "the sea and the sky and " * 200, prompt_granularity={"type": "token"})
        assert len(explanation["items"][0]["scores"]) == 1201  # the space at the end is a token, too

    def test_more_scores_than_anybody_reads_are_refused(self, api: CheckedClient) -> None:
        body = {"model": "toy-base", "prompt": "the sea " * 900, "target": "the sea " * 80}
        _, code, message = api.refused("explain", {**body, "prompt_granularity": {"type": "token"}})
        assert code == "INVALID_REQUEST"
        assert message.startswith("/prompt_granularity:")


class TestTargets:
    @QUICK
    @given(prompt=known_texts, target=known_texts)
    def test_the_scores_of_the_tokens_sum_up_to_those_of_the_whole(
        self, api: CheckedClient, prompt: str, target: str
    ) -> None:
        (whole,) = _explain(api, prompt, target)
        by_token = _explain(api, prompt, target, target_granularity="token")
        assert whole["target"] == target == "".join(explanation["target"] for explanation in by_token)
        sums = [sum(column) for column in zip(*(_scores(e["items"][0]) for e in by_token), strict=True)]
        assert _scores(whole["items"][0]) == pytest.approx(sums, abs=1e-9)

    def test_each_token_is_explained_by_the_tokens_of_the_target_before_it(self, api: CheckedClient) -> None:
        explanations = _explain(api, PROMPT, target_granularity="token")
        assert [explanation["target"] for explanation in explanations] == [" pizza", " with", " cheese"]
        places = [[(s["start"], s["length"]) for s in e["items"][-1]["scores"]] for e in explanations]
        assert places == [[], [(0, 6)], [(0, 6), (7, 4)]]
        assert explanations[2]["items"][-1]["scores"][1]["score"] > 0, "`with` makes `cheese` likelier"

    def test_the_whole_target_is_not_explained_by_itself(self, api: CheckedClient) -> None:
        (explanation,) = _explain(api, PROMPT)
        assert explanation["items"][-1] == {"type": "target", "scores": []}

    def test_without_a_target_the_models_own_words_are_explained(self, api: CheckedClient) -> None:
        (explanation,) = _explain(api, "The capital of France is", None)
        assert explanation["target"].startswith(" Paris")

    def test_a_target_that_does_not_fit_is_refused(self, api: CheckedClient) -> None:
        body = {"model": "toy-base", "prompt": "a", "target": "pizza " * 2100}
        assert api.refused("explain", body)[:2] == (400, "PROMPT_TOO_LONG")


class TestGranularity:
    TEXT = "I am here. You are  there!\nWho is it?\n\nA new paragraph."

    @pytest.mark.parametrize(
        ("granularity", "parts"),
        [
            ({"type": "word"}, TEXT.split()),
            ({"type": "sentence"}, ["I am here.", "You are  there!", "Who is it?", "A new paragraph."]),
            ({"type": "paragraph"}, ["I am here. You are  there!\nWho is it?", "A new paragraph."]),
            ({"type": "custom", "delimiter": " are  "}, ["I am here. You", "there!\nWho is it?\n\nA new paragraph."]),
        ],
    )
    def test_cuts_a_text(self, api: CheckedClient, granularity: dict[str, str], parts: list[str]) -> None:
        (explanation,) = _explain(api, self.TEXT, prompt_granularity=granularity)
        assert [self.TEXT[s["start"] : s["start"] + s["length"]] for s in explanation["items"][0]["scores"]] == parts

    def test_of_tokens_gives_each_token_a_score(self, api: CheckedClient) -> None:
        (explanation,) = _explain(api, PROMPT, prompt_granularity={"type": "token"})
        spans = [(s["start"], s["start"] + s["length"]) for s in explanation["items"][0]["scores"]]
        assert spans == list(bpe.encode(PROMPT).spans)

    @pytest.mark.parametrize("words", [3, 25, 60, 400])
    def test_is_chosen_to_come_close_to_thirty_parts(self, api: CheckedClient, words: int) -> None:
        prompt = " ".join(["Anna likes the bakery."] * (words // 4 + 1))
        count = len(_explain(api, prompt)[0]["items"][0]["scores"])
        others = [
            len(_explain(api, prompt, prompt_granularity={"type": kind})[0]["items"][0]["scores"]) for kind in PARTS
        ]
        assert abs(count - 30) == min(abs(other - 30) for other in others)

    @pytest.mark.parametrize(
        "granularity",
        [
            {"type": "custom"},
            {"type": "custom", "delimiter": ""},
            {"delimiter": "#"},
            {"type": "word", "delimiter": "#"},
        ],
    )
    def test_a_delimiter_belongs_to_custom(self, api: CheckedClient, granularity: dict[str, str]) -> None:
        body = {"model": "toy-base", "prompt": "a", "target": "b", "prompt_granularity": granularity}
        _, code, message = api.refused("explain", body)
        assert code == "INVALID_REQUEST"
        assert message.startswith("/prompt_granularity/delimiter:")


class TestItems:
    def test_come_in_the_order_of_the_prompt_with_the_target_last(self, api: CheckedClient) -> None:
        ids = list(bpe.encode("pizza is good").ids)
        prompt = [
            {"type": "text", "data": "I like"},
            {"type": "token_ids", "data": ids},
            {"type": "image", "data": picture("red")},
        ]
        (explanation,) = _explain(api, prompt)
        assert [item["type"] for item in explanation["items"]] == ["text", "token_ids", "image", "target"]
        assert len(explanation["items"][1]["scores"]) == len(ids)

    @pytest.mark.parametrize(("kind", "count"), PARTS.items())
    def test_an_image_is_cut_into_tiles_that_cover_it(self, api: CheckedClient, kind: str, count: int) -> None:
        prompt = [
            {"type": "image", "data": picture("red", "blue", width=200)},
            {"type": "text", "data": "The colour is"},
        ]
        (explanation,) = _explain(api, prompt, " blue", prompt_granularity={"type": kind})
        rects = [score["rect"] for score in explanation["items"][0]["scores"]]
        assert len(rects) == count
        assert sum(rect["width"] * rect["height"] for rect in rects) == pytest.approx(1.0)
        side = math.isqrt(count)
        expected = [(row / side, column / side) for row in range(side) for column in range(side)]
        for rect, place in zip(rects, expected, strict=True):
            assert (rect["top"], rect["left"]) == pytest.approx(place)

    def test_the_tiles_of_the_colour_that_is_named_matter_most(self, api: CheckedClient) -> None:
        prompt = [
            {"type": "image", "data": picture("white", "white", "red")},
            {"type": "text", "data": "The colour is"},
        ]
        (explanation,) = _explain(api, prompt, " red", prompt_granularity={"type": "sentence"})
        scores = explanation["items"][0]["scores"]
        right = [score["score"] for score in scores if score["rect"]["left"] > 0.6]
        others = [score["score"] for score in scores if score["rect"]["left"] < 0.6]
        assert min(right) > 0 > max(others)


class TestPostprocessing:
    def test_works_on_each_score(self, api: CheckedClient) -> None:
        def scores(**fields: Any) -> list[float]:
            return _scores(_explain(api, PROMPT, prompt_granularity=WORDS, **fields)[0]["items"][0])

        plain = scores(postprocessing="none")
        assert min(plain) < 0 < max(plain)
        assert scores() == plain
        assert scores(postprocessing="absolute") == pytest.approx([abs(score) for score in plain])
        assert scores(postprocessing="square") == pytest.approx([score**2 for score in plain])

    @pytest.mark.parametrize("postprocessing", ["none", "absolute", "square"])
    def test_normalize_comes_after_it_and_keeps_scores_between_zero_and_one(
        self, api: CheckedClient, postprocessing: str
    ) -> None:
        fields: dict[str, Any] = {"prompt_granularity": WORDS, "postprocessing": postprocessing}
        plain = _scores(_explain(api, PROMPT, **fields)[0]["items"][0])
        normalized = _scores(_explain(api, PROMPT, **fields, normalize=True)[0]["items"][0])
        assert normalized == pytest.approx([max(0.0, math.tanh(score)) for score in plain])
        assert all(0 <= score <= 1 for score in normalized)
