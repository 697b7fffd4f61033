"""Where things are in an OpenAPI document: operations, parameters, bodies, responses, schemas, by JSON pointer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import unquote

from scripts._spec.load import Json, SpecError

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")

#: For each kind of object: which keys hold other objects, whether one, a map or a list of them, and of which kind.
INNER: dict[str, dict[str, tuple[str, str]]] = {
    "document": {"paths": ("map", "path"), "webhooks": ("map", "path"), "components": ("one", "components")},
    "components": {
        "schemas": ("map", "schema"),
        "parameters": ("map", "parameter"),
        "headers": ("map", "header"),
        "requestBodies": ("map", "body"),
        "responses": ("map", "response"),
        "securitySchemes": ("map", "security scheme"),
        "pathItems": ("map", "path"),
    },
    "path": {"parameters": ("list", "parameter"), **dict.fromkeys(METHODS, ("one", "operation"))},
    "operation": {
        "parameters": ("list", "parameter"),
        "requestBody": ("one", "body"),
        "responses": ("map", "response"),
    },
    "parameter": {"schema": ("one", "schema"), "content": ("map", "media type")},
    "header": {"schema": ("one", "schema"), "content": ("map", "media type")},
    "body": {"content": ("map", "media type")},
    "response": {"headers": ("map", "header"), "content": ("map", "media type")},
    "media type": {"schema": ("one", "schema")},
    "security scheme": {},
    "schema": {
        **dict.fromkeys(
            ("properties", "patternProperties", "dependentSchemas", "$defs", "definitions"), ("map", "schema")
        ),
        **dict.fromkeys(("allOf", "oneOf", "anyOf", "prefixItems"), ("list", "schema")),
        **dict.fromkeys(
            ("items", "additionalProperties", "not", "if", "then", "else", "contains", "propertyNames"),
            ("one", "schema"),
        ),
    },
}


#: The JSON types of other values that are looked at, with their names.
_PLAIN: dict[str, dict[str, type]] = {
    "document": {"servers": list, "security": list},
    "operation": {"operationId": str, "security": list},
    "parameter": {"name": str, "in": str, "style": str},
    "header": {"style": str},
    "media type": {"encoding": dict},
}
_NAMES: dict[type, str] = {dict: "a mapping", list: "a list", str: "a text"}


class Place(NamedTuple):
    """An object of a document."""

    kind: str
    pointer: str
    value: Json


def step(pointer: str, *keys: str | int) -> str:
    """The pointer to what is under the keys."""
    return pointer + "".join("/" + str(key).replace("~", "~0").replace("/", "~1") for key in keys)


def keys_of(pointer: str) -> list[str]:
    """The keys that a pointer is made of."""
    return [key.replace("~1", "/").replace("~0", "~") for key in pointer.split("/")[1:]]


def places(document: Json, source: str) -> Iterator[Place]:
    """Every object of the document, outer ones first. An object of the wrong JSON type is refused."""
    return _places("document", "", document, source)


def _places(kind: str, pointer: str, value: Any, source: str) -> Iterator[Place]:
    if kind == "schema" and (isinstance(value, bool) or value in ("true", "false")):
        return  # nothing is inside
    _expect(dict, value, pointer, source)
    for key, plain in _PLAIN.get(kind, {}).items():
        if value.get(key) is not None:
            _expect(plain, value[key], step(pointer, key), source)
            for index, each in enumerate(value[key] if plain is list else ()):
                _expect(dict, each, step(pointer, key, index), source)
    yield Place(kind, pointer, value)
    for key, (shape, inner) in INNER[kind].items():
        child, at = value.get(key), step(pointer, key)
        if child is None:
            continue
        if shape == "one":
            yield from _places(inner, at, child, source)
        elif shape == "list":
            _expect(list, child, at, source)
            for index, each in enumerate(child):
                yield from _places(inner, step(at, index), each, source)
        else:
            _expect(dict, child, at, source)
            for name, each in child.items():
                if name.startswith("x-") and key in ("paths", "webhooks", "responses") and kind != "components":
                    continue  # an extension among paths or status codes
                yield from _places(inner, step(at, name), each, source)


def _expect(type_: type, value: Any, pointer: str, source: str) -> None:
    if not isinstance(value, type_):
        raise SpecError(f"{source}: {pointer}: {_NAMES[type_]} is expected")


def at(document: Json, pointer: str) -> Any:
    """What a pointer leads to. KeyError where that is nothing."""
    value: Any = document
    for key in keys_of(pointer):
        if isinstance(value, dict):
            value = value[key]
        elif isinstance(value, list) and key.isdecimal() and int(key) < len(value):
            value = value[int(key)]
        else:
            raise KeyError(pointer)
    return value


def pointer_of(reference: str) -> str:
    """The pointer in a `$ref` to something in the same document."""
    return unquote(reference.removeprefix("#"))


def target(document: Json, reference: str) -> Any:
    """What a `$ref` points to. KeyError where that is nothing."""
    return at(document, pointer_of(reference))


def check_references(document: Json, source: str) -> None:
    """Refuse a `$ref` that leads nowhere, out of the document, back to itself, or to another kind of object."""
    found = list(places(document, source))
    kinds = {pointer: kind for kind, pointer, _ in found}
    for kind, pointer, value in found:
        seen: list[str] = []
        while isinstance(value, dict) and "$ref" in value:
            reference = value["$ref"]
            where = f"{source}: {pointer}: $ref {reference!r}"
            if not isinstance(reference, str):
                raise SpecError(f"{source}: {pointer}: $ref is not a string")
            if not reference.startswith("#"):
                raise SpecError(f"{where} points out of the document, which is not supported")
            if reference in seen:
                raise SpecError(f"{where} leads back to itself")
            seen.append(reference)
            try:
                value = target(document, reference)
            except KeyError:
                raise SpecError(f"{where} points to nothing") from None
            if kinds.get(pointer_of(reference)) != kind and not isinstance(value, bool):
                raise SpecError(f"{where} points to something that is not a {kind}")
