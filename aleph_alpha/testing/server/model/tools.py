"""The toy rule for tools: the one whose name and description share the most telling words with the last message."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from aleph_alpha.testing.server.model.words import rarest_shared, relevance

_TELLING = 0.4
"""Rarity from which on a shared word is a reason to call a tool."""


def choose(tools: Sequence[Mapping[str, Any]], said: str, *, required: bool) -> Mapping[str, Any] | None:
    """The function to call, or None if none is asked for and none fits."""
    functions = [tool["function"] for tool in tools]
    best = max(functions, key=lambda function: relevance(said, " ".join(_texts(function))), default=None)
    if best is None or required or rarest_shared(said, " ".join(_texts(best))) >= _TELLING:
        return best
    return None


def _texts(function: Mapping[str, Any]) -> Iterator[str]:
    yield " ".join(re.findall(r"[A-Z]?[a-z]+|[A-Z]+|\d+", function["name"]))
    yield function.get("description", "")
    properties = function.get("parameters", {}).get("properties", {})
    for name, schema in properties.items() if isinstance(properties, Mapping) else ():
        yield name.replace("_", " ")
        if isinstance(schema, Mapping) and isinstance(schema.get("description"), str):
            yield schema["description"]


def answered(messages: Sequence[Mapping[str, Any]], name: str, arguments: Mapping[str, Any]) -> bool:
    """Whether the function was called before, its result is there, and these arguments say nothing new."""
    results = {message.get("tool_call_id") for message in messages if message["role"] == "tool"}
    calls = [call for message in messages for call in message.get("tool_calls", ()) if call["id"] in results]
    earlier = [call["function"]["arguments"] for call in calls if call["function"]["name"] == name]
    told = [json.dumps(value, ensure_ascii=False).strip('"') for value in arguments.values()]
    return any(all(value in known for value in told) for known in earlier)
