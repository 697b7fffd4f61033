"""What is wrong with a template, in words of the template: liquid's own name its classes and those of Python."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from liquid.exceptions import (
    LiquidError,
    LiquidTypeError,
    LocalNamespaceLimitError,
    LoopIterationLimitError,
    TemplateNotFoundError,
)

__all__ = ["misuse", "reason"]

_NIL: Final = "nil (nothing)"
# What liquid calls the types of Python.
_KINDS: Final = {
    "bool": "a boolean",
    "str": "a string",
    "int": "a number",
    "float": "a number",
    "Decimal": "a number",
    "list": "an array",
    "tuple": "an array",
    "range": "a range",
    "dict": "an object",
    "NoneType": _NIL,
    "Undefined": _NIL,
}
_LONG: Final = re.compile(r"(\S{60})\S{20,}")  # part of a template
_NAMED: Final = re.compile(r"'?\b(" + "|".join(_KINDS) + r")\b'?(?= and |$)")
_PARSER: Final = (
    (r"expected tag (\w+), found .*", r"{% \1 %} is missing"),
    (r"\b(\w+) tag wa[sd] never closed", r"{% end\1 %} is missing"),
    (r"missing expression", "there is nothing in it"),
    (r"a primitive expression", "a value"),
    (r"expected in\b", "expected 'in'"),
    (r"disallowed (\w+) operator in logical expression", r"liquid has no '\1'"),
    (r"disallowed parentheses in logical expression", "liquid has no parentheses in conditions"),
    (r"expected word\b", "expected a name"),
    (r"found word\b", "found a name"),
    (r"\bend of expression\b", "the end"),
    (r"\bend of file\b", "the end of the template"),
    (r"\bpath segment\b", "part of a path"),
    (r"\bident(?:index|string)\b", "a path"),
    (r"\brangeexpression\b", "a range"),
)


def reason(error: LiquidError) -> str:
    """What an error of liquid says."""
    match error:
        case LoopIterationLimitError():
            return "the loops make more rounds than max_loops"
        case LocalNamespaceLimitError():
            return "the assigned values are larger than max_output"
        case TemplateNotFoundError():
            return f"there is no template {str(error.message)!r} to take in: a PromptTemplate stands alone"
    text = _LONG.sub(r"\1…", str(error.message))
    if isinstance(error, LiquidTypeError):
        return _NAMED.sub(lambda found: _KINDS[found[1]], text)
    for pattern, words in _PARSER:
        text = re.sub(pattern, words, text)
    tag = getattr(error, "tag", None)
    return text if tag is None or "tag" in text else f"in the tag {tag!r}: {text}"


def misuse(
    function: Callable[..., Any], left: object, args: tuple[Any, ...], kwargs: Mapping[str, Any], error: Exception
) -> str:
    """Why a filter failed, to be put after its name."""
    signature = inspect.signature(function)
    try:
        signature.bind(left, *args, **kwargs)
    except TypeError:
        return _wrong_arguments(signature, args, kwargs)
    text = str(error.args[0]) if isinstance(error, LiquidError) and error.args else ""
    if found := re.match(r"can't read property ('.*?')", text):
        return f"finds no property {found[1]}"
    if found := re.search(r"can't divide by .*", text):
        return found[0].replace("can't", "cannot")
    given = ", ".join(map(_kind, args))
    return f"cannot work on {_kind(left)}{' with ' if given else ''}{given}"


def _wrong_arguments(signature: inspect.Signature, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> str:
    """Said of a call that does not fit. The first parameter is what stands before the filter."""
    places = [one for one in signature.parameters.values() if one.kind is one.POSITIONAL_OR_KEYWORD][1:]
    unknown = [name for name in kwargs if name not in signature.parameters]
    if unknown:
        return f"takes no argument called {unknown[0]!r}"
    least, most = sum(one.default is one.empty for one in places), len(places)
    count = f"{most or 'no'}" if least == most else f"{least} or {most}" if least else f"at most {most}"
    return f"takes {count} argument{'' if most == 1 else 's'}, not {len(args)}"


def _kind(value: object) -> str:
    names = [kind.__name__ for kind in type(value).__mro__]
    return next((_KINDS[name] for name in names if name in _KINDS), f"a {names[0]}")
