"""The toy rule for translations: word by word with a list of a few words in five languages.

A word that is in the list, in any language, becomes the word of the language asked for, with its capital letter
kept; every other word stays as it is. The score is the share of words that were found.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

_FILE = Path(__file__).parent.parent / "data" / "lexicon.tsv"
_WORD = re.compile(r"[^\W\d_]+")


@cache
def _lexicon() -> dict[str, dict[str, str]]:
    """For each language the word that each known word becomes in it. A word of two languages belongs to the first."""
    header, *rows = (line.split("\t") for line in _FILE.read_text(encoding="utf-8").splitlines())
    return {
        language: {word: row[column] for row in reversed(rows) for word in reversed(row)}
        for column, language in enumerate(header)
    }


def languages() -> tuple[str, ...]:
    """The languages of the list, as codes."""
    return tuple(_lexicon())


def translate(text: str, language: str) -> tuple[str, float]:
    """The translation and its score, 0 to 1. A text without words is perfect as it is."""
    words = _lexicon()[language]
    count = found = 0

    def replace(match: re.Match[str]) -> str:
        nonlocal count, found
        word = match.group()
        count += 1
        translated = words.get(word.lower())
        if translated is None:
            return word
        found += 1
        return translated.capitalize() if word[0].isupper() else translated

    return _WORD.sub(replace, text), (found / count if count or found else 1.0)
