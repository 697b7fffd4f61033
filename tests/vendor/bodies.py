"""Random answers of the API, from the schemas of the contract."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

from hypothesis import strategies as st

# Fields that the vendor's `from_json` does without; the others must be there.
_OPTIONAL = {"message", "tokens", "token_ids", "optimized_prompt", "log_probs", "completion_tokens", "raw_completion"}

_SIMPLE: dict[str, st.SearchStrategy[Any]] = {
    "string": st.text(max_size=12),
    "integer": st.integers(-(10**6), 10**6),
    "number": st.floats(-1e6, 1e6, width=32),
    "boolean": st.booleans(),
    "null": st.none(),
}


@cache
def _schemas() -> dict[str, Any]:
    document = json.loads((files("aleph_alpha_api") / "openapi.json").read_bytes())
    schemas: dict[str, Any] = document["components"]["schemas"]
    return schemas


def bodies(name: str) -> st.SearchStrategy[Any]:
    """JSON bodies under the schema of that name, with the fields that the vendor's client needs."""
    return _for(_schemas()[name])


def _for(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    if "$ref" in schema:
        return bodies(schema["$ref"].rsplit("/", 1)[1])
    if "const" in schema:
        return st.just(schema["const"])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    for union in ("oneOf", "anyOf"):
        if union in schema:
            return st.one_of([_for(part) for part in schema[union]])
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    return st.one_of([_of_type(kind, schema) for kind in kinds])


def _of_type(kind: str, schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    if kind == "array":
        return st.lists(_for(schema["items"]), max_size=3)
    if kind == "object" and "properties" in schema:
        fields = {name: _for(part) for name, part in schema["properties"].items()}
        optional = {name: fields.pop(name) for name in list(fields) if name in _OPTIONAL}
        return st.fixed_dictionaries(fields, optional=optional)
    if kind == "object":
        extra = schema.get("additionalProperties")
        parts = _for(extra) if isinstance(extra, dict) else _SIMPLE["string"]
        return st.dictionaries(_SIMPLE["string"], parts, max_size=3)
    return _SIMPLE[kind]
