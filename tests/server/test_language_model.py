"""The language model: probabilities that are ones, and attention that has an effect."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, strategies as st

from aleph_alpha.testing.server.model import language_model
from aleph_alpha.testing.server.model.language_model import State
from tests.server.strategies import QUICK

model = language_model.load()
tokens = st.integers(0, model.size - 1)
gains = st.sampled_from([0.0, 0.1, 0.5, 1.0, 2.0, 50.0, 1e12])
contexts = st.lists(st.tuples(tokens, gains), max_size=25)


@QUICK
@given(context=contexts)
def test_probabilities_are_positive_and_sum_to_one(context: list[tuple[int, float]]) -> None:
    probabilities = model.state([t for t, _ in context], np.array([g for _, g in context])).probabilities()
    assert probabilities.sum() == pytest.approx(1.0, abs=1e-9)
    assert (probabilities > 0).all()


@QUICK
@given(context=contexts)
def test_the_two_ways_to_score_agree(context: list[tuple[int, float]]) -> None:
    """Token by token with whole distributions, and all at once for the given tokens only."""
    ids, weights = [t for t, _ in context], np.array([g for _, g in context])
    state = State(model)
    expected = []
    for token, gain in context:
        expected.append(float(np.log(state.probabilities()[token])))
        state.push(token, gain)
    for start in {0, len(ids) // 2}:
        scored = model.log_probabilities(ids, start, weights[None, :])[0]
        np.testing.assert_allclose(scored, expected[start:], rtol=1e-9, atol=1e-9)


def test_the_model_has_learnt_its_corpus() -> None:
    """It finds a sentence of the corpus far likelier than the same words in another order."""

    def log_probability(text: str) -> float:
        ids = model.bpe.encode(text).ids
        return float(model.log_probabilities(ids, 0, np.ones((1, len(ids)))).sum())

    assert log_probability("The capital of France is Paris.") > log_probability("France Paris capital. is The of") + 10


@pytest.mark.parametrize("distance", [1, 10, 100, 500])
def test_every_token_of_a_context_matters_however_far_away(distance: int) -> None:
    (pizza,), (sea,) = (model.bpe.encode(word).ids for word in ("pizza", "sea"))
    with_pizza = model.state([pizza] + [sea] * distance, np.ones(distance + 1)).probabilities()[pizza]
    without = model.state([sea] + [sea] * distance, np.ones(distance + 1)).probabilities()[pizza]
    assert with_pizza > without


@pytest.mark.parametrize(("factor", "direction"), [(0.0, -1), (0.3, -1), (3.0, 1), (100.0, 1)])
@pytest.mark.parametrize("log_additive", [True, False])
def test_a_factor_below_one_takes_influence_and_one_above_gives_it(
    factor: float, direction: int, log_additive: bool
) -> None:
    (pizza,), (sea,) = (model.bpe.encode(word).ids for word in ("pizza", "sea"))
    ids = [sea, sea, pizza, sea, sea, sea]
    factors = np.array([1.0, 1.0, factor, 1.0, 1.0, 1.0])
    changed = model.state(ids, model.gains_of_controls(factors, log_additive)).probabilities()[pizza]
    neutral = model.state(ids, model.gains_of_controls(np.ones(6), log_additive)).probabilities()[pizza]
    assert np.sign(changed - neutral) == direction
