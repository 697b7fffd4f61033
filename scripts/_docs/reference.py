"""The reference pages: the directives that mkdocstrings fills, and the same pages as plain Markdown."""

from __future__ import annotations

import ast
import importlib
import inspect
import json
from collections.abc import Iterator
from typing import Any

from scripts._docs.docstrings import as_markdown, summary
from scripts._docs.names import PublicName, documentation, members, title_and_purpose
from scripts._docs.source import Function, docstring_of, signature_of


def page(stem: str, names: list[PublicName]) -> str:
    """The Markdown that the site is built from."""
    parts = list(_head(stem, names, link="[`{name}`][{path}]"))
    for name in names:
        listed = list(members(name.value))
        options = {"members": listed or False, "inherited_members": bool(listed)}
        parts.append(f"::: {name.path}\n    options: {json.dumps(options)}")
    return "\n\n".join(parts) + "\n"


def plain(stem: str, names: list[PublicName]) -> str:
    """The page as Markdown that stands alone, made from the objects themselves."""
    parts = list(_head(stem, names, link="`{name}`"))
    for name in names:
        parts += [f"## {name.path}", *_described(name.name, name.value, documentation(name))]
        for member, found in members(name.value).items():
            documented = docstring_of(found) if isinstance(found, Function) else inspect.getdoc(found) or ""
            parts += [f"### {name.name}.{member}", *_described(member, found, documented)]
    return "\n\n".join(parts) + "\n"


def _head(stem: str, names: list[PublicName], link: str) -> Iterator[str]:
    title, purpose = title_and_purpose(stem)
    yield f"# {title}\n\n{purpose}"
    yield from _words_of_module(stem, purpose)
    if len(names) > 1:
        rows = [
            f"| {link.format(name=_label(name, names), path=name.path)} | {_cell(summary(documentation(name)))} |"
            for name in names
        ]
        yield "\n".join(["| name | what it is |", "|---|---|", *rows])


def _label(name: PublicName, names: list[PublicName]) -> str:
    """The name, or the end of its path where another on the page has the same."""
    alone = [one.name for one in names].count(name.name) == 1
    return name.name if alone else ".".join(name.path.split(".")[-2:])


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _words_of_module(stem: str, purpose: str) -> Iterator[str]:
    """What the module itself says, unless it is one line, which is no more than the purpose."""
    try:
        module = importlib.import_module(f"aleph_alpha.{stem.replace('-', '.').removesuffix('.server')}")
    except ModuleNotFoundError:
        return
    words = as_markdown(module.__doc__ or "").strip()
    if "\n\n" in words:
        yield words


def _described(name: str, found: object, docstring: str) -> Iterator[str]:
    signature = _signature(name, found)
    if signature:
        yield f"```python\n{signature}\n```"
    yield as_markdown(docstring).strip()


def _signature(name: str, found: object) -> str:
    """As one would write it, without what the reader does not pass."""
    if isinstance(found, ast.ClassDef | Function):
        return signature_of(found)
    if isinstance(found, property) or (not callable(found) and not isinstance(found, (staticmethod, classmethod))):
        return ""
    function: Any = getattr(found, "__func__", found)
    if isinstance(found, type):
        if issubclass(found, BaseException) or any("Enum" in parent.__name__ for parent in found.__mro__):
            return f"class {name}({', '.join(parent.__name__ for parent in found.__bases__)})"
        kind = "class "
    else:
        kind = "async def " if inspect.iscoroutinefunction(function) else "def "
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):
        return f"{kind}{name}"
    parameters = [one.replace(annotation=_bare(one.annotation)) for one in signature.parameters.values()]
    if parameters and parameters[0].name in {"self", "cls"}:
        del parameters[0]
    returns = signature.empty if isinstance(found, type) else _bare(signature.return_annotation)
    return f"{kind}{name}{_wrapped(signature.replace(parameters=parameters, return_annotation=returns))}"


class _Words(str):
    """Shown as it is, not in quotes."""

    def __repr__(self) -> str:
        return str(self)


def _bare(annotation: object) -> object:
    """Annotations are strings in this package, which `inspect` would show in quotes."""
    return _Words(annotation) if isinstance(annotation, str) else annotation


def _wrapped(signature: inspect.Signature) -> str:
    text = str(signature)
    if len(text) <= 90:
        return text
    lines = ["("]
    star = False
    for parameter in signature.parameters.values():
        if parameter.kind is parameter.KEYWORD_ONLY and not star:
            lines.append("    *,")
            star = True
        star = star or parameter.kind is parameter.VAR_POSITIONAL
        lines.append(f"    {parameter},")
    ending = "" if signature.return_annotation is signature.empty else f" -> {signature.return_annotation}"
    return "\n".join([*lines, f"){ending}"])
