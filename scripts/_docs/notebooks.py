"""Notebooks in jupytext's percent format: their cells, what they show when they run, and the page that holds both."""

from __future__ import annotations

import ast
import asyncio
import contextlib
import inspect
import io
import os
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_CELL = re.compile(r"^# %%(.*)$", re.MULTILINE)
# Notebooks that need what is not installed with the development tools; the tests of each framework run them.
OF_FRAMEWORKS = {"rag_langchain": "langchain", "rag_llama_index": "llama-index"}
_WIDTH = 640  # of images, in pixels


@dataclass(frozen=True)
class Cell:
    """A cell of a notebook: text, or code and what it shows when it runs."""

    name: str
    source: str
    line: int
    text: bool = False
    printed: str = ""
    value: Any = None


def cells(notebook: str) -> Iterator[Cell]:
    """The cells as they stand, not run."""
    marks = list(_CELL.finditer(notebook))
    ends = [mark.start() for mark in marks[1:]] + [len(notebook)]
    for mark, end in zip(marks, ends, strict=True):
        source = notebook[mark.end() : end]
        text = "[markdown]" in mark[1]
        name = mark[1].replace("[markdown]", "").strip()
        yield Cell(name, source, notebook.count("\n", 0, mark.end()), text)


def run_cells(notebook: Path) -> Iterator[Cell]:
    """The cells, run one after the other, each with what it prints and the value of the expression it ends with."""
    names: dict[str, Any] = {"__name__": "notebook"}
    with asyncio.Runner() as runner:
        for cell in cells(notebook.read_text("utf-8")):
            if cell.text:
                yield cell
                continue
            tree = ast.parse("\n" * cell.line + cell.source)
            last = tree.body[-1] if tree.body else None
            expression = ast.Expression(last.value) if isinstance(last, ast.Expr) else None
            if expression is not None:
                del tree.body[-1]
            printed = io.StringIO()
            with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(io.StringIO()):
                _run(tree, notebook, names, runner)
                value = None if expression is None else _run(expression, notebook, names, runner)
            yield Cell(cell.name, cell.source, cell.line, False, printed.getvalue(), value)


def _run(tree: ast.Module | ast.Expression, notebook: Path, names: dict[str, Any], runner: asyncio.Runner) -> Any:
    mode = "eval" if isinstance(tree, ast.Expression) else "exec"
    code = compile(tree, str(notebook), mode, ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
    value = eval(code, names)  # noqa: S307 - the notebooks of this repository
    return runner.run(value) if inspect.iscoroutine(value) else value


@contextlib.contextmanager
def on_the_reference_server() -> Iterator[None]:
    """No deployment in the environment, and a folder of its own for what the cells write."""
    kept = {name: os.environ.pop(name) for name in ("AA_HOST", "AA_TOKEN") if name in os.environ}
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        try:
            yield
        finally:
            os.environ.update(kept)


def notebook_page(notebook: Path, *, run: bool = True) -> tuple[str, dict[str, str]]:
    """The Markdown of a notebook with what its cells show, and the drawings among that by file name.

    Args:
        notebook: a file in jupytext's percent format that begins with a heading.
        run: run the cells; otherwise they are shown without output.
    """
    parts: list[str] = []
    drawings: dict[str, str] = {}
    with on_the_reference_server():
        run = run and notebook.stem not in OF_FRAMEWORKS
        found = list(run_cells(notebook) if run else cells(notebook.read_text("utf-8")))
    for number, cell in enumerate(found):
        if cell.text:
            parts.append(re.sub(r"^# ?", "", cell.source.strip(), flags=re.MULTILINE))
            continue
        parts.append(f"```python\n{cell.source.strip()}\n```")
        if cell.printed.strip():
            parts.append(f"```text\n{cell.printed.rstrip()}\n```")
        view = drawing_of(cell.value)
        if view is not None:
            name = f"{notebook.stem}-{cell.name or number}.svg"
            drawings[name] = view.svg(width=_WIDTH)
            parts.append(f"![What the cell shows]({name})")
        elif cell.value is not None:
            parts.append(f"```text\n{cell.value!r}\n```")
    heading, _, rest = parts[0].partition("\n")
    how = ", run against the reference server when the site was built" if run else ", shown without its output"
    about = (
        f"This page is [{notebook.name}]({notebook.name}){how}. "
        f"`jupytext --to ipynb {notebook.name}` makes it a Jupyter notebook."
    )
    return "\n\n".join([heading, rest.strip(), about, *parts[1:]]) + "\n", drawings


def drawing_of(value: Any) -> Any:
    """The view that a value is or has; ``None`` for what is shown as text."""
    if hasattr(value, "svg"):
        return value
    return value.view() if hasattr(value, "_repr_mimebundle_") and hasattr(value, "view") else None
