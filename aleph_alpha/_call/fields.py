"""Optional fields, between dataclasses (``None``) and generated models (``UNSET``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from aleph_alpha_api.types import Unset

__all__ = ["given", "known", "other_text", "promised", "unset"]

T = TypeVar("T")


_unset: Unset | None = None  # the generated package is not loaded before the first call is made


def unset() -> Unset:
    """The mark that leaves a field out."""
    global _unset
    if _unset is None:
        from aleph_alpha_api.types import UNSET

        _unset = UNSET
    return _unset


def given(value: T | None) -> T | Unset:
    """The value, or the mark that leaves its field out."""
    return value if value is not None else unset() if _unset is None else _unset


def known(value: T | Unset | None) -> T | None:
    """The value, or ``None`` where the response did not have it."""
    found: Any = value
    return None if found is unset() else found


def promised(value: T | Unset) -> T:
    """A member that the contract promises; ``None`` where a response was read without it.

    Annotations are those of the contract, so that whoever counts tokens need not ask for each number whether it is
    there. With ``strict=True`` they hold; else ``meta.deviations`` names what they do not hold for.
    """
    found: Any = known(value)
    return found  # type: ignore[no-any-return]


def other_text(model: Any, name: str) -> str | None:
    """A string that servers once sent beside what the contract has; ``None`` for anything else."""
    value = model.additional_properties.get(name)
    return value if isinstance(value, str) else None
