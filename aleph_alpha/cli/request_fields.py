"""Request fields by ``--set name=value`` and from JSON lines: checked by name, and read as the field's type says."""

from __future__ import annotations

import dataclasses
import json
import re
import sys
from collections.abc import Collection, Mapping, Sequence
from enum import Enum
from typing import Any

from aleph_alpha.cli.failures import UsageError, one_line

__all__ = ["FieldHelp", "assignments", "checked_fields", "describe_fields", "suggestion"]


def suggestion(name: str, known: Collection[str]) -> str:
    """``; did you mean ...?`` where a known name is like this one.

    >>> suggestion("temprature", ["temperature", "top_k"])
    '; did you mean temperature?'
    """
    from difflib import get_close_matches

    close = get_close_matches(name, known, n=1)
    return f"; did you mean {close[0]}?" if close else ""


def assignments(words: Sequence[str], option: str = "--set") -> dict[str, str]:
    """Names and texts of ``NAME=VALUE``.

    Raises:
        UsageError: there is no ``=`` in one, or a name comes twice.

    >>> assignments(["top_k=5", "user=a=b"])
    {'top_k': '5', 'user': 'a=b'}
    """
    values: dict[str, str] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals or not name:
            raise UsageError(f"{option} takes NAME=VALUE, got {one_line(word, 60)!r}")
        if name in values:
            raise UsageError(f"{option} {name} is given twice")
        values[name] = value
    return values


def _given(kind: type, without: Collection[str]) -> dict[str, dataclasses.Field[Any]]:
    return {one.name: one for one in dataclasses.fields(kind) if one.name not in without}


def checked_fields(kind: type, values: Mapping[str, Any], *, without: Collection[str] = ()) -> dict[str, Any]:
    """Values for the fields of a request.

    Args:
        kind: the request's class.
        values: by name, where `max_tokens` is `maximum_tokens`; a `str` is read as JSON where the field takes more than
            a text, and is a text where it is not valid JSON.
        without: fields that the command itself sets.

    Raises:
        UsageError: there is no such field, or not with this value; with a suggestion where one is close.

    >>> from aleph_alpha import CompletionRequest
    >>> checked_fields(CompletionRequest, {"top_k": "5", "stop_sequences": '["."]', "penalty_bias": "7"})
    {'top_k': 5, 'stop_sequences': ['.'], 'penalty_bias': '7'}
    """
    known = _given(kind, without)
    found: dict[str, Any] = {}
    for name, value in values.items():
        field = _known(kind, name, known, without)
        if field.name in found:
            raise UsageError(f"{field.name} is given twice: max_tokens is another name of it")
        found[field.name] = _value(kind, field, value)
    return found


def _known(
    kind: type, name: str, known: Mapping[str, dataclasses.Field[Any]], without: Collection[str]
) -> dataclasses.Field[Any]:
    name = "maximum_tokens" if name == "max_tokens" and "maximum_tokens" in known else name
    if name not in known:
        if name in without or name == "model":
            raise UsageError(f"{name} of {kind.__name__} is not set this way: --help shows how")
        close = suggestion(name, known)
        raise UsageError(
            f"{kind.__name__} has no field {one_line(name, 60)!r}{close}", hint="`aleph-alpha schema` lists the fields"
        )
    return known[name]


def _value(kind: type, field: dataclasses.Field[Any], value: Any) -> Any:
    annotation = str(field.type)
    names = {*re.findall(r"[A-Za-z_]\w*", annotation)}
    if isinstance(value, str) and names - {"str", "None"}:
        value = _json_or_text(value)
    for name in names:
        choices = getattr(sys.modules[kind.__module__], name, None)
        if isinstance(choices, type) and issubclass(choices, Enum) and isinstance(value, str):
            return _member(choices, value, field.name)
    if annotation.startswith("Mapping[int") and isinstance(value, Mapping):
        return _with_integer_keys(value, field.name)
    return value


def _json_or_text(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _member(choices: type[Enum], value: str, field: str) -> Enum:
    for member in choices:
        if value.lower() in (str(member.value).lower(), member.name.lower()):
            return member
    names = [str(member.value) for member in choices]
    raise UsageError(f"{field} must be one of {', '.join(names)}, got {value!r}{suggestion(value, names)}")


def _with_integer_keys(values: Mapping[str, Any], field: str) -> dict[int, Any]:
    try:
        return {int(key): value for key, value in values.items()}
    except ValueError:
        raise UsageError(f'{field} must map token ids to numbers, as in {{"42": -1.5}}') from None


@dataclasses.dataclass(frozen=True)
class FieldHelp:
    """A field of a request.

    Parameters:
        name: as ``--set`` takes it.
        type: as Python writes it.
        required: whether it has no default.
        default: the default; ``None`` leaves the field to the API.
        description: what it does.
    """

    name: str
    type: str
    required: bool
    default: Any
    description: str


def describe_fields(kind: type) -> list[FieldHelp]:
    """The fields of a request, described by its docstring."""
    described = _parameters(kind.__doc__ or "")
    return [
        FieldHelp(
            one.name,
            str(one.type),
            one.default is dataclasses.MISSING and one.default_factory is dataclasses.MISSING,
            None if one.default is dataclasses.MISSING else one.default,
            described.get(one.name, ""),
        )
        for one in dataclasses.fields(kind)
    ]


def _parameters(docstring: str) -> dict[str, str]:
    """The names of the section "Parameters" and what it says of them."""
    from inspect import cleandoc

    described: dict[str, str] = {}
    names: list[str] = []
    _, _, section = cleandoc(docstring).partition("Parameters:\n")
    for line in section.splitlines():
        if line.strip() and not line.startswith("    "):
            break
        head = re.match(r"    (?! )([\w, ]+?):\s+(.*)", line)
        if head:
            names = head[1].split(", ")
            described.update(dict.fromkeys(names, head[2]))
        elif line.startswith(" " * 5):
            wraps_names = re.match(r"\s+([\w, ]+):\s+(.*)", line) if not names else None
            text = wraps_names[2] if wraps_names else line.strip()
            described.update({name: f"{described[name]} {text}" for name in names})
    return {name: re.sub(r"``?", "", text) for name, text in described.items()}
