"""Texts that repeat the token are shown without it, whoever shows them."""

from __future__ import annotations

import pytest

from aleph_alpha._call.observation import _Redact
from aleph_alpha._secret import Secret

TOKEN = "a+secret/token"
STARS = "**********"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("nothing of it", "nothing of it"),
        (f"You sent {TOKEN}.", f"You sent {STARS}."),
        (r'{"sent": "a\u002Bsecret\/token"}', f'{{"sent": "{STARS}"}}'),
        (f"half a pair: \ud83d, and {TOKEN}", f"half a pair: \ud83d, and {STARS}"),
    ],
)
def test_observers_get_no_text_with_the_token_escaped_or_not(text: str, shown: str) -> None:
    redact = _Redact()
    assert redact(text) == text  # before there is one
    redact.secret = Secret(TOKEN)
    assert redact(text) == shown


def test_a_token_of_a_few_letters_is_a_word_and_stays() -> None:
    assert Secret("word").out_of(b"a word") == b"a word"
