"""How many columns of a terminal characters take, and which of them belong together."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from aleph_alpha._runtime.characters import clusters, width

# Each is seen as one character.
ONES = {
    "letter": ("a", 1),
    "letter and mark": ("e\u0301", 1),
    "letter and three marks": ("e\u0301\u0323\u20dd", 1),
    "Hebrew point": ("\u05e0\u05b4", 1),
    "no-break space": ("\xa0", 1),
    "soft hyphen": ("\xad", 1),
    "sign before Arabic numbers": ("\u0601", 1),
    "zero-width space": ("\u200b", 0),
    "zero-width non-joiner": ("\u200c", 0),
    "joiner": ("\u200d", 0),
    "byte order mark": ("\ufeff", 0),
    "kana": ("ピ", 2),
    "kana and mark": ("ヒ\u309a", 2),
    "half-width kana": ("ﾋ", 1),
    "ideographic space": ("\u3000", 2),
    "Hangul": ("한", 2),
    "Hangul in parts": ("\u1112\u1161\u11ab", 2),
    "Hangul in later parts": ("\ua960\ud7b0\ud7cb", 2),
    "full-width letter": ("Ａ", 2),
    "flag": ("🇩🇪", 2),
    "half a flag": ("🇩", 2),
    "flag of England": ("🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", 2),
    "flag of pirates": ("🏴\u200d☠\ufe0f", 2),
    "emoji": ("🚀", 2),
    "text that is an emoji": ("❤\ufe0f", 2),
    "text that is none": ("☺\ufe0e", 1),
    "key": ("1\ufe0f\u20e3", 2),
    "colour of skin": ("👍🏽", 2),
    "colour of skin of a text": ("☝🏽", 2),
    "family": ("👨\u200d👩\u200d👧", 2),
    "couple": ("🧑🏻\u200d❤\ufe0f\u200d💋\u200d🧑🏽", 2),
    "profession": ("👩\u200d⚕\ufe0f", 2),
    "heart on fire": ("❤\ufe0f\u200d🔥", 2),
    "nod": ("🙂\u200d↕\ufe0f", 2),
}
SEVERAL = {
    "letters with a joiner between": ("a\u200db", 2),
    "Persian with a non-joiner": ("می\u200cخواهم", 7),
    "Devanagari with a joiner": ("क\u094d\u200dष", 2),
    "three halves of flags": ("🇩🇪🇫", 4),
    "a letter and a colour": ("a🏽", 3),
    "a blank and a style": (" \ufe0f", 1),
    "lines and tabs": ("a\n\tb", 2),
}
PIECES = st.sampled_from([text for text, _ in (*ONES.values(), *SEVERAL.values())])
TEXTS = st.lists(st.one_of(PIECES, st.just(" "), st.text(max_size=4)), max_size=12).map("".join)


@pytest.mark.parametrize(("text", "columns"), [*ONES.values(), *SEVERAL.values()], ids=[*ONES, *SEVERAL])
def test_the_width_of_characters(text: str, columns: int) -> None:
    assert width(text) == columns
    assert width(f"a{text}b") <= columns + 2
    assert width(f" {text} ") == columns + 2


@pytest.mark.parametrize("text", [text for text, _ in ONES.values()], ids=ONES)
def test_what_is_seen_as_one_is_one(text: str) -> None:
    assert [*clusters(f" {text} ")] in ([" ", text, " "], [f" {text}", " "])
    assert [*clusters(text)] == [text]


@given(TEXTS)
def test_the_width_of_a_text_is_that_of_what_is_seen(text: str) -> None:
    assert "".join(clusters(text)) == text
    assert width(text) == sum(map(width, clusters(text))) <= 2 * len(text)
    assert all(width(one) <= 2 for one in clusters(text))
