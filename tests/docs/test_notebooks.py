"""Every notebook runs from its first cell to its last, and its page shows what the cells show."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from scripts._docs.notebooks import OF_FRAMEWORKS, cells, notebook_page
from scripts._docs.pages import DOCS

SLOW = {"bulk", "embeddings"}
NOTEBOOKS = [
    pytest.param(file, id=file.stem, marks=[pytest.mark.slow] if file.stem in SLOW else [])
    for file in sorted((DOCS / "notebooks").glob("*.py"))
    if file.stem not in OF_FRAMEWORKS
]


@pytest.mark.parametrize("notebook", NOTEBOOKS)
def test_the_notebook_runs_and_its_page_shows_what_it_shows(notebook: Path) -> None:
    text, drawings = notebook_page(notebook)
    code = [cell for cell in cells(notebook.read_text("utf-8")) if not cell.text]
    assert text.startswith("# ")
    assert text.count("```python\n") == len(code)
    assert text.count("```text\n") + len(drawings) >= 3
    assert set(re.findall(r"!\[[^\]]+\]\(([^)]+)\)", text)) == drawings.keys()
    assert all(drawing.startswith("<svg") for drawing in drawings.values())


@pytest.mark.parametrize("stem", OF_FRAMEWORKS)
def test_a_notebook_of_a_framework_is_run_by_the_tests_of_that(stem: str) -> None:
    tests = (file.read_text("utf-8") for file in (Path(__file__).parents[1] / "integrations").rglob("test_*.py"))
    assert any(f'"{stem}.py"' in text for text in tests)


def test_a_cell_that_fails_ends_the_notebook(tmp_path: Path) -> None:
    file = tmp_path / "one.py"
    file.write_text("# %% [markdown]\n# # One\n# %%\n1 / 0\n")
    with pytest.raises(ZeroDivisionError):
        notebook_page(file)


def test_a_page_without_a_run_has_the_code_alone(tmp_path: Path) -> None:
    file = tmp_path / "one.py"
    file.write_text("# %% [markdown]\n# # One\n# words\n# %%\n1 / 0\n")
    text, drawings = notebook_page(file, run=False)
    assert (text.splitlines()[0], drawings) == ("# One", {})
    assert text.endswith("```python\n1 / 0\n```\n")
