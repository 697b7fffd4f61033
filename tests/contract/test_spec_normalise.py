"""A document is read as it is meant: texts that stand for other values, and null in all its spellings."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, strategies as st

from scripts._spec.compare import compare
from scripts._spec.load import Json, SpecError, load
from scripts._spec.normalise import normalise
from scripts.spec import CONTRACT
from tests.contract.published import AS_PUBLISHED, CLEAN, published


def document(schema: Any, version: str = "3.0.3", components: Json | None = None) -> Json:
    """A document with one field of the schema in the response of one operation."""
    body = {"type": "object", "properties": {"field": schema}}
    answer = {"description": "", "content": {"application/json": {"schema": body}}}
    paths = {"/thing": {"get": {"operationId": "thing", "responses": {"200": answer}}}}
    return {"openapi": version, "info": {}, "paths": paths, "components": {"schemas": components or {}}}


def normal(schema: Any, components: Json | None = None) -> Any:
    found = normalise(document(schema, components=components), "document")["paths"]["/thing"]["get"]["responses"]["200"]
    return found["content"]["application/json"]["schema"]["properties"]["field"]


def test_the_document_as_published_means_the_same_as_the_clean_one() -> None:
    theirs, clean = (normalise(load(str(published(name))), name) for name in (AS_PUBLISHED, CLEAN))
    assert theirs == clean
    assert compare(theirs, clean) == []


def test_a_document_in_order_stays_as_it_is_except_for_the_spelling_of_null() -> None:
    original = load(str(CONTRACT))
    found = normalise(original, "contract")
    assert load(str(CONTRACT)) == original
    assert found["paths"] == original["paths"]
    assert normalise(found, "again") == found


@pytest.mark.parametrize(
    ("published", "meant"),
    [
        ({"type": "string", "nullable": "true"}, {"type": "string", "nullable": True}),
        ({"type": "string", "nullable": "false"}, {"type": "string", "nullable": False}),
        ({"type": "string", "deprecated": "true"}, {"type": "string", "deprecated": True}),
        ({"type": "object", "additionalProperties": "true"}, {"type": "object", "additionalProperties": True}),
        ({"type": "integer", "minimum": "0"}, {"type": "integer", "minimum": 0}),
        ({"type": "number", "maximum": "-2.5"}, {"type": "number", "maximum": -2.5}),
        ({"type": "string", "maxLength": "7"}, {"type": "string", "maxLength": 7}),
        ({"type": "number", "default": "0.0"}, {"type": "number", "default": 0.0}),
        ({"type": "integer", "default": "2"}, {"type": "integer", "default": 2}),
        ({"type": "boolean", "default": "false"}, {"type": "boolean", "default": False}),
        ({"type": "array", "default": "[]"}, {"type": "array", "default": []}),
        ({"type": "string", "default": "2"}, {"type": "string", "default": "2"}),
        ({"type": "string", "default": "null"}, {"type": "string", "default": "null"}),
        ({"default": "null"}, {"default": None}),
        ({"type": "number", "default": "null"}, {"type": "number", "default": None}),
        (
            {"type": "string", "nullable": "true", "default": "null"},
            {"type": "string", "nullable": True, "default": None},
        ),
        ({"type": "integer", "enum": ["128"]}, {"type": "integer", "enum": [128]}),
        ({"type": "string", "enum": ["128"]}, {"type": "string", "enum": ["128"]}),
        ({"type": "string", "enum": ["a", "null"]}, {"type": "string", "nullable": True, "enum": ["a"]}),
        ({"type": "string", "enum": ["a", None]}, {"type": "string", "nullable": True, "enum": ["a"]}),
        ({"type": ["string", "null"]}, {"type": "string", "nullable": True}),
        ({"type": ["string"]}, {"type": "string"}),
        ({"type": "null"}, {"type": "null"}),
        ({"type": "number", "minimum": 0, "exclusiveMinimum": True}, {"type": "number", "exclusiveMinimum": 0}),
        ({"type": "number", "minimum": 0, "exclusiveMinimum": "false"}, {"type": "number", "minimum": 0}),
        ({"type": "number", "exclusiveMaximum": 3}, {"type": "number", "exclusiveMaximum": 3}),
        ({"type": "string", "contentEncoding": "base64"}, {"type": "string", "format": "byte"}),
        (
            {"type": "string", "contentMediaType": "application/octet-stream"},
            {"type": "string", "format": "binary"},
        ),
        ({"type": "string", "required": "true"}, {"type": "string"}),
        ({"type": "string", "example": "true"}, {"type": "string", "example": "true"}),
    ],
)
def test_a_published_schema_is_read_as_it_is_meant(published: Json, meant: Json) -> None:
    assert normal(published) == meant


def test_the_type_of_a_default_is_looked_up_through_references() -> None:
    components = {"Count": {"type": "integer"}}
    assert normal({"allOf": [{"$ref": "#/components/schemas/Count"}], "default": "3"}, components)["default"] == 3
    reference = {"$ref": "#/components/schemas/Count", "nullable": "true", "default": "null"}
    assert normal(reference, components)["default"] is None


def test_parameters_bodies_and_operations_are_read_as_they_are_meant() -> None:
    original = document({})
    operation = original["paths"]["/thing"]["get"]
    operation |= {
        "deprecated": "true",
        "parameters": [{"name": "n", "in": "query", "required": "true", "schema": {"type": "integer", "default": "1"}}],
        "requestBody": {"required": "true", "content": {}},
    }
    found = normalise(original, "document")["paths"]["/thing"]["get"]
    assert found["deprecated"] is True
    assert found["parameters"][0]["required"] is True
    assert found["parameters"][0]["schema"]["default"] == 1
    assert found["requestBody"]["required"] is True


SPELLINGS: list[tuple[str, Json]] = [
    ("3.0.3", {"type": "string", "nullable": True, "enum": ["a", "b", None]}),
    ("3.0.3", {"type": "string", "nullable": "true", "enum": ["a", "b"]}),
    ("3.0.3", {"type": "string", "enum": ["a", "b", "null"]}),
    ("3.1.0", {"type": ["string", "null"], "enum": ["a", "b", None]}),
    ("3.1.0", {"oneOf": [{"type": "string", "enum": ["a", "b"]}, {"type": "null"}]}),
    ("3.1.0", {"anyOf": [{"const": None}, {"$ref": "#/components/schemas/Letter"}]}),
    ("3.1.0", {"enum": ["b", "a", None]}),
    ("3.1.0", {"$ref": "#/components/schemas/NullableLetter"}),
    ("3.0.3", {"allOf": [{"$ref": "#/components/schemas/Letter"}], "nullable": True}),
    ("3.0.3", {"$ref": "#/components/schemas/Letter", "nullable": "true"}),
]
COMPONENTS: Json = {
    "Letter": {"type": "string", "enum": ["a", "b"]},
    "NullableLetter": {"oneOf": [{"$ref": "#/components/schemas/Letter"}, {"type": "null"}]},
}


@pytest.mark.parametrize("theirs", range(len(SPELLINGS)))
def test_all_spellings_of_nullable_are_one(theirs: int) -> None:
    documents = [normalise(document(schema, version, COMPONENTS), "d") for version, schema in SPELLINGS]
    assert [compare(documents[theirs], other) for other in documents] == [[]] * len(documents)


@pytest.mark.parametrize(
    ("schema", "message"),
    [
        ({"type": 3}, "field: type: 3 is not the name of a type"),
        ({"type": "number", "maximum": "many"}, "maximum: 'many' is not a number"),
        ({"type": "integer", "default": "few"}, "'few' is not a number"),
        ({"type": "array", "default": "few"}, "'few' is not of type array"),
        ({"enum": "a"}, "field: enum: a list is expected"),
        ({"required": 1}, "field: required: a list of names is expected"),
        (7, "field: a mapping is expected"),
        ({"items": [{}]}, "field/items: a mapping is expected"),
        ({"oneOf": {}}, "field/oneOf: a list is expected"),
        ({"properties": []}, "field/properties: a mapping is expected"),
        ({"$ref": "#/components/schemas/None"}, "field: $ref '#/components/schemas/None' points to nothing"),
        ({"$ref": "other.yaml#/A"}, "points out of the document"),
        ({"$ref": "#anchor"}, "$ref '#anchor' points to something that is not a schema"),
        ({"$ref": 3}, "$ref is not a string"),
        ({"$ref": "#/info"}, "$ref '#/info' points to something that is not a schema"),
        ({"$ref": "#/openapi"}, "$ref '#/openapi' points to something that is not a schema"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_pointer(schema: Any, message: str) -> None:
    with pytest.raises(SpecError) as caught:
        normal(schema)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_references_in_a_circle_are_refused() -> None:
    circle = {"A": {"$ref": "#/components/schemas/B"}, "B": {"$ref": "#/components/schemas/A"}}
    with pytest.raises(SpecError, match="leads back to itself"):
        normal({"$ref": "#/components/schemas/A"}, circle)


def _texts(value: Any) -> Any:
    """As the vendor publishes values: everything that is not a container as a text."""
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    return str(value) if isinstance(value, int | float) else value


@given(
    type_=st.sampled_from(["number", "integer", "boolean"]),
    flags=st.dictionaries(st.sampled_from(["nullable", "deprecated", "readOnly"]), st.booleans()),
    bounds=st.dictionaries(st.sampled_from(["minimum", "maximum", "multipleOf"]), st.integers(-9, 9)),
    default=st.none() | st.booleans() | st.integers(-9, 9),
)
def test_texts_mean_what_they_spell(type_: str, flags: Json, bounds: Json, default: Any) -> None:
    if (type_ == "boolean") != isinstance(default, bool):
        default = None
    schema = {"type": type_, **flags, **bounds, "default": default}
    assert normal({key: value if key == "type" else _texts(value) for key, value in schema.items()}) == normal(schema)
