"""What makes two documents the same or not: structure through names, one report for what is shared."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from scripts._spec.compare import compare
from scripts._spec.difference import Difference
from scripts._spec.load import Json
from scripts._spec.normalise import normalise

REF = "#/components/schemas/"


def document(*fields: Any, version: str = "3.1.0", components: Json | None = None, **more: Any) -> Json:
    """A document with one operation for each field: `POST /0` takes an object with the first one, and so on."""
    paths = {}
    for number, field in enumerate(fields):
        body = {"type": "object", "properties": {"field": field}}
        content = {"application/json": {"schema": body}}
        paths[f"/{number}"] = {
            "post": {"operationId": f"op{number}", "requestBody": {"content": content}, "responses": {}}
        }
    return {"openapi": version, "info": {}, "paths": paths, "components": {"schemas": components or {}}, **more}


def differences(theirs: Json, ours: Json) -> list[Difference]:
    return compare(normalise(theirs, "theirs"), normalise(ours, "ours"))


def only(theirs: Json, ours: Json) -> Difference:
    found = differences(theirs, ours)
    assert len(found) == 1, found
    return found[0]


THING = {"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}, "b": {"type": "integer"}}}
NAMED = {"Thing": THING}
FIELD = "/requestBody/content/application~1json/schema/properties/field"


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        (THING, {"$ref": REF + "Thing"}),
        (THING, {"allOf": [{"$ref": REF + "Thing"}]}),
        (THING, {"oneOf": [{"$ref": REF + "Thing"}]}),
        (THING, {"$ref": REF + "Alias"}),
        (
            THING,
            {
                "allOf": [
                    {"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}}},
                    {"properties": {"b": {"type": "integer"}}},
                ]
            },
        ),
        ({"type": "array", "items": THING}, {"type": "array", "items": {"$ref": REF + "Thing"}}),
        ({"oneOf": [THING, {"type": "string"}]}, {"anyOf": [{"type": "string"}, {"$ref": REF + "Thing"}]}),
        (
            {"oneOf": [{"oneOf": [THING, {"type": "string"}]}, {"type": "integer"}]},
            {"oneOf": [THING, {"type": ["string", "integer"]}]},
        ),
        ({"properties": {"a": {"type": "string"}}}, {"type": "object", "properties": {"a": {"type": "string"}}}),
        ({"additionalProperties": {"type": "string"}}, {"type": "object", "additionalProperties": {"type": "string"}}),
        ({"type": "object"}, {"type": "object", "additionalProperties": True}),
        ({"type": "object"}, {"type": "object", "additionalProperties": {}}),
        ({"type": "array"}, {"type": "array", "items": {}}),
        ({"const": "a"}, {"type": "string", "enum": ["a"]}),
        ({"type": "integer", "default": 1}, {"type": "integer", "default": 1.0}),
        ({"type": "array", "minItems": 0}, {"type": "array"}),
        ({"type": "string", "deprecated": False}, {"type": "string"}),
        ({}, {"description": "anything"}),
        (True, {}),
    ],
)
def test_the_same_structure_in_other_words_is_no_difference(theirs: Any, ours: Any) -> None:
    components = {**NAMED, "Alias": {"$ref": REF + "Thing"}}
    assert differences(document(theirs, components=components), document(ours, components=components)) == []
    assert differences(document(ours, components=components), document(theirs, components=components)) == []


@pytest.mark.parametrize(
    ("theirs", "ours", "pointer", "kind", "words"),
    [
        ({"type": "string"}, {"type": "integer"}, "/type", "type", ("string", "integer")),
        ({}, {"type": "integer"}, "", "type", ("any", "integer")),
        ({"type": "integer"}, THING, "/type", "type", ("integer", "{a: string, b?: integer}")),
        (False, {}, "/not", "not", ("{}", "absent")),
        ({"type": "array", "items": {"type": "string"}}, {"type": "array"}, "/items/type", "type", ("string", "any")),
        ({"const": "a"}, {"const": "b"}, "/const", "const", ('"a"', '"b"')),
        ({"enum": ["a", "b"]}, {"enum": ["a", "c", "b"]}, "/enum", "enum member", ("absent", '"c"')),
        ({"enum": ["a", "b"]}, {"type": "string"}, "/enum", "enum", ('["a", "b"]', "absent")),
        (
            {"type": "integer", "enum": [1, 2]},
            {"type": "integer", "enum": [1]},
            "/enum",
            "enum member",
            ("2", "absent"),
        ),
        (
            {"type": "object", "additionalProperties": False},
            {"type": "object"},
            "/additionalProperties",
            "additionalProperties",
            ("false", "any"),
        ),
        (
            {"type": "object", "additionalProperties": {"type": "string"}},
            {"type": "object"},
            "/additionalProperties/type",
            "type",
            ("string", "any"),
        ),
        (
            {"type": "object", "properties": {"a": {"type": "string"}}},
            {"type": "object"},
            "/properties/a",
            "field",
            ("string", "absent"),
        ),
        (THING, {**THING, "required": ["a", "b"]}, "/required", "required", ("absent", "b")),
        (
            {"oneOf": [{"type": "string"}, {"type": "integer"}]},
            {"type": "string"},
            "/oneOf/1",
            "union member",
            ("integer", "absent"),
        ),
        (
            {"type": "string"},
            {"anyOf": [{"type": "string"}, {"type": "integer"}]},
            "/anyOf",
            "union member",
            ("absent", "integer"),
        ),
        (
            {"oneOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]},
            {"oneOf": [{"type": "string"}, {"type": "array", "items": {"type": "integer"}}]},
            "/oneOf/1/items/type",
            "type",
            ("string", "integer"),
        ),
        (
            {"oneOf": [{"type": "boolean"}, {"type": "array"}]},
            {"oneOf": [{"type": "string"}, {"type": "integer"}]},
            "/oneOf",
            "type",
            ("[any] | boolean", "integer | string"),
        ),
        ({"type": "array", "prefixItems": [{}]}, {"type": "array"}, "/prefixItems", "prefixItems", ("[{}]", "absent")),
        (
            {"type": "string", "default": None},
            {"type": "string"},
            "/default",
            "default",
            ("null", "absent"),
        ),
    ],
)
def test_a_difference_says_where_it_is_and_what_stands_there(
    theirs: Any, ours: Any, pointer: str, kind: str, words: tuple[str, str]
) -> None:
    found = only(document(theirs), document(ours))
    assert found.pointer == "/paths/~10/post" + FIELD + pointer
    assert (found.kind, found.theirs, found.ours) == (kind, *words)
    assert found.operations == ("op0",)


def test_tagged_objects_of_a_union_are_told_apart_by_their_tags() -> None:
    def union(*types: Json) -> Json:
        return document({"oneOf": list(types)})

    def tagged(tag: str, **fields: Json) -> Json:
        return {"type": "object", "properties": {"type": {"const": tag}, **fields}}

    theirs = union(tagged("b", x={"type": "integer"}), tagged("a", x={"type": "string"}))
    ours = union(tagged("a", x={"type": "string"}), tagged("b", x={"type": "string"}))
    assert only(theirs, ours).pointer.endswith("/oneOf/0/properties/x/type")


def test_a_member_of_a_union_that_became_like_another_is_the_one_that_changed() -> None:
    def lists(*types: str) -> Json:
        return document({"oneOf": [{"type": "array", "items": {"type": each}} for each in types]})

    found = only(lists("integer", "integer", "boolean"), lists("string", "integer", "boolean"))
    assert found.pointer.endswith("/oneOf/0/items/type")


def test_a_difference_in_a_shared_schema_is_one_with_all_the_operations_it_reaches() -> None:
    use = {"$ref": REF + "Thing"}
    inner = {"type": "array", "items": {"oneOf": [use, {"type": "null"}]}}
    ours = document(use, inner, {"type": "string"}, components=NAMED)
    theirs = copy.deepcopy(ours)
    theirs["components"]["schemas"]["Thing"]["properties"]["a"]["type"] = "integer"
    found = only(theirs, ours)
    assert found.pointer == "/components/schemas/Thing/properties/a/type"
    assert found.operations == ("op0", "op1")


def test_a_difference_in_a_schema_that_only_they_share_is_one() -> None:
    use = {"$ref": REF + "Thing"}
    theirs = document(use, use, components={"Thing": {**THING, "required": []}})
    found = only(theirs, document(THING, THING))
    assert (found.pointer, found.operations) == ("/components/schemas/Thing/required", ("op0", "op1"))


def test_each_place_that_they_changed_is_a_difference_though_the_contract_shares_the_schema() -> None:
    use = {"$ref": REF + "Thing"}
    changed = {**THING, "required": []}
    found = differences(document(changed, THING, changed), document(use, use, use, components=NAMED))
    assert [each.operations for each in found] == [("op0",), ("op2",)]
    assert {each.contract_pointer for each in found} == {"/components/schemas/Thing/required"}


def test_a_schema_that_contains_itself_is_compared_once() -> None:
    tree = {"type": "object", "properties": {"children": {"type": "array", "items": {"$ref": REF + "Tree"}}}}
    use = {"$ref": REF + "Tree"}
    ours = document(use, components={"Tree": tree})
    assert differences(ours, copy.deepcopy(ours)) == []
    theirs = copy.deepcopy(ours)
    theirs["components"]["schemas"]["Tree"]["properties"]["new"] = use
    assert only(theirs, ours).pointer == "/components/schemas/Tree/properties/new"


def test_a_component_behind_a_difference_is_compared_too() -> None:
    use = {"$ref": REF + "Thing"}
    ours = document(use, components=NAMED)
    theirs = document({"type": "array", "items": use}, components={"Thing": {**THING, "required": []}})
    pointers = [each.pointer for each in differences(theirs, ours)]
    assert pointers == ["/components/schemas/Thing/required", "/paths/~10/post" + FIELD + "/type"]


def test_a_component_that_only_they_have_is_written_out_where_it_makes_a_difference() -> None:
    use = {"$ref": REF + "Thing"}
    described = only(document({"type": "array", "items": use}, components=NAMED), document({"type": "string"}))
    assert described.theirs == "[{a: string, b?: integer}]"
    both = only(
        document({"type": "array", "items": use}, components=NAMED), document({"type": "string"}, components=NAMED)
    )
    assert both.theirs == "[Thing]"


def test_a_reference_to_another_known_component_is_a_difference_of_the_place_that_refers() -> None:
    components = {**NAMED, "Other": {"type": "object", "properties": {"c": {"type": "string"}}}}
    ours = document({"$ref": REF + "Thing"}, {"$ref": REF + "Other"}, components=components)
    theirs = document({"$ref": REF + "Other"}, {"$ref": REF + "Other"}, components=components)
    found = only(theirs, ours)
    assert found.pointer == "/paths/~10/post" + FIELD + "/$ref"
    assert (found.theirs, found.ours) == ("Other", "Thing")


def test_references_may_be_written_as_in_urls() -> None:
    theirs = document({"$ref": REF + "A%20thing%7E1b"}, components={"A thing/b": THING, "100%25": THING})
    assert differences(theirs, document({"$ref": REF + "Thing"}, components=NAMED)) == []


def test_a_renamed_component_is_no_difference() -> None:
    theirs = document({"$ref": REF + "Renamed"}, components={"Renamed": THING})
    assert differences(theirs, document({"$ref": REF + "Thing"}, components=NAMED)) == []


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("{host}/v1", "/v1"),
        ("https://example.com/v1/", "/v1"),
        ("//example.com:8080/v1", "/v1"),
        ("/v1", "/v1"),
        ("https://{region}.example.com/v1", "/v1"),
    ],
)
def test_only_the_path_of_a_server_counts(url: str, path: str) -> None:
    ours = document(servers=[{"url": "https://other.example.org" + path}])
    assert differences(document(servers=[{"url": url}]), ours) == []
    assert only(document(servers=[{"url": url + "x"}]), ours).kind == "base path"


def test_security_is_what_it_means_for_an_operation() -> None:
    schemes = {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}}
    everywhere = document({}, {}, security=[{"token": []}])
    each = document({}, {})
    for path in each["paths"].values():
        path["post"]["security"] = [{"token": []}]
    for one in (everywhere, each):
        one["components"].update(copy.deepcopy(schemes))
    assert differences(everywhere, each) == []
    each["components"]["securitySchemes"]["token"]["scheme"] = "basic"
    assert only(each, everywhere).pointer == "/components/securitySchemes/token"
    del everywhere["security"]
    assert [found.kind for found in differences(everywhere, each)] == ["security"]


def test_parameters_of_a_path_are_parameters_of_its_operations() -> None:
    parameter = {"name": "n", "in": "query", "schema": {"type": "string"}}
    shared, own = document({}), document({})
    shared["paths"]["/0"]["parameters"] = [{"$ref": "#/components/parameters/N"}]
    shared["components"]["parameters"] = {"N": parameter}
    own["paths"]["/0"]["post"]["parameters"] = [parameter]
    assert differences(shared, own) == []
    assert differences(own, shared) == []
    shared["components"]["parameters"]["N"] = {**parameter, "required": True}
    found = only(shared, own)
    assert (found.pointer, found.operations) == ("/components/parameters/N/required", ("op0",))


def test_media_types_are_compared_without_case_and_parameters() -> None:
    theirs = document({"type": "string"})
    content = theirs["paths"]["/0"]["post"]["requestBody"]["content"]
    content["Application/JSON; charset=utf-8"] = content.pop("application/json")
    assert differences(theirs, document({"type": "string"})) == []


def test_the_encoding_of_a_form_counts_where_it_is_not_the_usual_one() -> None:
    form = document({"type": "object"})
    body = form["paths"]["/0"]["post"]["requestBody"]
    body["content"]["multipart/form-data"] = body["content"].pop("application/json")
    usual = copy.deepcopy(form)
    media_type = usual["paths"]["/0"]["post"]["requestBody"]["content"]["multipart/form-data"]
    media_type["encoding"] = {"field": {"contentType": "application/json"}}
    assert differences(usual, form) == []
    media_type["encoding"]["field"]["contentType"] = "text/xml"
    assert only(usual, form).kind == "encoding"
