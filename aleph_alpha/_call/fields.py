"""Optional fields, between dataclasses (``None``) and generated models (``UNSET``)."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

from aleph_alpha._call.call import T

if TYPE_CHECKING:
    from aleph_alpha_api.types import Unset

__all__ = ["given", "known", "other_text", "own_fields", "unset"]


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
    """The value, or ``None`` where the answer did not have it."""
    found: Any = value
    return None if found is unset() else found


def other_text(model: Any, name: str) -> str | None:
    """A string that servers once sent beside what the contract has; ``None`` for anything else."""
    value = model.additional_properties.get(name)
    return value if isinstance(value, str) else None


def own_fields(request: Any, kind: type) -> dict[str, Any]:
    """Fields that a subclass which is a dataclass of its own adds to a request: they are sent, too."""
    if type(request) is kind:
        return {}
    known = {field.name for field in fields(kind)}
    return {field.name: getattr(request, field.name) for field in fields(request) if field.name not in known}
