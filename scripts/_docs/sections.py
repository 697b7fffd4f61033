"""Sections of docstrings as griffe reads them: one name an item, and nothing in them that is not an item."""

from __future__ import annotations

import re

_SECTION = re.compile(r"^(Args|Arguments|Attributes|Parameters|Raises):$")
_ITEM = re.compile(r"^    (\*{0,2}\w[\w.]*(?:, \*{0,2}\w[\w.]*)*): ?(.*)$", re.DOTALL)


def one_name_an_item(docstring: str) -> str:
    """`a, b: text` as two items; what is no item, as "As `complete`.", as a sentence below the section.

    >>> print(one_name_an_item('''Adds.
    ...
    ... Args:
    ...     one, two: numbers
    ...         of any size
    ...
    ... Raises:
    ...     TypeError: not a number.
    ...     And as `add`.'''))
    Adds.
    <BLANKLINE>
    Args:
        one: numbers
            of any size
        two: numbers
            of any size
    <BLANKLINE>
    Raises:
        TypeError: not a number.
    <BLANKLINE>
    Raises as well: as `add`.
    """
    written: list[str] = []
    lines = docstring.splitlines()
    at = 0
    while at < len(lines):
        section = _SECTION.match(lines[at])
        at += 1
        if section is None:
            written.append(lines[at - 1])
            continue
        body = []
        while at < len(lines) and (not lines[at].strip() or lines[at].startswith("    ")):
            body.append(lines[at])
            at += 1
        items, others = _items(body)
        if items:
            written += [section[0], *items, ""]
        if others:
            written += [_sentence(section[1], others, alone=not items), ""]
    return "\n".join(written).rstrip()


def _items(body: list[str]) -> tuple[list[str], list[str]]:
    """The items of a section, and what is none."""
    whole: list[str] = []
    for line in body:
        if line.strip() and not line.startswith("     ") and not _continues(whole):
            whole.append(line)
        elif whole:
            whole[-1] += f"\n{line}"
    items, others = [], []
    for text in whole:
        names = re.match(r"    [\w*]+(,\s+[\w*]+)+:", text)  # which may go over more than one line
        if names is not None:
            text = f"    {' '.join(names[0].split())}{text[names.end() :]}"
        found = _ITEM.match(text.rstrip())
        if found is None:
            others.append(" ".join(text.split()))
        else:
            items += [f"    {name}: {found[2]}" for name in found[1].split(", ")]
    return items, others


def _continues(whole: list[str]) -> bool:
    """Whether the last item goes on in the next line, though that is not deeper."""
    return bool(whole) and (whole[-1].rstrip().endswith(",") or _ITEM.match(whole[-1]) is None)


def _sentence(section: str, others: list[str], *, alone: bool) -> str:
    text = " ".join(others)
    if section != "Raises":
        return text
    text = re.sub(r"^(And as|As)\b", "as", text)
    return f"Raises{'' if alone else ' as well'}: {text}"
