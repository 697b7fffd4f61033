"""The operations of a normalised document, with references followed, and which places of the document they reach."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from typing import Any, NamedTuple

from scripts._spec.load import Json
from scripts._spec.places import METHODS, at, keys_of, pointer_of, step
from scripts._spec.schema import text

_STYLES = {"query": "form", "cookie": "form", "path": "simple", "header": "simple"}


class Part(NamedTuple):
    """A parameter, body, response, header or media type: where it is used, where it is written, and what it is."""

    site: str
    pointer: str
    value: Json


class Security(NamedTuple):
    """What an operation asks a caller for."""

    pointer: str
    requirements: str  # in terms of schemes' names
    schemes: dict[str, str]  # what the names stand for


class Operation:
    """A method of a path."""

    def __init__(self, document: Json, path: str, method: str) -> None:
        self.document = document
        self.path = path
        self.method = method
        self.pointer = step("/paths", path, method)
        self._path = part(document, step("/paths", path))
        self.value: Json = self._path.value[method]

    @property
    def label(self) -> str:
        """Its id, or else method and path."""
        return str(self.value.get("operationId") or f"{self.method.upper()} {self.path}")

    @property
    def path_parameters(self) -> list[Json]:
        """The parameters of all operations of its path."""
        return self._path.value.get("parameters") or []

    @cached_property
    def parameters(self) -> dict[tuple[str, str], Part]:
        """By place and name. The operation's own come before those of its path."""
        found: dict[tuple[str, str], Part] = {}
        for pointer, own in (
            (self.pointer, self.value.get("parameters") or []),
            (self._path.pointer, self.path_parameters),
        ):
            for index, _ in enumerate(own):
                each = part(self.document, step(pointer, "parameters", index))
                place, name = str(each.value.get("in")), str(each.value.get("name"))
                found.setdefault((place, name.lower() if place == "header" else name), each)
        return found

    @cached_property
    def body(self) -> Part | None:
        return part(self.document, step(self.pointer, "requestBody")) if "requestBody" in self.value else None

    @cached_property
    def responses(self) -> dict[str, Part]:
        """By status."""
        statuses = [status for status in self.value.get("responses", {}) if not status.startswith("x-")]
        return {status.upper(): part(self.document, step(self.pointer, "responses", status)) for status in statuses}

    @cached_property
    def security(self) -> Security:
        pointer, owner = (self.pointer, self.value) if "security" in self.value else ("", self.document)
        requirements = owner.get("security") or []
        declared = self.document.get("components", {}).get("securitySchemes", {})
        schemes = {
            name: _scheme(self.document, name) if name in declared else "unknown"
            for each in requirements
            for name in each
        }
        return Security(step(pointer, "security"), text(requirements) if any(requirements) else "none", schemes)


def operations(document: Json) -> dict[tuple[str, str], Operation]:
    """All operations by path and method."""
    found: dict[tuple[str, str], Operation] = {}
    for path in document.get("paths") or ():
        if not path.startswith("x-"):
            methods = part(document, step("/paths", path)).value
            found.update(
                {
                    (path, method): Operation(document, path, method)
                    for method in METHODS
                    if methods.get(method) is not None
                }
            )
    return found


def part(document: Json, site: str) -> Part:
    """What is at a place, through references."""
    pointer, value = site, at(document, site)
    while "$ref" in value:
        pointer = pointer_of(value["$ref"])
        value = at(document, pointer)
    return Part(site, pointer, value)


def parts(document: Json, owner: Part, key: str) -> dict[str, Part]:
    """The headers or media types of something, by their name in lower case and without parameters."""
    return {
        name.split(";")[0].strip().lower(): part(document, step(owner.pointer, key, name))
        for name in owner.value.get(key) or {}
    }


def parameter_values(parameter: Part) -> dict[str, Any]:
    """How a parameter or header is sent."""
    value = parameter.value
    style = value.get("style") or _STYLES.get(value.get("in", "header"), "form")
    flags = {key: value.get(key, False) for key in ("required", "deprecated", "allowEmptyValue", "allowReserved")}
    return {**flags, "style": style, "explode": value.get("explode", style == "form")}


def base_path(document: Json) -> str:
    """The path that all paths follow on the first server, whatever its host."""
    servers = document.get("servers") or [{}]
    url = str(servers[0].get("url", "/"))
    return re.sub(r"^([a-zA-Z][\w+.-]*:)?//[^/]*|^\{[^}]*\}", "", url).rstrip("/") or "/"


def _scheme(document: Json, name: str) -> str:
    value = part(document, step("/components/securitySchemes", name)).value
    return text(
        {
            key: child
            for key, child in value.items()
            if key not in ("description", "bearerFormat") and not key.startswith("x-")
        }
    )


class Reach:
    """Which operations, by path and method, a place of a document matters to."""

    def __init__(self, document: Json) -> None:
        self._uses = {
            step("/components", section, name): set(_references(value))
            for section, values in document.get("components", {}).items()
            if isinstance(values, dict)
            for name, value in values.items()
        }
        self._operations = operations(document)
        self._reached: dict[str, set[tuple[str, str]]] = {}
        for key, operation in self._operations.items():
            for component in self._closure(_references([operation.value, operation.path_parameters])):
                self._reached.setdefault(component, set()).add(key)

    def of(self, pointer: str) -> set[tuple[str, str]]:
        """The operations that the place is a part of."""
        keys = keys_of(pointer)
        if keys[0] == "components":
            return self._reached.get(step("", *keys[:3]), set())
        if keys[0] != "paths":
            return set()
        return {
            (path, method) for path, method in self._operations if path == keys[1] and keys[2] in (method, "parameters")
        }

    def _closure(self, references: Iterator[str]) -> set[str]:
        found: set[str] = set()
        waiting = list(references)
        while waiting:
            component = step("", *keys_of(pointer_of(waiting.pop()))[:3])
            if component not in found:
                found.add(component)
                waiting.extend(self._uses.get(component, ()))
        return found


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for child in value.values():
            yield from _references(child)
    elif isinstance(value, list):
        for child in value:
            yield from _references(child)
