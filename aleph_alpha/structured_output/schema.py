"""JSON schemas of Python types: of a dataclass that an answer is to be read into, of a function's arguments."""

from __future__ import annotations

import dataclasses
import datetime
import inspect
import sys
import types
import typing
import uuid
from collections.abc import Callable, Collection, Iterable, Mapping, MutableMapping, MutableSequence, Sequence, Set
from enum import Enum
from typing import Any, Literal, Union, get_args, get_origin

from aleph_alpha.errors import InvalidRequestError
from aleph_alpha.structured_output.docstrings import describe_parameters

__all__ = ["fields_of", "hints_of", "is_pydantic", "is_typed_dict", "object_schema", "schema_of"]

_PLAIN: dict[Any, dict[str, Any]] = {
    Any: {},
    object: {},
    inspect.Parameter.empty: {},
    None: {"type": "null"},
    types.NoneType: {"type": "null"},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": "number"},
    str: {"type": "string"},
    datetime.datetime: {"type": "string", "format": "date-time"},
    datetime.date: {"type": "string", "format": "date"},
    datetime.time: {"type": "string", "format": "time"},
    uuid.UUID: {"type": "string", "format": "uuid"},
}
SETS = frozenset({set, frozenset, Set})
SEQUENCES = frozenset({list, Sequence, MutableSequence, Iterable, Collection}) | SETS
MAPPINGS = frozenset({dict, Mapping, MutableMapping})
UNIONS = frozenset({Union, types.UnionType})


def schema_of(kind: Any) -> dict[str, Any]:
    """The schema of a type; what it refers to is under ``$defs``.

    Raises:
        InvalidRequestError: a type that JSON has no values for; the message says where it is.

    >>> schema_of(list[int | None])
    {'type': 'array', 'items': {'anyOf': [{'type': 'integer'}, {'type': 'null'}]}}
    """
    schemas = Schemas(root=kind)
    schema = schemas.of(kind, _name(kind))
    return {**schema, "$defs": schemas.definitions} if schemas.definitions else schema


def object_schema(properties: Mapping[str, tuple[Any, bool, Any, str]], where: str) -> dict[str, Any]:
    """The schema of an object: for each name its type, whether it is required, its default and a description."""
    schemas = Schemas()
    schema = schemas.object(properties, where)
    return {**schema, "$defs": schemas.definitions} if schemas.definitions else schema


class Schemas:
    """Makes schemas, and collects those that are referred to by name."""

    def __init__(self, root: Any = None) -> None:
        self.definitions: dict[str, Any] = {}
        self._root = root
        self._names: dict[Any, str] = {}

    def of(self, kind: Any, where: str) -> dict[str, Any]:
        """The schema of one type; `where` is what errors call it."""
        origin, arguments = get_origin(kind), get_args(kind)
        if origin is typing.Annotated:  # first, because it may hold what cannot be hashed
            return {**self.of(arguments[0], where), **_notes(arguments[1:])}
        if kind in _PLAIN:
            return dict(_PLAIN[kind])
        if origin is Literal:
            return _enum(list(arguments), where)
        if origin in UNIONS:
            return {"anyOf": [self.of(one, where) for one in arguments]}
        if (alias := unaliased(kind)) is not None:
            return self.of(alias, where)
        if (kind if origin is None else origin) is tuple:
            return self._tuple(arguments, where)
        if (kind if origin is None else origin) in SEQUENCES:
            return self._array(kind if origin is None else origin, arguments, where)
        if (kind if origin is None else origin) in MAPPINGS:
            return self._map(arguments, where)
        if isinstance(kind, type) and origin is None:
            return self._class(kind, where)
        raise InvalidRequestError(f"{where}: there is no JSON schema for {kind!r}")

    def object(self, properties: Mapping[str, tuple[Any, bool, Any, str]], where: str) -> dict[str, Any]:
        """As :func:`object_schema`, within others."""
        described: dict[str, Any] = {}
        for name, (kind, required, default, description) in properties.items():
            schema = self.of(kind, f"{where}.{name}")
            if description:
                schema.setdefault("description", description)
            if not required and _is_plain(default):
                schema["default"] = default.value if isinstance(default, Enum) else default
            described[name] = schema
        return {
            "type": "object",
            "properties": described,
            "required": [name for name, (_, required, _, _) in properties.items() if required],
            "additionalProperties": False,
        }

    def _tuple(self, arguments: tuple[Any, ...], where: str) -> dict[str, Any]:
        if not arguments:
            return {"type": "array"}
        if len(arguments) == 2 and arguments[1] is Ellipsis:
            return {"type": "array", "items": self.of(arguments[0], f"{where}[]")}
        items = [self.of(one, f"{where}[{index}]") for index, one in enumerate(arguments)]
        return {"type": "array", "prefixItems": items, "minItems": len(items), "maxItems": len(items)}

    def _array(self, kind: Any, arguments: tuple[Any, ...], where: str) -> dict[str, Any]:
        schema: dict[str, Any] = {"type": "array"}
        if arguments:
            schema["items"] = self.of(arguments[0], f"{where}[]")
        if kind in SETS:
            schema["uniqueItems"] = True
        return schema

    def _map(self, arguments: tuple[Any, ...], where: str) -> dict[str, Any]:
        if not arguments:
            return {"type": "object"}
        if arguments[0] is not str:
            raise InvalidRequestError(f"{where}: JSON objects have strings as keys, not {_name(arguments[0])}")
        return {"type": "object", "additionalProperties": self.of(arguments[1], f"{where}{{}}")}

    def _class(self, kind: type, where: str) -> dict[str, Any]:
        if issubclass(kind, Enum):
            return _enum([member.value for member in kind], where)
        if not (dataclasses.is_dataclass(kind) or is_pydantic(kind) or is_typed_dict(kind)):
            raise InvalidRequestError(f"{where}: there is no JSON schema for {_name(kind)}; use a dataclass")
        if kind is self._root:
            if kind not in self._names:
                self._names[kind] = "#"
                return self._record(kind)
            return {"$ref": "#"}
        if kind not in self._names:
            self._names[kind] = name = self._free_name(kind.__name__)
            self.definitions[name] = {}  # keeps its place while it is made
            self.definitions[name] = self._record(kind)
        return {"$ref": f"#/$defs/{self._names[kind]}"}

    def _record(self, kind: type) -> dict[str, Any]:
        if is_pydantic(kind):
            name = self._names[kind].removeprefix("#")
            prefix = f"{name}." if name else ""  # what pydantic describes may be called as what is described here
            schema: dict[str, Any] = kind.model_json_schema(ref_template=f"#/$defs/{prefix}{{model}}")  # type: ignore[attr-defined]
            self.definitions.update({f"{prefix}{key}": value for key, value in schema.pop("$defs", {}).items()})
            return schema
        summary, _ = describe_parameters(own_docstring(kind))
        schema = self.object(fields_of(kind), kind.__name__)
        return {**schema, "description": summary} if summary else schema

    def _free_name(self, name: str) -> str:
        candidate, number = name, 2
        while candidate in self.definitions:
            candidate, number = f"{name}{number}", number + 1
        return candidate


