"""JSON values under a schema: valid, or refused."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st
from jsonschema import Draft202012Validator

from aleph_alpha.testing.server.model.json_values import NoValue, value_for
from aleph_alpha.testing.server.model.patterns import PatternText
from tests.server.strategies import MANY

TREE = {
    "$ref": "#/$defs/node",
    "$defs": {
        "node": {
            "type": "object",
            "properties": {
                "value": {"type": "integer"},
                "children": {"type": "array", "items": {"$ref": "#/$defs/node"}},
            },
            "required": ["value"],
        }
    },
}
SCHEMAS: list[dict[str, Any]] = [
    {},
    {"type": "null"},
    {"type": "boolean"},
    {"const": [1, {"a": None}]},
    {"enum": ["red", 5, None]},
    {"type": ["integer", "null"]},
    {"type": "integer", "minimum": 10, "exclusiveMaximum": 12},
    {"type": "number", "exclusiveMinimum": 0, "maximum": 0.5},
    {"type": "number", "multipleOf": 0.25, "minimum": 3.1},
    {"type": "integer", "multipleOf": 7, "minimum": 20},
    {"type": "string", "minLength": 30, "maxLength": 31},
    {"type": "string", "pattern": "^[A-Z]{3}-\\d{2,4}(x|yz)?$"},
    *({"type": "string", "format": name} for name in ("date", "date-time", "email", "uuid", "uri", "ipv4")),
    {"type": "array", "items": {"type": "boolean"}, "minItems": 3, "maxItems": 3},
    {"type": "array", "items": {"enum": [1, 2, 3]}, "minItems": 3, "uniqueItems": True},
    {"type": "array", "prefixItems": [{"type": "integer"}, {"type": "string"}], "items": False},
    {"type": "array", "contains": {"const": "x"}, "maxItems": 2},
    {"type": "object", "additionalProperties": {"type": "integer"}, "minProperties": 2},
    {"type": "object", "required": ["anything"]},
    {"anyOf": [{"type": "string", "maxLength": 2}, {"type": "integer", "minimum": 100}]},
    {"oneOf": [{"type": "integer", "multipleOf": 2}, {"type": "integer", "multipleOf": 3}]},
    {"allOf": [{"properties": {"a": {"type": "integer"}}, "required": ["a"]}, {"required": ["b"]}]},
    {"allOf": [{"type": "integer", "minimum": 5}, {"minimum": 8, "maximum": 9}]},
    {"properties": {"kind": {"const": "cat"}, "lives": {"type": "integer", "minimum": 9, "maximum": 9}}},
    {"type": "string", "default": "given"},
    TREE,
]


def _random(seed: int = 0) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(seed))


@pytest.mark.parametrize("schema", SCHEMAS, ids=str)
@pytest.mark.parametrize("said", ["", 'Tell me about "Nemo" in Paris, who is 11.5 cm long and 3 years old.'])
def test_values_are_valid(schema: dict[str, Any], said: str) -> None:
    for seed in range(5):
        Draft202012Validator(schema).validate(value_for(schema, said, _random(seed)))


@pytest.mark.parametrize(
    "schema",
    [
        {"not": {}},
        {"type": "integer", "minimum": 5, "maximum": 4},
        {"type": "nothing"},
        {"$ref": "#/missing"},
        {"$ref": "https://example.com/schema.json"},
        {"type": "object", "properties": {"a": {"$ref": "#"}}, "required": ["a"]},
        {"type": "string", "pattern": "(?=x)y"},
        {"type": "string", "pattern": "((a{1000}){1000}){1000}"},
    ],
    ids=str,
)
def test_where_there_is_none_it_says_so(schema: dict[str, Any]) -> None:
    with pytest.raises(NoValue):
        value_for(schema, "", _random())


json_types = st.sampled_from(["string", "integer", "number", "boolean", "null"])
schemas = st.recursive(
    json_types.map(lambda kind: {"type": kind}) | st.lists(st.integers(), min_size=1).map(lambda v: {"enum": v}),
    lambda inner: st.one_of(
        inner.map(lambda items: {"type": "array", "items": items, "minItems": 1}),
        st.dictionaries(st.text(max_size=5), inner, max_size=3).map(
            lambda properties: {"type": "object", "properties": properties, "required": list(properties)}
        ),
        st.lists(inner, min_size=1, max_size=3).map(lambda options: {"anyOf": options}),
    ),
    max_leaves=8,
)


@MANY
@given(schema=schemas, said=st.text(max_size=30), seed=st.integers(0, 99))
def test_values_of_any_schema_of_usual_parts_are_valid(schema: dict[str, Any], said: str, seed: int) -> None:
    Draft202012Validator(schema).validate(value_for(schema, said, _random(seed)))


@pytest.mark.parametrize(
    "pattern",
    [
        "",
        "abc",
        "a|bc|",
        "^[a-z]+@[a-z]+\\.(com|org)$",
        "[^0-9]{5}",
        "\\d{3,}-\\w*",
        "(?:ab){2}(?P<n>c|d)?",
        "\\(\\+49\\)\\s\\d+?",
        "[]a-]{4}",
        "[\\w.-]+",
        "\\D\\S\\W",
        "x{0,2}y{2,}",
    ],
)
def test_texts_match_their_pattern(pattern: str) -> None:
    for seed in range(20):
        assert re.search(pattern, PatternText(pattern, _random(seed)).make())


@pytest.mark.parametrize("pattern", ["(", ")", "[a", "*a", "\\1(a)", "a{x}", "(?!a)", "a{3,1}", "[^\\d\\D]"])
def test_patterns_that_are_not_read_are_errors(pattern: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        PatternText(pattern, _random()).make()
