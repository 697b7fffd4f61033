"""Every kind of change that an API may make to its document, and every place of a document that it can be made at.

A kind yields its possible changes: what to do to a copy of the document, and the pointers at which it must be reported.
Renames are reported twice, as a removal and an addition; everything else once. Pointers are of the changed document.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from scripts._spec.load import Json
from scripts._spec.places import METHODS, Place, at, places, step


class Change(NamedTuple):
    """One change to a document."""

    place: str
    edit: Callable[[Any], object]
    reported: tuple[str, ...]
    #: Where it is reported in place of that, if there is a difference already: the field as a whole.
    instead: str = ""

    def made(self, document: Json) -> Json:
        """A changed copy."""
        document = copy.deepcopy(document)
        self.edit(at(document, self.place))
        return document


Kind = Callable[[Json], Iterator[Change]]
KINDS: dict[str, Kind] = {}


def kind(function: Kind) -> Kind:
    KINDS[function.__name__.replace("_", " ")] = function
    return function


def _all(document: Json, kind: str) -> Iterator[Place]:
    return (place for place in places(document, "document") if place.kind == kind)


def _schemas(document: Json, wanted: Callable[[Json], object]) -> Iterator[Place]:
    return (place for place in _all(document, "schema") if wanted(place.value))


def _set(key: str, value: Any) -> Callable[[Any], object]:
    return lambda place: place.update({key: copy.deepcopy(value)})


def _delete(key: str | int) -> Callable[[Any], object]:
    return lambda place: place.pop(key)


def _swap(key: str, new: str) -> Callable[[Json], object]:
    def edit(place: Json) -> None:
        place[new] = place.pop(key)

    return edit


def _is(type_: str) -> Callable[[Json], bool]:
    return lambda schema: schema.get("type") == type_ or schema.get("type") == [type_, "null"]


def _values(schema: Json) -> list[Any]:
    return [value for value in schema.get("enum", []) if value not in (None, "null")]


# Operations -----------------------------------------------------------------------------------------------------------


@kind
def operation_added(document: Json) -> Iterator[Change]:
    for pointer, _ in ((place.pointer, place) for place in _all(document, "path")):
        yield Change(pointer, _set("patch", {"responses": {"200": {"description": ""}}}), (step(pointer, "patch"),))


@kind
def operation_removed(document: Json) -> Iterator[Change]:
    for pointer, value in ((place.pointer, place.value) for place in _all(document, "path")):
        for method in value.keys() & set(METHODS):
            yield Change(pointer, _delete(method), (step(pointer, method),))


@kind
def path_added(document: Json) -> Iterator[Change]:
    new = {"get": {"responses": {"200": {"description": ""}}}}
    yield Change("/paths", _set("/new/{path}", new), ("/paths/~1new~1{path}/get",))


@kind
def path_renamed(document: Json) -> Iterator[Change]:
    for path, value in document["paths"].items():
        pointers = (
            step("/paths", each, method) for each in (path, path + "_2") for method in value.keys() & {*METHODS}
        )
        yield Change("/paths", _swap(path, path + "_2"), tuple(pointers))


@kind
def operation_id_changed(document: Json) -> Iterator[Change]:
    for place in _all(document, "operation"):
        yield Change(place.pointer, _set("operationId", "somethingElse"), (step(place.pointer, "operationId"),))


@kind
def operation_deprecated_or_not_any_more(document: Json) -> Iterator[Change]:
    for place in _all(document, "operation"):
        new = place.value.get("deprecated") not in (True, "true")
        yield Change(place.pointer, _set("deprecated", new), (step(place.pointer, "deprecated"),))


@kind
def operation_public(document: Json) -> Iterator[Change]:
    for place in _all(document, "operation"):
        if place.value.get("security", document.get("security")):
            yield Change(place.pointer, _set("security", []), (step(place.pointer, "security"),))


@kind
def security_scheme_changed(document: Json) -> Iterator[Change]:
    for place in _all(document, "security scheme"):
        yield Change(place.pointer, _set("scheme", "basic"), (place.pointer,))


@kind
def base_path_changed(document: Json) -> Iterator[Change]:
    yield Change("/servers/0", _set("url", "{host}/v2"), ("/servers/0/url",))


# Parameters -----------------------------------------------------------------------------------------------------------


@kind
def parameter_added(document: Json) -> Iterator[Change]:
    for place in _all(document, "operation"):
        new = [*place.value.get("parameters", []), {"name": "new", "in": "query", "schema": {"type": "string"}}]
        pointer = step(place.pointer, "parameters", len(new) - 1)
        yield Change(place.pointer, _set("parameters", new), (pointer,))


@kind
def parameter_removed(document: Json) -> Iterator[Change]:
    for place in _all(document, "operation"):
        for index, _ in enumerate(place.value.get("parameters", [])):
            pointer = step(place.pointer, "parameters")
            yield Change(pointer, _delete(index), (step(pointer, index),))


@kind
def parameter_newly_required(document: Json) -> Iterator[Change]:
    for place in _all(document, "parameter"):
        if place.value.get("required") not in (True, "true") and "$ref" not in place.value:
            yield Change(place.pointer, _set("required", True), (step(place.pointer, "required"),))


@kind
def parameter_type_changed(document: Json) -> Iterator[Change]:
    for place in _all(document, "parameter"):
        if "schema" in place.value:
            pointer = step(place.pointer, "schema")
            yield Change(pointer, _set("type", "number"), (step(pointer, "type"),))


@kind
def parameter_sent_differently(document: Json) -> Iterator[Change]:
    for place in _all(document, "parameter"):
        if place.value.get("in") == "query":
            yield Change(place.pointer, _set("explode", False), (step(place.pointer, "explode"),))


# Bodies and responses -------------------------------------------------------------------------------------------------


@kind
def body_removed(document: Json) -> Iterator[Change]:
    for place in _all(document, "operation"):
        if "requestBody" in place.value:
            yield Change(place.pointer, _delete("requestBody"), (step(place.pointer, "requestBody"),))


@kind
def body_added(document: Json) -> Iterator[Change]:
    new = {"content": {"application/json": {"schema": {"type": "object"}}}}
    for place in _all(document, "operation"):
        if "requestBody" not in place.value:
            yield Change(place.pointer, _set("requestBody", new), (step(place.pointer, "requestBody"),))


@kind
def body_optional(document: Json) -> Iterator[Change]:
    for place in _all(document, "body"):
        yield Change(place.pointer, _set("required", False), (step(place.pointer, "required"),))


@kind
def body_media_type_changed(document: Json) -> Iterator[Change]:
    for place in _all(document, "body"):
        for name in place.value["content"]:
            content = step(place.pointer, "content")
            pointers = step(content, name), step(content, "application~1xml".replace("~1", "/"))
            yield Change(content, _swap(name, "application/xml"), pointers)


@kind
def response_added(document: Json) -> Iterator[Change]:
    for place in _all(document, "operation"):
        pointer = step(place.pointer, "responses")
        yield Change(pointer, _set("206", {"description": ""}), (step(pointer, "206"),))


@kind
def response_removed(document: Json) -> Iterator[Change]:
    for place in _all(document, "operation"):
        for status in place.value["responses"]:
            pointer = step(place.pointer, "responses")
            yield Change(pointer, _delete(status), (step(pointer, status),))


@kind
def response_code_changed(document: Json) -> Iterator[Change]:
    for place in _all(document, "operation"):
        for status in place.value["responses"]:
            pointer = step(place.pointer, "responses")
            yield Change(pointer, _swap(status, "299"), (step(pointer, status), step(pointer, "299")))


@kind
def response_media_type_added(document: Json) -> Iterator[Change]:
    for place in _all(document, "response"):
        if "content" in place.value:
            pointer = step(place.pointer, "content")
            yield Change(pointer, _set("text/csv", {"schema": {"type": "string"}}), (step(pointer, "text/csv"),))


@kind
def response_media_type_removed(document: Json) -> Iterator[Change]:
    for place in _all(document, "response"):
        for name in place.value.get("content", {}):
            pointer = step(place.pointer, "content")
            yield Change(pointer, _delete(name), (step(pointer, name),))


@kind
def response_header_added(document: Json) -> Iterator[Change]:
    for place in _all(document, "response"):
        if "$ref" not in place.value and place.pointer.startswith("/paths"):
            new = {**place.value.get("headers", {}), "X-New": {"schema": {"type": "string"}}}
            yield Change(place.pointer, _set("headers", new), (step(place.pointer, "headers", "X-New"),))


@kind
def response_header_removed(document: Json) -> Iterator[Change]:
    for place in _all(document, "response"):
        for name in place.value.get("headers", {}):
            pointer = step(place.pointer, "headers")
            yield Change(pointer, _delete(name), (step(pointer, name),))


# Fields ---------------------------------------------------------------------------------------------------------------


@kind
def optional_field_added(document: Json) -> Iterator[Change]:
    for place in _schemas(document, lambda schema: "properties" in schema):
        pointer = step(place.pointer, "properties")
        yield Change(pointer, _set("brand_new", {"type": "string"}), (step(pointer, "brand_new"),))


@kind
def required_field_added(document: Json) -> Iterator[Change]:
    for place in _schemas(document, lambda schema: "properties" in schema):

        def edit(schema: Json) -> None:
            schema["properties"]["brand_new"] = {"type": "string"}
            schema["required"] = [*schema.get("required", []), "brand_new"]

        yield Change(place.pointer, edit, (step(place.pointer, "properties", "brand_new"),))


def _fields(document: Json) -> Iterator[tuple[Place, str]]:
    for place in _schemas(document, lambda schema: "properties" in schema):
        for name in place.value["properties"]:
            yield place, name


@kind
def field_removed(document: Json) -> Iterator[Change]:
    for place, name in _fields(document):

        def edit(schema: Json, name: str = name) -> None:
            del schema["properties"][name]
            schema["required"] = [each for each in schema.get("required", []) if each != name]

        yield Change(place.pointer, edit, (step(place.pointer, "properties", name),))


@kind
def field_renamed(document: Json) -> Iterator[Change]:
    for place, name in _fields(document):

        def edit(schema: Json, name: str = name) -> None:
            schema["properties"]["renamed"] = schema["properties"].pop(name)
            schema["required"] = ["renamed" if each == name else each for each in schema.get("required", [])]

        pointer = step(place.pointer, "properties")
        yield Change(place.pointer, edit, (step(pointer, name), step(pointer, "renamed")))


@kind
def field_newly_required(document: Json) -> Iterator[Change]:
    for place, name in _fields(document):
        required = place.value.get("required", [])
        if name not in required:
            field = step(place.pointer, "properties", name)
            edit = _set("required", [*required, name])
            yield Change(place.pointer, edit, (step(place.pointer, "required"),), field)


@kind
def field_not_required_any_more(document: Json) -> Iterator[Change]:
    for place, name in _fields(document):
        required = place.value.get("required", [])
        if name in required:
            field = step(place.pointer, "properties", name)
            rest = [each for each in required if each != name]
            yield Change(place.pointer, _set("required", rest), (step(place.pointer, "required"),), field)


@kind
def field_deprecated_or_not_any_more(document: Json) -> Iterator[Change]:
    for place, name in _fields(document):
        pointer = step(place.pointer, "properties", name)
        new = place.value["properties"][name].get("deprecated") not in (True, "true")
        yield Change(pointer, _set("deprecated", new), (step(pointer, "deprecated"),))


@kind
def field_read_only(document: Json) -> Iterator[Change]:
    for place, name in _fields(document):
        pointer = step(place.pointer, "properties", name)
        yield Change(pointer, _set("readOnly", True), (step(pointer, "readOnly"),))


# Types ----------------------------------------------------------------------------------------------------------------


def _retyped(schema: Json, new: str) -> Any:
    return [new, "null"] if isinstance(schema["type"], list) else new


def _type_change(old: str, new: str) -> Kind:
    def changes(document: Json) -> Iterator[Change]:
        for place in _schemas(document, lambda schema: _is(old)(schema) and not {"enum", "const"} & schema.keys()):
            yield Change(place.pointer, _set("type", _retyped(place.value, new)), (step(place.pointer, "type"),))

    return changes


for _old, _new in (
    ("string", "integer"),
    ("integer", "number"),
    ("number", "string"),
    ("boolean", "string"),
    ("array", "object"),
    ("object", "array"),
):
    KINDS[f"type changed from {_old} to {_new}"] = _type_change(_old, _new)
