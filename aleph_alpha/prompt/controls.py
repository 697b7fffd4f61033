"""What the prompt items share: one enum, and how a wrong value is shown."""

from __future__ import annotations

import os
from enum import Enum
from pathlib import Path
from typing import Any, NoReturn

from aleph_alpha.errors import InvalidRequestError

__all__ = ["ControlTokenOverlap", "bytes_of", "describe", "no_item", "path_of", "refuse", "short"]


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


def refuse(
    field: str, wanted: str, value: object, error: type[InvalidRequestError] = InvalidRequestError, hint: str = ""
) -> NoReturn:
    """Raise the error for a value of the wrong type."""
    raise error(f"{field} must be {wanted}, not {describe(value)}{hint}")


def no_item(field: str, value: object) -> NoReturn:
    """Raise the error for what can be no item of a prompt."""
    loader = "from_file" if isinstance(value, os.PathLike) else "from_bytes" if isinstance(value, bytes) else None
    refuse(field, "a Text, Tokens, Image or str", value, hint=f": load images with Image.{loader}" if loader else "")


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

    >>> describe("8"), describe(None), describe(ControlTokenOverlap.Partial)
    ("str '8'", 'None', "<ControlTokenOverlap.Partial: 'partial'>")
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
