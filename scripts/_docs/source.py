"""Public names for frameworks that are not installed: read from their source, as they cannot be imported."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
Function = ast.FunctionDef | ast.AsyncFunctionDef


def all_of(module: str) -> list[str]:
    """What a module lists in ``__all__``."""
    tree = ast.parse((ROOT / f"{module.replace('.', '/')}.py").read_text("utf-8"))
    lists = (one.value for one in tree.body if isinstance(one, ast.Assign) and ast.unparse(one.targets[0]) == "__all__")
    return [str(name) for one in lists for name in ast.literal_eval(one)]


def definition_of(defined: str) -> ast.ClassDef | Function:
    """The class or function of a path such as ``aleph_alpha.integrations.langchain.reranker.AlephAlphaRerank``."""
    module, _, name = defined.rpartition(".")
    tree = ast.parse((ROOT / f"{module.replace('.', '/')}.py").read_text("utf-8"))
    return next(one for one in tree.body if isinstance(one, ast.ClassDef | Function) and one.name == name)


def methods_of(found: ast.ClassDef) -> dict[str, object]:
    """Its own public methods and properties that have a docstring."""
    functions = [one for one in found.body if isinstance(one, Function)]
    return {one.name: one for one in functions if not one.name.startswith("_") and ast.get_docstring(one)}


def docstring_of(found: ast.ClassDef | Function) -> str:
    """Its docstring, nothing for none."""
    return ast.get_docstring(found) or ""


def signature_of(found: ast.ClassDef | Function) -> str:
    """Its first line, as it is written; of a method without what its caller does not pass."""
    if isinstance(found, ast.ClassDef):
        return f"class {found.name}({', '.join(map(ast.unparse, found.bases))})"
    arguments = found.args
    if arguments.args and arguments.args[0].arg in {"self", "cls"}:
        del arguments.args[0]
    kind = "async def" if isinstance(found, ast.AsyncFunctionDef) else "def"
    returns = f" -> {ast.unparse(found.returns)}" if found.returns else ""
    return f"{kind} {found.name}({ast.unparse(arguments)}){returns}"
