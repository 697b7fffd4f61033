"""Texts cut to fit: every part fits, no character is lost, and units stay whole where they can."""

from __future__ import annotations

import copy
import itertools
import pickle
from functools import cache
from typing import Any, get_args

import pytest
from hypothesis import given, settings, strategies as st
from tokenizers import Tokenizer

from aleph_alpha import Image, InvalidRequestError, Prompt, Text, TextPart, Tokens, join_text, split_text
from aleph_alpha.prompt.lengths import count_tokens
from aleph_alpha.prompt.prompt import OtherItem
from aleph_alpha.prompt.sentences import Unit, ends
from aleph_alpha.testing.server.model import bpe
from tests.integration import PICTURE


@cache
def tokenizer() -> Tokenizer:
    """With a space in front of each text: parts have more tokens than the same in the middle."""
    return Tokenizer.from_str(bpe.load().json)


def count(text: str) -> int:
    return len(tokenizer().encode(text).ids)


words = st.sampled_from(
    ["An apple", " a", " day", ". ", "! ", "?\n", "\n\n", " ", "\t", "e.g. ", "日本。", "é", "👩‍🚀", "."]
)
texts = st.lists(words | st.text(max_size=4), max_size=30).map("".join)
units = st.sampled_from(get_args(Unit))


@given(texts, st.integers(8, 40), units)
def test_parts_fit_and_are_the_text(text: str, most: int, by: Unit) -> None:
    parts = split_text(text, tokenizer(), most, by=by)
    assert "".join(parts) == text == join_text(parts)
    assert all(0 < count(part) <= most for part in parts if part.strip())
    assert all(part and text[part.start : part.end] == part for part in parts)


@given(texts, st.integers(8, 30), st.integers(0, 7), units)
def test_parts_that_overlap_fit_and_join_to_the_text(text: str, most: int, overlap: int, by: Unit) -> None:
    parts = split_text(text, tokenizer(), most, overlap, by=by)
    assert join_text(parts) == text
    for part in parts:
        assert count(part) <= most
        assert text[part.start : part.end] == part
    for before, after in itertools.pairwise(parts):
        assert before.start < after.start <= before.end < after.end
        assert count(text[after.start : before.end]) <= overlap


@given(texts, st.integers(8, 40), st.sampled_from(["paragraph", "sentence", "word"]))
def test_units_that_fit_are_not_cut(text: str, most: int, by: Unit) -> None:
    parts = split_text(text, tokenizer(), most, by=by)
    cuts = {part.end for part in parts}
    start = 0
    for end in ends(text, by):
        if count(text[start:end]) <= most:
            # a cut within it is only where a longer unit before it was cut, and its rest filled up
            inside = [cut for cut in cuts if start < cut < end]
            assert not inside, (text[start:end], parts)
        start = end


@given(texts, units)
def test_units_cover_the_text(text: str, by: Unit) -> None:
    found = ends(text, by)
    assert found == sorted(set(found))
    assert (found[-1] if found else 0) == len(text)


SENTENCES = {
    "One. Two": ["One. ", "Two"],
    "Really?! Yes.": ["Really?! ", "Yes."],
    'He said "No." Then he left.': ['He said "No." ', "Then he left."],
    "Fruit, e.g. apples, is good.": ["Fruit, e.g. apples, is good."],
    "3.14 is not 3. 14": ["3.14 is not 3. ", "14"],
    "A title\n\nA text": ["A title\n\n", "A text"],
    "one line\nand the next": ["one line\nand the next"],
    "一。二！三": ["一。", "二！", "三"],
    "  ": ["  "],
    "": [],
}


@pytest.mark.parametrize(("text", "sentences"), SENTENCES.items())
def test_sentences_are_found(text: str, sentences: list[str]) -> None:
    cuts = [0, *ends(text, "sentence")]
    assert [text[start:end] for start, end in itertools.pairwise(cuts)] == sentences


class Meter:
    """A tokenizer that adds up the characters that it is given."""

    def __init__(self) -> None:
        self.characters = 0

    def encode(self, text: str, **options: Any) -> Any:
        self.characters += len(text)
        return tokenizer().encode(text, **options)


LONG = {
    "sentences": "The early bird catches the worm, and an apple a day keeps the doctor away. " * 500,
    "one sentence": "the early bird catches the worm and " * 4_000,
    "one word": "abcdefghijklmnopqrstuvwxyz0123456789" * 4_000,
    "no blanks": "日本語の文章" * 2_000,
    "blanks": " " * 30_000,
    "lines": "one\n" * 8_000,
}


