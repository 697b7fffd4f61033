"""What the generator is fed: one table for the rules, one for what is refused."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from scripts._gen import derive as derivation
from scripts._gen.derive import DeriveError, derive, operations, schemas
from scripts._spec.load import Json
from tests.contract.wire import contract


def document(schema: Json | None = None, operation: Json | None = None, **others: Json) -> Json:
    """A contract with one schema and one operation."""
    found: Json = {
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "1"},
        "paths": {"/thing": {"get": {"operationId": "getThing", "tags": ["things"], "responses": {"200": {}}}}},
        "components": {"schemas": {"Thing": schema or {"type": "object"}, **others}},
    }
    found["paths"]["/thing"]["get"].update(operation or {})
    return found


SCHEMA_RULES: dict[str, tuple[Json, Json]] = {
    "a default goes, a property called default stays": (
        {"type": "object", "properties": {"default": {"type": "integer", "default": 3}}},
        {"type": "object", "properties": {"default": {"type": "integer"}}},
    ),
    "defaults go at any depth": (
        {"type": "array", "default": [], "items": {"oneOf": [{"type": "string", "default": "a"}, {"type": "null"}]}},
        {"type": "array", "items": {"oneOf": [{"type": "string"}, {"type": "null"}]}},
    ),
    "titles and examples go": (
        {"type": "string", "title": "T", "example": "a", "examples": ["b"]},
        {"type": "string"},
    ),
    "closed objects are opened": (
        {"type": "object", "additionalProperties": False},
        {"type": "object"},
    ),
    "maps keep what they hold": (
        {"type": "object", "additionalProperties": {"type": "number"}},
        {"type": "object", "additionalProperties": {"type": "number"}},
    ),
    "a reference stands alone": (
        {"type": "object", "properties": {"other": {"$ref": "#/components/schemas/Other", "description": "d"}}},
        {"type": "object", "properties": {"other": {"$ref": "#/components/schemas/Other"}}},
    ),
    "a required constant is its own default, an optional one is not": (
        {
            "type": "object",
            "required": ["a"],
            "properties": {"a": {"type": "string", "const": "x"}, "b": {"type": "string", "const": "y"}},
        },
        {
            "type": "object",
            "required": ["a"],
            "properties": {
                "a": {"type": "string", "const": "x", "default": "x"},
                "b": {"type": "string", "const": "y"},
            },
        },
    ),
    "deprecation is said in words": (
        {"type": "object", "deprecated": True, "properties": {"a": {"deprecated": True, "description": "An a."}}},
        {"type": "object", "description": "Deprecated.", "properties": {"a": {"description": "Deprecated. An a."}}},
    ),
}


@pytest.mark.parametrize(("before", "after"), SCHEMA_RULES.values(), ids=SCHEMA_RULES)
def test_schemas_are_derived(before: Json, after: Json) -> None:
    derived = derive(document(before, Other={"type": "string"}))
    assert derived["components"]["schemas"]["Thing"] == after


OPERATION_RULES: dict[str, tuple[Json, Json]] = {
    "event streams go, JSON stays": (
        {"responses": {"200": {"content": {"text/event-stream": {}, "application/json": {}}}}},
        {"responses": {"200": {"content": {"application/json": {}}}}},
    ),
    "the schemas of a body and of a parameter are derived, too": (
        {
            "requestBody": {"content": {"application/json": {"schema": {"type": "integer", "default": 1}}}},
            "parameters": [{"name": "p", "in": "query", "schema": {"type": "integer", "default": 1}}],
        },
        {
            "requestBody": {"content": {"application/json": {"schema": {"type": "integer"}}}},
            "parameters": [{"name": "p", "in": "query", "schema": {"type": "integer"}}],
        },
    ),
    "a parameter's description goes where the generator looks": (
        {"parameters": [{"name": "p", "in": "query", "description": "d", "schema": {"type": "integer"}}]},
        {
            "parameters": [
                {"name": "p", "in": "query", "description": "d", "schema": {"type": "integer", "description": "d"}}
            ]
        },
    ),
    "deprecation is said in words": (
        {"deprecated": True, "description": "Old."},
        {"description": "Deprecated. Old."},
    ),
}


@pytest.mark.parametrize(("before", "after"), OPERATION_RULES.values(), ids=OPERATION_RULES)
def test_operations_are_derived(before: Json, after: Json) -> None:
    derived = derive(document(operation=before))["paths"]["/thing"]["get"]
    assert {key: value for key, value in derived.items() if key in before} == after


@pytest.mark.parametrize("rule", derivation.RULES, ids=lambda rule: rule.__name__)
def test_every_rule_gives_its_reason_and_changes_our_contract_or_a_table(rule: Callable[[Json], None]) -> None:
    """A rule that changes nothing anywhere is dead."""
    assert rule.__doc__
    samples = [contract(), *(document(before) for before, _ in SCHEMA_RULES.values())]
    assert any(changes(rule, sample) for sample in samples)


def changes(rule: Callable[[Json], None], sample: Json) -> bool:
    changed = copy.deepcopy(sample)
    rule(changed)
    return changed != sample


def test_the_contract_is_not_changed_by_deriving_from_it() -> None:
    before = copy.deepcopy(contract())
    derive(contract())
    assert contract() == before


def test_nothing_of_the_contract_is_lost_but_what_the_rules_take() -> None:
    derived = derive(contract())
    assert [pointer for pointer, _ in operations(derived)] == [pointer for pointer, _ in operations(contract())]
    kept = {pointer for pointer, _ in schemas(derived)}
    lost = {pointer for pointer, _ in schemas(contract())} - kept
    assert {pointer for pointer in lost if "event-stream" not in pointer} == {
        "/components/schemas/EmbeddingResponse/properties/embeddings/oneOf/1",  # null, which essential_members takes
    }


def refusal(wrong: Any) -> str:
    with pytest.raises(DeriveError) as caught:
        derive(wrong)
    return str(caught.value)


def second_operation(name: str) -> Json:
    wrong = document()
    wrong["paths"]["/other"] = {"post": {"operationId": name, "tags": ["others"], "responses": {"200": {}}}}
    return wrong


REFUSED: dict[str, tuple[Json, str]] = {
    "no operations": ({**document(), "paths": {}}, "/paths: there are no operations"),
    "webhooks": ({**document(), "webhooks": {"a": {}}}, "/webhooks: the generator drops webhooks"),
    "no operation id": (document(operation={"operationId": None}), "/paths/~1thing/get: no operationId"),
    "the same operation id twice": (
        second_operation("getThing"),
        "/paths/~1other/post: duplicate operation id getThing, as /paths/~1thing/get has it",
    ),
    "operation ids that make the same module": (
        second_operation("get_thing"),
        "/paths/~1other/post: duplicate operation id get_thing, as /paths/~1thing/get has it",
    ),
    "two tags": (document(operation={"tags": ["a", "b"]}), "/paths/~1thing/get: expected exactly one tag"),
    "no tag": (document(operation={"tags": []}), "/paths/~1thing/get: expected exactly one tag"),
    "callbacks": (document(operation={"callbacks": {"a": {}}}), "/paths/~1thing/get/callbacks: the generator drops it"),
    "only an event stream": (
        document(operation={"responses": {"200": {"content": {"text/event-stream": {}}}}}),
        "/paths/~1thing/get/responses/200: nothing but an event stream",
    ),
    "a keyword that the generator ignores": (
        document({"type": "array", "items": {"type": "string"}, "prefixItems": [{"type": "string"}]}),
        "/components/schemas/Thing/prefixItems: the generator ignores this keyword",
    ),
    "a required field that does not exist": (
        document({"type": "object", "required": ["a"], "properties": {"b": {}}}),
        "/components/schemas/Thing/required: a is not a property",
    ),
    "an object without a name": (
        document({"type": "object", "properties": {"a": {"type": "object"}}}),
        "/components/schemas/Thing/properties/a: an object or enum without a name",
    ),
    "an enum without a name": (
        document({"type": "object", "properties": {"a": {"type": "array", "items": {"enum": ["x"]}}}}),
        "/components/schemas/Thing/properties/a/items: an object or enum without a name",
    ),
    "names that make the same class": (
        document(thing={"type": "object"}),
        "/components/schemas/thing: becomes the same class or module as Thing",
    ),
}


@pytest.mark.parametrize(("wrong", "message"), REFUSED.values(), ids=REFUSED)
def test_what_the_generator_would_misread_is_refused(wrong: Json, message: str) -> None:
    assert message in refusal(wrong)


def test_all_problems_are_named_at_once() -> None:
    wrong = document({"type": "object", "properties": {"a": {"type": "object"}}}, operation={"tags": []})
    assert len(refusal(wrong).splitlines()) == 2
