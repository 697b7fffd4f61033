"""Log-likelihoods and texts, beside what the API says itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from lm_eval.api.instance import Instance
from lm_eval.api.model import CachingLM
from lm_eval.api.registry import get_model

from aleph_alpha import APIStatusError, Client, CompletionRequest, EvaluationRequest, Prompt
from aleph_alpha.integrations.lm_eval import AlephAlphaLM, windows
from aleph_alpha.testing import LocalServer
from aleph_alpha.testing.faults import Status

PAIRS = [
    ("An apple a day", " keeps the doctor away"),
    ("An apple a day", " is a ship without a harbour"),
    ("The sun", " is"),
    ("Früh am Morgen", " schläft der Bär"),
    ("", "An apple"),
    ("A cup of", " tea\nin the evening"),
]


@pytest.fixture
def client(server: LocalServer) -> Iterator[Client]:
    with Client("token", server.url) as client:
        yield client


@pytest.fixture
def lm(client: Client) -> AlephAlphaLM:
    return AlephAlphaLM("toy-base", client=client)


def instances(*arguments: tuple[Any, ...]) -> list[Instance]:
    return [Instance("loglikelihood", {}, one, place) for place, one in enumerate(arguments)]


def evaluated(client: Client, context: str, continuation: str) -> tuple[float, bool]:
    result = client.evaluate(EvaluationRequest(Prompt.from_text(context), continuation), "toy-base").result
    return result["log_probability"], result["correct_greedy"]


def echoed(client: Client, context: str, continuation: str) -> float:
    """Of the tokens of the continuation, as a completion that begins with its prompt tells them."""
    request = CompletionRequest(
        Prompt.from_text(context + continuation), maximum_tokens=1, echo=True, log_probs=0, tokens=True
    )
    [result] = client.complete(request, "toy-base").completions
    before = len(client.tokenizer("toy-base").encode(context, add_special_tokens=False).ids)
    whole = len(client.tokenizer("toy-base").encode(context + continuation, add_special_tokens=False).ids)
    assert result.log_probs is not None
    return sum(next(iter(one.values())) or 0.0 for one in result.log_probs[before:whole])


def test_log_likelihoods_are_those_of_evaluations(lm: AlephAlphaLM, client: Client) -> None:
    for scored, pair in zip(lm.loglikelihood(instances(*PAIRS), disable_tqdm=True), PAIRS, strict=True):
        expected, greedy = evaluated(client, *pair)
        assert scored[0] == pytest.approx(expected, abs=1e-6)
        assert scored[1] == greedy


@pytest.mark.parametrize("pair", [pair for pair in PAIRS if pair[0]])
def test_log_likelihoods_are_those_of_echoed_prompts(lm: AlephAlphaLM, client: Client, pair: tuple[str, str]) -> None:
    [(scored, _)] = lm.loglikelihood(instances(pair), disable_tqdm=True)
    assert scored == pytest.approx(echoed(client, *pair), abs=1e-6)


def test_a_greedy_continuation_is_called_one(lm: AlephAlphaLM) -> None:
    [text] = lm.generate_until(instances(("The harbour was full of", {"max_gen_toks": 4})), disable_tqdm=True)
    [(_, greedy), (_, other)] = lm.loglikelihood(
        instances(("The harbour was full of", text), ("The harbour was full of", " zebra")), disable_tqdm=True
    )
    assert greedy
    assert not other


def test_white_space_after_a_context_belongs_to_the_continuation(lm: AlephAlphaLM) -> None:
    one, other = lm.loglikelihood(instances(("The sun ", "is"), ("The sun", " is")), disable_tqdm=True)
    assert one == other


def test_the_same_request_is_sent_once(lm: AlephAlphaLM, server: LocalServer) -> None:
    rule = server.faults.add(Status(503, retry_after=0.01), path="/evaluate", on=1)
    before = len(server.faults.seen)
    scored = lm.loglikelihood(instances(*[PAIRS[0]] * 5), disable_tqdm=True)
    assert len(set(scored)) == 1
    assert [seen.path for seen in server.faults.seen[before:]].count("/evaluate") == 2  # and once more after the 503
    server.faults.end(rule)


def test_a_short_text_is_one_evaluation(lm: AlephAlphaLM, client: Client) -> None:
    texts = ["An apple a day keeps the doctor away.", "The sun", ""]
    scored = lm.loglikelihood_rolling(instances(*[(text,) for text in texts]), disable_tqdm=True)
    assert scored[:2] == pytest.approx([evaluated(client, "", text)[0] for text in texts[:2]], abs=1e-6)
    assert scored[2] == 0.0


def test_a_long_text_is_scored_in_windows_that_fit(client: Client) -> None:
    text = "An apple a day keeps the doctor away. The harbour was full of ships, früh am Morgen. " * 12
    lm = AlephAlphaLM("toy-base", client=client, max_length=64)
    pairs = list(lm._windows(text))
    assert "".join(piece for _, piece in pairs) == text
    for known, piece in pairs:
        assert len(lm.tok_encode(known)) + len(lm.tok_encode(piece)) <= 64
    [scored] = lm.loglikelihood_rolling(instances((text,)), disable_tqdm=True)
    assert scored == pytest.approx(sum(evaluated(client, *pair)[0] for pair in pairs), abs=1e-6)
    # What a window does not see makes a difference, but not a large one.
    [whole] = AlephAlphaLM("toy-base", client=client).loglikelihood_rolling(instances((text,)), disable_tqdm=True)
    assert scored == pytest.approx(whole, rel=0.2)


@pytest.mark.parametrize("size", [2, 3, 5, 17, 1000])
@pytest.mark.parametrize("text", ["one two three four five", "日本語", " ", "x" * 40, "a\n\nb  c"])
def test_each_token_is_predicted_once_in_the_largest_windows(text: str, size: int) -> None:
    starts = [found.start() for found in re.finditer(r"\s?\S|\s", text)]
    pairs = list(windows(text, starts, size))
    assert "".join(piece for _, piece in pairs) == text
    assert pairs[0][0] == ""
    begun = 0
    for known, piece in pairs:
        assert text[:begun].endswith(known)
        inside = [place for place in starts if begun - len(known) <= place < begun + len(piece)]
        assert len(inside) <= size
        begun += len(piece)


def test_a_context_that_is_too_long_loses_its_beginning(client: Client) -> None:
    lm = AlephAlphaLM("toy-base", client=client, max_length=40)
    context = "The harbour was full of ships. " * 20 + "An apple a day"
    [(scored, _)] = lm.loglikelihood(instances((context, " keeps the doctor away")), disable_tqdm=True)
    kept, _ = lm._fitting(context, " keeps the doctor away")
    assert context.endswith(kept)
    assert 20 < len(lm.tok_encode(kept)) < 40
    assert scored == pytest.approx(evaluated(client, kept, " keeps the doctor away")[0], abs=1e-6)
    assert lm.generate_until(instances((context, {"max_gen_toks": 8, "until": ["."]})), disable_tqdm=True)[0]


def test_texts_end_before_what_ends_them(lm: AlephAlphaLM) -> None:
    context = "An apple a day"
    [free] = lm.generate_until(instances((context, {"max_gen_toks": 20})), disable_tqdm=True)
    word = free.split()[4]
    for until in (word, [word], ["\n\n", word]):
        [text] = lm.generate_until(instances((context, {"max_gen_toks": 20, "until": until})), disable_tqdm=True)
        assert text == free[: free.index(word)]
    settings = {"max_gen_toks": 20, "do_sample": False, "temperature": 1.0, "until": []}
    assert lm.generate_until(instances((context, settings)), disable_tqdm=True) == [free]


def test_an_unknown_setting_is_refused_by_name(lm: AlephAlphaLM) -> None:
    with pytest.raises(ValueError, match="'temprature'"):
        lm.generate_until(instances(("x", {"temprature": 1})), disable_tqdm=True)


def test_what_arrived_before_a_failure_is_in_the_cache(client: Client, server: LocalServer, tmp_path: Any) -> None:
    lm = AlephAlphaLM("toy-base", client=client.with_options(total_retries=0), num_concurrent_requests=1)
    cached = CachingLM(lm, str(tmp_path / "cache.db"))
    rule = server.faults.add(Status(400), path="/evaluate", on=4)
    with pytest.raises(APIStatusError):
        cached.loglikelihood(instances(*PAIRS))
    server.faults.end(rule)
    before = len(server.faults.seen)
    again = cached.loglikelihood(instances(*PAIRS))
    assert [seen.path for seen in server.faults.seen[before:]].count("/evaluate") == len(PAIRS) - 3
    assert again == AlephAlphaLM("toy-base", client=client).loglikelihood(instances(*PAIRS), disable_tqdm=True)


def test_the_harness_finds_the_model_and_builds_it_from_text(server: LocalServer) -> None:
    kind = get_model("aleph_alpha")
    assert kind is AlephAlphaLM
    lm = kind.create_from_arg_string(
        f"model=toy-base,host={server.url},max_length=512,num_concurrent_requests=2", {"batch_size": 1, "device": "cpu"}
    )
    assert lm.max_length == 512
    assert AlephAlphaLM("toy-base").max_length == 2048
    assert lm.tok_decode(lm.tok_encode(" Hello")).strip() == "Hello"


def test_a_context_of_unknown_length_is_asked_for(client: Client) -> None:
    with pytest.raises(ValueError, match="pass max_length"):
        _ = AlephAlphaLM("no-such-model", client=client).max_length
