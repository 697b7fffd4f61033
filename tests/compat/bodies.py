"""Random answers of the API, from the schemas of the contract."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

from hypothesis import strategies as st
from hypothesis_jsonschema import from_schema

# Fields that the vendor's `from_json` does without; the others must be there.
_OPTIONAL = {"message", "tokens", "token_ids", "optimized_prompt", "log_probs", "completion_tokens", "raw_completion"}


@cache
def _schemas() -> dict[str, Any]:
    document = json.loads((files("aleph_alpha_api") / "openapi.json").read_bytes())
    schemas: dict[str, Any] = document["components"]["schemas"]
    return schemas


def bodies(name: str) -> st.SearchStrategy[Any]:
    """JSON bodies under the schema of that name, with the fields that the vendor's client needs."""
    return from_schema(_resolved({"$ref": f"#/components/schemas/{name}"}))


def _resolved(schema: Any) -> Any:
    """The schema with its references put in place, closed, and with small collections."""
    if isinstance(schema, list):
        return [_resolved(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _resolved(_schemas()[schema["$ref"].rsplit("/", 1)[1]])
    resolved = {
        key: {name: _resolved(part) for name, part in value.items()} if key == "properties" else _resolved(value)
        for key, value in schema.items()
        if key not in ("description", "title", "default", "examples", "format", "deprecated")
    }
    if "properties" in resolved:
        resolved["additionalProperties"] = False
        resolved["required"] = [name for name in resolved["properties"] if name not in _OPTIONAL]
    elif resolved.get("type") == "object":
        resolved["maxProperties"] = 3
    if resolved.get("type") == "array":
        resolved.setdefault("maxItems", 3)
    if resolved.get("type") in ("number", "integer"):
        resolved.setdefault("minimum", -(10**6))
        resolved.setdefault("maximum", 10**6)
    return resolved
