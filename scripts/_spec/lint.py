"""What the contract promises about itself, checked.

It is valid OpenAPI 3.1, everything that becomes a class has a name, every operation answers errors, nothing is left
over, and everything has words for people.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scripts._spec.load import Json
from scripts._spec.normalise import normalise
from scripts._spec.operations import Reach, operations
from scripts._spec.places import Place, places, step
from scripts._spec.schema import Schema


def invalid(document: Json) -> Iterator[str]:
    """What is not valid OpenAPI 3.1, a line each."""
    from openapi_spec_validator import OpenAPIV31SpecValidator  # half a second that `diff` does not need

    for error in OpenAPIV31SpecValidator(document).iter_errors():
        yield f"{step('', *error.absolute_path) or '/'}: {error.message.splitlines()[0]}"


def unconventional(document: Json, source: str) -> Iterator[str]:
    """What is not as the conventions say, a line each."""
    found = list(places(document, source))
    meant = normalise(document, source)
    yield from _operation_faults(meant)
    yield from _naming_faults(found)
    yield from _use_faults(meant)
    yield from _prose_faults(document, found)


def _operation_faults(document: Json) -> Iterator[str]:
    declared = {tag.get("name") for tag in document.get("tags", [])}
    seen: set[str] = set()
    for operation in operations(document).values():
        name = operation.value.get("operationId", "")
        if not re.fullmatch("[a-z][a-zA-Z0-9]*", name) or name in seen:
            yield f"{operation.pointer}: operationId {name!r} is missing, not in lower camel case, or taken"
        seen.add(name)
        if len(operation.value.get("tags", [])) != 1 or not declared.issuperset(operation.value["tags"]):
            yield f"{operation.pointer}: exactly one declared tag is needed"
        for status in ("4XX", "5XX"):
            answer = operation.responses.get(status)
            schema = answer and answer.value.get("content", {}).get("application/json", {}).get("schema")
            if schema != {"$ref": "#/components/schemas/Error"}:
                yield f"{operation.pointer}: {status} does not answer Error"


def _naming_faults(found: list[Place]) -> Iterator[str]:
    """An object or enumeration without a name of its own becomes a class whose name says nothing."""
    for kind, pointer, value in found:
        named = re.fullmatch("/components/schemas/[^/]+", pointer)
        if (
            kind == "schema"
            and not named
            and (value.get("type") == "object" or "properties" in value or "enum" in value)
        ):
            yield f"{pointer}: an object or enumeration without a name"


def _use_faults(document: Json) -> Iterator[str]:
    reach = Reach(document)
    for section, values in document.get("components", {}).items():
        for name in values if section != "securitySchemes" else ():
            pointer = step("/components", section, name)
            if not reach.of(pointer):
                yield f"{pointer}: no operation uses it"


def _prose_faults(document: Json, found: list[Place]) -> Iterator[str]:
    for kind, pointer, value in found:
        if kind == "operation" and not value.get("summary"):
            yield f"{pointer}: no summary"
        field = re.search("/properties/[^/]+$", pointer)
        component = re.fullmatch("/components/[a-zA-Z]+/[^/]+", pointer)
        if kind in ("schema", "parameter", "response") and (field or component) and "const" not in value:
            prose = value if kind != "schema" else Schema(document, pointer)
            described = prose.find("description") if isinstance(prose, Schema) else prose.get("description")
            if not described:
                yield f"{pointer}: no description"
