"""Structured output as columns: one for each property of the outermost object."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import orjson
import pyarrow as pa

from aleph_alpha.errors import ResponseError
from aleph_alpha.structured_output.response_format import JSONSchema

if TYPE_CHECKING:
    from aleph_alpha.chat.response import ChatResponse

__all__ = ["structured_columns", "structured_values"]

_TYPES = {"string": pa.string(), "integer": pa.int64(), "number": pa.float64(), "boolean": pa.bool_()}


def structured_columns(response_format: Any) -> dict[str, pa.DataType]:
    """Names and types of the columns; what is not a plain string, number or bool is kept as JSON text.

    >>> structured_columns(JSONSchema({"properties": {"mood": {}, "age": {"type": "integer"}}}, name="person"))
    {'mood': DataType(string), 'age': DataType(int64)}
    """
    if response_format is None:
        return {}
    if isinstance(response_format, Mapping):
        schema = response_format.get("json_schema", {}).get("schema", {})
    elif isinstance(response_format, JSONSchema):
        schema = response_format.schema
    else:
        schema = JSONSchema.from_type(response_format).schema
    return {name: _TYPES.get(_kind(one), pa.string()) for name, one in schema.get("properties", {}).items()}


def _kind(schema: Any) -> str:
    if not isinstance(schema, Mapping):
        return ""
    kinds = schema.get("type") or [one.get("type") for one in schema.get("anyOf", []) if isinstance(one, Mapping)]
    named = {kinds} if isinstance(kinds, str) else set(kinds) - {"null"}
    return str(named.pop()) if len(named) == 1 else ""


def structured_values(columns: Mapping[str, pa.DataType], response: ChatResponse) -> dict[str, Any]:
    """The properties of a response.

    Raises:
        ResponseError: it is not a JSON object, or a value does not fit its column.
    """
    value = response.parsed(dict)
    if not isinstance(value, dict):
        raise ResponseError(f"chat: the response must be a JSON object, got {type(value).__name__}")
    values: dict[str, Any] = {}
    for name, kind in columns.items():
        one = value.get(name)
        if kind == pa.string() and one is not None and not isinstance(one, str):
            one = orjson.dumps(one).decode()
        try:
            pa.array([one], kind)
        except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError) as error:
            raise ResponseError(f"chat: {name} is not a value of {kind}: {error}", path=name) from error
        values[name] = [one]
    return values
