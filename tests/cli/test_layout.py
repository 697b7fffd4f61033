"""How texts fit the terminal: tables, names with values, help; whatever its width and the width of characters."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from aleph_alpha.cli import layout
from aleph_alpha.cli.output import Output
from tests.cli.running import Here
from tests.cli.test_contract import COMMANDS

WIDTHS = (40, 50, 80, 200)
WORD = st.text(st.sampled_from("abä日本-_ \u0308"), max_size=30).map(lambda text: " ".join(text.split()))
LONGEST = 30  # of the words in the columns of these tests, twice as wide where they are Japanese


@pytest.fixture(params=WIDTHS)
def columns(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setenv("COLUMNS", str(request.param))
    return int(request.param)


@given(st.lists(st.tuples(WORD, WORD, WORD), max_size=4), st.sampled_from(WIDTHS))
def test_a_table_holds_all_cells_and_fits_where_it_can(rows: list[tuple[str, str, str]], columns: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLUMNS", str(columns))
        shown = layout.table(("NAME", "ONE", "TWO"), rows)
    assert "".join(shown.split()) != ""
    for cell in (cell for row in rows for cell in row):
        assert all(word in shown for word in cell.split())
    lines = shown.splitlines()
    fits = all(layout.width(line) <= columns for line in lines)
    assert fits or any(layout.width(word) > columns - 10 for row in rows for cell in row for word in cell.split())
    if len(lines) == len(rows) + 1 and rows and all(all(row) for row in rows):  # aligned: the second column begins
        place = 2 + max(layout.width(text) for text in ("NAME", *(row[0] for row in rows)))  # at one place in all
        assert {
            layout.width(line[: len(row[0])]) + len(line[len(row[0]) :]) - len(line[len(row[0]) :].lstrip())
            for row, line in zip(rows, lines[1:], strict=True)
        } <= {place}


@given(st.text(), st.sampled_from(WIDTHS))
def test_the_width_of_a_text_is_that_of_its_characters(text: str, columns: int) -> None:
    assert layout.width(text) == sum(map(layout.width, text)) <= 2 * len(text)


def test_a_table_that_is_too_wide_is_names_and_values(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "30")
    monkeypatch.setattr(Output, "is_terminal", True)
    Output().table(("NAME", "TEXT"), [("first", "a text of several words that does not fit"), ("second", "日本")])
    assert capsys.readouterr().out == (
        "NAME  first\nTEXT  a text of several words\n      that does not fit\n\nNAME  second\nTEXT  日本\n"
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
