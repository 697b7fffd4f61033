"""A document as it is meant: values published as texts become what they stand for, OpenAPI 3.0 and 3.1 become alike.

In the result, wherever a schema stands,

- booleans and numbers are booleans and numbers (not `"nullable": "true"`, `"maximum": "100"`, `"default": "0.5"`);
- `nullable` says whether null is allowed, however that was written: as `nullable`, in a list of types, or as the member
  null (or, published as a text, `"null"`) of an enumeration. Only a null in a union stays where it is, because moving
  the other members would change their pointers;
- `type` holds no null, a boolean `exclusiveMinimum` has become the bound itself, and binary content is a `format`.

Pointers stay as they are.
"""

from __future__ import annotations

import copy
import json
from typing import Any

from scripts._spec.load import Json, SpecError
from scripts._spec.places import INNER, check_references, places, target

_BOOLEANS: dict[str, tuple[str, ...]] = {
    "schema": (
        "nullable",
        "deprecated",
        "readOnly",
        "writeOnly",
        "uniqueItems",
        "exclusiveMinimum",
        "exclusiveMaximum",
        "additionalProperties",
    ),
    "parameter": ("required", "deprecated", "allowEmptyValue", "allowReserved", "explode"),
    "header": ("required", "deprecated", "explode"),
    "body": ("required",),
    "operation": ("deprecated",),
}
_INTEGERS = ("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties")
_NUMBERS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")
_CONTENT_FORMATS = {("contentEncoding", "base64"): "byte", ("contentMediaType", "application/octet-stream"): "binary"}


def normalise(document: Json, source: str) -> Json:
    """The document as it is meant; the one given stays as it is."""
    document = copy.deepcopy(document)
    found = list(places(document, source))
    check_references(document, source)
    for kind, pointer, value in found:
        for key in [key for key in INNER[kind] if key in value and value[key] is None]:
            del value[key]  # a key with nothing after it, in YAML
        for key in _BOOLEANS.get(kind, ()):
            if value.get(key) in ("true", "false"):
                value[key] = value[key] == "true"
        if kind == "schema":
            _schema(value, f"{source}: {pointer}")
    for kind, pointer, value in found:  # these need the types of what `$ref` leads to
        if kind == "schema":
            _values(document, value, f"{source}: {pointer}")
    return document


def _schema(schema: Json, where: str) -> None:
    for key in _INTEGERS + _NUMBERS:
        if isinstance(schema.get(key), str):
            schema[key] = _number(schema[key], f"{where}: {key}")
    _type(schema, where)
    for key, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if isinstance(schema.get(exclusive), bool):
            bound_is_excluded = schema.pop(exclusive)
            if bound_is_excluded and key in schema:
                schema[exclusive] = schema.pop(key)
    for (key, text), form in _CONTENT_FORMATS.items():
        if schema.get(key) == text:
            del schema[key]
            schema.setdefault("format", form)
    required = schema.get("required", [])
    if isinstance(required, bool) or required in ("true", "false"):
        del schema["required"]  # said of a field in the field itself, where it means nothing
    elif not isinstance(required, list) or not all(isinstance(name, str) for name in required):
        raise SpecError(f"{where}: required: a list of names is expected")
    if not isinstance(schema.get("enum", []), list):
        raise SpecError(f"{where}: enum: a list is expected")


def _type(schema: Json, where: str) -> None:
    types = schema.get("type", [])
    types = types if isinstance(types, list) else [types]
    for each in types:
        if not isinstance(each, str):
            raise SpecError(f"{where}: type: {each!r} is not the name of a type")
    if "null" in types and len(types) > 1:
        schema["nullable"] = True
        others = [each for each in types if each != "null"]
        schema["type"] = others[0] if len(others) == 1 else others
    elif len(types) == 1:
        schema["type"] = types[0]


def _values(document: Json, schema: Json, where: str) -> None:
    types = _types(document, schema)
    if "enum" in schema:
        values = [value for value in schema["enum"] if value not in (None, "null")]
        if values and len(values) < len(schema["enum"]):
            schema["nullable"] = True
        schema["enum"] = [_value(value, types, where) for value in values or schema["enum"]]
    if "default" in schema:
        nullable = schema.get("nullable") or "null" in types
        null = schema["default"] == "null" and (nullable or "string" not in types)
        schema["default"] = None if null else _value(schema["default"], types, where)


def _types(document: Json, schema: Json) -> set[str]:
    """The JSON types a schema allows, through references; empty for all of them."""
    found: set[str] = set()
    waiting, seen = [schema], set()
    while waiting:
        each = waiting.pop()
        if not isinstance(each, dict) or id(each) in seen:
            continue
        seen.add(id(each))
        declared = each.get("type", [])
        found.update(declared if isinstance(declared, list) else [declared])
        if each.get("nullable") is True:
            found.add("null")
        if "$ref" in each:
            waiting.append(target(document, each["$ref"]))
        for key in ("allOf", "oneOf", "anyOf"):
            waiting.extend(each.get(key, []))
    return found


def _value(value: Any, types: set[str], where: str) -> Any:
    """A default or a member of an enumeration, of one of the types."""
    if not isinstance(value, str) or "string" in types:
        return value
    if "boolean" in types and value in ("true", "false"):
        return value == "true"
    if types & {"integer", "number"}:
        return _number(value, where)
    if types & {"array", "object"}:
        try:
            return json.loads(value)
        except ValueError:
            raise SpecError(f"{where}: {value!r} is not of type {' or '.join(sorted(types))}") from None
    return value


def _number(text: str, where: str) -> int | float:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    raise SpecError(f"{where}: {text!r} is not a number")
