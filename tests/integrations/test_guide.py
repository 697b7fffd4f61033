"""Each Python block of a framework's section in docs/integrations.md runs by itself, where the framework is."""

from __future__ import annotations

import ast
import asyncio
import inspect
import os
import re
from pathlib import Path
from typing import Any

import pytest

PAGE = Path(__file__).resolve().parents[2] / "docs" / "integrations.md"
SECTIONS = {
    "langchain": "LangChain",
    "llama_index": "LlamaIndex",
    "lm_eval": "lm-evaluation-harness",
    "llm": "llm",
    "encoder": "Like Sentence Transformers",
    "mteb": "MTEB",
}
_FENCE = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)


def blocks(framework: str) -> list[Any]:
    """Those of the section, each with its line."""
    text = PAGE.read_text("utf-8")
    found = re.search(rf"^## {re.escape(SECTIONS[framework])}\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    assert found is not None, f"{PAGE.name} has no section {SECTIONS[framework]!r}"
    return [
        pytest.param(code[1], text.count("\n", 0, found.start(1) + code.start()) + 1, id=f"block {place}")
        for place, code in enumerate(_FENCE.finditer(found[1]), 1)
    ]


@pytest.mark.parametrize(("code", "line"), blocks(os.environ["AA_INTEGRATION"]))
def test_a_block_of_the_guide_runs(code: str, line: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    result = eval(compile("\n" * line + code, str(PAGE), "exec", flags, dont_inherit=True), {"__name__": "block"})
    if inspect.iscoroutine(result):
        asyncio.run(result)
