"""The wire contract in use: which operations there are, and validators for their requests and responses.

Everything comes from the document `aleph_alpha_api/openapi.json`; nothing about an operation is repeated in code.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources
from typing import Any

import orjson
from jsonschema import Draft202012Validator, ValidationError
from jsonschema.exceptions import relevance
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012, Schema

from aleph_alpha.testing.server.problems import invalid

_URI = "urn:contract"
_METHODS = ("get", "put", "post", "delete", "patch")


@dataclass(frozen=True)
class Contract:
    """The whole document."""

    document: Mapping[str, Any]

    @cached_property
    def operations(self) -> dict[str, Operation]:
        """Its operations by their id."""
        found = {}
        for path, item in self.document["paths"].items():
            for method in _METHODS:
                if method in item:
                    operation = Operation(self, path, method)
                    found[operation.id] = operation
        return found

    @property
    def version(self) -> str:
        """The version of the API that it describes."""
        return str(self.document["info"]["version"])

    @cached_property
    def _registry(self) -> Registry[Schema]:
        registry: Registry[Schema] = Registry()
        resource: Resource[Schema] = DRAFT202012.create_resource(dict(self.document))
        with_document: Registry[Schema] = registry.with_resource(_URI, resource)
        return with_document

    def validator(self, *pointer: str) -> Draft202012Validator:
        """Validates against the schema at a JSON pointer of the document."""
        escaped = "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in pointer)
        return Draft202012Validator({"$ref": f"{_URI}#{escaped}"}, registry=self._registry)

    def resolve(self, value: Mapping[str, Any], *pointer: str) -> tuple[Mapping[str, Any], tuple[str, ...]]:
        """Follows a `$ref`, if it is one; answers the thing and where it is."""
        while "$ref" in value:
            pointer = tuple(part.replace("~1", "/").replace("~0", "~") for part in value["$ref"][2:].split("/"))
            value = self.document
            for part in pointer:
                value = value[part]
        return value, pointer


class Operation:
    """One method of one path."""

    def __init__(self, contract: Contract, path: str, method: str) -> None:
        self.path = path
        self.method = method.upper()
        self._contract = contract
        self._pointer = ("paths", path, method)
        self._raw: Mapping[str, Any] = contract.document["paths"][path][method]
        self.id: str = self._raw["operationId"]

    @property
    def needs_token(self) -> bool:
        """Whether it is answered with a token only."""
        return bool(self._raw.get("security", self._contract.document.get("security", [])))

    @property
    def success(self) -> int:
        """The status of a response."""
        return int(next(status for status in self._raw["responses"] if status.startswith("2")))

    @cached_property
    def content_type(self) -> str | None:
        """What a request's body has to be, None for no body."""
        body = self._raw.get("requestBody")
        if body is None:
            return None
        content, _ = self._contract.resolve(body)
        return str(next(iter(content["content"])))

    @cached_property
    def _body_pointer(self) -> tuple[str, ...]:
        body, pointer = self._contract.resolve(self._raw["requestBody"], *self._pointer, "requestBody")
        return (*pointer, "content", next(iter(body["content"])), "schema")

    @cached_property
    def _body_validator(self) -> Draft202012Validator:
        return self._contract.validator(*self._body_pointer)

    @cached_property
    def _parameters(self) -> list[tuple[str, str, Mapping[str, Any], Draft202012Validator]]:
        """Place, name, description and validator of each parameter in the path and the query."""
        found = []
        shared = ("paths", self.path, "parameters")
        listed: Iterable[tuple[tuple[str, ...], int, Mapping[str, Any]]] = [
            *((shared, i, p) for i, p in enumerate(self._contract.document["paths"][self.path].get("parameters", ()))),
            *(((*self._pointer, "parameters"), i, p) for i, p in enumerate(self._raw.get("parameters", ()))),
        ]
        for base, index, raw in listed:
            parameter, pointer = self._contract.resolve(raw, *base, str(index))
            validator = self._contract.validator(*pointer, "schema")
            found.append((parameter["in"], parameter["name"], parameter, validator))
        return found

    def check_body(self, body: Any) -> None:
        """Refuses a body that does not follow the document."""
        check(self._body_validator, body, "")

    def check_part(self, name: str, value: Any) -> None:
        """Refuses a part of a form that does not follow the document."""
        schema, pointer = self._contract.resolve(self._schema_at(self._body_pointer), *self._body_pointer)
        if name in schema.get("properties", {}):
            check(self._contract.validator(*pointer, "properties", name), value, f"/{name}")

    def required_parts(self) -> Sequence[str]:
        """Names of the parts that a form must have."""
        schema, _ = self._contract.resolve(self._schema_at(self._body_pointer))
        return list(schema.get("required", ()))

    def _schema_at(self, pointer: Sequence[str]) -> Mapping[str, Any]:
        value: Any = self._contract.document
        for part in pointer:
            value = value[part]
        result: Mapping[str, Any] = value
        return result

    def read_parameters(self, path: Mapping[str, str], query: Mapping[str, str]) -> dict[str, Any]:
        """The parameters of path and query as values of their types."""
        values: dict[str, Any] = {}
        for place, name, parameter, validator in self._parameters:
            source = path if place == "path" else query
            if name not in source:
                if parameter.get("required"):
                    raise invalid(f"/{place}/{name}", "is required.")
                continue
            value = _typed(source[name], parameter["schema"].get("type"))
            check(validator, value, f"/{place}/{name}")
            values[name] = value
        return values

    def check_response(self, status: int, content_type: str, content: bytes) -> None:
        """Raises ValueError where a response does not follow the document. For tests."""
        responses = self._raw["responses"]
        key = next((k for k in (str(status), f"{status // 100}XX", "default") if k in responses), None)
        if key is None:
            raise ValueError(f"{self.id}: the document has no status {status}")
        response, pointer = self._contract.resolve(responses[key], *self._pointer, "responses", key)
        documented = response.get("content", {})
        if not documented:
            if content:
                raise ValueError(f"{self.id}: status {status} has no body in the document")
            return
        media = content_type.split(";")[0].strip()
        if media not in documented:
            raise ValueError(f"{self.id}: {media!r} is not one of {list(documented)}")
        validator = self._contract.validator(*pointer, "content", media, "schema")
        for value in _values(media, content):
            error = _fault(validator, value)
            if error is not None:
                raise ValueError(f"{self.id}: {error.json_path}: {error.message[:300]}")


