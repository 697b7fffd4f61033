"""Every Python snippet of the README and the guides runs as it stands, against the reference server.

Whoever copies one block of a guide, and what its beginning tells to have, has all that the block needs.
"""

from __future__ import annotations

import ast
import asyncio
import base64
import builtins
import inspect
import re
import symtable
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from aleph_alpha import Client, CompletionRequest, Prompt
from aleph_alpha.testing import LocalServer

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
PIXEL = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGNgYGAAAAAEAAH2FzhVAAAAAElFTkSuQmCC")
ELSEWHERE = {"integrations.md": "needs frameworks that are not installed here: make test-integrations runs it"}
RUN = [
    pytest.param(page, marks=[pytest.mark.skip(reason=ELSEWHERE[page.name])] if page.name in ELSEWHERE else [])
    for page in PAGES
]
FENCE = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def server() -> Iterator[LocalServer]:
    with LocalServer() as server:
        yield server


def blocks(page: Path) -> list[tuple[int, str]]:
    """Each with the line that it begins after."""
    text = page.read_text("utf-8")
    return [(text.count("\n", 0, found.start()) + 1, found[1]) for found in FENCE.finditer(text)]


@pytest.mark.parametrize("page", RUN, ids=lambda page: page.name)
def test_the_snippets_of_the_page_run_one_after_the_other(
    page: Path, server: LocalServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("AA_TOKEN", "token")
    monkeypatch.setenv("AA_HOST", server.url)
    monkeypatch.chdir(tmp_path)
    Path("picture.png").write_bytes(PIXEL)
    names: dict[str, Any] = {
        "__name__": "snippet",
        "client": Client("token", server.url),
        "model": "toy-base",
        "request": CompletionRequest(Prompt.from_text("An apple a day"), maximum_tokens=8),
    }
    with asyncio.Runner() as runner:
        for line, snippet in blocks(page):
            flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
            code = compile("\n" * line + snippet, str(page), "exec", flags, dont_inherit=True)
            result = eval(code, names)
            if inspect.iscoroutine(result):
                runner.run(result)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_the_pages_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text("utf-8")):
        assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_a_recipe_has_ten_lines_at_most() -> None:
    for line, code in blocks(ROOT / "docs" / "recipes.md"):
        assert sum(map(bool, code.splitlines())) <= 10, f"the block at line {line}"


# The first block of these makes the client that the others need.
BEGIN = {"chats.md": 1, "recipes.md": 1}
ALONE = [
    pytest.param(
        page, line, "".join(code for _, code in blocks(page)[: BEGIN.get(page.name, 0)]), code, id=f"{page.name}:{line}"
    )
    for page in (ROOT / "docs" / "chats.md", ROOT / "docs" / "recipes.md", ROOT / "docs" / "testing.md")
    for line, code in blocks(page)
]


@pytest.mark.parametrize(("page", "line", "before", "code"), ALONE)
def test_a_block_of_a_guide_runs_alone(
    page: Path, line: int, before: str, code: str, server: LocalServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("AA_TOKEN", "token")
    monkeypatch.setenv("AA_HOST", server.url)
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {"__name__": "snippet"}
    exec(before, names)
    exec(compile("\n" * line + code, str(page), "exec", dont_inherit=True), names)


@pytest.mark.parametrize(("page", "line", "before", "code"), ALONE)
def test_a_block_of_a_guide_names_nothing_that_it_does_not_have(page: Path, line: int, before: str, code: str) -> None:
    """Running a block does not run the functions in it."""
    module = symtable.symtable(before + code, str(page), "exec")
    bound = {each.get_name() for each in module.get_symbols() if each.is_assigned() or each.is_imported()}
    assert set(free_names(module)) - bound - {*dir(builtins), "__name__"} == set()


def free_names(table: symtable.SymbolTable) -> Iterator[str]:
    yield from (each.get_name() for each in table.get_symbols() if each.is_global())
    for inner in table.get_children():
        yield from free_names(inner)
