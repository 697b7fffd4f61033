"""JSON schemas as models read them best: without titles, descriptions from docstrings, defaults that are valid."""

from __future__ import annotations

import typing
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import SchemaValidator, ValidationError, core_schema, to_json

from aleph_alpha.structured_output.docstrings import describe_parameters
from aleph_alpha.structured_output.kinds import own_docstring
from aleph_alpha.structured_output.readable import description_in

__all__ = ["Tidy", "references", "tidy"]


class Tidy(GenerateJsonSchema):
    """Writes schemas of what is read in, for models."""

    ignored_warning_kinds = {"skipped-choice", "non-serializable-default"}  # noqa: RUF012 - pydantic's own type

    def sort(self, value: JsonSchemaValue, parent_key: str | None = None) -> JsonSchemaValue:
        return value  # `type` comes first as it is

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        return _untitled(super().model_schema(schema), schema["cls"])

    def dataclass_schema(self, schema: core_schema.DataclassSchema) -> JsonSchemaValue:
        written = _untitled(super().dataclass_schema(schema), schema["cls"])
        if schema.get("config", {}).get("extra_fields_behavior") == "forbid":
            written["additionalProperties"] = False
        arguments: Any = schema["schema"]
        while "fields" not in arguments:
            arguments = arguments["schema"]
        for field in arguments["fields"]:
            if field.get("init") is False:
                written.get("properties", {}).pop(field["name"], None)
        return _described(written, schema["cls"])

    def typed_dict_schema(self, schema: core_schema.TypedDictSchema) -> JsonSchemaValue:
        written = super().typed_dict_schema(schema)
        return _described(_untitled(written, schema["cls"]), schema["cls"]) if "cls" in schema else written

    def enum_schema(self, schema: core_schema.EnumSchema) -> JsonSchemaValue:
        return _untitled(super().enum_schema(schema), schema["cls"])

    def definitions_schema(self, schema: core_schema.DefinitionsSchema) -> JsonSchemaValue:
        self._shared = schema["definitions"]
        return super().definitions_schema(schema)

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        """A default that its own type refuses, as in ``city: str = None``, is not told."""
        written = super().default_schema(schema)
        if "default" in written and not self._accepts(schema["schema"], written["default"]):
            del written["default"]
        return written

    _shared: Sequence[core_schema.CoreSchema] = ()

    def _accepts(self, schema: core_schema.CoreSchema, default: Any) -> bool:
        shared = list(self._shared)
        try:
            validator = SchemaValidator(core_schema.definitions_schema(schema, shared) if shared else schema)
            validator.validate_json(to_json(default), strict=True)
        except ValidationError:
            return False
        return True


def _untitled(written: JsonSchemaValue, kind: Any) -> JsonSchemaValue:
    if written.get("title") == kind.__name__:
        del written["title"]
    return written


def _described(written: JsonSchemaValue, kind: Any) -> JsonSchemaValue:
    """With what the docstring says about the class and its fields."""
    summary, descriptions = describe_parameters(own_docstring(kind))
    written.pop("description", None)
    if summary:
        written["description"] = summary
    try:
        hints = typing.get_type_hints(kind, include_extras=True)
    except Exception:  # names that are local to a function: pydantic found them, by other ways
        hints = {}
    for name, schema in written.get("properties", {}).items():
        text = description_in(hints.get(name)) or descriptions.get(name)
        if text:
            schema.setdefault("description", text)
    return written


def tidy(schema: Mapping[str, Any]) -> dict[str, Any]:
    """A schema with its enums in the places that refer to them, and without what says nothing."""
    definitions = {name: dict(each) for name, each in schema.get("$defs", {}).items()}
    names = _short_names(definitions)
    for name, each in definitions.items():
        if _is_enum(each) and each.get("title") == _class_name(name):
            del each["title"]
    tidied = _tidy({**schema, "$defs": definitions}, definitions, names)
    tidied.setdefault("required", [])
    used = {names[name]: each for name, each in tidied.pop("$defs").items() if not _is_enum(each)}
    return {**tidied, "$defs": used} if used else tidied


def _short_names(definitions: Iterable[str]) -> dict[str, str]:
    """Classes of one name are told apart by a number; pydantic writes their modules, too."""
    names: dict[str, str] = {}
    for long in definitions:
        name, number = _class_name(long), 2
        while name in names.values():
            name, number = f"{_class_name(long)}{number}", number + 1
        names[long] = name
    return names


def _class_name(long: str) -> str:
    *_, name = [part for part in long.split("__") if part and not part.isdecimal()] or [long]
    return name.strip("_") or name


def _tidy(schema: Mapping[str, Any], definitions: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    name = str(schema.get("$ref")).removeprefix(_DEFINITIONS)
    if name in definitions and _is_enum(definitions[name]):
        schema = {**definitions[name], **{key: value for key, value in schema.items() if key != "$ref"}}
    elif "$ref" in schema:
        schema = {**schema, "$ref": _renamed(schema["$ref"], names)}
    tidied: dict[str, Any] = {}
    for name, value in schema.items():
        if (name, value) in _SAYS_NOTHING:
            continue
        if name in _NAMED:
            tidied[name] = {key: _tidy(each, definitions, names) for key, each in value.items()}
        elif name in _INNER and isinstance(value, Mapping):
            tidied[name] = _tidy(value, definitions, names)
        elif name in _INNER and isinstance(value, list):
            tidied[name] = [_tidy(each, definitions, names) if isinstance(each, Mapping) else each for each in value]
        elif name == "discriminator":  # of OpenAPI: a union whose members are told apart by a property
            mapping = {key: _renamed(each, names) for key, each in value.get("mapping", {}).items()}
            tidied[name] = {**value, "mapping": mapping}
        else:
            tidied[name] = value
    return tidied


def _renamed(reference: str, names: Mapping[str, str]) -> str:
    name = reference.removeprefix(_DEFINITIONS)
    return f"{_DEFINITIONS}{names[name]}" if name in names else reference


_DEFINITIONS = "#/$defs/"
_SAYS_NOTHING: tuple[tuple[str, Any], ...] = (("items", {}), ("additionalProperties", True), ("description", ""))
# Keywords whose values are schemas by name, and those whose values are schemas or lists of them.
_NAMED = frozenset({"properties", "patternProperties", "$defs"})
_INNER = frozenset(
    {"items", "prefixItems", "contains", "additionalProperties", "propertyNames", "anyOf", "allOf", "oneOf", "not"}
)


def _is_enum(schema: Mapping[str, Any]) -> bool:
    return "enum" in schema and "properties" not in schema


def references(schema: Mapping[str, Any]) -> Iterator[str]:
    """What the schema refers to."""
    if "$ref" in schema:
        yield schema["$ref"]
    for name, value in schema.items():
        inner: Any = value.values() if name in _NAMED else [value] if isinstance(value, Mapping) else value
        if name in _NAMED or name in _INNER:
            for each in inner if not isinstance(inner, bool) else ():
                if isinstance(each, Mapping):
                    yield from references(each)
