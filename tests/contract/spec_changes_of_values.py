"""Changes of what a value may be: types, nulls, enumerations, defaults, bounds, unions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scripts._spec.load import Json
from scripts._spec.places import Place, at, step, target
from tests.contract.spec_changes import (
    KINDS,
    Change,
    Kind,
    _all,
    _delete,
    _fields,
    _is,
    _retyped,
    _schemas,
    _set,
    _values,
    kind,
)


@kind
def type_changed_to_a_union(document: Json) -> Iterator[Change]:
    for place in _schemas(document, lambda schema: schema.get("type") == "boolean"):
        edit = _set("type", ["boolean", "integer"])
        yield Change(place.pointer, edit, (step(place.pointer, "type"),))


@kind
def reference_to_another_component(document: Json) -> Iterator[Change]:
    for place, name in _fields(document):
        reference = place.value["properties"][name].get("$ref", "")
        if reference and target(document, reference).get("type") == "object":
            pointer = step(place.pointer, "properties", name)
            yield Change(pointer, _set("$ref", "#/components/schemas/SteeringConceptId"), (step(pointer, "$ref"),))


def _is_null_wherever_used(document: Json, pointer: str) -> bool:
    """Whether each place that refers to the component allows null beside it, so that it does not matter in it."""
    uses = [each for each in _all(document, "schema") if each.value.get("$ref") == "#" + pointer]
    owners = [at(document, use.pointer.rpartition("/")[0]) for use in uses]
    pairs = zip(uses, owners, strict=True)
    return bool(uses) and all("nullable" in use.value or {"type": "null"} in [*owner] for use, owner in pairs)


@kind
def null_allowed(document: Json) -> Iterator[Change]:
    for place in _schemas(document, lambda schema: isinstance(schema.get("type"), str) and schema["type"] != "null"):
        if place.value.get("nullable") in (True, "true") or _is_null_wherever_used(document, place.pointer):
            continue
        if document["openapi"].startswith("3.0"):
            yield Change(place.pointer, _set("nullable", True), (step(place.pointer, "nullable"),))
        elif not {"enum", "const"} & place.value.keys():
            yield Change(place.pointer, _set("type", [place.value["type"], "null"]), (place.pointer,))


@kind
def null_not_allowed_any_more(document: Json) -> Iterator[Change]:
    for place in _all(document, "schema"):
        value = place.value
        if value.get("nullable") in (True, "true"):

            def edit(schema: Json) -> None:
                schema["nullable"] = False
                if "enum" in schema:
                    schema["enum"] = _values(schema)

            yield Change(place.pointer, edit, (step(place.pointer, "nullable"),))
        elif isinstance(value.get("type"), list):
            yield Change(place.pointer, _set("type", value["type"][0]), (place.pointer,))
        elif {"type": "null"} in value.get("oneOf", []):
            yield Change(step(place.pointer, "oneOf"), _delete(1), (place.pointer,))


@kind
def items_of_another_type(document: Json) -> Iterator[Change]:
    for place in _schemas(
        document, lambda schema: "type" in schema.get("items", {}) and "const" not in schema["items"]
    ):
        pointer = step(place.pointer, "items")
        if not {"properties", "enum"} & place.value["items"].keys():
            yield Change(pointer, _set("type", "boolean"), (step(pointer, "type"),))


@kind
def list_instead_of_one(document: Json) -> Iterator[Change]:
    for place, name in _fields(document):
        value = place.value["properties"][name]
        pointer = step(place.pointer, "properties", name)
        if value.get("type") in ("string", "integer", "number"):

            def edit(schema: Json) -> None:
                inner = dict(schema)
                schema.clear()
                schema.update({"type": "array", "items": inner})

            yield Change(pointer, edit, (step(pointer, "type"),))


@kind
def map_of_another_type(document: Json) -> Iterator[Change]:
    for place in _schemas(document, lambda schema: "type" in _map_values(schema)):
        pointer = step(place.pointer, "additionalProperties")
        new = _retyped(_map_values(place.value), "boolean")
        yield Change(pointer, _set("type", new), (step(pointer, "type"),))


def _map_values(schema: Json) -> Json:
    values = schema.get("additionalProperties")
    return values if isinstance(values, dict) else {}


@kind
def object_closed(document: Json) -> Iterator[Change]:
    for place in _schemas(document, lambda schema: "properties" in schema):
        pointer = step(place.pointer, "additionalProperties")
        yield Change(place.pointer, _set("additionalProperties", False), (pointer,))


# Values ---------------------------------------------------------------------------------------------------------------


@kind
def enum_member_added(document: Json) -> Iterator[Change]:
    for place in _schemas(document, lambda schema: len(_values(schema)) > 1):
        new = [*place.value["enum"], "brand_new"]
        yield Change(place.pointer, _set("enum", new), (step(place.pointer, "enum"),))


@kind
def enum_member_removed(document: Json) -> Iterator[Change]:
    for place in _schemas(document, lambda schema: len(_values(schema)) > 1):
        for value in _values(place.value):
            rest = [each for each in place.value["enum"] if each != value]
            yield Change(place.pointer, _set("enum", rest), (step(place.pointer, "enum"),))


@kind
def enum_dropped(document: Json) -> Iterator[Change]:
    for place in _schemas(document, lambda schema: len(_values(schema)) > 1):
        yield Change(place.pointer, _delete("enum"), (step(place.pointer, "enum"),))


@kind
def only_value_changed(document: Json) -> Iterator[Change]:
    for place in _schemas(document, lambda schema: "const" in schema or len(_values(schema)) == 1):
        key = "const" if "const" in place.value else "enum"
        if place.value.get("type") == "string":
            new: Any = "changed" if key == "const" else ["changed"]
            yield Change(place.pointer, _set(key, new), (step(place.pointer, key),))


def _with_default(document: Json) -> Iterator[Place]:
    return _schemas(document, lambda schema: "default" in schema)


@kind
def default_changed(document: Json) -> Iterator[Change]:
    for place in _with_default(document):
        types = place.value.get("type", "string")
        first = types[0] if isinstance(types, list) else types
        new = {"boolean": place.value["default"] in (False, "false"), "array": ["x"], "string": "x"}.get(first, 17)
        yield Change(place.pointer, _set("default", new), (step(place.pointer, "default"),))


@kind
def default_removed(document: Json) -> Iterator[Change]:
    for place in _with_default(document):
        yield Change(place.pointer, _delete("default"), (step(place.pointer, "default"),))


@kind
def default_added(document: Json) -> Iterator[Change]:
    for place in _schemas(document, lambda schema: _is("integer")(schema) and "default" not in schema):
        yield Change(place.pointer, _set("default", 3), (step(place.pointer, "default"),))


@kind
def bound_changed(document: Json) -> Iterator[Change]:
    for place in _all(document, "schema"):
        for key in place.value.keys() & {"minimum", "maximum", "maxItems"}:
            yield Change(place.pointer, _set(key, float(place.value[key]) + 1), (step(place.pointer, key),))


@kind
def bound_removed(document: Json) -> Iterator[Change]:
    for place in _all(document, "schema"):
        for key in place.value.keys() & {"minimum", "maximum", "maxItems"}:
            yield Change(place.pointer, _delete(key), (step(place.pointer, key),))


def _addition(type_: str, key: str, value: Any) -> Kind:
    def changes(document: Json) -> Iterator[Change]:
        for place in _schemas(document, lambda schema: _is(type_)(schema) and key not in schema):
            yield Change(place.pointer, _set(key, value), (step(place.pointer, key),))

    return changes


for _type, _key, _value in (
    ("number", "minimum", 0.25),
    ("integer", "maximum", 1_000_000),
    ("number", "exclusiveMaximum", 7),
    ("integer", "multipleOf", 2),
    ("string", "minLength", 1),
    ("string", "maxLength", 9),
    ("string", "pattern", "^x"),
    ("string", "format", "email"),
    ("array", "minItems", 1),
    ("array", "uniqueItems", True),
    ("object", "maxProperties", 12),
    ("object", "propertyNames", {"pattern": "^x"}),
):
    KINDS[f"{_key} added"] = _addition(_type, _key, _value)


@kind
def format_removed(document: Json) -> Iterator[Change]:
    for place in _schemas(document, lambda schema: "format" in schema):
        yield Change(place.pointer, _delete("format"), (step(place.pointer, "format"),))


@kind
def pattern_changed(document: Json) -> Iterator[Change]:
    for place in _schemas(document, lambda schema: "pattern" in schema):
        yield Change(place.pointer, _set("pattern", "^[a-z]$"), (step(place.pointer, "pattern"),))


# Unions ---------------------------------------------------------------------------------------------------------------


def _unions(document: Json) -> Iterator[tuple[str, list[Any]]]:
    for place in _all(document, "schema"):
        for key in place.value.keys() & {"oneOf", "anyOf"}:
            if len(place.value[key]) - ({"type": "null"} in place.value[key]) > 1:
                yield step(place.pointer, key), place.value[key]


@kind
def union_member_added(document: Json) -> Iterator[Change]:
    for pointer, members in _unions(document):
        yield Change(pointer, lambda union: union.append({"type": "boolean"}), (step(pointer, len(members)),))


@kind
def union_member_removed(document: Json) -> Iterator[Change]:
    for pointer, members in _unions(document):
        for index, _ in enumerate(members):
            yield Change(pointer, _delete(index), (pointer,))
