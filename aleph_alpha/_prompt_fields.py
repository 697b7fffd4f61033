"""What the prompt items share: one enum, and how a wrong value is shown."""

from __future__ import annotations

from enum import Enum
from typing import NoReturn

from aleph_alpha.errors import InvalidRequestError

__all__ = ["ControlTokenOverlap", "refuse", "short"]


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
