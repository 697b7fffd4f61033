"""Where lines end: between words, not within what is seen as one character, and before the room is full."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import example, given, strategies as st

from aleph_alpha._runtime.characters import clusters, width
from aleph_alpha._runtime.line_breaks import lines
from tests.characters.test_width import ONES, TEXTS


@given(TEXTS, st.integers(2, 60))
@example("aaa \ufe0f", 3)
def test_no_line_is_wider_than_its_room(text: str, columns: int) -> None:
    for line in lines([(text, "")], columns, width):
        shown = "".join(atom.text for atom in line).rstrip()
        assert width(shown.replace("\t", " " * 8)) <= columns


@given(st.lists(st.sampled_from([text for text, columns in ONES.values() if columns and text.strip()])))
def test_no_line_begins_within_what_is_seen_as_one(pieces: list[str]) -> None:
    wanted = [*clusters("".join(pieces))]
    broken = lines([("".join(pieces), "")], 2, width)
    assert [one for line in broken for one in clusters("".join(atom.text for atom in line))] == wanted


@pytest.mark.parametrize("blank", ["\t", "   "])
def test_words_are_not_joined_where_what_is_between_them_has_no_room(blank: str) -> None:
    broken = lines([(f"aaa{blank}b", "")], 5, width)
    assert ["".join(atom.text for atom in line) for line in broken] == ["aaa", "b"]


def test_no_line_ends_at_a_no_break_space() -> None:
    broken = lines([("over 100\xa0€", "")], 9, len)
    assert ["".join(atom.text for atom in line) for line in broken] == ["over ", "100\xa0€"]


@given(st.lists(st.text("e\u0301\u0308x 👩\u200d🌾👍🏽🇩🇪", max_size=3), max_size=8))
def test_marks_and_joiners_are_drawn_with_the_letter_that_they_belong_to(runs: list[str]) -> None:
    """Wherever scores cut the text; those that follow nothing, or a blank, have nothing to belong to."""
    for line in lines([(run, f"p{index % 9 + 1}") for index, run in enumerate(runs)], 1000, width):
        for before, atom in pairwise(line):
            assert before.text.isspace() or atom.text[0] not in {"\u0301", "\u0308", "\u200d"}
