"""The pages the toy model has read: text written for this project, one file a kind of text."""

from __future__ import annotations

from functools import cache
from pathlib import Path

END_OF_TEXT = "<|endoftext|>"
_FOLDER = Path(__file__).parent.parent / "data" / "corpus"


@cache
def documents() -> tuple[str, ...]:
    """All documents, in the order of their files' names."""
    found: list[str] = []
    for file in sorted(_FOLDER.glob("*.txt")):
        parts = file.read_text(encoding="utf-8").split(END_OF_TEXT)
        found.extend(part.strip("\n") for part in parts if part.strip())
    return tuple(found)
