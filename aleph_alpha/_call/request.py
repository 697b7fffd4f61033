"""Requests as generated models: what follows from the annotations of a dataclass, and what a task adds.

The plain fields of a request (numbers, flags, strings, lists of them) are checked and mapped by their
annotation. A task writes out only what is special.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields
from enum import Enum
from typing import Any, TypeVar

from aleph_alpha._call.call import NO_DEFAULTS, Defaults, hosting, tags
from aleph_alpha._call.checks import (
    Check,
    Rule,
    check_field,
    flag,
    integer,
    mapping_of,
    member_of,
    number,
    optional,
    sequence_of,
    text,
)

__all__ = ["RequestFields", "enum_rule", "token_biases"]

M = TypeVar("M")


def _listed(value: Any, field: str) -> list[Any]:
    return list(value)


_PLAIN = {
    "Any": Rule(),
    "int": Rule(integer),
    "float": Rule(number),
    "bool": Rule(flag),
    "str": Rule(text),
    "Sequence[int]": Rule(sequence_of(integer, "ints"), _listed),
    "Sequence[str]": Rule(sequence_of(text, "strings"), _listed),
}


def enum_rule(kind: type[Enum], name: str) -> Rule:
    """A member of an enum of ours, which becomes that of the generated enum of that name."""

    def convert(value: Enum, field: str) -> Any:
        from aleph_alpha_api import models

        return getattr(models, name)(value.value)

    return Rule(member_of(kind), convert, name)


def token_biases(name: str) -> Rule:
    """A mapping of token ids to numbers, which becomes the generated model of that name.

    JSON has no numbers as keys, so that biases which were read from JSON have strings.
    """

    def convert(biases: Mapping[Any, float], field: str) -> Any:
        from aleph_alpha_api import models

        model = getattr(models, name)()
        model.additional_properties = {str(token): bias for token, bias in biases.items()}
        return model

    return Rule(mapping_of(_token_id, number, "token ids and finite numbers"), convert, name)


def _token_id(value: Any) -> str | None:
    if integer(value) is None or (isinstance(value, str) and value.isdecimal()):
        return None
    return "must be a token id"


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    path: str
    attribute: str
    check: Check | None
    convert: Callable[[Any, str], Any] | None
    unsent: Callable[[Any, str], Any] | None
    made: str | None
    required: bool
    plain: bool  # its rule follows from its annotation
    default: object


class RequestFields:
    """How the fields of a request dataclass become those of its generated model.

    Args:
        kind: the dataclass; its annotations have to be strings (``from __future__ import annotations``).
        special: field -> its rule, for those whose annotation says too little.
        names: field -> attribute of the model, where they differ in more than an underscore at the end.
        nulls: fields that are sent as null where they are ``None``; all others are left out.

    Raises:
        TypeError: the annotation of a field says too little, and it is not special.
    """

    def __init__(
        self,
        kind: type,
        special: Mapping[str, Rule] | None = None,
        names: Mapping[str, str] | None = None,
        nulls: tuple[str, ...] = (),
    ) -> None:
        self._kind = kind
        self._nulls = nulls
        self._fields = []
        for field in fields(kind):
            annotation, none, _ = str(field.type).partition(" | None")
            rule = (special or {}).get(field.name) or _PLAIN.get(annotation)
            if rule is None:
                raise TypeError(f"{kind.__name__}.{field.name}: {annotation} is not a plain type, it needs a rule")
            required = not none and annotation != "Any"
            self._fields.append(
                _Field(
                    field.name,
                    f"{kind.__name__}.{field.name}",
                    (names or {}).get(field.name, _WORDS_OF_PYTHON.get(field.name, field.name)),
                    rule.check if rule.check is None or required else optional(rule.check),
                    rule.convert,
                    rule.unsent,
                    rule.made,
                    required,
                    field.name not in (special or {}) and annotation != "Any",
                    _NO_DEFAULT if field.default is MISSING else field.default,
                )
            )

    def model(
        self,
        model_class: Callable[..., M],
        request: Any,
        defaults: Defaults | None = None,
        *,
        sent: bool = True,
        **others: Any,
    ) -> M:
        """The generated model of a request, with the client's defaults and what the caller adds or made itself.

        Fields at the default of the class are not checked, which is most of the fields of most requests. JSON that
        is not sent (``NO_DEFAULTS``, or without `sent`) goes by the `unsent` of a rule, where it has one.

        Raises:
            InvalidRequestError: a field that cannot be sent, by its name.
        """
        values = others
        sent = sent and defaults is not NO_DEFAULTS
        if defaults is not None:
            values["hosting"] = hosting(defaults)
            values["tags"] = tags(defaults)
        for field in self._fields:
            if field.attribute in values:
                continue
            value = getattr(request, field.name)
            if value is None and not field.required:
                if field.name in self._nulls:
                    values[field.attribute] = None
                continue
            convert = field.convert
            if not sent and field.unsent is not None:
                convert = field.unsent
            elif field.check is not None and value is not field.default:
                check_field(value, field.check, field.path)
            if convert is not None:
                value = convert(value, field.path)
            values[field.attribute] = value
        body: Any = model_class(**values)
        body.additional_properties = self._added(request)
        checked: M = body
        return checked

    def _added(self, request: Any) -> dict[str, Any]:
        """Fields that a subclass which is a dataclass of its own adds to a request: they are sent, too."""
        if type(request) is self._kind:
            return {}
        known = {field.name for field in self._fields}
        return {field.name: getattr(request, field.name) for field in fields(request) if field.name not in known}


_NO_DEFAULT = object()
_WORDS_OF_PYTHON = {"input": "input_", "type": "type_"}  # what the generator puts an underscore behind