def fields_of(kind: Any) -> dict[str, tuple[Any, bool, Any, str]]:
    """Fields of a dataclass or TypedDict: type, whether required, default and description."""
    hints = hints_of(kind)
    _, descriptions = describe_parameters(own_docstring(kind))
    if is_typed_dict(kind):
        return {
            name: (*_required(hint, name in kind.__required_keys__), None, descriptions.get(name, ""))
            for name, hint in hints.items()
        }
    return {
        field.name: (
            hints[field.name],
            field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING,
            field.default,
            descriptions.get(field.name, ""),
        )
        for field in dataclasses.fields(kind)
        if field.init
    }


def _required(hint: Any, required: bool) -> tuple[Any, bool]:
    """A type without ``Required`` or ``NotRequired`` around it, and what they say.

    ``__required_keys__`` knows nothing of these where annotations are strings.
    """
    origin = get_origin(hint)
    if origin in (typing.Required, typing.NotRequired):
        return get_args(hint)[0], origin is typing.Required
    return hint, required


def hints_of(thing: Callable[..., Any] | type) -> dict[str, Any]:
    """The annotations of a function or class, resolved.

    Raises:
        InvalidRequestError: one of them names what is not there.
    """
    try:
        return typing.get_type_hints(thing, include_extras=True)
    except NameError as error:
        raise InvalidRequestError(f"{_name(thing)}: an annotation cannot be resolved: {error}") from error


def own_docstring(kind: type) -> str | None:
    """A docstring that somebody wrote: dataclasses without one get their signature."""
    doc = kind.__dict__.get("__doc__")
    return None if doc is None or doc.startswith(f"{kind.__name__}(") else doc


def is_pydantic(kind: Any) -> bool:
    """Whether it is a pydantic model; pydantic is not loaded to find out."""
    pydantic = sys.modules.get("pydantic")
    return pydantic is not None and isinstance(kind, type) and issubclass(kind, pydantic.BaseModel)


def is_typed_dict(kind: Any) -> bool:
    """Whether it is a TypedDict, of ``typing`` or of ``typing_extensions``."""
    return isinstance(kind, type) and issubclass(kind, dict) and hasattr(kind, "__required_keys__")


def unaliased(kind: Any) -> Any:
    """What a ``NewType`` or a ``type`` statement stands for, ``None`` for anything else."""
    if isinstance(kind, typing.NewType):
        return kind.__supertype__
    return getattr(kind, "__value__", None) if type(kind).__name__ == "TypeAliasType" else None


def _notes(metadata: Iterable[Any]) -> dict[str, Any]:
    """The description in ``Annotated[int, "how many"]``, or in a pydantic ``Field``."""
    for note in metadata:
        text = note if isinstance(note, str) else getattr(note, "description", None)
        if isinstance(text, str) and text:
            return {"description": text}
    return {}


def _enum(values: list[Any], where: str) -> dict[str, Any]:
    values = [value.value if isinstance(value, Enum) else value for value in values]
    types_ = {_PLAIN[type(value)]["type"] for value in values if type(value) in (bool, int, float, str, types.NoneType)}
    if not all(type(value) in (bool, int, float, str, types.NoneType) for value in values):
        raise InvalidRequestError(f"{where}: the values of an enum must be strings, numbers, True, False or None")
    return {"type": types_.pop(), "enum": values} if len(types_) == 1 else {"enum": values}


def _is_plain(value: Any) -> bool:
    if isinstance(value, Enum):
        value = value.value
    return value is None or type(value) in (bool, int, float, str)


def _name(kind: Any) -> str:
    return getattr(kind, "__name__", None) or repr(kind)
