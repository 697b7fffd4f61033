"""Ways into the generated package for tests: the module of an operation, the class of a schema, what was left over."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import import_module
from types import ModuleType
from typing import Any, get_type_hints

import attrs

from aleph_alpha_api import models
from scripts._spec.load import Json
from tests.contract.wire import contract, resolve


def endpoint_module(operation: Json) -> ModuleType:
    """The generated module of an operation of the contract."""
    name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", operation["operationId"]).lower()
    return import_module(f"aleph_alpha_api.api.{operation['tags'][0]}.{name}")


def body_class(module: ModuleType) -> Any:
    """The class of an operation's request body."""
    return get_type_hints(module.build_request)["body"]


def decode(pointer: str, value: Any) -> Any:
    """A value decoded by the class of the schema at the pointer, which is one object or a union of tagged ones."""
    schema = resolve(contract(), pointer)
    if "$ref" in schema:
        target = schema["$ref"].removeprefix("#")
        if "properties" not in resolve(contract(), target):
            return decode(target, value)
        return getattr(models, target.rpartition("/")[2]).from_dict(value)
    for index, branch in enumerate(schema["oneOf"]):
        tag = resolve(contract(), branch["$ref"].removeprefix("#"))["properties"]["type"]["const"]
        if tag == value["type"]:
            return decode(f"{pointer}/oneOf/{index}", value)
    raise LookupError(f"{pointer}: no member for {value['type']}")


def encode(value: Any) -> Any:
    """The JSON form of what a parser returned."""
    if isinstance(value, list):
        return [encode(item) for item in value]
    return value.to_dict() if attrs.has(type(value)) else value


def left_over(value: Any, path: str = "") -> Iterator[str]:
    """Paths of the fields for which a model has no attribute. Maps keep everything in `additional_properties`."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from left_over(item, f"{path}[{index}]")
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from left_over(item, f"{path}.{name}")
    elif attrs.has(type(value)):
        named = [field.name for field in attrs.fields(type(value)) if field.name != "additional_properties"]
        if named:
            yield from (f"{path}.{name}" for name in value.additional_properties)
        else:
            yield from left_over(value.additional_properties, path)
        for name in named:
            yield from left_over(getattr(value, name), f"{path}.{name}")
