"""How texts fit the terminal: tables, names with values, help; whatever its width and the width of characters."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import example, given, strategies as st

from aleph_alpha._runtime.characters import printable, width
from aleph_alpha.cli import layout
from aleph_alpha.cli.output import Output
from tests.characters.test_width import TEXTS
from tests.cli.running import Here
from tests.cli.test_contract import COMMANDS

WIDTHS = (40, 50, 80, 200)
CELLS = TEXTS.map(lambda text: " ".join(printable(text).split()))


@pytest.fixture(params=WIDTHS)
def columns(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setenv("COLUMNS", str(request.param))
    return int(request.param)


@given(st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=4), st.sampled_from((2, 3, 10, 21, *WIDTHS)))
@example([("", "_______", "_______ 日日日日日日日日日")], 40)
@example([("👨\u200d👩\u200d👧", "🇩🇪🇫🇷", "x" * 100)], 40)
@example([("", "", "")], 2)
def test_a_table_holds_all_cells_and_is_never_wider_than_the_terminal(
    rows: list[tuple[str, str, str]], columns: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLUMNS", str(columns))
        shown = layout.table(("NAME", "ONE", "TWO"), rows)
        names = layout.pairs({row[0]: row[2] for row in rows})
    assert max(map(width, [*shown.splitlines(), *names.splitlines()]), default=0) <= columns
    assert Counter("".join("".join(map("".join, rows)).split())) <= Counter(shown)


def test_columns_begin_at_one_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "32")
    shown = layout.table(("NAME", "N", "CAN"), [("ab", "1", "one, two, three, four, five"), ("日本語", "2", "six")])
    assert shown == "NAME    N  CAN\nab      1  one, two, three,\n           four, five\n日本語  2  six\n"


def test_a_table_that_is_too_wide_is_names_and_values(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "27")
    monkeypatch.setattr(Output, "is_terminal", True)
    Output().table(("NAME", "TEXT"), [("the first", "a text of several words"), ("second", "日本")])
    assert capsys.readouterr().out == (
        "NAME  the first\nTEXT  a text of several\n      words\n\nNAME  second\nTEXT  日本\n"
    )


@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_the_help_fits_the_terminal(name: str, columns: int, here: Here) -> None:
    usage, _, texts = here(*name.split(), "--help").out.partition("examples:")[0].partition("\n\n")
    lines = texts.splitlines()
    assert [line for line in lines if len(line) > columns and not line.lstrip().startswith("-")] == []
    assert columns < 80 or all(len(line) <= columns for line in [*lines, *usage.splitlines()])
    assert not any(line.endswith("aleph-") for line in lines)  # of `aleph-alpha config`, broken at its hyphen


def test_what_check_tells_fits_the_terminal(columns: int, here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Output, "is_terminal", True)
    monkeypatch.setenv("AA_HOST", "http://127.0.0.1:9")
    lines = here("check").out.splitlines()
    assert any("(AA_CA_FILE)" in line for line in lines)
    assert all(len(line) <= max(columns, 45) or len(line[21:].split()) == 1 for line in lines)
