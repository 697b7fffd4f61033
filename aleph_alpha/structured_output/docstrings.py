"""What a docstring says about a function or class, and about each of its parameters."""

from __future__ import annotations

import inspect
import re

__all__ = ["describe_parameters"]

# Headings of Google's that docstring_parser does not know.
_KEYWORDS = re.compile(r"^(Keyword Args|Keyword Arguments|Other Parameters):[ ]*$", re.MULTILINE)


def describe_parameters(docstring: str | None) -> tuple[str, dict[str, str]]:
    """The text before the first section, and the description of each parameter.

    Sections as Google and NumPy lay them out are understood, and the fields of reStructuredText and Epydoc.

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
    if not docstring or not docstring.strip():
        return "", {}
    from docstring_parser import ParseError, parse

    text = inspect.cleandoc(docstring)
    head, *keywords = _KEYWORDS.split(text)
    try:
        parsed = parse(head)
        parameters = parsed.params
        for section in keywords[1::2]:
            parameters += parse(f"Args:{section}").params
    except ParseError:  # looks like a section, but is not one
        return text, {}
    described: dict[str, str] = {}
    for parameter in parameters:
        for name in parameter.arg_name.split(","):
            if description := " ".join((parameter.description or "").split()):
                described.setdefault(name.strip(" *"), description)
    return (parsed.description or "").strip(), described
