"""Breaks marked text into lines, for every renderer that is not a browser."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from aleph_alpha.views.characters import clusters, direction, joined, printable, shortened, visible

__all__ = ["Atom", "lines", "matrix_names", "visual"]

_WIDE = r"\u1100-\u11ff\u2e80-\ud7ff\uf900-\ufaff\uff00-\uffee\U0001f000-\U0003ffff"  # a line may break at each
_atoms = re.compile(
    rf"\n|[^\S\n]+|[^\s{_WIDE}]+|(?:[\U0001f1e6-\U0001f1ff]{{2}}|\S)"
    r"(?:[\ufe0f\u0300-\u036f\u1160-\u11ff\u3099\u309a\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]|\u200d\S?)*"
)
_TAB = 8  # blanks: as far as the next stop of a terminal can be
_is_wide = re.compile(f"[{_WIDE}]").match


class Atom(NamedTuple):
    """Characters that are on one line and have one mark; `width` is in the unit of the measure."""

    text: str
    mark: str
    width: float


def lines(runs: Iterable[tuple[str, str]], limit: float, measure: Callable[[str], float]) -> list[list[Atom]]:
    """The runs (text and mark), broken at blanks and line feeds so that no line is wider than `limit`.

    Blanks at which a line ends stay at its end. Words that are too wide are broken between characters.

    >>> [[atom.text for atom in line] for line in lines([("one two", "p1"), ("three", "")], 8, len)]
    [['one', ' '], ['two', 'three']]
    """
    done: list[list[Atom]] = []
    line: list[Atom] = []
    used = 0.0
    for word in _words(runs, measure):
        wide = sum(atom.width for atom in word)
        if word[0].text == "\n":
            done.append(line)
            line, used = [], 0.0
            continue
        blank = word[0].text.isspace()
        if used and used + wide > limit and not blank:
            done.append(line)
            line, used = [], 0.0
        if wide > limit:
            word = [piece for atom in word for piece in _broken(atom, measure)]
        for atom in word:
            if used and used + atom.width > limit:
                if blank:
                    break
                done.append(line)
                line, used = [], 0.0
            line.append(atom)
            used += atom.width
    return [*done, line]


def _words(runs: Iterable[tuple[str, str]], measure: Callable[[str], float]) -> Iterator[list[Atom]]:
    """Atoms that no line may come between, together: a word can go through several runs."""
    word: list[Atom] = []
    for text, mark in _whole(runs):
        for found in _atoms.finditer(text):
            piece = found[0]
            tab = measure(" ") * _TAB * piece.count("\t")
            atom = Atom(piece, mark, 0.0 if piece == "\n" else measure(piece.replace("\t", "")) + tab)
            single = piece[0].isspace() or bool(_is_wide(piece))
            if single and word:
                yield word
                word = []
            word.append(atom)
            if single:
                yield word
                word = []
    if word:
        yield word


def _whole(runs: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """The runs as they can be drawn: marks, joiners and modifiers are with the character that they belong to."""
    before, style = "", ""
    for text, mark in runs:
        shown = printable(text)
        more = joined(before, shown)
        if more == len(shown):
            before += shown
            continue
        yield before + shown[:more], style
        before, style = shown[more:], mark
    yield before, style


def _broken(atom: Atom, measure: Callable[[str], float]) -> list[Atom]:
    return [Atom(one, atom.mark, measure(one)) for one in clusters(atom.text)]


def matrix_names(
    labels: Sequence[str], room: float, least: float, measure: Callable[[str], float]
) -> tuple[list[str], list[str], float]:
    """Names of the rows and columns of a matrix, and how wide a column is: `least`, or more if there is `room`.

    Columns are called as rows are where that fits, and otherwise have the numbers that rows begin with.

    >>> matrix_names(["sun", "the harbour"], 30, 6, len)
    (['sun', 'the harbour'], ['sun', 'the harbour'], 11)
    >>> matrix_names(["sun", "the harbour"], 20, 6, len)
    (['0 sun', '1 the harbour'], ['0', '1'], 6)
    """
    names = [shortened(printable(visible(label)), 40) for label in labels]
    widest = max(map(measure, names), default=0)
    if widest <= max(least, room / max(len(names), 1)):
        return names, names, max(least, widest)
    return [f"{index} {name}" for index, name in enumerate(names)], [*map(str, range(len(names)))], least


def visual(line: list[Atom], base: str) -> list[Atom]:
    """The atoms from left to right, in a paragraph whose direction is `base`.

    Right-to-left words come in opposite order, and so does all around them where the paragraph is
    right-to-left: levels 0 to 2 of the bidirectional algorithm, with words for characters.
    """
    ways = [direction(atom.text) for atom in line]
    if base != "R" and "R" not in ways:
        return line
    for index, way in enumerate(ways):
        if not way:
            after = next((one for one in ways[index:] if one), base)
            before = ways[index - 1] if index else base
            ways[index] = before if before == after else base
    order: list[Atom] = []
    group: list[Atom] = []
    for atom, way in zip(line, ways, strict=True):
        if way == base:
            order += [*reversed(group), atom]
            group = []
        else:
            group.append(atom)
    order += reversed(group)
    return order if base != "R" else order[::-1]