@pytest.mark.parametrize("overlap", [0, 50])
@pytest.mark.parametrize("text", LONG.values(), ids=LONG)
def test_a_long_text_is_encoded_a_few_times_and_no_more(text: str, overlap: int) -> None:
    meter: Any = Meter()
    parts = split_text(text, meter, 500, overlap)
    assert join_text(parts) == text
    assert len(parts) > 3
    assert meter.characters < 12 * len(text)


def test_the_overlap_is_of_whole_sentences_where_they_fit() -> None:
    text = "An apple a day. The sun. The early bird. The sea. "
    parts = split_text(text, tokenizer(), 12, 5)
    assert all(text[part.start - 2 : part.start] in ("", ". ") for part in parts)
    assert any(after.start < before.end for before, after in itertools.pairwise(parts))


def test_parts_are_strings_that_survive_copies_and_pickles() -> None:
    (part,) = split_text("An apple", tokenizer(), 10)
    assert part == "An apple"
    for again in (pickle.loads(pickle.dumps(part)), copy.deepcopy(part)):
        assert (type(again), again, again.start, again.end) == (TextPart, "An apple", 0, 8)


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "no text": ({"text": 3}, "text must be a string"),
    "no tokens": ({"max_tokens": 0}, "max_tokens must be 1 or greater, got 0"),
    "half a token": ({"max_tokens": 1.5}, "max_tokens must be an int"),
    "less than no overlap": ({"overlap": -1}, "overlap must be 0 or greater, got -1"),
    "nothing but overlap": ({"overlap": 9}, "overlap must be less than max_tokens, which is 9, got 9"),
    "no unit": ({"by": "line"}, "by must be one of paragraph, sentence, word, character, got"),
    "a character that does not fit": (
        {"text": "a 👩", "max_tokens": 1},
        "max_tokens must be . or greater for the char",
    ),
}


@pytest.mark.parametrize(("changed", "said"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_split_is_refused(changed: dict[str, Any], said: str) -> None:
    arguments: dict[str, Any] = {"text": "An apple", "max_tokens": 9, **changed}
    with pytest.raises(InvalidRequestError, match=said):
        split_text(tokenizer=tokenizer(), **arguments)


def test_parts_that_do_not_belong_together_are_refused() -> None:
    text: Any = "An apple"
    with pytest.raises(InvalidRequestError, match=r"parts\[1\] begins at 9, the parts before it end at 8"):
        join_text([TextPart("An apple", 0), TextPart("day", 9)])
    with pytest.raises(InvalidRequestError, match=r"parts\[1\] is not of the same text"):
        join_text([TextPart("An apple", 0), TextPart("pear", 3)])
    with pytest.raises(InvalidRequestError, match=r"parts\[0\] must be a TextPart"):
        join_text([text])


# --- counting ----------------------------------------------------------------------------------


@given(st.lists(texts, max_size=3), st.integers(0, 3), st.lists(st.integers(0, 2000), max_size=5))
@settings(max_examples=30)
def test_a_prompt_has_the_tokens_of_its_items(given_texts: list[str], images: int, ids: list[int]) -> None:
    items: list[Any] = [*given_texts, *map(Text, given_texts), *[Image.from_bytes(PICTURE)] * images, Tokens(ids), ids]
    expected = 2 * sum(map(count, given_texts)) + 144 * images + 2 * len(ids)
    assert count_tokens(Prompt(items), tokenizer()) == expected


def test_what_cannot_be_counted_is_refused() -> None:
    wrong: Any = 3
    other: Any = OtherItem({"type": "audio"})
    with pytest.raises(InvalidRequestError, match="prompt must be a Prompt or a text"):
        count_tokens(wrong, tokenizer())
    with pytest.raises(InvalidRequestError, match=r"prompt.items\[0\] must be"):
        count_tokens(Prompt([other]), tokenizer())


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("toy-base", r"tokenizer must be a tokenizer, not str 'toy-base'; client\.tokenizer\(model\) gives"),
        (5, r"tokenizer must be a tokenizer, as client\.tokenizer\(model\) gives it, not int 5"),
    ],
)
def test_what_is_no_tokenizer_is_refused(wrong: Any, said: str) -> None:
    message = {"role": "user", "content": "a"}
    for call in (
        lambda: split_text("a b c", wrong, 5),
        lambda: count_tokens("a", wrong),
        lambda: Prompt.from_messages([message], "llama-3", tokenizer=wrong),
        lambda: Prompt.from_instruction("a", tokenizer=wrong),
        lambda: Prompt("a").view(tokenizer=wrong),
    ):
        with pytest.raises(InvalidRequestError, match=said):
            call()


@pytest.mark.parametrize("wrong", ["a text", TextPart("a", 0), 5, None])
def test_what_is_no_list_of_parts_is_not_joined(wrong: Any) -> None:
    with pytest.raises(InvalidRequestError, match="parts must be the parts of a text, as of split_text, not "):
        join_text(wrong)
