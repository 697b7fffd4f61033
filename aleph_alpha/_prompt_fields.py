"""What the prompt items share: one enum, and reading and checking of single values.

The ``as_*`` functions are used for both directions, so that a value that ``from_json`` takes is one
that can be sent again, and both name a wrong one the same way.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any, NoReturn

from aleph_alpha.errors import InvalidRequestError

__all__ = ["ControlTokenOverlap"]


class ControlTokenOverlap(Enum):
    """How a control counts for a text or image token that it covers only in part.

    ``Partial`` weakens the factor by the share of the token that is covered: 2.0 on two of four
    characters acts as 1.5. ``Complete`` applies the whole factor to every token that is touched.
    Controls without a setting are treated as ``Partial`` by the API.

    >>> ControlTokenOverlap("complete").to_json()
    'complete'
    """

    Partial = "partial"
    Complete = "complete"

    def to_json(self) -> str:
        """The API's name for it."""
        return self.value


def refuse(field: str, wanted: str, value: object) -> NoReturn:
    """Raise the error for a value of the wrong type."""
    found = "None" if value is None else f"{type(value).__name__} {short(value)}"
    raise InvalidRequestError(f"{field} must be {wanted}, not {found}")


def short(value: object) -> str:
    """``repr`` of a value, cut so that a message stays readable."""
    shown = repr(value[:40]) if isinstance(value, str | bytes | list | tuple) else repr(value)
    return shown if len(shown) <= 60 else f"{shown[:57]}..."


def as_object(value: object, field: str) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else refuse(field, "an object", value)


def as_list(value: object, field: str) -> Sequence[Any]:
    if isinstance(value, Sequence) and not isinstance(value, str | bytes | bytearray):
        return value
    refuse(field, "a list", value)


def as_string(value: object, field: str) -> str:
    return value if isinstance(value, str) else refuse(field, "a string", value)


def as_integer(value: object, field: str) -> int:
    # bool is an int to Python, and never what was meant here.
    return value if isinstance(value, int) and not isinstance(value, bool) else refuse(field, "an integer", value)


def as_number(value: object, field: str) -> float:
    if isinstance(value, float | int) and not isinstance(value, bool):
        return value
    refuse(field, "a number", value)


def as_finite(value: object, field: str) -> float:
    number = as_number(value, field)
    try:
        finite = math.isfinite(number)
    except OverflowError:
        finite = False
    if not finite:
        raise InvalidRequestError(f"{field} must be a finite number, not {short(number)}")
    return number


def as_overlap(value: object, field: str) -> ControlTokenOverlap | None:
    """A ``token_overlap``, as the enum or as None."""
    return (
        value
        if value is None or isinstance(value, ControlTokenOverlap)
        else refuse(field, "a ControlTokenOverlap", value)
    )


def member(json: Mapping[str, Any], key: str, path: str) -> Any:
    """A required member of a JSON object."""
    try:
        return json[key]
    except KeyError:
        raise InvalidRequestError(f"{path}.{key} is missing") from None


def overlap_member(json: Mapping[str, Any], path: str) -> ControlTokenOverlap | None:
    """The optional ``token_overlap`` of a control's JSON."""
    value = json.get("token_overlap")
    try:
        return None if value is None else ControlTokenOverlap(value)
    except ValueError:
        refuse(f"{path}.token_overlap", '"partial" or "complete"', value)


def control_objects(json: Mapping[str, Any], path: str) -> list[tuple[Mapping[str, Any], str]]:
    """The optional ``controls`` of an item's JSON, each with the path that names it."""
    controls = json.get("controls")
    if controls is None:
        return []
    fields = [(control, f"{path}.controls[{i}]") for i, control in enumerate(as_list(controls, f"{path}.controls"))]
    return [(as_object(control, field), field) for control, field in fields]
