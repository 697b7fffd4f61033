"""batch_semantic_embed: order, laziness, and nothing that finished is lost."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from hypothesis import given, settings, strategies as st

from aleph_alpha import (
    AsyncClient,
    BatchSemanticEmbeddingRequest,
    Prompt,
    SemanticRepresentation,
    errors as err,
)

MODEL = "some-model"


def texts(count: int) -> list[Prompt]:
    return [Prompt.from_text(str(number)) for number in range(count)]


def request_for(prompts: Any) -> BatchSemanticEmbeddingRequest:
    return BatchSemanticEmbeddingRequest(prompts, SemanticRepresentation.Symmetric, compress_to_size=128)


class Embedder:
    """Answers each prompt "7" with the vector [7.0, 0.5]; fails for the batches that hold one of `broken`."""

    def __init__(self, *broken: int, size: int = 2) -> None:
        self.broken = set(broken)
        self.size = size
        self.batches: list[list[int]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        numbers = [int(prompt[0]["data"]) for prompt in json.loads(request.content)["prompts"]]
        self.batches.append(numbers)
        if self.broken.intersection(numbers):
            return httpx.Response(400, json={"error": "no", "code": "PROMPT_TOO_LONG"})
        vectors = [[float(number), *[0.5] * (self.size - 1)] for number in numbers]
        body = {"model_version": "1", "embeddings": vectors, "num_tokens_prompt_total": len(numbers)}
        return httpx.Response(200, json=body)

    @property
    def client(self) -> AsyncClient:
        return AsyncClient(
            "token", "https://example.com", http_client=httpx.AsyncClient(transport=httpx.MockTransport(self))
        )


@settings(max_examples=40, deadline=None)
@given(count=st.integers(0, 60), batch_size=st.integers(1, 20), concurrency=st.integers(1, 8), as_array=st.booleans())
async def test_vectors_come_in_the_order_of_the_prompts(
    count: int, batch_size: int, concurrency: int, as_array: bool
) -> None:
    embedder = Embedder()
    response = await embedder.client.batch_semantic_embed(
        request_for(texts(count)), MODEL, concurrency, batch_size, as_array=as_array
    )
    assert [float(vector[0]) for vector in response.embeddings] == [float(number) for number in range(count)]
    assert response.num_tokens_prompt_total == count
    assert len(embedder.batches) == -(-count // batch_size)
    assert all(len(batch) <= batch_size for batch in embedder.batches)


async def test_lists_of_float_are_the_default_and_one_float32_array_the_choice() -> None:
    client = Embedder().client
    as_lists = await client.batch_semantic_embed(request_for(texts(3)), MODEL)
    as_array = await client.batch_semantic_embed(request_for(texts(3)), MODEL, batch_size=2, as_array=True)
    assert as_lists.embeddings == [[0.0, 0.5], [1.0, 0.5], [2.0, 0.5]]
    array: Any = as_array.embeddings
    assert (array.shape, array.dtype.name) == ((3, 2), "float32")
    assert array.tolist() == as_lists.embeddings


async def test_a_batch_of_two_hundred_is_sent_in_hundreds() -> None:
    embedder = Embedder()
    await embedder.client.batch_semantic_embed(request_for(texts(250)), MODEL)
    assert [len(batch) for batch in embedder.batches] == [100, 100, 50]


async def test_no_prompts_need_no_request() -> None:
    embedder = Embedder()
    response = await embedder.client.batch_semantic_embed(request_for([]), MODEL)
    assert (list(response.embeddings), response.num_tokens_prompt_total, embedder.batches) == ([], 0, [])


@pytest.mark.parametrize("as_array", [False, True])
@pytest.mark.parametrize("concurrency", [1, 3])
async def test_what_had_arrived_before_a_failure_is_on_the_exception(concurrency: int, as_array: bool) -> None:
    embedder = Embedder(7)
    with pytest.raises(err.BadRequestError) as caught:
        await embedder.client.batch_semantic_embed(
            request_for(texts(20)), MODEL, concurrency, batch_size=2, as_array=as_array
        )
    partial, remaining = caught.value.partial, caught.value.remaining
    assert partial is not None
    assert remaining is not None
    assert {6, 7} <= set(remaining)
    assert sorted([*partial, *remaining]) == list(range(20))
    assert all(float(vector[0]) == index for index, vector in partial.items())
    if concurrency == 1:
        assert list(partial) == [0, 1, 2, 3, 4, 5]
    # and the job can be finished
    embedder.broken.clear()
    rest = await embedder.client.batch_semantic_embed(request_for([texts(20)[index] for index in remaining]), MODEL)
    assert [float(vector[0]) for vector in rest.embeddings] == remaining


async def test_batches_after_a_failed_one_are_not_sent() -> None:
    embedder = Embedder(0)
    with pytest.raises(err.BadRequestError):
        await embedder.client.batch_semantic_embed(request_for(texts(100)), MODEL, batch_size=1)
    assert embedder.batches == [[0]]


async def test_batches_are_made_when_they_are_sent() -> None:
    class Lazy(list[Prompt]):
        """Knows how far it was read."""

        read = 0

        def __getitem__(self, part: Any) -> Any:
            if isinstance(part, slice):
                Lazy.read = max(Lazy.read, part.stop)
            return super().__getitem__(part)

    embedder = Embedder(0)
    with pytest.raises(err.BadRequestError):
        await embedder.client.batch_semantic_embed(request_for(Lazy(texts(1000))), MODEL, 4, batch_size=10)
    assert Lazy.read <= 50


async def test_an_invalid_prompt_names_itself_and_loses_nothing() -> None:
    prompts: list[Any] = texts(4)
    prompts[3] = Prompt.from_text(None)  # type: ignore[arg-type]
    with pytest.raises(err.InvalidRequestError, match=r"prompts\[3\]") as caught:
        await Embedder().client.batch_semantic_embed(request_for(prompts), MODEL, batch_size=2)
    assert sorted(caught.value.partial or {}) == [0, 1]
    assert caught.value.remaining == [2, 3]


@pytest.mark.parametrize(
    "arguments",
    [
        {"batch_size": 0},
        {"batch_size": 101},
        {"batch_size": 1.5},
        {"num_concurrent_requests": 0},
        {"num_concurrent_requests": True},
    ],
)
async def test_sizes_out_of_bounds_are_refused_by_name(arguments: dict[str, Any]) -> None:
    embedder = Embedder()
    with pytest.raises(err.InvalidRequestError, match=next(iter(arguments))):
        await embedder.client.batch_semantic_embed(request_for(texts(1)), MODEL, **arguments)
    assert embedder.batches == []


@pytest.mark.parametrize("request_given", ["text", None, request_for("text"), request_for(None)])
async def test_what_is_no_batch_request_is_refused(request_given: Any) -> None:
    with pytest.raises(err.InvalidRequestError):
        await Embedder().client.batch_semantic_embed(request_given, MODEL)


async def test_fewer_vectors_than_prompts_are_an_error() -> None:
    short = {"model_version": "1", "embeddings": [[1.0]], "num_tokens_prompt_total": 1}
    client = AsyncClient(
        "token",
        "https://example.com",
        http_client=httpx.AsyncClient(transport=httpx.MockTransport(lambda request: httpx.Response(200, json=short))),
    )
    with pytest.raises(err.ResponseError, match="1 vectors for 2 prompts"):
        await client.batch_semantic_embed(request_for(texts(2)), MODEL)


async def test_the_progress_bar_counts_prompts(capsys: pytest.CaptureFixture[str]) -> None:
    await Embedder().client.batch_semantic_embed(request_for(texts(5)), MODEL, batch_size=2, progress_bar=True)
    assert "5/5" in capsys.readouterr().err


async def test_meta_adds_up_the_attempts() -> None:
    response = await Embedder().client.batch_semantic_embed(request_for(texts(5)), MODEL, batch_size=2)
    assert response.meta is not None
    assert (response.meta.status, response.meta.attempts) == (200, 3)
