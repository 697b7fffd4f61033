"""Everything that decides which token comes next."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st

from aleph_alpha.testing.server.model import bpe as bpe_module
from aleph_alpha.testing.server.model.bpe import END
from aleph_alpha.testing.server.model.completion_bias import CompletionBias
from aleph_alpha.testing.server.model.ngrams import Vector
from aleph_alpha.testing.server.model.sampling import Sampler, Sampling
from aleph_alpha.testing.server.problems import ApiError
from tests.server.client import CheckedClient
from tests.server.strategies import QUICK, known_texts

bpe = bpe_module.load()
PROMPT = "The colour of the sea is"
A, B, C = (bpe.encode(word).ids[0] for word in ("pizza", "cheese", "bread"))
DRAWS = 400


def _logits(**probabilities: float) -> Vector:
    """Log-probabilities with most of the mass on the tokens A, B and C."""
    values = np.full(bpe.size, 1e-9)
    for name, probability in probabilities.items():
        values[{"a": A, "b": B, "c": C, "end": END}[name]] = probability
    return np.asarray(np.log(values))


def _sampler(prompt: list[int] | None = None, **fields: Any) -> Sampler:
    random = np.random.Generator(np.random.PCG64(7))
    return Sampler(Sampling.of(fields, bpe), bpe, prompt or [], CompletionBias.of(fields, bpe), random)


def _drawn(logits: Vector, **fields: Any) -> dict[int, float]:
    """Shares of the tokens in many first choices."""
    random = np.random.Generator(np.random.PCG64(7))
    sampling = Sampling.of(fields, bpe)
    chosen = [Sampler(sampling, bpe, [], CompletionBias(bpe), random).choose(logits) for _ in range(DRAWS)]
    return {token: chosen.count(token) / DRAWS for token in set(chosen)}


class TestDrawing:
    def test_greedy_takes_the_likeliest(self) -> None:
        assert _drawn(_logits(a=0.3, b=0.4, c=0.3)) == {B: 1.0}

    def test_temperature_one_draws_with_the_models_probabilities(self) -> None:
        shares = _drawn(_logits(a=0.5, b=0.3, c=0.2), temperature=1.0)
        assert shares[A] == pytest.approx(0.5, abs=0.08)
        assert shares[C] == pytest.approx(0.2, abs=0.08)

    def test_a_low_temperature_prefers_the_likely_and_a_high_one_levels(self) -> None:
        logits = _logits(a=0.5, b=0.3, c=0.2)
        cold, warm, hot = (_drawn(logits, temperature=t).get(A, 0.0) for t in (0.1, 1.0, 1000.0))
        assert cold > 0.95 > warm > hot

    def test_top_k_keeps_the_k_likeliest(self) -> None:
        logits = _logits(a=0.5, b=0.3, c=0.2)
        assert _drawn(logits, top_k=1) == {A: 1.0}
        assert set(_drawn(logits, top_k=2)) == {A, B}
        assert set(_drawn(logits, top_k=3, temperature=1.0)) == {A, B, C}

    @pytest.mark.parametrize(
        ("top_p", "kept"), [(0.01, {A}), (0.49, {A}), (0.51, {A, B}), (0.79, {A, B}), (0.9, {A, B, C})]
    )
    def test_top_p_keeps_the_fewest_that_reach_it(self, top_p: float, kept: set[int]) -> None:
        assert set(_drawn(_logits(a=0.5, b=0.3, c=0.2), top_p=top_p)) == kept

    def test_temperature_comes_first_then_top_k_then_top_p(self) -> None:
        # At temperature 1 the best token has more than half of the mass of the best two; at 1000 it has not.
        logits = _logits(a=0.5, b=0.3, c=0.2)
        assert set(_drawn(logits, temperature=1.0, top_k=2, top_p=0.55)) == {A}
        assert set(_drawn(logits, temperature=1000.0, top_k=2, top_p=0.55)) == {A, B}


class TestPenalties:
    """A is a bit likelier than B; a penalty on A makes B the choice."""

    logits = _logits(a=0.6, b=0.4)

    @pytest.mark.parametrize("kind", ["presence", "frequency"])
    @pytest.mark.parametrize("multiplicative", [False, True])
    def test_make_tokens_that_occurred_less_likely(self, kind: str, multiplicative: bool) -> None:
        fields: dict[str, Any] = {f"{kind}_penalty": 2.0, f"use_multiplicative_{kind}_penalty": multiplicative}
        sampler = _sampler(**fields)
        assert sampler.choose(self.logits) == A
        assert sampler.choose(self.logits) == B

    def test_of_presence_do_not_grow_with_the_count_and_of_frequency_do(self) -> None:
        logits = _logits(a=0.97, b=0.03)  # 3.5 apart
        assert _sampler([A] * 5, presence_penalty=1.0, repetition_penalties_include_prompt=True).choose(logits) == A
        assert _sampler([A] * 5, frequency_penalty=1.0, repetition_penalties_include_prompt=True).choose(logits) == B

    def test_of_the_prompt_only_if_asked_for(self) -> None:
        assert _sampler([A], presence_penalty=2.0).choose(self.logits) == A
        assert _sampler([A], presence_penalty=2.0, repetition_penalties_include_prompt=True).choose(self.logits) == B

    def test_of_the_completion_unless_switched_off(self) -> None:
        sampler = _sampler(presence_penalty=2.0, repetition_penalties_include_completion=False)
        assert [sampler.choose(self.logits) for _ in range(3)] == [A] * 3

    def test_a_negative_one_makes_tokens_likelier(self) -> None:
        fields: dict[str, Any] = {"presence_penalty": -2.0, "repetition_penalties_include_prompt": True}
        assert _sampler([B], **fields).choose(self.logits) == B

    def test_penalty_bias_counts_as_occurred(self) -> None:
        text = bpe.token_texts[A]
        assert _sampler(presence_penalty=2.0, penalty_bias=text).choose(self.logits) == B

    def test_exceptions_and_stop_sequences_are_spared(self) -> None:
        fields = {"presence_penalty": 2.0, "repetition_penalties_include_prompt": True}
        text = bpe.token_texts[A]
        assert _sampler([A], **fields, penalty_exceptions=[text]).choose(self.logits) == A
        assert _sampler([A], **fields, stop_sequences=[text]).choose(self.logits) == A
        excluding = {"stop_sequences": [text], "penalty_exceptions_include_stop_sequences": False}
        assert _sampler([A], **fields, **excluding).choose(self.logits) == B

    @pytest.mark.parametrize("multiplicative", [False, True])
    def test_of_sequences_keep_a_sequence_from_being_repeated(self, multiplicative: bool) -> None:
        fields = {
            "sequence_penalty": 2.0,
            "use_multiplicative_sequence_penalty": multiplicative,
            "repetition_penalties_include_prompt": True,
        }
        assert _sampler([C, A, C], **fields).choose(self.logits) == B, "C A would be repeated"
        assert _sampler([C, A, B], **fields).choose(self.logits) == A, "B A did not occur"
        longer = {**fields, "sequence_penalty_min_length": 3}
        assert _sampler([C, A, C], **longer).choose(self.logits) == A, "two tokens are no sequence of three"
        assert _sampler([B, C, A, B, C], **longer).choose(self.logits) == B

    def test_of_sequences_reach_into_the_prompt_only_if_asked_for(self) -> None:
        assert _sampler([C, A, C], sequence_penalty=2.0).choose(self.logits) == A

    @QUICK
    @given(prompt=known_texts)
    def test_a_high_frequency_penalty_repeats_nothing(self, api: CheckedClient, prompt: str) -> None:
        request = {"maximum_tokens": 20, "minimum_tokens": 20, "frequency_penalty": 100.0, "tokens": True}
        tokens = api.completion(prompt, **request)["completion_tokens"]
        whole = [token for token in tokens if "\ufffd" not in token]  # parts of characters look alike
        assert len(set(whole)) == len(whole)


class TestLogitBias:
    def test_lifts_and_sinks_tokens(self, api: CheckedClient) -> None:
        usual = api.completion(PROMPT, maximum_tokens=1, tokens=True)["completion_tokens"]
        (pizza,) = bpe.encode("pizza").ids
        lifted = api.completion(PROMPT, maximum_tokens=1, logit_bias={str(pizza): 100.0})
        assert lifted["completion"] == " pizza"
        (token,) = bpe.encode_continuation(usual[0])
        sunk = api.completion(PROMPT, maximum_tokens=1, tokens=True, logit_bias={str(token): -100.0})
        assert sunk["completion_tokens"] != usual

    @pytest.mark.parametrize("key", ["-1", "word", "1.5", "", str(10**30), "²"])
    def test_of_something_else_than_a_token_is_refused(self, api: CheckedClient, key: str) -> None:
        _, code, message = api.refused("complete", {"model": "toy-base", "prompt": "a", "logit_bias": {key: 1}})
        assert code == "INVALID_REQUEST"
        assert message.startswith("/logit_bias")


class TestCompletionBias:
    @QUICK
    @given(
        prompt=known_texts,
        options=st.lists(known_texts.map(lambda text: f" {text}"), min_size=1, max_size=4),
        temperature=st.sampled_from([0.0, 1.0]),
    )
    def test_nothing_but_the_included_texts_is_generated(
        self, api: CheckedClient, prompt: str, options: list[str], temperature: float
    ) -> None:
        answer = api.completion(prompt, completion_bias_inclusion=options, temperature=temperature, maximum_tokens=200)
        rest = answer["completion"]
        if answer["finish_reason"] == "end_of_text":
            while rest:
                fitting = [option for option in options if rest.startswith(option)]
                assert fitting, (answer["completion"], options)
                rest = rest[len(max(fitting, key=len)) :]
        assert any(answer["completion"].startswith(option) for option in options)

    def test_of_the_first_token_only_leaves_the_rest_free(self, api: CheckedClient) -> None:
        fields = {"completion_bias_inclusion": [" pizza"], "completion_bias_inclusion_first_token_only": True}
        completion = api.completion(PROMPT, maximum_tokens=6, minimum_tokens=6, **fields)["completion"]
        assert completion.startswith(" pizza")
        assert set(completion.split()) != {"pizza"}

    @QUICK
    @given(prompt=known_texts, excluded=st.lists(st.sampled_from(["the", "a", " s", "ing", "."]), min_size=1))
    def test_excluded_texts_do_not_come_about(self, api: CheckedClient, prompt: str, excluded: list[str]) -> None:
        fields = {"completion_bias_exclusion": excluded, "maximum_tokens": 20, "minimum_tokens": 20}
        completion = api.completion(prompt, **fields)["completion"]
        assert not [text for text in excluded if text in completion]

    def test_excluded_from_the_first_token_only_may_come_later(self, api: CheckedClient) -> None:
        prompt = "The capital of France is"
        fields = {"completion_bias_exclusion": [" Paris"], "completion_bias_exclusion_first_token_only": True}
        completion = api.completion(prompt, maximum_tokens=40, minimum_tokens=40, **fields)["completion"]
        assert not completion.startswith(" Paris")

    def test_an_included_text_that_begins_with_an_excluded_one_is_refused(self, api: CheckedClient) -> None:
        fields = {"completion_bias_inclusion": ["yes"], "completion_bias_exclusion": ["ye"]}
        _, code, message = api.refused("complete", {"model": "toy-base", "prompt": "a", **fields})
        assert code == "INVALID_REQUEST"
        assert message.startswith("/completion_bias_inclusion")


def test_minimum_tokens_forbids_the_end_only_so_long() -> None:
    sampler = _sampler(minimum_tokens=2)
    logits = _logits(end=0.9, a=0.1)
    assert [sampler.choose(logits) for _ in range(3)] == [A, A, END]


def test_numbers_that_overflow_still_give_a_token() -> None:
    fields: dict[str, Any] = {"temperature": 1e-308, "presence_penalty": 1e308, "frequency_penalty": -1e308}
    sampler = _sampler([A], **fields, logit_bias={str(B): 1e308}, repetition_penalties_include_prompt=True)
    for _ in range(5):
        assert 0 <= sampler.choose(_logits(a=0.5, b=0.3, c=0.2)) < bpe.size


def test_a_logit_bias_of_an_unknown_token_names_it() -> None:
    with pytest.raises(ApiError, match="/logit_bias/99999"):
        Sampling.of({"logit_bias": {"99999": 1.0}}, bpe)
