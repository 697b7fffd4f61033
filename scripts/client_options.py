"""Writes the options of the clients wherever they are written, from aleph_alpha/options.py.

    python scripts/client_options.py            rewrite aleph_alpha/_async/client.py and docs/options.md
    python scripts/client_options.py --check    only say which of them is not what it should be

An option is a field of `Settings`, with its type, its default and its docstring. From it come, in
`AsyncClient`: the parameter of the constructor, its line in the class's docstring, what is passed to
`Settings`, and the parameter of `with_options`, where it is not `Fixed`. Positions in the constructor
are those before `KW_ONLY`. `scripts/unasync.py` makes `Client` of the result.
"""

from __future__ import annotations

import argparse
import ast
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

from aleph_alpha._runtime.terminal import show_anything
from scripts.unasync import ROOT, formatted

OPTIONS = ROOT / "aleph_alpha" / "options.py"
CLIENT = ROOT / "aleph_alpha" / "_async" / "client.py"
PAGE = ROOT / "docs" / "options.md"

# What is passed to `Settings` in place of the argument itself.
PASSED = {"limit": "connection_limit(limit, pool_size)"}


class OptionError(Exception):
    """aleph_alpha/options.py is not as it must be."""


@dataclass(frozen=True)
class Option:
    """One option, as the source has it."""

    name: str
    type: str
    default: str | None  # None where it has to be given
    doc: str
    fixed: bool  # not of `with_options`
    keyword_only: bool
    made: bool = False  # `None` stands for an empty mapping

    @property
    def parameter(self) -> str:
        """Of the constructor."""
        return f"{self.name}: {self.given}" + (f" = {self.default}" if self.default is not None else "")

    @property
    def given(self) -> str:
        """The type of the parameter."""
        return self.type + (" | None" if self.made else "")

    @property
    def argument(self) -> str:
        """What `Settings` is passed."""
        return f"{self.name}={PASSED.get(self.name, self.name + (' or {}' if self.made else ''))}"

    @property
    def change(self) -> str:
        """The parameter of `with_options`."""
        members = _members(ast.parse(self.type, mode="eval").body)
        none = ["None"] if "None" in members else []
        values = [member for member in members if member not in ("Default", "None")]
        return f"{self.name}: {' | '.join([*values, 'Default', *none])} = DEFAULT"


def _members(kind: ast.expr) -> list[str]:
    """Of a union."""
    if isinstance(kind, ast.BinOp):
        return [*_members(kind.left), *_members(kind.right)]
    return [ast.unparse(kind)]


def read(source: str) -> tuple[list[Option], list[Option]]:
    """The options of `Settings`, and those of the constructor, both in their order.

    Raises:
        OptionError: an option has no docstring, or there is no such class.
    """
    classes = {node.name: node for node in ast.parse(source).body if isinstance(node, ast.ClassDef)}
    if not {"Settings", "ConstructorOptions"} <= classes.keys():
        raise OptionError("options.py: the classes Settings and ConstructorOptions are expected")
    settings = list(_fields(classes["Settings"]))
    others = {option.name: option for option in _fields(classes["ConstructorOptions"], only_constructor=True)}
    own = {option.name for option in settings}
    constructor = [others.get(option.name, option) for option in settings]
    return settings, [*constructor, *(option for option in others.values() if option.name not in own)]


def _fields(owner: ast.ClassDef, *, only_constructor: bool = False) -> Iterator[Option]:
    keyword_only = only_constructor
    for node, following in zip(owner.body, [*owner.body[1:], None], strict=True):
        if not isinstance(node, ast.AnnAssign):
            continue
        name, kind = ast.unparse(node.target), ast.unparse(node.annotation)
        if kind == "KW_ONLY":
            keyword_only = True
            continue
        doc = following.value if isinstance(following, ast.Expr) else None
        if not isinstance(doc, ast.Constant) or not isinstance(doc.value, str):
            raise OptionError(f"options.py, line {node.lineno}: {name} needs a docstring below it")
        default, made = (None if node.value is None else ast.unparse(node.value)), False
        if isinstance(node.value, ast.Call):  # dataclasses.field
            words = {word.arg: ast.unparse(word.value) for word in node.value.keywords}
            default, made = words.get("default", "None"), "default" not in words
        fixed = only_constructor or kind.startswith("Fixed[")
        kind = kind[len("Fixed[") : -1] if kind.startswith("Fixed[") else kind
        yield Option(name, kind, default, " ".join(doc.value.split()), fixed, keyword_only, made)


