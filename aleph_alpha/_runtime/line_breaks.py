"""Breaks text into lines, for all but browsers: between words, and between characters where a word is too wide."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import NamedTuple

from aleph_alpha._runtime.characters import clusters, joined, printable

__all__ = ["Atom", "lines"]

_WIDE = r"\u1100-\u11ff\u2e80-\ud7ff\uf900-\ufaff\uff00-\uffee\U0001f000-\U0003ffff"  # a line may break at each
_BLANK = r" \t\u1680\u2000-\u2006\u2008-\u200a\u205f\u3000"  # not those at which no line breaks, such as U+00A0
_SKIN = r"\U0001f3fb-\U0001f3ff"
_MARKS = rf"\ufe0f\u0300-\u036f\u1160-\u11ff\u3099\u309a{_SKIN}\U000e0020-\U000e007f"
_MORE = rf"(?:[{_MARKS}]|\u200d[^\n{_BLANK}]?)*"  # what belongs to a wide one
_TAB = 8  # blanks: as far as the next stop of a terminal can be
_is_blank = re.compile(f"[{_BLANK}]").match
# What a line may break before and after is in the group; the rest is parts of words.
_of_ascii = re.compile(r"(\n|[ \t]+)|[^ \t\n]+").finditer


@cache
def _of_all() -> Callable[[str], Iterator[re.Match[str]]]:
    # Compiled where it is needed: that takes milliseconds, for which the help of the command line does not wait.
    return re.compile(
        rf"(\n|[{_BLANK}]+|(?:[\U0001f1e6-\U0001f1ff]{{2}}|[{_WIDE}]){_MORE})"
        rf"|[^\n{_BLANK}{_WIDE}]+(?:(?:(?<=\u200d)[{_WIDE}]|[{_SKIN}]){_MORE})?"
    ).finditer


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
        blank = _is_blank(word[0].text)
        if used and used + wide > limit and not blank:
            done.append(line)
            line, used = [], 0.0
        if wide > limit:
            word = [piece for atom in word for piece in _broken(atom, measure)]
        for atom in word:
            if used and used + atom.width > limit:
                if blank:
                    used = limit + 1  # for what follows without a width, or with less, too
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
        for found in (_of_ascii if text.isascii() else _of_all())(text):
            piece = found[0]
            atom = Atom(piece, mark, _measured(piece, measure))
            if found[1] and word:
                yield word
                word = []
            word.append(atom)
            if found[1]:
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
    return [Atom(one, atom.mark, _measured(one, measure)) for one in clusters(atom.text)]


def _measured(piece: str, measure: Callable[[str], float]) -> float:
    if "\t" in piece:
        return measure(piece.replace("\t", "")) + measure(" ") * _TAB * piece.count("\t")
    return 0.0 if piece == "\n" else measure(piece)
