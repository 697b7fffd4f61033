"""Two readers of one contract agree: the generated decoders and a JSON Schema validator, on random values."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from aleph_alpha_api import DecodeError, models
from scripts._gen.derive import essential_members, schemas
from scripts._spec.load import Json
from tests.contract.wire import Judge, contract

pytestmark = pytest.mark.slow

SCALARS = st.none() | st.booleans() | st.integers(-3, 3) | st.just(0.5) | st.sampled_from(["", "a", "text", "user"])
#: For what the contract leaves open.
ANYTHING = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("ab"), inner, max_size=2)
)


@cache
def document_of_decoders() -> Json:
    """The contract as decoders read it: what a response is asked for is required, and never null."""
    document = copy.deepcopy(contract())
    essential_members(document)
    return document


SCHEMAS = document_of_decoders()["components"]["schemas"]
#: All classes, but for the one that is a form and not JSON.
OBJECTS = sorted({name for name, schema in SCHEMAS.items() if schema.get("type") == "object"} - {"TranscribeRequest"})


@cache
def shapes() -> Judge:
    """The contract without what decoders leave to others: bounds, patterns, lengths, closed sets of values, and that
    only one member of a union may fit."""
    document = copy.deepcopy(document_of_decoders())
    for _, schema in schemas(document):
        for keyword in ("minimum", "maximum", "pattern", "maxItems", "format"):
            schema.pop(keyword, None)
        if "enum" in schema:
            schema["type"] = "string" if isinstance(schema.pop("enum")[0], str) else "integer"
        if "oneOf" in schema:
            schema["anyOf"] = schema.pop("oneOf")
    return Judge(document)


def valid(schema: Json) -> st.SearchStrategy[Any]:
    """Values that fit a schema."""
    if "$ref" in schema:
        return valid(SCHEMAS[schema["$ref"].rpartition("/")[2]])
    if branches := schema.get("oneOf", schema.get("anyOf")):
        return st.one_of(*(valid(branch) for branch in branches))
    if isinstance(schema.get("type"), list):
        return st.one_of(*(valid({**schema, "type": kind}) for kind in schema["type"]))
    if "const" in schema:
        return st.just(schema["const"])
    if "enum" in schema:
        return st.sampled_from([*schema["enum"], "new" if isinstance(schema["enum"][0], str) else 7])
    if schema.get("type") == "array":
        return st.lists(valid(schema["items"]), max_size=2)
    if schema.get("type") == "object":
        return fields(schema)
    kinds: dict[Any, st.SearchStrategy[Any]] = {
        "string": st.text(max_size=3),
        "number": st.floats(-9, 9) | st.integers(-9, 9),
        "integer": st.integers(-9, 9),
        "boolean": st.booleans(),
        "null": st.none(),
    }
    return kinds.get(schema.get("type"), ANYTHING)


def fields(schema: Json) -> st.SearchStrategy[Any]:
    """Objects with all required fields, some of the others, and sometimes one that the contract does not know."""
    properties = {name: valid(member) for name, member in schema.get("properties", {}).items()}
    required = schema.get("required", [])
    additional = schema.get("additionalProperties")
    unknown = valid(additional) if isinstance(additional, dict) else ANYTHING
    return st.builds(
        lambda known, more: {**more, **known},
        st.fixed_dictionaries(
            {name: properties[name] for name in required},
            optional={name: member for name, member in properties.items() if name not in required},
        ),
        st.dictionaries(st.just("unknown"), unknown),
    )


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The paths of everything inside a value."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place for key, inner in items for place in ((*path, key), *places(inner, (*path, key)))]


def damaged(value: Any, path: tuple[Any, ...]) -> Iterator[Any]:
    """The value with what is at the path taken out, and replaced by a value of each type."""
    *way, last = path
    replacements: tuple[Any, ...] = (..., None, True, 1, 0.5, "a", [], [None], {})
    for replacement in replacements:
        changed = copy.deepcopy(value)
        holder = changed
        for key in way:
            holder = holder[key]
        if replacement is ...:
            del holder[last]
        else:
            holder[last] = replacement
        yield changed


@pytest.mark.parametrize("name", OBJECTS)
@settings(max_examples=12, deadline=None)
@given(data=st.data())
def test_decoders_take_what_the_contract_takes_and_give_it_back(name: str, data: st.DataObject) -> None:
    value = data.draw(valid(SCHEMAS[name]), label="valid")
    found = places(value)
    damages = damaged(value, data.draw(st.sampled_from(found), label="place")) if found else ()
    cls = getattr(models, name)
    for candidate in (value, *damages):
        try:
            decoded = cls.from_dict(candidate)
        except DecodeError:
            decoded = None
        complaints = shapes().complaints(f"/components/schemas/{name}", candidate)
        assert (decoded is None) == bool(complaints), (candidate, complaints)
        if decoded is not None:
            assert decoded.to_dict() == candidate
            assert cls.from_dict(decoded.to_dict()) == decoded
