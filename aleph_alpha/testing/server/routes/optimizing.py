"""What the API does to a prompt for the better, unless it is told not to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

__all__ = ["ends_in_space", "optimize"]


def optimize(prompt: str | Sequence[dict[str, Any]]) -> list[dict[str, Any]] | None:
    """The prompt with neighbouring texts as one, and without white space around texts: words begin with theirs.

    ``None`` where that changes nothing. A text of white space alone is left as it is.

    >>> optimize([{"type": "text", "data": " An apple "}, {"type": "text", "data": "a day "}])
    [{'type': 'text', 'data': 'An apple a day'}]
    >>> optimize("An apple a day") is None
    True
    """
    given = _items(prompt)
    merged: list[dict[str, Any]] = []
    for item in given:
        if merged and item["type"] == merged[-1]["type"] == "text":
            merged[-1] = _together(merged[-1], item)
        else:
            merged.append(item)
    changed = [_stripped(item) if item["type"] == "text" else item for item in merged]
    return None if changed == given else changed


def ends_in_space(prompt: str | Sequence[dict[str, Any]]) -> bool:
    """Whether the prompt ends in a text with white space behind it."""
    items = _items(prompt)
    return bool(items) and items[-1]["type"] == "text" and items[-1]["data"][-1:].isspace()


def _items(prompt: str | Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"type": "text", "data": prompt}] if isinstance(prompt, str) else list(prompt)


def _together(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    text = first["data"] + second["data"]
    if "controls" not in first and "controls" not in second:
        return {**first, "data": text}
    moved = [{**one, "start": one["start"] + len(first["data"])} for one in second.get("controls", ())]
    return {**first, "data": text, "controls": [*first.get("controls", ()), *moved]}


def _stripped(item: dict[str, Any]) -> dict[str, Any]:
    text = item["data"]
    stripped = text.strip()
    if not stripped or stripped == text:
        return item
    if not item.get("controls"):
        return {**item, "data": stripped}
    before = len(text) - len(text.lstrip())
    return {**item, "data": stripped, "controls": [*_moved(item["controls"], before, len(stripped))]}


def _moved(controls: Sequence[dict[str, Any]], before: int, length: int) -> Iterator[dict[str, Any]]:
    """The controls of a text that has lost so much at its beginning, and what is behind its new length."""
    for one in controls:
        start = max(0, one["start"] - before)
        end = min(length, one["start"] + one["length"] - before)
        if start < end:
            yield {**one, "start": start, "length": end - start}
