"""Where things are in an OpenAPI document: operations, parameters, bodies, responses, schemas, by JSON pointer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import unquote

from scripts._spec_load import Json, SpecError

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")

#: For each kind of object: which keys hold other objects, whether one, a map or a list of them, and of which kind.
_INNER: dict[str, dict[str, tuple[str, str]]] = {
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
        **dict.fromkeys(("properties", "patternProperties", "dependentSchemas", "$defs"), ("map", "schema")),
        **dict.fromkeys(("allOf", "oneOf", "anyOf", "prefixItems"), ("list", "schema")),
        **dict.fromkeys(
            ("items", "additionalProperties", "not", "if", "then", "else", "contains", "propertyNames"),
            ("one", "schema"),
        ),
    },
}


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
    if kind == "schema" and isinstance(value, bool | str):
        return  # `true`, `false` and their published spelling: nothing is inside
    if not isinstance(value, dict):
        raise SpecError(f"{source}: {pointer}: a mapping is expected")
    yield Place(kind, pointer, value)
    for key, (shape, inner) in _INNER[kind].items():
        if key not in value or value[key] is None:
            continue
        child, at = value[key], step(pointer, key)
        if shape == "one":
            yield from _places(inner, at, child, source)
        elif shape == "list":
            if not isinstance(child, list):
                raise SpecError(f"{source}: {at}: a list is expected")
            for index, each in enumerate(child):
                yield from _places(inner, step(at, index), each, source)
        else:
            if not isinstance(child, dict):
                raise SpecError(f"{source}: {at}: a mapping is expected")
            for name, each in child.items():
                if name.startswith("x-") and key in ("paths", "webhooks", "responses") and kind != "components":
                    continue  # an extension among paths or status codes
                yield from _places(inner, step(at, name), each, source)


def target(document: Json, reference: str) -> Any:
    """What a `$ref` points to. KeyError where that is nothing."""
    if not reference.startswith("#/"):
        raise KeyError(reference)
    value: Any = document
    for key in keys_of(unquote(reference[1:])):
        if isinstance(value, dict):
            value = value[key]
        elif isinstance(value, list) and key.isdecimal() and int(key) < len(value):
            value = value[int(key)]
        else:
            raise KeyError(reference)
    return value


def check_references(document: Json, source: str) -> None:
    """Refuse a `$ref` that leads nowhere, out of the document, or only back to itself."""
    for _, pointer, value in places(document, source):
        seen: list[str] = []
        while isinstance(value, dict) and "$ref" in value:
            reference = value["$ref"]
            if not isinstance(reference, str):
                raise SpecError(f"{source}: {pointer}: $ref is no text")
            if not reference.startswith("#"):
                raise SpecError(
                    f"{source}: {pointer}: $ref {reference!r} points out of the document, which is not supported"
                )
            if reference in seen:
                raise SpecError(f"{source}: {pointer}: $ref {reference!r} leads back to itself")
            seen.append(reference)
            try:
                value = target(document, reference)
            except KeyError:
                raise SpecError(f"{source}: {pointer}: $ref {reference!r} points to nothing") from None
        if not isinstance(value, dict | bool):
            raise SpecError(f"{source}: {pointer}: $ref {seen[-1]!r} points to something of the wrong type")
