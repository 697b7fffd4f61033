"""What a docstring says about a function or class, and about each of its parameters."""

from __future__ import annotations

import inspect
import re

__all__ = ["describe_parameters"]

_HEADINGS = frozenset({"args", "arguments", "parameters", "params", "attributes", "keyword args", "other parameters"})
_HEADING = re.compile(r"([A-Z][A-Za-z ]*):?$").fullmatch
_GOOGLE = re.compile(r"\*{0,2}(\w+(?:\s*,\s*\*{0,2}\w+)*)\s*(?:\([^)]*\))?\s*:(?:\s+(.*))?$").match
_NUMPY = re.compile(r"\*{0,2}(\w+(?:\s*,\s*\*{0,2}\w+)*)\s*(?::.*)?$").match
_SPHINX = re.compile(r":param\s+(?:[^:]*\s)?(\w+):\s*(.*)$").match
_SPHINX_OTHER = re.compile(r":\w+").match


def describe_parameters(docstring: str | None) -> tuple[str, dict[str, str]]:
    """The text before the first section, and the description of each parameter.

    Sections as Google and NumPy lay them out are understood, and ``:param name:`` lines.

    >>> describe_parameters('''Add two numbers.
    ...
    ...     Args:
    ...         a: the first one,
    ...             which comes first
    ...         b (int): the other one
    ...
    ...     Returns:
    ...         c: their sum
    ...     ''')
    ('Add two numbers.', {'a': 'the first one, which comes first', 'b': 'the other one'})
    """
    summary: list[str] = []
    found: dict[str, list[str]] = {}
    lines = inspect.cleandoc(docstring or "").splitlines()
    section: str | None = None
    names: list[str] = []
    indent = 0
    for index, line in enumerate(lines):
        text = line.strip()
        depth = len(line) - len(line.lstrip())
        following = lines[index + 1].strip() if index + 1 < len(lines) else ""
        underlined = len(following) >= 3 and set(following) <= {"-"}
        if match := _SPHINX(text):
            section, names, indent = "sphinx", [match[1]], depth
            found[match[1]] = [match[2]]
        elif depth == 0 and text and _HEADING(text) and (text.endswith(":") or underlined):
            wanted = text.rstrip(":").lower() in _HEADINGS
            section, names = ("numpy" if underlined else "google") if wanted else "other", []
        elif section is None or (section == "sphinx" and _SPHINX_OTHER(text)):
            if section is None:
                summary.append(line)
            names = []
        elif section == "numpy" and depth == 0 and set(text) <= {"-"}:
            continue
        elif entry := _entry(section, text, depth, indent, bool(names)):
            names, description, indent = entry[0], entry[1], depth
            found.update({name: [description] for name in names})
        elif text:
            for name in names:
                found[name].append(text)
    described = {name: " ".join(filter(None, parts)) for name, parts in found.items()}
    return "\n".join(summary).strip(), {name: text for name, text in described.items() if text}


def _entry(section: str, text: str, depth: int, indent: int, within: bool) -> tuple[list[str], str] | None:
    """Names and first line of a parameter that begins here."""
    if section == "google" and depth > 0 and (not within or depth <= indent):
        match = _GOOGLE(text)
        return (_names(match[1]), match[2] or "") if match else None
    if section == "numpy" and depth == 0:
        match = _NUMPY(text)
        return (_names(match[1]), "") if match else None
    return None


def _names(listed: str) -> list[str]:
    return [name.strip(" *") for name in listed.split(",")]
