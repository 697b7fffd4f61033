"""Random requests through both clients: equal answers, and what the API promises of them holds."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import assume, given, settings, strategies as st

from aleph_alpha import (
    AsyncClient,
    BatchSemanticEmbeddingRequest,
    Client,
    CompletionRequest,
    DetokenizationRequest,
    EmbeddingRequest,
    EvaluationRequest,
    ExplanationRequest,
    Prompt,
    PromptGranularity,
    SemanticEmbeddingRequest,
    SemanticRepresentation,
    TargetGranularity,
    Text,
    TokenizationRequest,
    Tokens,
)
from aleph_alpha.testing import LocalServer

MODEL = "toy-base"

WORDS = st.sampled_from(
    [
        "the",
        "sun",
        "is",
        "shining",
        "on",
        "harbour",
        "Der",
        "Hafen",
        "1",
        "2",
        ",",
        ".",
        "{",
        "}",
        "émue",
        "☀",
        "keep",
        "away",
    ]
)
TEXTS = st.lists(WORDS, min_size=1, max_size=8).map(" ".join)
ITEMS = st.one_of(
    TEXTS.map(Text.from_text), st.lists(st.integers(1, 200), min_size=1, max_size=5).map(Tokens.from_token_ids)
)
PROMPTS = st.lists(ITEMS, min_size=1, max_size=3).map(Prompt)
REPRESENTATIONS = st.sampled_from(SemanticRepresentation)

COMPLETIONS = st.builds(
    CompletionRequest,
    prompt=PROMPTS,
    maximum_tokens=st.integers(1, 8),
    temperature=st.sampled_from([0.0, 0.5, 1.0]),
    top_k=st.integers(0, 5),
    top_p=st.sampled_from([0.0, 0.5, 0.9]),
    n=st.integers(1, 3),
    log_probs=st.none() | st.integers(0, 3),
    echo=st.booleans(),
    tokens=st.booleans(),
    presence_penalty=st.sampled_from([0.0, 0.5]),
    stop_sequences=st.none() | st.just([" the"]),
)
REQUESTS = st.one_of(
    st.tuples(st.just("complete"), COMPLETIONS),
    st.tuples(st.just("evaluate"), st.builds(EvaluationRequest, PROMPTS, TEXTS)),
    st.tuples(
        st.just("explain"),
        st.builds(
            ExplanationRequest,
            PROMPTS,
            TEXTS,
            prompt_granularity=st.none() | st.sampled_from(PromptGranularity),
            target_granularity=st.none() | st.sampled_from(TargetGranularity),
            normalize=st.none() | st.booleans(),
        ),
    ),
    st.tuples(
        st.just("embed"), st.builds(EmbeddingRequest, PROMPTS, st.just([-1]), st.just(["mean"]), tokens=st.booleans())
    ),
    st.tuples(
        st.just("semantic_embed"),
        st.builds(SemanticEmbeddingRequest, PROMPTS, REPRESENTATIONS, compress_to_size=st.just(128)),
    ),
    st.tuples(st.just("tokenize"), st.builds(TokenizationRequest, TEXTS, st.just(True), st.booleans())),
    st.tuples(st.just("detokenize"), st.builds(DetokenizationRequest, st.lists(st.integers(1, 200), max_size=5))),
)


class Both:
    """The two clients of one server, and a loop for the one that needs it."""

    def __init__(self, url: str) -> None:
        self.sync = Client("token", url)
        self.loop = asyncio.Runner()
        self.aio = AsyncClient("token", url)

    def call(self, method: str, *arguments: Any, **options: Any) -> Any:
        """The result of both, which is the same."""
        ours = getattr(self.sync, method)(*arguments, **options)
        theirs = self.loop.run(getattr(self.aio, method)(*arguments, **options))
        assert ours == theirs
        return ours

    def close(self) -> None:
        """Leave nothing open."""
        self.sync.close()
        self.loop.run(self.aio.close())
        self.loop.close()


@pytest.fixture(scope="module")
def both() -> Iterator[Both]:
    with LocalServer() as server:
        clients = Both(server.url)
        yield clients
        clients.close()


@settings(max_examples=120, deadline=None)
@given(REQUESTS)
def test_both_clients_give_equal_results(both: Both, request_given: tuple[str, Any]) -> None:
    method, request = request_given
    both.call(method, request, MODEL)


@settings(max_examples=30, deadline=None)
@given(TEXTS, st.integers(1, 6))
def test_reported_log_probabilities_add_up_to_the_evaluation(both: Both, text: str, tokens: int) -> None:
    prompt = Prompt.from_text(text)
    request = CompletionRequest(prompt, maximum_tokens=tokens, log_probs=0, tokens=True, disable_optimizations=True)
    result = both.call("complete", request, MODEL).completions[0]
    tokenizer = both.sync.tokenizer(MODEL)
    retold = [tokenizer.decode([token]) for token in tokenizer.encode(result.completion).ids]
    assume(retold == result.completion_tokens and "\ufffd" not in result.completion)  # else evaluated as other tokens
    total = math.fsum(value for token in result.log_probs for value in token.values())
    evaluated = both.call("evaluate", EvaluationRequest(prompt, result.completion), MODEL).result
    assert evaluated["token_count"] == len(result.log_probs)
    assert evaluated["log_probability"] == pytest.approx(total, abs=1e-3)


@settings(max_examples=30, deadline=None)
@given(TEXTS, st.integers(1, 4), st.integers(0, 2))
def test_best_of_counts_every_candidate(both: Both, text: str, candidates: int, more: int) -> None:
    def tokens_of(**options: Any) -> tuple[int, int]:
        request = CompletionRequest(
            Prompt.from_text(text), maximum_tokens=3, minimum_tokens=3, temperature=1.0, **options
        )
        response = both.call("complete", request, MODEL)
        return response.num_tokens_prompt_total, response.num_tokens_generated

    alone = tokens_of()
    best_of = candidates + more + 1
    assert tokens_of(n=candidates, best_of=best_of) == (alone[0] * best_of, 3 * best_of)


@settings(max_examples=30, deadline=None)
@given(TEXTS)
def test_echo_puts_the_prompt_before_the_completion(both: Both, text: str) -> None:
    request = CompletionRequest(Prompt.from_text(text), maximum_tokens=3, echo=True, disable_optimizations=True)
    result = both.call("complete", request, MODEL).completions[0]
    assert result.completion.strip().startswith(text)


@settings(max_examples=30, deadline=None)
@given(TEXTS, st.sampled_from([" the", ".", "e"]))
def test_a_stop_sequence_is_not_in_the_completion(both: Both, text: str, stop: str) -> None:
    request = CompletionRequest(Prompt.from_text(text), maximum_tokens=12, stop_sequences=[stop], raw_completion=True)
    result = both.call("complete", request, MODEL).completions[0]
    assert stop not in result.completion


@settings(max_examples=15, deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=12), st.integers(1, 5), st.integers(1, 4))
def test_batches_keep_the_order_of_their_prompts(both: Both, texts: list[str], size: int, at_once: int) -> None:
    prompts = [Prompt.from_text(text) for text in texts]
    request = BatchSemanticEmbeddingRequest(prompts, SemanticRepresentation.Symmetric, compress_to_size=128)
    whole = both.call("batch_semantic_embed", request, MODEL, num_concurrent_requests=at_once, batch_size=size)
    for prompt, vector in zip(prompts, whole.embeddings, strict=True):
        alone = SemanticEmbeddingRequest(prompt, SemanticRepresentation.Symmetric, compress_to_size=128)
        assert both.sync.semantic_embed(alone, MODEL).embedding == pytest.approx(vector, abs=1e-6)
