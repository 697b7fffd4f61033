"""What mkdocstrings cannot read from the source: batch counterparts, and docstrings that are not Markdown.

A module of its own, as griffe loads it by its path.
"""

from __future__ import annotations

import ast
import importlib
import inspect
from typing import Any

import griffe

from scripts._docs.docstrings import as_code, as_markdown
from scripts._docs.names import public_names
from scripts._docs.sections import one_name_an_item


class Docstrings(griffe.Extension):
    """Adds the functions that `many` makes, and turns docstrings into Markdown."""

    def on_package(self, *, pkg: griffe.Module, **kwargs: Any) -> None:
        """Once, when all modules have been read."""
        for client, module in (("Client", "_sync"), ("AsyncClient", "_async")):
            if module in pkg.members:
                _add_batches(pkg.members[module])
                _mend(pkg.members[module], f"aleph_alpha.{client}")
        _mend(pkg, None)


def _add_batches(package: Any) -> None:
    """`x_many, iter_x_many = many(x)(...)` are methods, which griffe passes over."""
    for module in (one for one in package.members.values() if one.is_module):
        for group in (one for one in module.members.values() if not one.is_alias and one.is_class):
            live = getattr(importlib.import_module(module.path), group.name)
            for statement in _statements(module, group.name):
                if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Tuple):
                    for target in statement.targets[0].elts:
                        name = ast.unparse(target)
                        group.set_member(name, _function(name, getattr(live, name), statement, group))


def _statements(module: Any, name: str) -> list[ast.stmt]:
    """What is in the body of a class of a module."""
    tree = ast.parse(module.source)
    return next((one.body for one in tree.body if isinstance(one, ast.ClassDef) and one.name == name), [])


def _function(name: str, live: Any, statement: ast.stmt, group: Any) -> griffe.Function:
    signature = inspect.signature(live)
    parameters = [
        griffe.Parameter(
            parameter.name,
            annotation=_annotation(parameter.annotation, group),
            kind=griffe.ParameterKind[parameter.kind.name.lower()],
            default=None if parameter.default is parameter.empty else repr(parameter.default),
        )
        for parameter in signature.parameters.values()
    ]
    made = griffe.Function(
        name,
        parameters=griffe.Parameters(*parameters),
        returns=_annotation(signature.return_annotation, group),
        lineno=statement.lineno,
        endlineno=statement.end_lineno,
        parent=group,
    )
    made.docstring = griffe.Docstring(
        inspect.getdoc(live) or "", lineno=statement.lineno, parent=made, parser=griffe.Parser.google
    )
    if inspect.iscoroutinefunction(live):
        made.labels.add("async")
    return made


def _annotation(annotation: object, group: Any) -> Any:
    if annotation is inspect.Parameter.empty:
        return None
    return griffe.safe_get_annotation(ast.parse(str(annotation), mode="eval").body, group)


def _mend(found: Any, client: str | None) -> None:
    """Docstrings of an object and all that is in it; `client` is the class that their methods end up in."""
    if found.is_alias:
        return
    if found.docstring is not None and "mended" not in found.extra["docs"]:
        found.extra["docs"]["mended"] = True
        words = as_markdown(found.docstring.value, lambda target: _link(found, target, client))
        found.docstring.value = one_name_an_item(words)
    if not found.is_function and not found.is_attribute:
        for member in list(found.members.values()):
            _mend(member, client)


def _link(found: Any, target: str, client: str | None) -> str:
    """A reference that autorefs resolves, or plain code where there is nothing to lead to."""
    name = target.rpartition(".")[2]
    if client is not None and hasattr(getattr(importlib.import_module("aleph_alpha"), client[12:]), name):
        return f"[`{name}`][{client}.{name}]"
    known = {one.defined: one.path for one in public_names()}
    scope = found.parent
    if scope is not None and scope.is_class and scope.path in known and name in scope.all_members:
        return f"[`{name}`][{known[scope.path]}.{name}]"
    path = known.get(target) or known.get(f"{found.module.path}.{name}")
    return f"[`{name}`][{path}]" if path else as_code(target)
