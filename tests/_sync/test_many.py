# Made from tests/_async/test_many.py by scripts/unasync.py: change it there, then run `make fix`.
"""Many calls of one kind: bounded, in order, lazy, and nothing lost."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from hypothesis import given, settings, strategies as st

from aleph_alpha import (
    ChatRequest,
    Client,
    CompletionRequest,
    CompletionResponse,
    EmbeddingRequest,
    EvaluationRequest,
    ExplanationRequest,
    Message,
    Prompt,
    RerankRequest,
    TranscriptionRequest,
    TranslationRequest,
    errors as err,
)

pytestmark = pytest.mark.proxied


def numbered(*numbers: int) -> list[CompletionRequest]:
    return [CompletionRequest(Prompt.from_text(str(number))) for number in numbers]


class Counter:
    """Completes "7" with "7"; refuses the numbers in `broken`. Knows how many requests were under way at once."""

    def __init__(self, *broken: int) -> None:
        self.broken = set(broken)
        self.asked: list[int] = []
        self.most = self._now = 0
        self._lock = threading.Lock()

    def answer(self, request: httpx.Request) -> httpx.Response:
        number = int(json.loads(request.content)["prompt"][0]["data"])
        self.asked.append(number)
        if number in self.broken:
            return httpx.Response(400, json={"error": "no", "code": "PROMPT_TOO_LONG"})
        body = {
            "model_version": "1",
            "completions": [{"completion": str(number)}],
            "num_tokens_prompt_total": 1,
            "num_tokens_generated": 1,
        }
        return httpx.Response(200, json=body)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        with self._lock:
            self._now += 1
            self.most = max(self.most, self._now)
        try:
            return self.answer(request)
        finally:
            with self._lock:
                self._now -= 1

    @property
    def client(self) -> Client:
        transport = httpx.MockTransport(self)
        return Client("token", "https://example.com", http_client=httpx.Client(transport=transport))


def texts(responses: Any) -> list[Any]:
    return [
        response.completions[0].completion if isinstance(response, CompletionResponse) else response.code
        for response in responses
    ]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 99), max_size=20), st.integers(1, 6), st.booleans())
def test_responses_come_in_the_order_of_the_requests(numbers: list[int], limit: int, lazily: bool) -> None:
    counter = Counter()
    requests: Any = iter(numbered(*numbers)) if lazily else numbered(*numbers)
    responses = counter.client.complete_many(requests, "some-model", num_concurrent_requests=limit)
    assert texts(responses) == [str(number) for number in numbers]
    assert sorted(counter.asked) == sorted(numbers)
    assert counter.most <= limit


def test_each_response_has_its_meta() -> None:
    for response in Counter().client.complete_many(numbered(1, 2), "some-model"):
        assert response.meta is not None
        assert response.meta.attempts == 1


@pytest.mark.parametrize("limit", [1, 3])
def test_what_had_arrived_before_a_failure_is_on_the_exception(limit: int) -> None:
    counter = Counter(5)
    with pytest.raises(err.BadRequestError) as caught:
        counter.client.complete_many(numbered(*range(10)), "some-model", num_concurrent_requests=limit)
    partial, remaining = caught.value.partial, caught.value.remaining
    assert partial is not None
    assert remaining is not None
    assert sorted([*partial, *remaining]) == list(range(10))
    assert 5 in remaining
    assert all(response.completions[0].completion == str(index) for index, response in partial.items())
    assert len(counter.asked) < 10
    # and the job can be finished
    counter.broken.clear()
    rest = counter.client.complete_many(numbered(*remaining), "some-model")
    assert texts(rest) == [str(index) for index in remaining]


@pytest.mark.parametrize("limit", [1, 3])
def test_errors_can_stand_in_for_responses(limit: int) -> None:
    requests: list[Any] = numbered(0, 1, 2, 3)
    requests[2] = CompletionRequest(Prompt.from_text("2"), temperature=float("nan"))
    client = Counter(1).client
    responses = client.complete_many(requests, "some-model", num_concurrent_requests=limit, return_errors=True)
    assert [type(response).__name__ for response in responses] == [
        *("CompletionResponse", "PromptTooLongError", "InvalidRequestError", "CompletionResponse"),
    ]


def test_requests_are_taken_when_there_is_room() -> None:
    taken = []

    def endless() -> Iterator[CompletionRequest]:
        for number in range(1_000_000):
            taken.append(number)
            yield from numbered(number)

    with pytest.raises(err.BadRequestError) as caught:
        Counter(3).client.complete_many(endless(), "some-model", num_concurrent_requests=2)
    assert len(taken) < 10
    assert caught.value.remaining is not None
    assert 3 in caught.value.remaining
    assert sorted([*(caught.value.partial or {}), *caught.value.remaining]) == taken


def test_an_iterator_that_fails_ends_the_job() -> None:
    def failing() -> Iterator[CompletionRequest]:
        yield from numbered(0, 1)
        raise LookupError("no more")

    with pytest.raises(LookupError) as caught:
        Counter().client.complete_many(failing(), "some-model", num_concurrent_requests=1)
    assert sorted(caught.value.partial) == [0, 1]  # type: ignore[attr-defined]


def test_the_progress_bar_counts_requests(capsys: pytest.CaptureFixture[str]) -> None:
    Counter().client.complete_many(numbered(1, 2, 3), "some-model", progress_bar=True)
    assert "3/3" in capsys.readouterr().err
    Counter().client.complete_many(iter(numbered(1, 2, 3)), "some-model", progress_bar=True)
    assert "3request" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("requests", "limit", "pattern"),
    [([], 0, "num_concurrent_requests"), ([], True, "num_concurrent_requests"), (7, 1, "requests must be a list")],
)
def test_what_is_no_job_is_refused(requests: Any, limit: Any, pattern: str) -> None:
    with pytest.raises(err.InvalidRequestError, match=pattern):
        Counter().client.complete_many(requests, "some-model", num_concurrent_requests=limit)


def test_each_task_has_its_requests_sent() -> None:
    seen: list[str] = []
    answers: dict[str, Any] = {
        "/chat/completions": {
            "choices": [{"index": 0, "message": {"role": "assistant", "content": "Hi"}, "finish_reason": "stop"}]
        },
        "/evaluate": {"model_version": "1", "result": {"log_probability": -1.0}, "num_tokens_prompt_total": 1},
        "/explain": {"model_version": "1", "explanations": [{"target": "x", "items": []}]},
        "/embed": {"model_version": "1", "embeddings": {"layer_1": {"mean": [1.5]}}, "num_tokens_prompt_total": 1},
        "/rerank": {
            "results": [{"index": 0, "relevance_score": 0.5}],
            "usage": {"completion_tokens": 0, "prompt_tokens": 1, "total_tokens": 1},
        },
        "/translate": {"translation": "Hallo", "score": 0.5, "num_tokens_prompt_total": 1, "num_tokens_generated": 1},
        "/transcribe": {"transcription": "Hello"},
    }

    def respond(request: httpx.Request) -> httpx.Response:
        seen.append(request.url.path)
        return httpx.Response(200, json=answers[request.url.path])

    transport = httpx.MockTransport(respond)
    client = Client("token", "https://example.com", http_client=httpx.Client(transport=transport))
    prompt = Prompt.from_text("Hi")
    chats = client.chat_many([ChatRequest("m", [Message("user", "Hi")])] * 2)
    evaluations = client.evaluate_many([EvaluationRequest(prompt, "x")] * 2, "m")
    explanations = client.explain_many([ExplanationRequest(prompt, "x")] * 2, "m")
    embeddings = client.embed_many([EmbeddingRequest(prompt, [1], ["mean"])] * 2, "m")
    rankings = client.rerank_many([RerankRequest("x", ["y"])] * 2)
    translations = client.translate_many([TranslationRequest("m", "Hello", "de")] * 2)
    transcriptions = client.transcribe_many([TranscriptionRequest(b"x", file_name="x.wav")] * 2, "m")
    assert [chat.message.content for chat in chats] == ["Hi", "Hi"]
    assert [one.result["log_probability"] for one in evaluations] == [-1.0, -1.0]
    assert [one.explanations[0].target for one in explanations] == ["x", "x"]
    assert [one.embeddings for one in embeddings] == [{("layer_1", "mean"): [1.5]}] * 2
    assert [one.results[0].relevance_score for one in rankings] == [0.5, 0.5]
    assert [one.translation for one in translations] == ["Hallo", "Hallo"]
    assert [one.transcription for one in transcriptions] == ["Hello", "Hello"]
    assert sorted(seen) == sorted([*answers] * 2)
