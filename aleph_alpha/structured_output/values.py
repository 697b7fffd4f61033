"""Decoded JSON as values of Python types, for the types that :mod:`aleph_alpha.structured_output.schema` describes."""

from __future__ import annotations

import dataclasses
import datetime
import typing
import uuid
from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any, Literal, get_args, get_origin

from aleph_alpha._call.checks import describe
from aleph_alpha.structured_output.schema import (
    MAPPINGS,
    SEQUENCES,
    SETS,
    UNIONS,
    fields_of,
    is_pydantic,
    is_typed_dict,
    unaliased,
)

__all__ = ["Mismatch", "read_object", "read_value"]


class Mismatch(ValueError):
    """A value is not of the type; the message says where and why."""

    def __init__(self, path: str, problem: str) -> None:
        super().__init__(f"{path} {problem}" if path else f"it {problem}")
        self.path = path


_TEXTS: dict[Any, tuple[Callable[[str], Any], str]] = {
    datetime.datetime: (datetime.datetime.fromisoformat, "a date and time"),
    datetime.date: (datetime.date.fromisoformat, "a date"),
    datetime.time: (datetime.time.fromisoformat, "a time"),
    uuid.UUID: (uuid.UUID, "a UUID"),
}
_WANTED = {bool: "true or false", int: "a whole number", float: "a number", str: "a string"}


def read_value(value: Any, kind: Any, path: str = "") -> Any:
    """The value as that type: objects become dataclasses, strings become enum members, and so on.

    Raises:
        Mismatch: it is not of the type.

    >>> read_value([1, None], list[float | None])
    [1.0, None]
    >>> read_value({"a": ["x"]}, dict[str, list[int]])
    Traceback (most recent call last):
    aleph_alpha.structured_output.values.Mismatch: a[0] must be a whole number, not str 'x'
    """
    origin, arguments = get_origin(kind), get_args(kind)
    base = kind if origin is None else origin
    if origin is typing.Annotated:
        return read_value(value, arguments[0], path)
    if kind in (Any, object):
        return value
    if kind is None or kind is type(None):
        return value if value is None else _refuse(path, "must be null", value)
    if kind in _WANTED:
        return _read_plain(value, kind, path)
    if origin is Literal:
        return _read_literal(value, arguments, path)
    if origin in UNIONS:
        return _read_union(value, arguments, path)
    if (alias := unaliased(kind)) is not None:
        return read_value(value, alias, path)
    if base is tuple:
        return _read_tuple(value, arguments, path)
    if base in SEQUENCES:
        return _read_list(value, base, arguments, path)
    if base in MAPPINGS:
        return _read_map(value, arguments, path)
    if kind in _TEXTS:
        return _read_text(value, kind, path)
    return _read_class(value, kind, path)


def read_object(value: Any, types: Mapping[str, tuple[Any, bool, Any, str]], path: str) -> dict[str, Any]:
    """The members of an object, each as its type; no member that is unknown, all that are required."""
    if not isinstance(value, dict):
        _refuse(path, "must be an object", value)
    unknown = [name for name in value if name not in types]
    if unknown:
        raise Mismatch(_member(path, str(unknown[0])), f"is unknown; known are {', '.join(types) or 'none'}")
    for name, (_, required, _, _) in types.items():
        if required and name not in value:
            raise Mismatch(_member(path, name), "is missing")
    return {name: read_value(one, types[name][0], _member(path, name)) for name, one in value.items()}


def _read_plain(value: Any, kind: Any, path: str) -> Any:
    if type(value) is kind:
        return value
    if kind is float and type(value) is int:
        return float(value)
    if kind is int and type(value) is float and value.is_integer():
        return int(value)  # models write 3.0 where 3 was asked for
    return _refuse(path, f"must be {_WANTED[kind]}", value)


