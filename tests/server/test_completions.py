"""What a completion request asks for is what its response does."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import orjson
import pytest
from hypothesis import example, given, strategies as st

from aleph_alpha.testing.server.model import bpe as bpe_module
from tests.server.client import CheckedClient
from tests.server.strategies import QUICK, known_texts

bpe = bpe_module.load()
PROMPT = "Anna is a programmer. Her favourite food is"
SAMPLED = {"temperature": 1.0, "maximum_tokens": 12}
counts = st.integers(1, 4)


def _sampled_log_probs(completion: dict[str, Any]) -> list[Any]:
    """The log-probabilities of the tokens themselves, where only those were asked for."""
    return [value for entry in completion["log_probs"] for value in entry.values()]


def text_of(prompt: str) -> str:
    """A prompt as its tokens say it, which is how it is echoed."""
    return "".join(bpe.token_texts[token] for token in bpe.encode(prompt).ids)


class TestLogProbabilities:
    @QUICK
    @given(prompt=known_texts, expected=known_texts)
    def test_those_of_an_echo_sum_up_to_what_evaluate_says(
        self, api: CheckedClient, prompt: str, expected: str
    ) -> None:
        request = {"echo": True, "maximum_tokens": 0, "log_probs": 0, "tokens": True}
        echoed = api.completion(f"{prompt} {expected}", **request)
        body = {"model": "toy-base", "prompt": prompt, "completion_expected": f" {expected}"}
        result = api.call("evaluate", body)["result"]
        own = _sampled_log_probs(echoed)[-result["token_count"] :]
        assert sum(own) == pytest.approx(result["log_probability"], rel=1e-9)
        assert "".join(echoed["completion_tokens"][-result["token_count"] :]) == f" {expected}"

    @QUICK
    @example(prompt='".join(pages))', seed=3)  # ends within a character
    @given(prompt=known_texts, seed=st.integers(0, 3))
    def test_those_of_a_completion_sum_up_to_what_evaluate_says(
        self, api: CheckedClient, prompt: str, seed: int
    ) -> None:
        """Whichever way it was sampled: penalties and temperature do not change what the model thinks."""
        wishes = {"temperature": seed / 2, "presence_penalty": 0.3 * seed, "minimum_tokens": 4, "maximum_tokens": 6}
        completion = api.completion(prompt, log_probs=0, tokens=True, **wishes)
        retold = bpe.encode(completion["completion"]).ids
        same = [bpe.decode([token]) for token in retold] == completion["completion_tokens"]
        if same and "\ufffd" not in completion["completion"]:  # else the text has other tokens than the model chose
            body = {"model": "toy-base", "prompt": prompt, "completion_expected": completion["completion"]}
            result = api.call("evaluate", body)["result"]
            total = sum(_sampled_log_probs(completion))
            assert total == pytest.approx(result["log_probability"], rel=1e-9)

    def test_zero_answers_the_chosen_token_only(self, api: CheckedClient) -> None:
        completion = api.completion(PROMPT, maximum_tokens=5, log_probs=0, tokens=True)
        assert [list(entry) for entry in completion["log_probs"]] == [[t] for t in completion["completion_tokens"]]

    @pytest.mark.parametrize("k", [1, 5, 20])
    def test_k_answers_the_k_likeliest_and_the_chosen_token(self, api: CheckedClient, k: int) -> None:
        completion = api.completion(PROMPT, log_probs=k, tokens=True, temperature=3.0, maximum_tokens=20)
        for entry, token in zip(completion["log_probs"], completion["completion_tokens"], strict=True):
            likeliest = sorted(entry.values(), reverse=True)[:k]
            assert token in entry
            # Partial characters look alike as text, so some of the likeliest may share an entry.
            assert len(entry) in {k, k + 1} or "\ufffd" in entry
            assert entry[token] <= likeliest[0] <= 0
        greedy = api.completion(PROMPT, log_probs=k, tokens=True, maximum_tokens=5)
        for entry, token in zip(greedy["log_probs"], greedy["completion_tokens"], strict=True):
            assert max(entry, key=lambda text: entry[text]) == token

    def test_are_left_out_unless_asked_for(self, api: CheckedClient) -> None:
        assert set(api.completion(PROMPT)) == {"index", "completion", "finish_reason"}

    @pytest.mark.parametrize("top", [0, 3])
    @pytest.mark.parametrize("prompt", ["hello world", [{"type": "token_ids", "data": [7, 8, 9]}]], ids=str)
    def test_the_echoed_first_token_has_none(self, api: CheckedClient, prompt: Any, top: int) -> None:
        request = {"echo": True, "maximum_tokens": 1, "log_probs": top, "n": 2, "tokens": True}
        for completion in api.complete(prompt, **request)["completions"]:
            first, *others = completion["log_probs"]
            assert first == {}
            assert all(value < 0 for entry in others for value in entry.values())
            assert all(entry for entry in others)
            assert len(completion["log_probs"]) == len(completion["completion_tokens"])


class TestCounting:
    @QUICK
    @given(n=counts, more=counts, prompt=known_texts)
    def test_best_of_counts_the_tokens_of_all_candidates(
        self, api: CheckedClient, n: int, more: int, prompt: str
    ) -> None:
        one = api.complete(prompt, maximum_tokens=3, minimum_tokens=3)
        best = api.complete(prompt, maximum_tokens=3, minimum_tokens=3, n=n, best_of=n + more)
        assert len(best["completions"]) == n
        assert [completion["index"] for completion in best["completions"]] == list(range(n))
        assert best["num_tokens_prompt_total"] == one["num_tokens_prompt_total"] * (n + more)
        assert best["num_tokens_generated"] == one["num_tokens_generated"] * (n + more) == 3 * (n + more)

    def test_best_of_answers_the_candidates_with_the_highest_log_probability_a_token(self, api: CheckedClient) -> None:
        def means(completions: list[dict[str, Any]]) -> list[float]:
            values = [_sampled_log_probs(completion) for completion in completions]
            return [sum(one) / len(one) if one else -math.inf for one in values]

        request = {**SAMPLED, "log_probs": 0, "n": 2, "best_of": 10}
        best = means(api.complete(PROMPT, **request)["completions"])
        assert best == sorted(best, reverse=True)
        average = means(api.complete(PROMPT, **SAMPLED, log_probs=0, n=10)["completions"])
        assert best[0] > sum(average) / len(average)

    @pytest.mark.parametrize(
        ("fields", "pointer"),
        [
            ({"n": 3, "best_of": 2}, "/best_of"),
            ({"n": 2, "best_of": 2}, "/best_of"),
            ({"best_of": 2, "stream": True}, "/stream"),
            ({"n": 0}, "/n"),
            ({"n": 101}, "/n"),
            ({"best_of": 101}, "/best_of"),
        ],
    )
    def test_counts_that_make_no_sense_are_refused(
        self, api: CheckedClient, fields: dict[str, Any], pointer: str
    ) -> None:
        status, code, message = api.refused("complete", {"model": "toy-base", "prompt": "a", **fields})
        assert (status, code) == (400, "INVALID_REQUEST")
        assert message.startswith(f"{pointer}:")

    def test_n_sampled_completions_differ_and_greedy_ones_do_not(self, api: CheckedClient) -> None:
        sampled = api.complete(PROMPT, **SAMPLED, n=5)["completions"]
        assert len({completion["completion"] for completion in sampled}) > 1
        greedy = api.complete(PROMPT, maximum_tokens=12, n=5)["completions"]
        assert len({completion["completion"] for completion in greedy}) == 1

    def test_an_empty_prompt_is_one_token(self, api: CheckedClient) -> None:
        assert api.complete("", maximum_tokens=1)["num_tokens_prompt_total"] == 1


class TestLength:
    @pytest.mark.parametrize("maximum", [0, 1, 7])
    def test_maximum_tokens_is_kept_and_said_to_be_the_reason(self, api: CheckedClient, maximum: int) -> None:
        answer = api.complete(PROMPT, maximum_tokens=maximum, minimum_tokens=maximum)
        assert answer["num_tokens_generated"] == maximum
        assert answer["completions"][0]["finish_reason"] == "maximum_tokens"

    def test_without_maximum_tokens_it_ends_at_the_end_of_text_or_the_limit_of_the_model(
        self, api: CheckedClient
    ) -> None:
        limits = {m["name"]: m["maximum_completion_tokens"] for m in api.call("availableModels")}
        reasons = set()
        for completion in api.complete(PROMPT, temperature=1.0, n=10, tokens=True)["completions"]:
            reasons.add(completion["finish_reason"])
            assert len(completion["completion_tokens"]) <= limits["toy-base"]
        assert reasons <= {"end_of_text", "maximum_tokens"}
        assert "end_of_text" in reasons

    def test_minimum_tokens_keeps_the_text_from_ending(self, api: CheckedClient) -> None:
        ending = "Nemo is a goldfish in the library of Larkhaven. It is orange, and it is a very good listener."
        plain = api.complete(ending, maximum_tokens=10)
        assert plain["completions"][0] == {"index": 0, "completion": "", "finish_reason": "end_of_text"}
        longer = api.complete(ending, maximum_tokens=10, minimum_tokens=5)
        assert longer["num_tokens_generated"] >= 5

    def test_a_prompt_that_does_not_fit_is_refused(self, api: CheckedClient) -> None:
        body = {"model": "toy-base", "prompt": "pizza " * 2100}
        assert api.refused("complete", body)[:2] == (400, "PROMPT_TOO_LONG")

    def test_prompt_and_completion_together_fit_into_the_context(self, api: CheckedClient) -> None:
        answer = api.complete("pizza " * 2040, maximum_tokens=100, minimum_tokens=100, disable_optimizations=True)
        assert answer["num_tokens_prompt_total"] + answer["num_tokens_generated"] <= 2048


class TestStopSequences:
    @QUICK
    @given(prompt=known_texts, cut=st.integers(0, 40), length=st.integers(1, 6))
    def test_a_completion_ends_in_front_of_a_stop_sequence(
        self, api: CheckedClient, prompt: str, cut: int, length: int
    ) -> None:
        free = api.completion(prompt, maximum_tokens=15)["completion"]
        stop = free[cut : cut + length]
        if not stop:
            return
        stopped = api.completion(prompt, maximum_tokens=15, stop_sequences=[stop], tokens=True, log_probs=0)
        assert stopped["completion"] == free[: free.index(stop)]
        assert stopped["finish_reason"] == "stop_sequence_reached"
        joined = "".join(stopped["completion_tokens"])
        assert joined.startswith(stopped["completion"]) or "\ufffd" in joined  # tokens that are half a character
        assert len(stopped["log_probs"]) == len(stopped["completion_tokens"])

    def test_the_first_of_several_counts(self, api: CheckedClient) -> None:
        completion = api.completion("An apple a day", stop_sequences=["pier", " walk", "###"])
        assert completion["completion"] == ", a"

    def test_one_that_does_not_occur_changes_nothing(self, api: CheckedClient) -> None:
        free = api.completion(PROMPT, maximum_tokens=10)
        assert api.completion(PROMPT, maximum_tokens=10, stop_sequences=["###", ""]) == free


class TestEcho:
    @QUICK
    @given(prompt=known_texts)
    def test_puts_the_prompt_in_front(self, api: CheckedClient, prompt: str) -> None:
        plain = api.completion(prompt, maximum_tokens=5, tokens=True)
        echoed = api.completion(prompt, maximum_tokens=5, tokens=True, echo=True)
        assert echoed["completion"] == text_of(prompt) + plain["completion"]
        assert "".join(echoed["completion_tokens"]) == echoed["completion"]

    def test_says_what_its_tokens_say(self, api: CheckedClient) -> None:
        """As luminous models do: both begin with the space of the first word, whatever kind of item it is from."""
        ids = list(bpe.encode("Hello world").ids)
        for prompt in ("Hello world", [{"type": "token_ids", "data": ids}]):
            for more in ({}, {"tokens": True}):
                assert api.completion(prompt, echo=True, maximum_tokens=0, **more)["completion"] == " Hello world"

    def test_of_several_items_is_their_text(self, api: CheckedClient) -> None:
        ids = list(bpe.encode_continuation(" pizza"))
        prompt = [{"type": "text", "data": "Anna likes"}, {"type": "token_ids", "data": ids}]
        assert api.completion(prompt, echo=True, maximum_tokens=0)["completion"] == " Anna likes pizza"


class TestOptimizations:
    def test_a_space_at_the_end_of_the_prompt_is_left_to_the_completion(self, api: CheckedClient) -> None:
        body = {"maximum_tokens": 3, "raw_completion": True}
        answer = api.complete("The capital of France is ", **body)
        assert answer["optimized_prompt"] == [{"type": "text", "data": "The capital of France is"}]
        (completion,) = answer["completions"]
        assert completion["raw_completion"] == f" {completion['completion']}"
        assert completion["completion"].startswith("Paris")

    def test_can_be_disabled(self, api: CheckedClient) -> None:
        answer = api.complete("The capital of France is ", disable_optimizations=True, raw_completion=True)
        assert "optimized_prompt" not in answer
        (completion,) = answer["completions"]
        assert completion["completion"] == completion["raw_completion"]

    @pytest.mark.parametrize(
        ("prompt", "optimized"),
        [
            (["Hello World! ", "And you"], ["Hello World! And you"]),
            ([" Hello", "World \n"], ["HelloWorld"]),
            (["Hello World! ", [7], " again "], ["Hello World!", [7], "again"]),
            (["Hello", [7], [8]], None),
            (["Hello", "", " "], ["Hello"]),
            ([" "], None),
            ([" \n", [7]], None),
        ],
        ids=str,
    )
    def test_strip_texts_and_put_neighbours_together(
        self, api: CheckedClient, prompt: list[Any], optimized: list[Any] | None
    ) -> None:
        def items(values: list[Any]) -> list[dict[str, Any]]:
            return [{"type": "text" if isinstance(one, str) else "token_ids", "data": one} for one in values]

        answer = api.complete(items(prompt), maximum_tokens=1)
        assert answer.get("optimized_prompt") == (None if optimized is None else items(optimized))

    def test_leave_a_control_at_the_words_that_it_was_at(self, api: CheckedClient) -> None:
        def control(start: int, length: int) -> dict[str, Any]:
            return {"start": start, "length": length, "factor": 0.5}

        prompt = [
            {"type": "text", "data": "  Hello ", "controls": [control(0, 4), control(0, 1)]},
            {"type": "text", "data": "World! ", "controls": [control(0, 5), control(5, 2)]},
        ]
        (item,) = api.complete(prompt, maximum_tokens=1)["optimized_prompt"]
        assert item == {
            "type": "text",
            "data": "Hello World!",
            "controls": [control(0, 2), control(6, 5), control(11, 1)],
        }

    @QUICK
    @given(prompt=st.lists(known_texts | st.sampled_from([" ", "\n"]), min_size=1, max_size=4))
    def test_change_nothing_a_second_time(self, api: CheckedClient, prompt: list[str]) -> None:
        items = [{"type": "text", "data": text} for text in prompt]
        optimized = api.complete(items, maximum_tokens=1).get("optimized_prompt", items)
        assert "optimized_prompt" not in api.complete(optimized, maximum_tokens=1)

    def test_leave_a_prompt_without_a_space_at_its_end_alone(self, api: CheckedClient) -> None:
        assert "optimized_prompt" not in api.complete(PROMPT, maximum_tokens=1)


class TestRepeatability:
    @QUICK
    @given(prompt=known_texts, n=counts)
    def test_the_same_request_has_the_same_answer(self, api: CheckedClient, prompt: str, n: int) -> None:
        assert api.complete(prompt, **SAMPLED, n=n) == api.complete(prompt, **SAMPLED, n=n)

    def test_the_order_of_fields_does_not_matter(self, api: CheckedClient) -> None:
        body = {"model": "toy-base", "prompt": PROMPT, **SAMPLED}
        backwards = dict(reversed(list(body.items())))
        assert api.send("complete", body).content == api.send("complete", backwards).content

    def test_another_server_of_the_same_seed_agrees_and_one_of_another_seed_does_not(self) -> None:
        texts = []
        for seed in (5, 5, 6):
            with CheckedClient(seed=seed) as client:
                texts.append(orjson.dumps(client.complete(PROMPT, **SAMPLED)))
        assert texts[0] == texts[1] != texts[2]

    def test_it_does_not_matter_what_else_is_asked_at_the_same_time(self, api: CheckedClient) -> None:
        def ask(number: int) -> Any:
            return api.complete(PROMPT, **SAMPLED, n=1 + number % 4)

        alone = [ask(number) for number in range(4)]
        with ThreadPoolExecutor(16) as pool:
            assert list(pool.map(ask, range(48))) == alone * 12

    def test_it_does_not_matter_under_which_prefix_it_is_asked(self, api: CheckedClient) -> None:
        with CheckedClient(prefix="/v1") as client:
            assert client.complete(PROMPT, **SAMPLED) == api.complete(PROMPT, **SAMPLED)


class TestStream:
    @QUICK
    @given(prompt=known_texts, n=counts)
    def test_says_the_same_as_the_whole_answer(self, api: CheckedClient, prompt: str, n: int) -> None:
        """Random completions differ, because `stream` is part of the request; greedy ones are the same."""
        request = {"maximum_tokens": 8, "n": n, "log_probs": 2, "tokens": True, "stop_sequences": [" the s", "ing"]}
        whole = api.complete(prompt, **request)
        events = api.events("complete", {"model": "toy-base", "prompt": prompt, **request, "stream": True})
        for completion in whole["completions"]:
            own = [event for event in events if event.get("index") == completion["index"]]
            chunks, summary = own[:-1], own[-1]
            assert all(chunk["type"] == "stream_chunk" for chunk in chunks)
            assert "".join(chunk["completion"] for chunk in chunks) == completion["completion"]
            for field in ("log_probs", "completion_tokens"):
                assert [entry for chunk in chunks for entry in chunk[field]] == completion[field]
            assert summary["type"] == "stream_summary"
            assert summary["finish_reason"] == completion["finish_reason"]
            assert summary["model_version"] == whole["model_version"]
        assert [event["type"] for event in events].count("completion_summary") == 1
        tokens = {key: whole[key] for key in ("num_tokens_prompt_total", "num_tokens_generated")}
        assert events[-1] == {"type": "completion_summary", **tokens}

    def test_begins_with_the_prompt_if_it_is_echoed(self, api: CheckedClient) -> None:
        events = api.events("complete", {"model": "toy-base", "prompt": PROMPT, "echo": True, "stream": True})
        assert events[0]["completion"] == text_of(PROMPT)

    def test_echoes_tokens_and_an_empty_log_probability_first(self, api: CheckedClient) -> None:
        request = {"echo": True, "stream": True, "tokens": True, "log_probs": 0, "maximum_tokens": 2}
        events = api.events("complete", {"model": "toy-base", "prompt": PROMPT, **request})
        assert "".join(events[0]["completion_tokens"]) == events[0]["completion"]
        assert events[0]["log_probs"][0] == {}

    def test_leaves_the_space_out_that_the_prompt_had(self, api: CheckedClient) -> None:
        body = {"model": "toy-base", "prompt": "The capital of France is ", "stream": True, "maximum_tokens": 2}
        events = api.events("complete", body)
        assert events[0]["completion"] == "Paris"
        assert events[-1]["optimized_prompt"] == [{"type": "text", "data": "The capital of France is"}]


def test_as_json_it_is_an_object_with_the_completion(api: CheckedClient) -> None:
    body = {"model": "toy-base", "prompt": PROMPT, "maximum_tokens": 6}
    (completion,) = api.call("completeJson", body)["completions"]
    assert orjson.loads(completion["completion"]) == {
        "completion": api.completion(PROMPT, maximum_tokens=6)["completion"]
    }
