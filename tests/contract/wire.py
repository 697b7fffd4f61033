"""The contract as a judge of JSON bodies: which schema a recorded body has, and what is wrong with it by that."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from scripts._gen.derive import operations, schemas
from scripts._spec.load import Json, load
from scripts._spec.places import keys_of, target
from scripts.regenerate import Paths
from tests.recordings import Recording

BASE = "urn:contract"


@dataclass(frozen=True)
class Body:
    """A JSON value that was sent or answered, and the pointer of its schema."""

    label: str
    pointer: str
    value: Any


@cache
def contract() -> Json:
    return load(str(Paths().spec))


def closed(document: Json) -> Json:
    """The document with every object closed, declared maps excepted: a field it does not have is an error."""
    document = copy.deepcopy(document)
    for _, schema in schemas(document):
        if "properties" in schema or (schema.get("type") == "object" and "additionalProperties" not in schema):
            schema.setdefault("additionalProperties", False)
    return document


def without_field(document: Json, pointer: str, name: str) -> Json:
    """The document without one field of one object."""
    document = copy.deepcopy(document)
    schema = resolve(document, pointer)
    del schema["properties"][name]
    schema["required"] = [required for required in schema.get("required", []) if required != name]
    return document


def resolve(document: Json, pointer: str) -> Json:
    """The object at a JSON pointer."""
    value: Json = target(document, f"#{pointer}")
    return value


@dataclass(frozen=True)
class Judge:
    """Says what is wrong with a value, after one version of the contract."""

    document: Json

    @cached_property
    def _registry(self) -> Any:
        return Registry().with_resource(BASE, DRAFT202012.create_resource(self.document))

    def complaints(self, pointer: str, value: Any) -> list[str]:
        """One line for each thing that is wrong, by its place in the value."""
        validator = Draft202012Validator({"$ref": f"{BASE}#{pointer}"}, registry=self._registry)
        return [f"{error.json_path}: {error.message[:200]}" for error in validator.iter_errors(value)]

    def fields(self, pointer: str, value: Any) -> Iterator[tuple[str, str]]:
        """Pointer of the object and name of every declared field that occurs in the value."""
        schema = resolve(self.document, pointer)
        if "$ref" in schema:
            yield from self.fields(schema["$ref"].removeprefix("#"), value)
        for keyword in ("oneOf", "anyOf"):
            for index in range(len(schema.get(keyword, []))):
                branch = f"{pointer}/{keyword}/{index}"
                if not self.complaints(branch, value):
                    yield from self.fields(branch, value)
        if isinstance(value, list) and "items" in schema:
            for item in value:
                yield from self.fields(f"{pointer}/items", item)
        if isinstance(value, dict):
            for name, member in value.items():
                if name in schema.get("properties", {}):
                    yield pointer, name
                    yield from self.fields(f"{pointer}/properties/{name}", member)
                elif isinstance(schema.get("additionalProperties"), dict):
                    yield from self.fields(f"{pointer}/additionalProperties", member)


def operation_of(document: Json, recording: Recording) -> tuple[str, Json]:
    """Pointer and description of the operation that was called."""
    for pointer, operation in operations(document):
        _, template, method = keys_of(pointer)
        if method.upper() == recording.method and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), recording.path):
            return pointer, operation
    raise LookupError(f"{recording.name}: the contract has no operation {recording.method} {recording.path}")


def bodies(document: Json, recording: Recording) -> Iterator[Body]:
    """The JSON bodies of a recording; each event of a stream is one."""
    pointer, operation = operation_of(document, recording)
    if recording.request is not None:
        yield Body("request", f"{pointer}/requestBody/content/application~1json/schema", recording.request)
    status = str(recording.status)
    response = operation["responses"].get(status) or operation["responses"][f"{status[0]}XX"]
    answer = response["$ref"].removeprefix("#") if "$ref" in response else f"{pointer}/responses/{status}"
    if recording.is_stream:
        for index, event in enumerate(recording.answer):
            yield Body(f"event {index}", f"{answer}/content/text~1event-stream/schema", event)
    else:
        yield Body("answer", f"{answer}/content/application~1json/schema", recording.answer)
