"""Whoever copies one block of a guide, and what its beginning tells to have, has all that the block needs."""

from __future__ import annotations

import builtins
import re
import symtable
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from aleph_alpha.testing import LocalServer

GUIDES = Path(__file__).resolve().parent.parent.parent / "docs"
FENCE = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def host() -> Iterator[str]:
    with LocalServer() as server:
        yield server.url


def blocks(page: str) -> list[tuple[int, str]]:
    """Each with the line that it begins after."""
    text = (GUIDES / page).read_text("utf-8")
    return [(text.count("\n", 0, found.start()) + 1, found[1]) for found in FENCE.finditer(text)]


# The first block of chats.md makes the client that the others need.
CASES = [
    pytest.param(page, line, blocks(page)[0][1] if page == "chats.md" else "", code, id=f"{page}:{line}")
    for page in ("chats.md", "testing.md")
    for line, code in blocks(page)
]


@pytest.mark.parametrize(("page", "line", "before", "code"), CASES)
def test_a_block_of_a_guide_runs_alone(
    page: str, line: int, before: str, code: str, host: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("AA_TOKEN", "token")
    monkeypatch.setenv("AA_HOST", host)
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {"__name__": "snippet"}
    exec(before, names)
    exec(compile("\n" * line + code, page, "exec", dont_inherit=True), names)


@pytest.mark.parametrize(("page", "line", "before", "code"), CASES)
def test_a_block_of_a_guide_names_nothing_that_it_does_not_have(page: str, line: int, before: str, code: str) -> None:
    """Running a block does not run the functions in it."""
    module = symtable.symtable(before + code, page, "exec")
    bound = {each.get_name() for each in module.get_symbols() if each.is_assigned() or each.is_imported()}
    assert set(free_names(module)) - bound - {*dir(builtins), "__name__"} == set()


def free_names(table: symtable.SymbolTable) -> Iterator[str]:
    yield from (each.get_name() for each in table.get_symbols() if each.is_global())
    for inner in table.get_children():
        yield from free_names(inner)
