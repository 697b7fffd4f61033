"""iter_complete_many and its like: results in order, none kept, none under way when nobody wants more."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from aleph_alpha import AsyncClient, CompletionRequest, Prompt, errors as err
from tests._async.test_many import Counter, numbered, texts

MODEL = "some-model"


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(0, 99), max_size=20), st.integers(1, 6), st.booleans())
async def test_responses_come_one_by_one_in_the_order_of_the_requests(
    numbers: list[int], limit: int, lazily: bool
) -> None:
    counter = Counter()
    requests: Any = iter(numbered(*numbers)) if lazily else numbered(*numbers)
    responses = counter.client.iter_complete_many(requests, MODEL, num_concurrent_requests=limit)
    assert texts([response async for response in responses]) == [str(number) for number in numbers]
    assert counter.most <= limit


@pytest.mark.slow
@pytest.mark.parametrize("limit", [1, 3])
async def test_requests_are_taken_when_there_is_room_and_responses_are_not_kept(limit: int) -> None:
    given_out = 0

    def endless() -> Iterator[CompletionRequest]:
        nonlocal given_out
        while True:
            given_out += 1
            yield from numbered(given_out)

    responses = Counter().client.iter_complete_many(endless(), MODEL, num_concurrent_requests=limit)
    taken: list[weakref.ref[Any]] = []
    for count in range(1, 21):
        response = await anext(responses)
        taken.append(weakref.ref(response))
        del response
        assert given_out <= count + limit
        gc.collect()
        assert len([ref for ref in taken if ref() is not None]) <= limit  # the loop may hold on to the last
    await responses.aclose()
    assert given_out <= 20 + limit


@pytest.mark.parametrize("limit", [1, 3])
async def test_a_failure_is_raised_when_it_is_due(limit: int) -> None:
    counter = Counter(2)
    responses = counter.client.iter_complete_many(numbered(*range(20)), MODEL, num_concurrent_requests=limit)
    assert texts([await anext(responses), await anext(responses)]) == ["0", "1"]
    with pytest.raises(err.BadRequestError, match="PROMPT_TOO_LONG"):
        await anext(responses)
    assert len(counter.asked) <= 3 + limit


@pytest.mark.parametrize("limit", [1, 3])
async def test_what_was_sent_is_given_out_before_the_failure_of_where_requests_come_from(limit: int) -> None:
    def requests() -> Iterator[CompletionRequest]:
        yield from numbered(0, 1)
        raise LookupError("row 2")

    responses = Counter().client.iter_complete_many(requests(), MODEL, num_concurrent_requests=limit)
    assert texts([await anext(responses), await anext(responses)]) == ["0", "1"]
    with pytest.raises(LookupError, match="row 2"):
        await anext(responses)


@pytest.mark.parametrize("limit", [1, 3])
async def test_errors_can_stand_in_for_responses(limit: int) -> None:
    requests = numbered(0, 1, 2, 3)
    requests[2] = CompletionRequest(Prompt.from_text("2"), temperature=float("nan"))
    responses = Counter(1).client.iter_complete_many(requests, MODEL, num_concurrent_requests=limit, return_errors=True)
    assert [type(response).__name__ async for response in responses] == [
        *("CompletionResponse", "PromptTooLongError", "InvalidRequestError", "CompletionResponse"),
    ]


async def test_bad_input_is_refused_at_once() -> None:
    client = AsyncClient("token", "https://example.com")
    one: Any = CompletionRequest(Prompt.from_text("x"))
    with pytest.raises(err.InvalidRequestError, match="requests must be a list or another iterable"):
        client.iter_complete_many(one, MODEL)
    with pytest.raises(err.InvalidRequestError, match="num_concurrent_requests must be 1 or greater"):
        client.iter_complete_many([one], MODEL, num_concurrent_requests=0)
