"""The toy rule for tools: the one that the last message names, else the one whose texts share most words with it.

The name is the whole one, as in "call get_weather"; where the message names several, as in "call get_weather in Paris
and get_time in Rome", all of these are called. Texts are the words of the name, the description, and the names and
descriptions of parameters; the rarest word that is shared has to be a telling one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from aleph_alpha.testing.server.model.words import rarest_shared, relevance

_TELLING = 0.4
"""Rarity from which on a shared word is a reason to call a tool."""


def choose(tools: Sequence[Mapping[str, Any]], said: str, *, required: bool) -> Sequence[tuple[Mapping[str, Any], str]]:
    """The functions to call, each with what was said of it; empty if none is asked for and none fits."""
    functions = [tool["function"] for tool in tools]
    named = _named(functions, said)
    if len(named) > 1:
        return named
    if named:
        return [(named[0][0], said)]
    best = max(functions, key=lambda function: relevance(said, " ".join(_texts(function))), default=None)
    if best is not None and (required or rarest_shared(said, " ".join(_texts(best))) >= _TELLING):
        return [(best, said)]
    return []


def _named(functions: Sequence[Mapping[str, Any]], said: str) -> Sequence[tuple[Mapping[str, Any], str]]:
    """The functions whose names stand in what was said, each with the text from there to the next one."""
    found = [(re.search(rf"(?<!\w){re.escape(function['name'])}(?!\w)", said), function) for function in functions]
    places = sorted(((match.end(), match.start(), function["name"], function) for match, function in found if match))
    ends = [start for _, start, *_ in places[1:]] + [len(said)]
    return [(function, said[begin:end]) for (begin, *_, function), end in zip(places, ends, strict=False)]


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
