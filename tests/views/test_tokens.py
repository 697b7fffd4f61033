"""Which of the tokens that a completion lists for a place is the one that stands there."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from aleph_alpha import ChatResponse, CompletionResult, TextMessage
from aleph_alpha.chat import ChatChoice, FinishReason, TokenLogprob
from aleph_alpha.views.tokens import chosen

LogProbs = list[dict[str, float | None]]


@pytest.mark.parametrize(
    ("log_probs", "completion", "raw", "tokens", "expected"),
    [
        ([{"b": -0.1, "a": -2.0}, {"c": -0.1}], "ac", None, None, ["a", "c"]),
        ([{"b": -0.1, "a": -2.0}], "zzz", None, None, ["b"]),  # none of them: the likeliest
        ([{"a": -0.1, "ab": -2.0}, {"bc": -0.1, "c": -1.0}], "abc", None, None, ["ab", "c"]),
        ([{"a": -0.1, "ab": -2.0}, {"bc": -0.1}], "abc", None, None, ["a", "bc"]),  # the longer one leads nowhere
        ([{" a": -0.1, "b": -0.01}], "a", None, None, [" a"]),  # the server takes a leading blank away
        ([{" a": -0.1, "b": -0.01}], "b", " a", None, [" a"]),
        ([{"a": -0.1, "b": -0.01}], "b", None, ["a"], ["a"]),
        ([{"a": -0.1}, {"###": -0.1, "x": -0.01}], "a", None, None, ["a", "###"]),  # a stop sequence is cut off
        ([{"a": None, "b": -3.0}], None, None, None, ["b"]),
        ([{}], "a", None, None, ["a"]),
        ([{}, {" apple": -0.3, " pear": -0.1}, {" a": -1.0}], " An apple a", None, None, [" An", " apple", " a"]),
        ([{" An": -0.1}, {}, {" a": -1.0}], " An apple a", None, None, [" An", " apple", " a"]),
        ([{}, {}], "ab", None, None, ["a", "b"]),
        ([{}, {"x": -0.5}], "ab", None, None, ["", "x"]),
        (None, "a", None, None, []),
    ],
)
def test_the_chosen_tokens(
    log_probs: LogProbs | None, completion: str | None, raw: str | None, tokens: list[str] | None, expected: list[str]
) -> None:
    assert chosen(CompletionResult(log_probs, completion, tokens, None, raw)) == expected


@given(st.lists(st.tuples(st.text("ab", min_size=1, max_size=3), st.sets(st.text("ab", max_size=3), max_size=3))))
def test_chosen_tokens_make_up_the_text(places: list[tuple[str, set[str]]]) -> None:
    log_probs: LogProbs = [dict.fromkeys({token, *others}, -1.0) for token, others in places]
    text = "".join(token for token, _ in places)
    found = chosen(CompletionResult(log_probs, text))
    assert "".join(found).startswith(text)
    assert all(token in place for token, place in zip(found, log_probs, strict=True))


@given(st.lists(st.tuples(st.text("ab", min_size=1, max_size=3), st.booleans()), max_size=8))
def test_the_text_is_whole_where_some_places_list_no_token(places: list[tuple[str, bool]]) -> None:
    log_probs: LogProbs = [{token: -1.0} if listed else {} for token, listed in places]
    text = "".join(token for token, _ in places)
    assert "".join(chosen(CompletionResult(log_probs, text))) == text


def test_a_search_without_end_is_given_up() -> None:
    places: LogProbs = [{"a": -1.0, "aa": -2.0, "aaa": -3.0} for _ in range(1000)]
    assert chosen(CompletionResult(places, "a" * 2001 + "b")) == ["a"] * 1000


@given(st.text(st.characters(exclude_categories=["Cs"])), st.integers(1, 5))
def test_tokens_that_are_parts_of_characters_still_make_up_the_text(text: str, size: int) -> None:
    data = text.encode()
    parts = [data[start : start + size] for start in range(0, len(data), size)]
    logprobs = [TokenLogprob("\ufffd", -0.5, list(part), []) for part in parts]
    message = TextMessage("assistant", text)
    response = ChatResponse(FinishReason.Stop, message, [ChatChoice(0, message, FinishReason.Stop, logprobs)])
    segments = response.view()._figure.panels[0].rows
    assert "".join(row.what for row in segments) == text
    assert len(segments) == len(parts)
