"""Types in the form that pydantic understands: descriptions in ``Annotated``, enum members, TypedDicts."""

from __future__ import annotations

import dataclasses
import functools
import sys
import types
import typing
from collections.abc import Callable
from enum import Enum
from operator import or_
from typing import Annotated, Any, Literal, get_args, get_origin

import typing_extensions
from pydantic import BeforeValidator, Field

from aleph_alpha.structured_output.kinds import is_pydantic, is_typed_dict

__all__ = ["description_in", "readable"]


def readable(kind: Any) -> Any:
    """The type, with what pydantic would pass over or refuse put into its terms.

    >>> readable(int), readable(list[str | None])
    (<class 'int'>, list[str | None])
    """
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Annotated:
        notes = [_field(note) for note in arguments[1:]]
        return Annotated[(readable(arguments[0]), *notes)]
    if origin is Literal:
        members = {each.value: each for each in arguments if isinstance(each, Enum)}
        return Annotated[kind, BeforeValidator(_member(members))] if members else kind
    if origin is not None:
        inner = tuple(map(readable, arguments))
        if all(new is old for new, old in zip(inner, arguments, strict=True)):
            _prepare(origin, set())
            return kind
        if origin in (typing.Union, types.UnionType):
            return functools.reduce(or_, inner) if origin is types.UnionType else typing.Union[inner]  # noqa: UP007
        return kind.copy_with(inner) if hasattr(kind, "copy_with") else types.GenericAlias(origin, inner)
    _prepare(kind, set())
    return kind


def description_in(kind: Any) -> str | None:
    """The text in ``Annotated[int, "how many"]``, or that of PEP 727's ``Doc``."""
    notes = get_args(kind)[1:] if get_origin(kind) is Annotated else ()
    texts = [note if isinstance(note, str) else getattr(note, "documentation", None) for note in notes]
    return next((text for text in texts if isinstance(text, str) and text), None)


def _field(note: Any) -> Any:
    text = description_in(Annotated[int, note])
    return note if text is None else Field(description=text)


def _member(members: dict[Any, Enum]) -> Callable[[Any], Any]:
    """JSON has the value of a member."""

    def read(value: Any) -> Any:
        for known, member in members.items():
            if type(known) is type(value) and known == value:
                return member
        return value

    return read


def _prepare(kind: Any, seen: set[Any]) -> None:
    """Let pydantic read each TypedDict of ``typing`` within, which it refuses before Python 3.12."""
    if sys.version_info >= (3, 12) or not isinstance(kind, type) or kind in seen or is_pydantic(kind):
        return
    seen.add(kind)
    typed_dict = is_typed_dict(kind)
    if not typed_dict and not dataclasses.is_dataclass(kind):
        return
    try:
        hints = typing.get_type_hints(kind, include_extras=True)
    except Exception:  # pydantic says what is wrong with it
        return
    if typed_dict and type(kind).__module__ == "typing" and "__get_pydantic_core_schema__" not in vars(kind):
        copy = functools.cache(lambda: _copy(kind, hints))  # later, for it may hold itself
        changed: Any = kind
        changed.__get_pydantic_core_schema__ = lambda source, handler: handler.generate_schema(copy())
    for hint in hints.values():
        for part in _parts(hint):
            _prepare(part, seen)


def _copy(kind: Any, hints: dict[str, Any]) -> Any:
    fields = {}
    for name, hint in hints.items():
        required = name in kind.__required_keys__  # knows nothing of these two where annotations are strings
        if get_origin(hint) in (typing.Required, typing.NotRequired):
            required, hint = get_origin(hint) is typing.Required, get_args(hint)[0]
        fields[name] = typing.Required[readable(hint)] if required else typing.NotRequired[readable(hint)]
    make: Any = typing_extensions.TypedDict
    copy = make(kind.__name__, fields)
    for name in ("__doc__", "__module__", "__qualname__", "__pydantic_config__"):
        if hasattr(kind, name):
            setattr(copy, name, getattr(kind, name))
    return copy


def _parts(kind: Any) -> list[Any]:
    found = [get_origin(kind) or kind]
    for each in get_args(kind):
        found += _parts(each)
    return found
