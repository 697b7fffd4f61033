"""JSON values that are valid under a JSON Schema, with what a conversation mentions in them.

Read are type, const, enum, default, properties, required, additionalProperties, minProperties, items, prefixItems,
contains, minItems, maxItems, uniqueItems, bounds, multipleOf, lengths, pattern, common formats, allOf, anyOf, oneOf
and local $ref. A value is only given out if a validator agrees to it; so what is not read here leads to a refusal,
never to an invalid response.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError
from referencing import Registry
from referencing.exceptions import Unresolvable

from aleph_alpha.testing.server.model.patterns import PatternText
from aleph_alpha.testing.server.model.words import rarity, relevance

_TRIES = 24
_DEPTH = 5
"""Optional properties are left out below it, so that recursive schemas end."""
_DEEPEST = 60
_QUOTED = re.compile(r"\"([^\"]+)\"|“([^”]+)”|„([^“]+)“|(?<!\w)'([^']+)'(?!\w)")
_NAME = re.compile(r"(?<![.!?]\s)(?<!^)(?<!\w)[^\W\d_a-z][\w-]*(?: [^\W\d_a-z][\w-]*)*")
_NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?!\w)")
_FORMATS = {
    "date": "2025-05-17",
    "time": "09:30:00Z",
    "date-time": "2025-05-17T09:30:00Z",
    "duration": "PT1H",
    "email": "toy@example.com",
    "hostname": "larkhaven.example.com",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "uri": "https://example.com/toy",
    "uuid": "123e4567-e89b-42d3-a456-426614174000",
}
_IMPLIED = {
    "object": ("properties", "required", "additionalProperties", "minProperties", "patternProperties"),
    "array": ("items", "prefixItems", "minItems", "maxItems", "contains", "uniqueItems"),
    "string": ("minLength", "maxLength", "pattern", "format"),
    "number": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
}


class NoValue(ValueError):
    """The schema is not one, or no value for it was found."""


def value_for(schema: Mapping[str, Any], said: str, random: np.random.Generator) -> Any:
    """A value valid under the schema, taken from what was said where it can be.

    Raises:
        NoValue: says why there is none.
    """
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        raise NoValue(f"not a JSON Schema: {error.message[:200]}") from error
    # An empty registry: a reference to another document is not fetched.
    validator = Draft202012Validator(schema, registry=Registry())
    problem = "no value was found"
    for attempt in range(_TRIES):
        # What was said may be what the schema forbids: the later half of the tries does without it.
        heard = said if attempt < _TRIES // 2 else ""
        try:
            value = _Builder(schema, heard, random).build(schema, 0)
            if validator.is_valid(value):
                return value
        except (ValueError, KeyError, IndexError, TypeError, OverflowError, RecursionError, re.error) as error:
            problem = str(error)[:200]
        except Unresolvable as error:
            raise NoValue(f"a reference leads nowhere: {error}") from error
    raise NoValue(problem)


class _Builder:
    """Builds one value. Its random choices differ from one try to the next."""

    def __init__(self, root: Mapping[str, Any], said: str, random: np.random.Generator) -> None:
        self._root = root
        self._said = said
        self._random = random
        self._texts = _mentioned(said)
        self._numbers = iter([float(number) for number in _NUMBER.findall(said)])

    def build(self, schema: Any, depth: int) -> Any:
        if schema is True:
            return next(self._texts)
        if schema is False:
            raise ValueError("nothing is valid under `false`")
        if depth > _DEEPEST:
            raise ValueError("the schema asks for itself without end")
        schema = self._flat(schema)
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return self._choice(schema["enum"])
        for union in ("anyOf", "oneOf"):
            if schema.get(union):
                rest = {key: value for key, value in schema.items() if key != union}
                return self.build(_merged([rest, self._flat(self._any(schema[union]))]), depth + 1)
        if "default" in schema and depth:
            return schema["default"]
        kind = self._kind(schema)
        match kind:
            case "object":
                return self._object(schema, depth)
            case "array":
                return self._array(schema, depth)
            case "string":
                return self._string(schema)
            case "integer" | "number":
                return self._number(schema, kind == "integer")
            case "boolean":
                return bool(self._random.integers(2))
        return None

    def _any(self, options: Sequence[Any]) -> Any:
        return options[int(self._random.integers(len(options)))]

    def _choice(self, options: Sequence[Any]) -> Any:
        """The option that was spoken of, else any."""
        spoken = [option for option in options if isinstance(option, str) and relevance(option, self._said) > 0]
        return max(spoken, key=lambda option: relevance(option, self._said)) if spoken else self._any(options)

    def _flat(self, schema: Any) -> dict[str, Any]:
        """The schema with its references and allOf put into it."""
        if not isinstance(schema, Mapping):
            return {} if schema else {"not": {}}
        parts: list[Mapping[str, Any]] = [{k: v for k, v in schema.items() if k not in ("$ref", "allOf")}]
        if "$ref" in schema:
            parts.append(self._flat(self._resolve(schema["$ref"])))
        parts.extend(self._flat(part) for part in schema.get("allOf", ()))
        return _merged(parts)

    def _resolve(self, reference: str) -> Any:
        if not reference.startswith("#"):
            raise ValueError(f"{reference!r} is in another document")
        target: Any = self._root
        for part in filter(None, reference[1:].split("/")):
            key = part.replace("~1", "/").replace("~0", "~")
            target = target[int(key)] if isinstance(target, list) else target[key]
        return target

    def _kind(self, schema: Mapping[str, Any]) -> str:
        kinds = schema.get("type")
        if isinstance(kinds, str):
            return kinds
        if isinstance(kinds, list):
            return str(self._any([kind for kind in kinds if kind != "null"] or kinds))
        return next((kind for kind, keys in _IMPLIED.items() if any(key in schema for key in keys)), "string")

    def _object(self, schema: Mapping[str, Any], depth: int) -> dict[str, Any]:
        properties = schema.get("properties", {})
        required = schema.get("required", [])
        names = [*properties, *(name for name in required if name not in properties)]
        if depth > _DEPTH:
            names = [name for name in names if name in required]
        names = names[: max(len(required), schema.get("maxProperties", len(names)))]
        others = schema.get("additionalProperties", True)
        result = {name: self.build(properties.get(name, others), depth + 1) for name in names}
        for number in range(schema.get("minProperties", 0)):
            if len(result) >= schema["minProperties"]:
                break
            result.setdefault(f"field{number + 1}", self.build(others, depth + 1))
        return result

    def _array(self, schema: Mapping[str, Any], depth: int) -> list[Any]:
        result = [self.build(part, depth + 1) for part in schema.get("prefixItems", ())]
        items = schema.get("items", True)
        if "contains" in schema:
            wanted = _merged([self._flat(items), self._flat(schema["contains"])])
            result.extend(self.build(wanted, depth + 1) for _ in range(schema.get("minContains", 1)))
        usual = 0 if depth > _DEPTH or (items is False) else 2
        least = schema.get("minItems", 0)
        length = max(least, min(usual, schema.get("maxItems", usual)))
        for _ in range(10 * (length + 1)):
            if len(result) >= length:
                break
            item = self.build(items, depth + 1)
            if not (schema.get("uniqueItems") and item in result):
                result.append(item)
        return result

    def _string(self, schema: Mapping[str, Any]) -> str:
        if "pattern" in schema:
            return PatternText(schema["pattern"], self._random).make()
        if schema.get("format") in _FORMATS:
            return _FORMATS[schema["format"]]
        text = next(self._texts)
        least, most = schema.get("minLength", 0), schema.get("maxLength", math.inf)
        while len(text) < least:
            text = f"{text} {next(self._texts)}"
        return text if len(text) <= most else text[: int(most)]

    def _number(self, schema: Mapping[str, Any], whole: bool) -> int | float:
        step = schema.get("multipleOf", 1 if whole else 0)
        step = max(1, step) if whole and step == int(step) else step
        low = schema.get("minimum", -math.inf)
        high = schema.get("maximum", math.inf)
        margin = step or 1e-3
        low = max(low, schema.get("exclusiveMinimum", -math.inf) + margin)
        high = min(high, schema.get("exclusiveMaximum", math.inf) - margin)
        usual = float(self._random.integers(1, 11))
        wanted = min(max(next(self._numbers, usual), low), high)
        if step:
            wanted = math.ceil(round(wanted / step, 9)) * step
            wanted = wanted - step if wanted > high else wanted
        return int(wanted) if whole or (wanted == int(wanted) and abs(wanted) < 1e15 and step) else float(wanted)


def _merged(parts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Schemas that hold together, as one: objects are joined, bounds tightened, the rest taken from the last."""
    result: dict[str, Any] = {}
    for part in parts:
        for key, value in part.items():
            old = result.get(key)
            if key in ("properties", "$defs") and old is not None:
                result[key] = {**old, **value}
            elif key == "required" and old is not None:
                result[key] = [*old, *(name for name in value if name not in old)]
            elif key in ("minimum", "minLength", "minItems", "exclusiveMinimum") and old is not None:
                result[key] = max(old, value)
            elif key in ("maximum", "maxLength", "maxItems", "exclusiveMaximum") and old is not None:
                result[key] = min(old, value)
            elif key == "enum" and old is not None:
                result[key] = [option for option in old if option in value]
            else:
                result[key] = value
    return result


def _mentioned(said: str) -> Iterator[str]:
    """Texts from what was said: quoted ones, then names, then words from rare to common; then all again."""
    quoted = [next(filter(None, groups)) for groups in _QUOTED.findall(said)]
    names = [name for name in _NAME.findall(said) if name not in quoted]
    words = set(re.findall(r"[^\W\d_]{3,}", said)) - set(names)
    others = sorted(words, key=lambda word: (-rarity(word.lower()), word))
    ordered = list(dict.fromkeys([*quoted, *names, *others])) or ["toy"]
    while True:
        yield from ordered
