"""Requests as generated models: what follows from the annotations of a dataclass, and what a task adds.

The plain fields of a request (numbers, flags, strings, lists of them) are checked and mapped by their
annotation. A task writes out only what is special.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields
from typing import Any, TypeVar

from aleph_alpha._call.call import Defaults, hosting, tags
from aleph_alpha._call.checks import (
    Check,
    check_field,
    flag,
    integer,
    mapping_of,
    number,
    optional,
    sequence_of,
    text,
    token_id,
)

__all__ = ["RequestFields", "Special", "enum_field", "listed", "token_biases"]

M = TypeVar("M")

Special = Callable[[Any, str], Any]
"""Checks a value that is not ``None``, and returns what the generated model holds; called with its path."""

_CHECKS: dict[str, Check] = {
    "int": integer,
    "float": number,
    "bool": flag,
    "str": text,
    "Sequence[int]": sequence_of(integer, "ints"),
    "Sequence[str]": sequence_of(text, "strings"),
}


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    attribute: str
    check: Check | None
    convert: Special | None
    required: bool
    default: object


class RequestFields:
    """How the fields of a request dataclass become those of its generated model.

    Args:
        kind: the dataclass; its annotations have to be strings (``from __future__ import annotations``).
        special: field -> what checks and maps it, for those whose annotation says too little.
        names: field -> attribute of the model, where they differ in more than an underscore at the end.
        nulls: fields that are sent as null where they are ``None``; all others are left out.

    Raises:
        TypeError: the annotation of a field says too little, and it is not special.
    """

    def __init__(
        self,
        kind: type,
        special: Mapping[str, Special] | None = None,
        names: Mapping[str, str] | None = None,
        nulls: tuple[str, ...] = (),
    ) -> None:
        special, names = special or {}, names or {}
        self._kind = kind
        self._nulls = nulls
        self._fields = []
        for field in fields(kind):
            annotation, _, none = str(field.type).partition(" | None")
            check, convert = None, special.get(field.name)
            if convert is None and annotation != "Any":
                if annotation not in _CHECKS:
                    raise TypeError(f"{kind.__name__}.{field.name}: {annotation} is not a plain type: make it special")
                check = optional(_CHECKS[annotation]) if none or annotation == "Any" else _CHECKS[annotation]
                convert = listed if annotation.startswith("Sequence[") else None
            attribute = names.get(field.name, f"{field.name}_" if field.name in ("input", "type") else field.name)
            required = not none and annotation != "Any"
            default = _NO_DEFAULT if field.default is MISSING else field.default
            self._fields.append(_Field(field.name, attribute, check, convert, required, default))

    def model(
        self, model_class: Callable[..., M], request: Any, defaults: Defaults | None = None, **others: Any
    ) -> M:
        """The generated model of a request, with the client's defaults and what the caller adds.

        Fields at the default of the class are not checked, which is most of the fields of most requests.

        Raises:
            InvalidRequestError: a field that cannot be sent, by its name.
        """
        values = others
        if defaults is not None:
            values["hosting"] = hosting(defaults)
            values["tags"] = tags(defaults)
        for field in self._fields:
            value = getattr(request, field.name)
            if value is None and not field.required:
                if field.name in self._nulls:
                    values[field.attribute] = None
                continue
            if field.check is not None and value is not field.default:
                check_field(value, field.check, f"{self._kind.__name__}.{field.name}")
            if field.convert is not None:
                value = field.convert(value, f"{self._kind.__name__}.{field.name}")
            values[field.attribute] = value
        body: Any = model_class(**values)
        body.additional_properties = self._added(request)
        checked: M = body
        return checked

    def json(self, model: Any, *without: str) -> dict[str, Any]:
        """The JSON of a model of :meth:`model`, without what only a client knows."""
        body: dict[str, Any] = model.to_dict()
        for name in without:
            del body[name]
        return body

    def _added(self, request: Any) -> dict[str, Any]:
        """Fields that a subclass which is a dataclass of its own adds to a request: they are sent, too."""
        if type(request) is self._kind:
            return {}
        known = {field.name for field in self._fields}
        return {field.name: getattr(request, field.name) for field in fields(request) if field.name not in known}


_NO_DEFAULT = object()


def listed(value: Any, field: str) -> list[Any]:
    """The elements as a list."""
    return list(value)
