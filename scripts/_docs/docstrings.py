"""Docstrings as Markdown: their roles, examples and literal blocks, which Markdown reads as something else."""

from __future__ import annotations

import re
from collections.abc import Callable
from inspect import cleandoc

_ROLE = re.compile(r":(?:meth|class|func|mod|attr|exc|data):`~?([^`]+)`")
_LITERAL = re.compile(r"::[ ]*$")
_SECTION = re.compile(r"[A-Z]\w*:$")
_PROMPT = re.compile(r"\s*>>> ")

# What a role names -> what stands for it.
Link = Callable[[str], str]


def as_code(target: str) -> str:
    """What a role becomes where there is nothing to link to."""
    return f"`{target}`"


def as_markdown(docstring: str, link: Link = as_code) -> str:
    """The docstring with fences around examples and literal blocks, and `link` in the place of roles."""
    lines = cleandoc(docstring).splitlines()
    written: list[str] = []
    at = 0
    while at < len(lines):
        line = lines[at]
        if _PROMPT.match(line):
            end = _end_of_example(lines, at)
            written += _fenced("pycon", lines[at:end], _depth(written, line))
        elif _LITERAL.search(line) and (block := _literal_block(lines, at + 1)):
            shown = _ROLE.sub(lambda found: link(found[1]), line.rstrip()[:-1])
            written += [shown, ""] if shown.strip() != ":" else []
            end = at + 1 + len(block)
            written += _fenced(_language(block), block, _indent(line))
        else:
            written.append(_ROLE.sub(lambda found: link(found[1]), line))
            end = at + 1
        at = end
    return "\n".join(written)


def summary(docstring: str) -> str:
    """The first sentence or paragraph, on one line.

    >>> summary("Adds two\\n    numbers. And more.\\n\\n    Args: ...")
    'Adds two numbers.'
    """
    first = " ".join(as_markdown(docstring).partition("\n\n")[0].split())
    return re.split(r"(?<=[.!?]) (?=[A-Z`])", first)[0].rstrip(":")


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _depth(before: list[str], line: str) -> int:
    """How deep a block stands: as it is written, but for one that is indented below a paragraph for no section."""
    above = next((one for one in reversed(before) if one.strip()), "")
    return 0 if not above.startswith(" ") and not _SECTION.match(above) else _indent(line)


def _end_of_example(lines: list[str], start: int) -> int:
    """Up to the next line that is blank and not followed by another prompt as deep."""
    at = start
    depth = _indent(lines[start])
    while at < len(lines):
        if not lines[at].strip():
            after = next((line for line in lines[at:] if line.strip()), "")
            if not (_PROMPT.match(after) and _indent(after) == depth):
                return at
        at += 1
    return at


def _literal_block(lines: list[str], start: int) -> list[str]:
    """The lines, blank ones among them, that are deeper than the line before."""
    depth = _indent(lines[start - 1])
    end = start
    for at in range(start, len(lines)):
        if lines[at].strip():
            if _indent(lines[at]) <= depth:
                break
            end = at + 1
    return lines[start:end]


def _language(block: list[str]) -> str:
    return "python" if any(re.match(r"\s*(import |from \w+.* import |with )", line) for line in block) else "text"


def _fenced(language: str, block: list[str], depth: int) -> list[str]:
    while block and not block[0].strip():
        block = block[1:]
    inner = min((_indent(line) for line in block if line.strip()), default=0)
    pad = " " * depth
    return [f"{pad}```{language}", *(pad + line[inner:] if line.strip() else "" for line in block), f"{pad}```"]