def _read_literal(value: Any, allowed: tuple[Any, ...], path: str) -> Any:
    for one in allowed:
        plain = one.value if isinstance(one, Enum) else one
        if type(plain) is type(value) and plain == value:
            return one
    return _refuse(path, f"must be one of {', '.join(map(repr, allowed))}", value)


def _read_union(value: Any, kinds: tuple[Any, ...], path: str) -> Any:
    some = [kind for kind in kinds if kind not in (None, type(None))]
    if len(some) == 1 and len(kinds) == 2 and value is not None:
        return read_value(value, some[0], path)
    problems = []
    # An exact type goes first, so that 1 stays 1 for `float | int`.
    for kind in sorted(kinds, key=lambda kind: kind is not type(value)):
        try:
            return read_value(value, kind, path)
        except Mismatch as error:
            problems.append(error)
    deepest = max(problems, key=lambda error: len(error.path))
    if len(deepest.path) > len(path):
        raise deepest
    return _refuse(path, f"must be {' or '.join(map(_shown, kinds))}", value)


def _read_tuple(value: Any, kinds: tuple[Any, ...], path: str) -> tuple[Any, ...]:
    if not isinstance(value, list):
        _refuse(path, "must be a list", value)
    if not kinds:
        return tuple(value)
    if len(kinds) == 2 and kinds[1] is Ellipsis:
        kinds = (kinds[0],) * len(value)
    if len(kinds) != len(value):
        raise Mismatch(path, f"must have {len(kinds)} elements, not {len(value)}")
    pairs = zip(value, kinds, strict=True)
    return tuple(read_value(one, kind, f"{path}[{index}]") for index, (one, kind) in enumerate(pairs))


def _read_list(value: Any, base: Any, kinds: tuple[Any, ...], path: str) -> Any:
    if not isinstance(value, list):
        _refuse(path, "must be a list", value)
    items = [read_value(one, kinds[0], f"{path}[{index}]") for index, one in enumerate(value)] if kinds else value
    if base in SETS:
        try:
            return frozenset(items) if base is frozenset else set(items)
        except TypeError as error:
            raise Mismatch(path, f"cannot be a set: {error}") from None
    return items


def _read_map(value: Any, kinds: tuple[Any, ...], path: str) -> Any:
    if not isinstance(value, dict):
        _refuse(path, "must be an object", value)
    return {name: read_value(one, kinds[1], _member(path, name)) for name, one in value.items()} if kinds else value


def _read_text(value: Any, kind: Any, path: str) -> Any:
    read, wanted = _TEXTS[kind]
    if not isinstance(value, str):
        _refuse(path, f"must be {wanted}", value)
    try:
        return read(value)
    except ValueError:
        return _refuse(path, f"must be {wanted}", value)


def _read_class(value: Any, kind: Any, path: str) -> Any:
    if is_pydantic(kind):
        try:
            return kind.model_validate(value)
        except ValueError as error:
            raise Mismatch(path, f"is no {kind.__name__}: {error}") from error
    if isinstance(kind, type) and issubclass(kind, Enum):
        for member in kind:
            if type(member.value) is type(value) and member.value == value:
                return member
        _refuse(path, f"must be one of {', '.join(repr(member.value) for member in kind)}", value)
    if is_typed_dict(kind):
        types = fields_of(kind)
        return read_object(value, types, path)
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        members = read_object(value, fields_of(kind), path)
        try:
            return kind(**members)
        except (ValueError, TypeError) as error:  # a check in __post_init__
            raise Mismatch(path, f"is no {kind.__name__}: {error}") from error
    raise Mismatch(path, f"cannot be read as {_shown(kind)}")


def _refuse(path: str, wanted: str, value: Any) -> Any:
    raise Mismatch(path, f"{wanted}, not {describe(value)}")


def _member(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _shown(kind: Any) -> str:
    return _WANTED.get(kind) or (
        "null" if kind in (None, type(None)) else getattr(kind, "__name__", None) or repr(kind)
    )