def client(settings: list[Option], options: list[Option], source: str) -> str:
    """The source of the client, with the options."""
    owner = next(node for node in ast.parse(source).body if isinstance(node, ast.ClassDef))
    methods = {node.name: node for node in owner.body if isinstance(node, ast.FunctionDef)}
    init, copy = methods["__init__"], methods["with_options"]
    positional = [option.parameter for option in options if not option.keyword_only]
    keywords = [option.parameter for option in options if option.keyword_only]
    changes = [option for option in settings if not option.fixed]
    lines = source.splitlines(keepends=True)
    for start, end, text in sorted(
        [
            (init.lineno, init.body[0].lineno, _signature("__init__", [*positional, "*", *keywords], "None")),
            (*_statement(init, "Settings"), _call("self._settings = Settings", [o.argument for o in settings])),
            (copy.lineno, copy.body[0].lineno, _signature("with_options", ["*", *(o.change for o in changes)], "Self")),
            (
                *_statement(copy, "self._settings.changed"),
                _call("copy._settings = self._settings.changed", [f"{o.name}={o.name}" for o in changes]),
            ),
            _documented(owner, options, lines),
        ],
        reverse=True,
    ):
        lines[start - 1 : end - 1] = [text]
    return formatted(CLIENT, "".join(lines))


def _signature(name: str, parameters: list[str], result: str) -> str:
    return f"    def {name}(self, {', '.join(parameters)},) -> {result}:\n"


def _call(target: str, arguments: list[str]) -> str:
    return f"        {target}({', '.join(arguments)},)\n"


def _statement(function: ast.FunctionDef, called: str) -> tuple[int, int]:
    """The lines of the assignment whose value is that call, and the line after it."""
    for node in function.body:
        value = node.value if isinstance(node, ast.Assign) else None
        if isinstance(value, ast.Call) and ast.unparse(value.func) == called:
            return node.lineno, (node.end_lineno or node.lineno) + 1
    raise OptionError(f"client.py, line {function.lineno}: {function.name} does not call {called}")


def _documented(owner: ast.ClassDef, options: list[Option], lines: list[str]) -> tuple[int, int, str]:
    start = lines.index("    Args:\n", owner.lineno) + 1
    end = lines.index("\n", start)
    described = [
        textwrap.fill(
            f"{option.name}: {_begun_small(option.doc)}",
            width=104,
            initial_indent=" " * 8,
            subsequent_indent=" " * 12,
            break_long_words=False,
            break_on_hyphens=False,
        )
        for option in options
    ]
    return start + 1, end + 1, "\n".join(described) + "\n"


def _begun_small(doc: str) -> str:
    """The text with a small first letter, unless it begins with an abbreviation."""
    return doc[:1].lower() + doc[1:] if doc[1:2].islower() else doc


HEAD = """\
# Options of the clients

<!-- Made from aleph_alpha/options.py by scripts/client_options.py: change it there, then run `make fix`. -->

What `Client(...)` and `AsyncClient(...)` take, in the order of their positions; those after `tags` are passed by
keyword. `from_env` takes them, too. `client.with_options(...)` gives a copy of the client with other values of those
that are marked; it shares the connections. A `Client` takes callables that are not async, and an `httpx.Client`.

| option | type | default | `with_options` | meaning |
| --- | --- | --- | --- | --- |
"""


def page(options: list[Option], source: str) -> str:
    """The page of the documentation."""
    values = {
        ast.unparse(node.targets[0]): ast.unparse(node.value)
        for node in ast.parse(source).body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
    }
    return HEAD + "".join(f"| {' | '.join(_row(option, values))} |\n" for option in options)


def _row(option: Option, values: dict[str, str]) -> Iterator[str]:
    yield f"`{option.name}`"
    yield f"`{option.given}`".replace("|", "\\|")
    yield "" if option.default is None else f"`{values.get(option.default, option.default)}`"
    yield "" if option.fixed else "yes"
    yield option.doc.replace("``", "`")


def main(arguments: list[str] | None = None) -> int:
    """Command line; exit status 1 when --check finds a difference, 2 when options.py is not as it must be."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="change nothing, say what differs")
    check = parser.parse_args(arguments).check
    try:
        source = OPTIONS.read_text("utf-8")
        settings, options = read(source)
        wanted = {CLIENT: client(settings, options, CLIENT.read_text("utf-8")), PAGE: page(options, source)}
    except OptionError as error:
        print(error, file=sys.stderr)
        return 2
    changed = [path for path, text in wanted.items() if not path.exists() or path.read_text("utf-8") != text]
    for path in changed:
        name = path.relative_to(ROOT)
        if check:
            print(f"{name} does not have the options of aleph_alpha/options.py: run `make fix`", file=sys.stderr)
        else:
            path.write_text(wanted[path], "utf-8")
            print(name)
    return 1 if check and changed else 0


if __name__ == "__main__":
    show_anything()
    sys.exit(main())
