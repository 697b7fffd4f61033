"""Every Python snippet of the README and the guides runs as it stands, against the reference server."""

from __future__ import annotations

import ast
import asyncio
import base64
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from aleph_alpha import Client, CompletionRequest, Prompt
from aleph_alpha.testing import LocalServer

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
PIXEL = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGNgYGAAAAAEAAH2FzhVAAAAAElFTkSuQmCC")
FENCE = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def server() -> Iterator[LocalServer]:
    with LocalServer() as server:
        yield server


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_snippets_of_the_page_run_one_after_the_other(
    page: Path, server: LocalServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("AA_TOKEN", "token")
    monkeypatch.setenv("AA_HOST", server.url)
    monkeypatch.chdir(tmp_path)
    Path("picture.png").write_bytes(PIXEL)
    text = page.read_text("utf-8")
    names: dict[str, Any] = {
        "__name__": "snippet",
        "client": Client("token", server.url),
        "model": "toy-base",
        "request": CompletionRequest(Prompt.from_text("An apple a day"), maximum_tokens=8),
    }
    with asyncio.Runner() as runner:
        for snippet in FENCE.finditer(text):
            line = text.count("\n", 0, snippet.start()) + 1
            flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
            code = compile("\n" * line + snippet[1], str(page), "exec", flags, dont_inherit=True)
            result = eval(code, names)
            if inspect.iscoroutine(result):
                runner.run(result)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_the_pages_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text("utf-8")):
        assert (page.parent / target).exists(), f"{page.name} links to {target}"
