"""What the items of a prompt share: factors and overlaps of controls, and the generated models items become."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from typing import TYPE_CHECKING, Any, TypeVar

from aleph_alpha._call.checks import check_field, number, refuse, sequence
from aleph_alpha.errors import InvalidRequestError

if TYPE_CHECKING:
    from aleph_alpha_api import models as api
    from aleph_alpha_api.types import Unset
else:

    class _Models:
        """The generated models, imported when the first one is needed: building a prompt needs none.

        An import in each function would do the same, and be half of the time for a thousand controls.
        """

        def __getattr__(self, name):
            from aleph_alpha_api import models

            value = self.__dict__[name] = getattr(models, name)
            return value

    api = _Models()

__all__ = ["ControlTokenOverlap", "api", "each_control", "factor", "overlap_from_model", "overlap_model", "read_model"]

C = TypeVar("C")
M = TypeVar("M")


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


def each_control(controls: Sequence[Any] | None, kind: type[C], field: str) -> Iterator[tuple[str, C]]:
    """The controls of an item, each with its path.

    Raises:
        InvalidRequestError: `controls` is not a list, or one of them is not of the kind.
    """
    if not controls:
        return
    for i, control in enumerate(sequence(controls, f"{field}.controls")):
        at = f"{field}.controls[{i}]"
        if not isinstance(control, kind):
            refuse(at, f"{'an' if kind.__name__[0] in 'AEIO' else 'a'} {kind.__name__}", control)
        yield at, control


def factor(value: float, field: str, bounds: bool) -> float:
    """The factor of a control.

    Raises:
        InvalidRequestError: it is not a number or not finite or, where bounds count, negative.
    """
    check_field(value, number, f"{field}.factor")
    if bounds and value < 0:
        raise InvalidRequestError(f"{field}.factor must be 0 or greater, got {value}")
    return value


def overlap_model(overlap: object, field: str) -> api.ControlTokenOverlap:
    """The generated enum's member for ours.

    Raises:
        InvalidRequestError: it is not a member of ours.
    """
    if not isinstance(overlap, ControlTokenOverlap):
        refuse(f"{field}.token_overlap", "a ControlTokenOverlap or None", overlap)
    return api.ControlTokenOverlap(overlap.value)


def overlap_from_model(model: api.ControlTokenOverlap | Unset, path: str) -> ControlTokenOverlap | None:
    """Our member for the generated enum's, ``None`` where there is none.

    Raises:
        InvalidRequestError: we do not know it.
    """
    from aleph_alpha_api.types import UNSET

    if model is UNSET:
        return None
    try:
        return ControlTokenOverlap(model.value)
    except ValueError:
        refuse(f"{path}.token_overlap", '"partial" or "complete"', model.value)


def read_model(model: type[M], tag: str, json: object, path: str) -> M:
    """The generated model of an item's JSON; `tag` is the ``type`` that it has, or may leave out.

    Raises:
        InvalidRequestError: a member is missing or has the wrong type, or it is another type of item.
    """
    from aleph_alpha_api.errors import DecodeError

    if not isinstance(json, Mapping):
        refuse(path, "an object", json)
    members: dict[str, Any] = {"type": tag, **json}
    if members["type"] != tag:
        refuse(f"{path}.type", f'"{tag}"', members["type"])
    kind: Any = model
    try:
        read: M = kind.from_dict(members)
    except DecodeError as error:
        raise InvalidRequestError(str(error.within(path))) from error
    return read