def _values(media: str, content: bytes) -> list[Any]:
    if media == "application/json":
        return [orjson.loads(content)]
    if media == "text/event-stream":
        data = [line[6:] for line in content.decode().split("\n") if line.startswith("data: ")]
        return [orjson.loads(line) for line in data if line != "[DONE]"]
    return [content.decode()]


def check(validator: Draft202012Validator, value: Any, pointer: str) -> None:
    """Refuses with the pointer of the fault a value that the schema does not allow."""
    error = _fault(validator, value)
    if error is not None:
        place = pointer + "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in error.absolute_path)
        raise invalid(place, _in_short(error))


def _fault(validator: Draft202012Validator, value: Any) -> ValidationError | None:
    """The error to report: inside a union, that of the member which the value was meant to be."""
    error: ValidationError | None = max(validator.iter_errors(value), key=relevance, default=None)
    while error is not None and error.context:
        members: dict[Any, list[ValidationError]] = defaultdict(list)
        for inner in error.context:
            members[inner.relative_schema_path[0]].append(inner)
        meant = [errors for errors in members.values() if not any(_of_another_member(one) for one in errors)]
        if not meant:
            break
        fewest = min(meant, key=lambda errors: len(errors))
        error = max(fewest, key=lambda one: len(one.relative_path))
    return error


def _of_another_member(error: ValidationError) -> bool:
    """Whether it says that the value is not meant to be this member: its kind or its tag is another."""
    return error.validator == "const" or (error.validator == "type" and not error.relative_path)


def _in_short(error: ValidationError) -> str:
    """The fault, without repeating a long value."""
    return re.sub(r"^(.{120}).{20,}?(.{120})$", r"\1 ... \2", error.message, flags=re.DOTALL) + "."


def _typed(text: str, kind: str | None) -> Any:
    """A parameter's text as the type the document gives it, or as it is, for the validator to refuse."""
    if kind == "boolean" and text in ("true", "false"):
        return text == "true"
    if kind == "integer" and re.fullmatch(r"-?[0-9]{1,18}", text):
        return int(text)
    return text


@cache
def load() -> Contract:
    """The contract that comes with the generated package."""
    text = resources.files("aleph_alpha_api").joinpath("openapi.json").read_bytes()
    return Contract(orjson.loads(text))
