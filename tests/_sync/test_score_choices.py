# Made from tests/_async/test_score_choices.py by scripts/unasync.py: change it there, then run `make fix`.
"""Scores of choices: those of echo, many prompts in one call, and nothing lost."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from aleph_alpha import (
    ChoiceScore,
    ChoiceScores,
    Client,
    CompletionRequest,
    EvaluationRequest,
    Image,
    InvalidRequestError,
    Prompt,
    PromptTooLongError,
    Text,
    Tokens,
)
from aleph_alpha.testing import LocalServer
from tests._sync.sending import client_for
from tests.integration import PICTURE
from tests.scripted import Script

MODEL = "toy-multimodal"


@pytest.fixture(scope="module")
def server() -> Iterator[LocalServer]:
    with LocalServer(seed=7) as server:
        yield server


def echoed(client: Client, prompt: Prompt, choice: str) -> tuple[float, int]:
    """Log-probability and tokens of the choice, from what the completion of both reports of them."""
    count = len((client.tokenizer(MODEL)).encode(choice).ids)
    request = CompletionRequest(
        Prompt([*prompt.items, choice]), maximum_tokens=0, echo=True, log_probs=0, disable_optimizations=True
    )
    log_probs = (client.complete(request, MODEL)).completions[0].log_probs
    assert log_probs is not None
    return math.fsum(next(iter(each.values())) or 0.0 for each in log_probs[-count:]), count


words = st.sampled_from([" an", "apple", " a day", "keeps", "\n", "é", "日本", "<|endoftext|>", " ", "doctor."])
text = st.lists(words, min_size=1, max_size=5).map("".join)
item = text | text.map(Text) | st.lists(st.integers(1, 1600), min_size=1, max_size=4).map(Tokens)
picture = st.just(Image.from_bytes(PICTURE))
prompts = st.lists(item | picture, min_size=1, max_size=3).map(Prompt)


@given(prompts, st.lists(text, min_size=1, max_size=4, unique=True))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_scores_are_those_of_echo(server: LocalServer, prompt: Prompt, choices: list[str]) -> None:
    with Client("token", server.url) as client:
        scores = client.score_choices(prompt, choices, MODEL)
        assert [one.choice for one in scores.scores] == choices
        for one in scores.scores:
            total, count = echoed(client, prompt, one.choice)
            assert one.log_probability == pytest.approx(total, abs=1e-9)
            assert one.token_count == count
            assert one.per_token == pytest.approx(total / count, abs=1e-9)
            assert one.per_character == pytest.approx(total / len(one.choice), abs=1e-9)


def test_many_prompts_are_one_call_with_the_scores_of_each(server: LocalServer) -> None:
    several = [Prompt.from_text(text) for text in ("An apple a", "The early bird", "A stitch")]
    choices = [[" day", " night"], [" catches"], [" in time", " of", " saves nine"]]
    with Client("token", server.url) as client:
        scores = client.score_choices(several, choices, MODEL, num_concurrent_requests=3)
        one_by_one = [client.score_choices(*each, MODEL) for each in zip(several, choices, strict=True)]
        same = client.score_choices(several, [" day", " night"], MODEL)
    assert scores == one_by_one
    assert [list(each.probabilities()) for each in same] == [[" day", " night"]] * 3


def test_no_prompts_have_no_scores(server: LocalServer) -> None:
    with Client("token", server.url) as client:
        assert client.score_choices([], [" day"], MODEL) == []


# --- distributions -----------------------------------------------------------------------------

finite = st.floats(-1e4, 0)


@given(st.lists(st.tuples(finite, st.integers(1, 50)), min_size=1, max_size=20))
def test_the_distribution_adds_up_and_keeps_the_order(found: list[tuple[float, int]]) -> None:
    scores = ChoiceScores(
        [ChoiceScore("x" * (i + 1), total, total / n, total / (i + 1), n) for i, (total, n) in enumerate(found)]
    )
    for per in (None, "token", "character"):
        shares = scores.probabilities(per=per)
        assert math.fsum(shares.values()) == pytest.approx(1.0)
        assert shares[scores.best(per=per).choice] == max(shares.values())
    shares = scores.probabilities()
    for one in scores.scores:
        for other in scores.scores:
            ratio = math.exp(min(one.log_probability - other.log_probability, 0))
            assert shares[one.choice] <= shares[other.choice] * ratio + 1e-9 or ratio == 1


def scored(*results: dict[str, Any]) -> Client:
    steps = [httpx.Response(200, json={"result": one, "num_tokens_prompt_total": 1}) for one in results]
    return client_for(Script(*steps))


def test_what_the_api_does_not_tell_is_not_made_up() -> None:
    client = scored({"log_probability": -3.0})
    scores = client.score_choices("a", ["xyz"], "some-model")
    assert scores.scores == [ChoiceScore("xyz", -3.0, None, -1.0, None)]
    with pytest.raises(InvalidRequestError, match="per token: the API did not tell"):
        scores.best(per="token")
    client = scored({"log_probability": -3.0, "log_perplexity_per_token": 1.5, "character_count": 6})
    scores = client.score_choices("a", ["xyz"], "some-model")
    assert scores.scores == [ChoiceScore("xyz", -3.0, -1.5, -0.5, None)]
    wrong: Any = "word"
    with pytest.raises(InvalidRequestError, match="per must be token, character or None, got 'word'"):
        scores.probabilities(per=wrong)


# --- failures ----------------------------------------------------------------------------------


def refusing(*bad: str) -> Script:
    def answer(request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content)
        if body["completion_expected"] in bad:
            return httpx.Response(400, json={"error": "too long", "code": "PROMPT_TOO_LONG"})
        return httpx.Response(200, json={"result": {"log_probability": -1.0, "token_count": 1}})

    return Script(answer)


def test_the_choices_that_were_scored_are_on_the_exception() -> None:
    with pytest.raises(PromptTooLongError) as caught:
        client_for(refusing("c")).score_choices("a", ["a", "b", "c"], "some-model", num_concurrent_requests=1)
    one = ChoiceScore("a", -1.0, -1.0, -1.0, 1)
    assert caught.value.partial == {0: one, 1: ChoiceScore("b", -1.0, -1.0, -1.0, 1)}
    assert caught.value.remaining == [2]


def test_the_prompts_that_were_scored_are_on_the_exception() -> None:
    several = [Prompt.from_text(text) for text in "xyz"]
    choices = [["a", "b"], ["d", "c"], ["e"]]
    with pytest.raises(PromptTooLongError) as caught:
        client_for(refusing("c")).score_choices(several, choices, "some-model", num_concurrent_requests=1)
    scores = [ChoiceScore(choice, -1.0, -1.0, -1.0, 1) for choice in "ab"]
    assert caught.value.partial == {0: ChoiceScores(scores)}
    assert caught.value.remaining == [1, 2]


WRONG: dict[str, tuple[Any, Any, str]] = {
    "no prompt": (3, ["a"], "prompt must be a Prompt, a text or a list of them, not"),
    "not a prompt": ([Prompt("a"), 3], ["a"], r"prompt\[1\] must be a Prompt or a text"),
    "a text as choices": ("a", "yes", "choices must be a list of texts, one or more"),
    "no choices": ("a", [], "choices must be a list of texts, one or more"),
    "an empty one": ("a", ["a", ""], r"choices\[1\] must be a text, one character or more"),
    "not a text": ("a", ["a", 3], r"choices\[1\] must be a text, one character or more"),
    "twice": ("a", ["a", "b", "a"], r"choices\[2\] is the same text as choices\[0\]: 'a'"),
    "too few": ([Prompt("a"), Prompt("b")], [["a"]], "choices must be one list, or one for each prompt: 2, not 1"),
    "an empty list": ([Prompt("a"), Prompt("b")], [["a"], []], r"choices\[1\] must be a list of texts"),
    "lists for one": ("a", [["a"]], r"choices\[0\] must be a text"),
    "half a character": ("a", ["a", "\ud800"], r"choices\[1\]"),
}


@pytest.mark.parametrize(("prompt", "choices", "said"), WRONG.values(), ids=WRONG)
def test_bad_input_is_refused_and_nothing_sent(prompt: Any, choices: Any, said: str) -> None:
    script = refusing()
    with pytest.raises(InvalidRequestError, match=said):
        client_for(script).score_choices(prompt, choices, "some-model")
    assert script.requests == []


# --- what users do by hand ---------------------------------------------------------------------


def test_a_classifier_of_users_finds_the_same_distribution(server: LocalServer) -> None:
    """They complete with `echo`, cut the tokens of each label off, and normalise the products."""
    labels = [" apple", " doctor", " day"]
    prompt = Prompt.from_text("An apple a day keeps the")
    with Client("token", server.url) as client:
        products = {}
        for label in labels:
            total, _ = echoed(client, prompt, label)
            products[label] = math.exp(total)
        theirs = {label: product / sum(products.values()) for label, product in products.items()}
        ours = (client.score_choices(prompt, labels, MODEL)).probabilities()
        # others call evaluate for each label and divide by its tokens
        results = [(client.evaluate(EvaluationRequest(prompt, label), MODEL)).result for label in labels]
        means = [-result["log_perplexity_per_token"] for result in results]
        per_token = [one.per_token for one in (client.score_choices(prompt, labels, MODEL)).scores]
    assert ours == pytest.approx(theirs)
    assert per_token == pytest.approx(means)
