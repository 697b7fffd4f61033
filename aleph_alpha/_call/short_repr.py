"""A `repr` that fits a screen: vectors by their first numbers and their length, long lists and texts cut."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

__all__ = ["ShortRepr", "short_repr"]

_NUMBERS = 8  # a vector of at most so many is shown whole
_ELEMENTS = 6  # so is another list
_CHARACTERS = 300  # and a text
_SCREEN = 1_900  # 24 lines of 80 characters


class ShortRepr:
    """For dataclasses made with ``repr=False``: shows them as dataclasses do, but for what is too long.

    What is cut says how much there is. A whole ``repr`` has at most 1,900 characters.
    """

    def __repr__(self) -> str:
        shown = _dataclass(self, type(self).__qualname__)
        return shown if len(shown) <= _SCREEN else f"{shown[: _SCREEN - 2]}…)"


def _dataclass(value: Any, name: str) -> str:
    parts = (f"{field.name}={short_repr(getattr(value, field.name))}" for field in fields(value) if field.repr)
    return f"{name}({', '.join(parts)})"


def short_repr(value: Any) -> str:
    """The `repr` of a value, cut where it is long."""
    if isinstance(value, str):
        return _cut(value)
    if is_dataclass(value) and not isinstance(value, type):
        own = not isinstance(value, ShortRepr) and not _has_generated_repr(value)  # such as an image's
        return repr(value) if own else _dataclass(value, type(value).__qualname__)
    if isinstance(value, list | tuple):
        return _sequence(value)
    if isinstance(value, Mapping):
        return _mapping(value)
    if hasattr(value, "shape") and hasattr(value, "tolist"):
        return _array(value)
    return repr(value)


def _has_generated_repr(value: Any) -> bool:
    return bool(value.__dataclass_params__.repr)


def _cut(text: str) -> str:
    return repr(text) if len(text) <= _CHARACTERS else f"{text[: _CHARACTERS // 3]!r}…({len(text):,} characters)"


def _sequence(value: Any) -> str:
    left, right = "[]" if isinstance(value, list) else "()"
    numbers = all(isinstance(one, int | float) for one in value[:_NUMBERS])
    limit = _NUMBERS if numbers else _ELEMENTS
    if len(value) <= limit:
        inner = ", ".join(map(short_repr, value))
        return f"{left}{inner}{',' * (len(value) == 1 and left == '(')}{right}"
    first = ", ".join(map(short_repr, value[: limit // 2]))
    return f"{left}{first}, … {len(value):,} {'numbers' if numbers else 'elements'}{right}"


def _mapping(value: Mapping[Any, Any]) -> str:
    pairs = [f"{key!r}: {short_repr(value[key])}" for _, key in zip(range(_ELEMENTS), value, strict=False)]
    more = f", … {len(value):,} entries" if len(value) > _ELEMENTS else ""
    return f"{{{', '.join(pairs)}{more}}}"


def _array(value: Any) -> str:
    shape = " x ".join(f"{length:,}" for length in value.shape)
    flat = value.reshape(-1)[: _NUMBERS // 2].tolist() if 0 not in value.shape else []
    return f"array([{', '.join(f'{one:.6g}' for one in flat)}, … {shape} {value.dtype}])"
