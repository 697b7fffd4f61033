"""Two thousand calls at once on a server that breaks every tenth answer; `make soak` does more."""

from __future__ import annotations

import pytest

from aleph_alpha import TokenizationResponse
from scripts.soak import Report, Tally, put_faults, serving, soak

pytestmark = pytest.mark.slow


@pytest.mark.proxied
def test_every_call_ends_with_its_own_answer_or_a_documented_error() -> None:
    with serving() as url:
        put_faults(url, 0.1)
        report = soak(url, 2_000, tasks=64, threads=16)
    assert report.problems == []
    assert report.tally.calls == 2_000
    assert report.tally.right >= 1_700
    assert {"ResponseError", "APIConnectionError", "BadRequestError"} <= set(report.tally.errors)  # faults were met
    assert report.tally.attempts > report.tally.calls


@pytest.mark.parametrize(
    ("tokens", "right", "swapped"), [(["Ġcall", "7", "x"], 1, []), (["Ġcall", "8x"], 0, ["call7x"])]
)
def test_an_answer_of_another_call_would_be_noticed(tokens: list[str], right: int, swapped: list[str]) -> None:
    tally = Tally()
    tally.answer("call7x", TokenizationResponse(tokens=tokens, token_ids=None))
    assert (tally.right, tally.swapped) == (right, swapped)


def test_what_must_not_happen_is_a_problem() -> None:
    tally = Tally(swapped=["call7x"])
    tally.error(KeyError("choices"))
    assert len(Report(tally, 1.0, growth=100.0, left=["a descriptor"]).problems) == 4
