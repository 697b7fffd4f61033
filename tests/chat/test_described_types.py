"""Types within the arguments of tools, and what docstrings say about them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import Enum
from typing import Annotated, Any, Literal, TypedDict

import jsonschema
import pytest
from pydantic import BaseModel, Field

from aleph_alpha import FunctionCall, InvalidRequestError, JSONSchema, Tool, ToolCall


def schema_of(function: Any) -> dict[str, Any]:
    schema = Tool.from_function(function).parameters
    assert schema is not None
    jsonschema.Draft202012Validator.check_schema(schema)
    return dict(schema)


def properties(function: Any) -> Any:
    return schema_of(function)["properties"]


def read(function: Any, **arguments: Any) -> dict[str, Any]:
    call = ToolCall("call-1", "function", FunctionCall("function", json.dumps(arguments)))
    return Tool.from_function(function).read_arguments(call)


class Color(Enum):
    Red = "r"
    Blue = "b"


class Node(TypedDict, total=False):
    """A node.

    Attributes:
        name: of the node
    """

    name: str
    inner: list[Node]
    color: Color


def typed_dicts(node: Node, by_color: dict[Color, int], one: Literal[Color.Red, 7] = Color.Red) -> None: ...


def test_typed_dicts_hold_themselves_and_enums_stand_where_they_are_used() -> None:
    schema = schema_of(typed_dicts)
    node = schema["$defs"]["Node"]
    assert (node["description"], node["properties"]["name"]["description"]) == ("A node.", "of the node")
    assert node["properties"]["inner"]["items"] == {"$ref": "#/$defs/Node"}
    assert node["properties"]["color"] == {"type": "string", "enum": ["r", "b"]}
    assert schema["properties"]["by_color"]["propertyNames"] == {"type": "string", "enum": ["r", "b"]}
    assert list(schema["$defs"]) == ["Node"]
    value = {"node": {"inner": [{"name": "a", "color": "b"}]}, "by_color": {"r": 1}, "one": "r"}
    jsonschema.validate(value, schema)
    assert read(typed_dicts, **value) == {
        "node": {"inner": [{"name": "a", "color": Color.Blue}]},
        "by_color": {Color.Red: 1},
        "one": Color.Red,
    }


class Cat(BaseModel):
    kind: Literal["cat"]


class Dog(BaseModel):
    kind: Literal["dog"]


def tagged(pet: Annotated[Cat | Dog, Field(discriminator="kind")]) -> None: ...
def noted(cities: list[Annotated[str, "as in Paris"]], days: Annotated[int, Field(ge=1), "how many"]) -> None: ...


def test_tagged_unions_and_notes_within_lists_are_understood() -> None:
    assert read(tagged, pet={"kind": "dog"}) == {"pet": Dog(kind="dog")}
    assert properties(noted)["cities"]["items"] == {"type": "string", "description": "as in Paris"}
    assert properties(noted)["days"] == {"type": "integer", "minimum": 1, "description": "how many"}


@dataclass
class Tree:
    value: int
    branches: list[Tree]


def test_a_class_that_holds_itself_is_the_schema_and_a_definition_of_it() -> None:
    schema = JSONSchema.from_type(Tree).schema
    assert schema["type"] == "object"
    jsonschema.validate({"value": 1, "branches": [{"value": 2, "branches": []}]}, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"value": 1, "branches": [{"branches": []}]}, schema)


@dataclass
class Dangling:
    x: Missing  # type: ignore[name-defined]  # noqa: F821


class DanglingModel(BaseModel):
    x: Missing  # type: ignore[name-defined]  # noqa: F821


@dataclass
class Holding:
    inner: list[Dangling]


@pytest.mark.parametrize("kind", [Dangling, DanglingModel, Holding])
def test_an_annotation_within_a_class_that_cannot_be_resolved_is_named(kind: Any) -> None:
    def function(value: Any) -> None: ...

    function.__annotations__["value"] = kind
    with pytest.raises(InvalidRequestError, match=f"^{kind.__name__}: .*Missing"):
        JSONSchema.from_type(kind)
    with pytest.raises(InvalidRequestError, match=r"^function\.value: .*Missing"):
        Tool.from_function(function)


def keyword_sections(a: int, b: int, c: int = 0) -> None:
    """Do it.

    Note:
        Not now.

    Args:
        a, b (int): two numbers: both

    Keyword Args:
        c: a third

    Raises:
        ValueError: never
    """


def numpy_sections(a: int, b: int, c: int = 0) -> None:
    """Do it.

    Parameters
    ----------
    a, b : int
        two numbers: both

    Other Parameters
    ----------------
    c : int
        a third
    """


@pytest.mark.parametrize("function", [keyword_sections, numpy_sections])
def test_sections_of_docstrings_are_told_apart(function: Any) -> None:
    found = {name: each["description"] for name, each in properties(function).items()}
    assert found == {"a": "two numbers: both", "b": "two numbers: both", "c": "a third"}
    assert str(Tool.from_function(function).description).startswith("Do it.")


ODD = ["Args", "Args:", "Args:\n    a", "Parameters\n---------", ":param", "x: y", "@param", "\n\n"]


@pytest.mark.parametrize("text", ODD)
def test_odd_docstrings_do_no_harm(text: str) -> None:
    def function(a: int) -> None: ...

    function.__doc__ = text
    assert properties(function)["a"]["type"] == "integer"
