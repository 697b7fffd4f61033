"""Checks of request fields before anything is sent.

A check takes a value and returns ``None`` when it will do, else what it has to be. Only types
and what can never be right (NaN, infinity) are checked: bounds belong to the server, which may
change them. Subclasses of the plain types and numpy's numbers will do, as they can be encoded.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from numbers import Integral, Real
from pathlib import Path
from typing import Any, NoReturn

from aleph_alpha.errors import InvalidRequestError

__all__ = [
    "Check",
    "Rule",
    "bytes_of",
    "check_field",
    "check_model",
    "check_request",
    "checked_string",
    "checked_tokenizer",
    "describe",
    "flag",
    "integer",
    "is_sequence",
    "mapping_of",
    "member_of",
    "number",
    "optional",
    "path_of",
    "refuse",
    "sequence",
    "sequence_of",
    "short",
    "text",
]

Check = Callable[[Any], str | None]


@dataclass(frozen=True, slots=True)
class Rule:
    """What becomes of a value that is not ``None``.

    Attributes:
        check: what it has to be; asked only where it is not the default of its class.
        convert: makes what the generated model holds; called with the value and its path.
        made: name of the generated class that it makes, for `scripts/request_fields.py`.
        unsent: in the place of `check` and `convert` for JSON that is not sent (``to_json``), where that takes more.
    """

    check: Check | None = None
    convert: Callable[[Any, str], Any] | None = None
    made: str | None = None
    unsent: Callable[[Any, str], Any] | None = None


def flag(value: Any) -> str | None:
    """``True`` or ``False``."""
    return None if isinstance(value, bool) else "must be True or False"


def integer(value: Any) -> str | None:
    """A whole number; ``True`` and ``1.0`` are not."""
    if type(value) is int or (not isinstance(value, bool) and isinstance(value, Integral)):
        return None
    return "must be an int"


def number(value: Any) -> str | None:
    """A finite number, whole or not."""
    if type(value) is not float:
        if isinstance(value, bool) or not isinstance(value, Real):
            return "must be a number"
        if isinstance(value, Integral):  # never infinite, and maybe too large for math.isfinite
            return None
    return None if math.isfinite(value) else "must be a finite number"


def text(value: Any) -> str | None:
    """A string."""
    return None if isinstance(value, str) else "must be a string"


def optional(check: Check) -> Check:
    """``None``, or what the other check wants."""

    def checked(value: Any) -> str | None:
        if value is None:
            return None
        problem = check(value)
        if problem is None:
            return None
        wanted, detail, found = problem.partition(";")
        return f"{wanted} or None{detail}{found}"

    return checked


def member_of(enum: type[Enum]) -> Check:
    """A member of the enum itself, not its value."""
    message = f"must be one of {', '.join(map(str, enum))}"
    return lambda value: None if isinstance(value, enum) else message


def sequence_of(check: Check, noun: str) -> Check:
    """A list, tuple or other sequence (numpy arrays too) whose every element passes the check."""
    message = f"must be a list of {noun}"

    def checked(value: Any) -> str | None:
        if not is_sequence(value):
            return message
        for index, element in enumerate(value):
            if check(element) is not None:
                return f"{message}; element {index} is {describe(element)}"
        return None

    return checked


def is_sequence(value: Any) -> bool:
    """Whether it is a list, a tuple, a one-dimensional array or the like, and no string."""
    if isinstance(value, Sequence):
        return not isinstance(value, (str, bytes, bytearray, memoryview))
    return hasattr(value, "__array__") and getattr(value, "ndim", 0) == 1


def mapping_of(key: Check, value: Check, nouns: str) -> Check:
    """A dict whose every key and value passes its check."""
    message = f"must be a dict of {nouns}"

    def checked(mapping: Any) -> str | None:
        if not isinstance(mapping, Mapping):
            return message
        for one, other in mapping.items():
            if key(one) is not None or value(other) is not None:
                return f"{message}; it has {describe(one)}: {describe(other)}"
        return None

    return checked


def check_request(request: object, kind: type, operation: str) -> None:
    """Refuse what is not a request of the operation's kind.

    Raises:
        InvalidRequestError: names the operation, and what it takes.
    """
    if not isinstance(request, kind):
        raise InvalidRequestError(f"{operation} takes a {kind.__name__}, not {describe(request)}")


def check_field(value: object, check: Check, field: str) -> None:
    """Refuse a value that does not pass a check; `field` is its path.

    Raises:
        InvalidRequestError: names the field, and says why.
    """
    problem = check(value)
    if problem is not None:
        got = "" if ";" in problem else f", not {describe(value)}"
        raise InvalidRequestError(f"{field} {problem}{got}")


def check_model(model: object, operation: str) -> None:
    """Refuse what cannot be the name of a model.

    Raises:
        InvalidRequestError: it is empty or no string.
    """
    if not isinstance(model, str) or not model.strip():
        raise InvalidRequestError(f"{operation}: model must be the name of a model, not {describe(model)}")


def refuse(
    field: str, wanted: str, value: object, error: type[InvalidRequestError] = InvalidRequestError, hint: str = ""
) -> NoReturn:
    """Raise the error for a value of the wrong type."""
    raise error(f"{field} must be {wanted}, not {describe(value)}{hint}")


def path_of(path: Any, error: type[InvalidRequestError] = InvalidRequestError) -> Path:
    """The path of whatever names one.

    Raises:
        InvalidRequestError: nothing does here.
    """
    try:
        found = Path(path)
    except TypeError:
        refuse("path", "a path (a string or os.PathLike)", path, error)
    if "\0" in str(found):
        raise error(f"path must not hold a NUL character: {short(str(found))}")
    return found


def bytes_of(data: Any, wanted: str, instead: str, error: type[InvalidRequestError] = InvalidRequestError) -> bytes:
    """The bytes of an argument that is called so.

    Parameters:
        instead: what to call with the path that was passed.

    Raises:
        InvalidRequestError: it holds none.
    """
    if not isinstance(data, bytes | bytearray | memoryview):
        is_path = isinstance(data, str | os.PathLike)
        refuse("bytes", wanted, data, error, f": call {instead} with a path" if is_path else "")
    return data if isinstance(data, bytes) else bytes(data)


def describe(value: object) -> str:
    """The value for an error message: its type and itself, cut where it is long.

    >>> describe("8"), describe(None), describe([1.5])
    ("str '8'", 'None', 'list [1.5]')
    """
    name, shown = type(value).__name__, short(value)
    return shown if shown.lstrip("<").startswith(name) or value is None else f"{name} {shown}"


def short(value: object) -> str:
    """``repr`` of a value, cut so that a message stays readable."""
    try:
        shown = repr(value[:40]) if isinstance(value, str | bytes | list | tuple) else repr(value)
    except RecursionError:
        return "(nested too deeply to be shown)"
    return shown if len(shown) <= 60 else f"{shown[:57]}..."


def checked_string(value: Any, field: str) -> str:
    """The string, if it can be sent.

    Raises:
        InvalidRequestError: it is not a string, or holds half of a surrogate pair.
    """
    if not isinstance(value, str):
        refuse(field, "a string", value)
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError as error:
            raise InvalidRequestError(f"{field} holds half of a surrogate pair at character {error.start}") from None

    return value


def checked_tokenizer(value: Any, field: str) -> None:
    """Raise unless it is a tokenizer: the name of a model is what people pass in its place.

    Raises:
        InvalidRequestError: it is none.
    """
    if isinstance(value, str):  # which can encode, too
        refuse(field, "a tokenizer", value, hint="; client.tokenizer(model) gives that of a model")
    if not callable(getattr(value, "encode", None)):
        refuse(field, "a tokenizer, as client.tokenizer(model) gives it", value)


def sequence(value: object, field: str) -> Sequence[object]:
    """The value, if it is a list, a tuple or the like.

    Raises:
        InvalidRequestError: it is not.
    """
    if type(value) is list or (isinstance(value, Sequence) and not isinstance(value, str | bytes | bytearray)):
        return value
    return refuse(field, "a list", value)
