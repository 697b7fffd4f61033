"""Where sentences, paragraphs and words end."""

from __future__ import annotations

import re
from typing import Literal, TypeAlias

__all__ = ["Unit", "ends"]

Unit: TypeAlias = Literal["paragraph", "sentence", "word", "character"]

_PARAGRAPH = r"\n[^\S\n]*\n\s*"
_END: dict[str, re.Pattern[str]] = {
    "paragraph": re.compile(_PARAGRAPH),
    # A full stop ends one where white space follows it, and no small letter after that, as in "e.g. this"; those of
    # Chinese and Japanese need none.
    "sentence": re.compile(
        rf"[.!?…]+[\"'”’»)\]]*\s+(?![a-zß-öø-ÿ])|[。！？]+[」』”’）]*\s*|{_PARAGRAPH}",
    ),
    "word": re.compile(r"\s+"),
}


def ends(text: str, unit: Unit) -> list[int]:
    """Where the units of the text end, in characters, in order; white space belongs to the unit before it.

    The last one is the length of the text. A rule of thumb without a dictionary: "Dr. Who" is two sentences.

    >>> ends("One. Two, e.g. this! 三。四", "sentence")
    [5, 21, 23, 24]
    """
    if unit == "character":
        return list(range(1, len(text) + 1))
    found = [match.end() for match in _END[unit].finditer(text)]
    if text and (not found or found[-1] < len(text)):
        found.append(len(text))
    return found
