"""How texts fit the terminal: tables, names with values, help; whatever its width and the width of characters."""

from __future__ import annotations

import pytest
from hypothesis import example, given, strategies as st

from aleph_alpha.cli import layout
from aleph_alpha.cli.output import Output
from tests.cli.running import Here
from tests.cli.test_contract import COMMANDS

WIDTHS = (40, 50, 80, 200)
WORD = st.text(st.sampled_from("abä日本-_ \u0308"), max_size=30).map(lambda text: " ".join(text.split()))


@pytest.fixture(params=WIDTHS)
def columns(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setenv("COLUMNS", str(request.param))
    return int(request.param)


@given(st.lists(st.tuples(WORD, WORD, WORD), max_size=4), st.sampled_from(WIDTHS))
@example([("", "_______", "_______ 日日日日日日日日日")], 40)
def test_a_table_holds_all_cells_and_fits_where_it_can(rows: list[tuple[str, str, str]], columns: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLUMNS", str(columns))
        shown = layout.table(("NAME", "ONE", "TWO"), rows)
    for cell in (cell for row in rows for cell in row):
        assert all(word in shown for word in cell.split())
    fits = all(layout.width(line) <= columns for line in shown.splitlines())
    assert fits or any(layout.width(word) > 20 for row in rows for cell in row for word in cell.split())


def test_columns_begin_at_one_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "32")
    shown = layout.table(("NAME", "N", "CAN"), [("ab", "1", "one, two, three, four, five"), ("日本語", "2", "six")])
    assert shown == "NAME    N  CAN\nab      1  one, two, three,\n           four, five\n日本語  2  six\n"


@given(st.text(), st.sampled_from(WIDTHS))
def test_the_width_of_a_text_is_that_of_its_characters(text: str, columns: int) -> None:
    assert layout.width(text) == sum(map(layout.width, text)) <= 2 * len(text)


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
