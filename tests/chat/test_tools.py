"""Tools: from functions to schemas, and from the arguments of a model to those of a function."""

from __future__ import annotations

import datetime
import json
import pickle
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import partial
from threading import Thread
from typing import Annotated, Any, Literal, NewType, NotRequired, TypedDict
from uuid import UUID

import jsonschema
import pytest
from pydantic import BaseModel, Field

from aleph_alpha import ChatRequest, FunctionCall, InvalidRequestError, Message, ResponseError, Role, Tool, ToolCall
from aleph_alpha.chat.tool_results import tool_failure
from aleph_alpha.tools import tool_result


class Unit(Enum):
    Celsius = "C"
    Fahrenheit = "F"


@dataclass
class Place:
    """Where to look.

    Attributes:
        city: its name
        country: two letters
    """

    city: str
    country: str = "FR"


class Options(TypedDict):
    hourly: bool
    days: NotRequired[int]


class Station(BaseModel):
    """A weather station."""

    number: int = Field(description="as painted on its door", ge=1)
    near: Place | None = None


Celsius = NewType("Celsius", float)


def call(arguments: str, name: str = "function") -> ToolCall:
    return ToolCall("call-1", "function", FunctionCall(name, arguments))


def parameters(function: Any) -> Mapping[str, Any]:
    schema = Tool.from_function(function).parameters
    assert schema is not None
    jsonschema.Draft202012Validator.check_schema(schema)
    return schema


# --- schemas ---------------------------------------------------------------------------------------


def test_a_function_becomes_a_tool() -> None:
    def get_weather(location: str, unit: Literal["C", "F"] = "C") -> str:
        """Get the weather in a place.

        It is a forecast.

        Args:
            location: city and country,
                as in "Bogotá, Colombia"
            unit: of temperatures
        """
        return f"{location} {unit}"

    assert Tool.from_function(get_weather).to_json() == {
        "type": "function",
        "function": {
            "name": "get_weather",
            "description": "Get the weather in a place.\n\nIt is a forecast.",
            "parameters": {
                "type": "object",
                "properties": {
                    "location": {"type": "string", "description": 'city and country, as in "Bogotá, Colombia"'},
                    "unit": {"type": "string", "enum": ["C", "F"], "description": "of temperatures", "default": "C"},
                },
                "required": ["location"],
                "additionalProperties": False,
            },
        },
    }


def google(a: int, b: int) -> None:
    """Do it.

    Args:
        a (int): the first
        b: the second

    Returns:
        nothing
    """


def numpy_style(a: int, b: int) -> None:
    """Do it.

    Parameters
    ----------
    a : int
        the first
    b
        the second

    Returns
    -------
    nothing
    """


def sphinx(a: int, b: int) -> None:
    """Do it.

    :param a: the first
    :param int b: the
        second
    :returns: nothing
    """


def annotated(a: Annotated[int, "the first"], b: Annotated[int, Field(description="the second")]) -> None:
    """Do it."""


@pytest.mark.parametrize("function", [google, numpy_style, sphinx, annotated])
def test_descriptions_come_from_docstrings_and_annotations(function: Any) -> None:
    tool = Tool.from_function(function)
    assert (tool.description, tool.parameters) == (
        "Do it.",
        {
            "type": "object",
            "properties": {
                "a": {"type": "integer", "description": "the first"},
                "b": {"type": "integer", "description": "the second"},
            },
            "required": ["a", "b"],
            "additionalProperties": False,
        },
    )


PLACE_SCHEMA = {
    "type": "object",
    "properties": {
        "city": {"type": "string", "description": "its name"},
        "country": {"type": "string", "description": "two letters", "default": "FR"},
    },
    "required": ["city"],
    "additionalProperties": False,
    "description": "Where to look.",
}

TYPES: list[tuple[Any, dict[str, Any]]] = [
    (str, {"type": "string"}),
    (int, {"type": "integer"}),
    (float, {"type": "number"}),
    (bool, {"type": "boolean"}),
    (None, {"type": "null"}),
    (Any, {}),
    (Celsius, {"type": "number"}),
    (int | None, {"anyOf": [{"type": "integer"}, {"type": "null"}]}),
    (list[str], {"type": "array", "items": {"type": "string"}}),
    (list, {"type": "array"}),
    (Sequence[int], {"type": "array", "items": {"type": "integer"}}),
    (set[int], {"type": "array", "items": {"type": "integer"}, "uniqueItems": True}),
    (tuple[int, ...], {"type": "array", "items": {"type": "integer"}}),
    (
        tuple[int, str],
        {"type": "array", "prefixItems": [{"type": "integer"}, {"type": "string"}], "minItems": 2, "maxItems": 2},
    ),
    (dict[str, float], {"type": "object", "additionalProperties": {"type": "number"}}),
    (dict, {"type": "object"}),
    (Unit, {"type": "string", "enum": ["C", "F"]}),
    (Literal[1, 2], {"type": "integer", "enum": [1, 2]}),
    (Literal["a", 1, None], {"enum": ["a", 1, None]}),
    (Literal[Unit.Celsius], {"type": "string", "const": "C"}),
    (datetime.datetime, {"type": "string", "format": "date-time"}),
    (datetime.date, {"type": "string", "format": "date"}),
    (UUID, {"type": "string", "format": "uuid"}),
]


@pytest.mark.parametrize(("kind", "schema"), TYPES, ids=[str(kind) for kind, _ in TYPES])
def test_types_become_schemas(kind: Any, schema: dict[str, Any]) -> None:
    def function(value: Any) -> None: ...

    function.__annotations__["value"] = kind
    assert parameters(function)["properties"] == {"value": schema}


def test_classes_are_described_once_by_name() -> None:
    def function(here: Place, there: Place | None, options: Options, station: Station) -> None: ...

    schema = parameters(function)
    assert schema["properties"]["here"] == {"$ref": "#/$defs/Place"}
    assert schema["properties"]["there"] == {"anyOf": [{"$ref": "#/$defs/Place"}, {"type": "null"}]}
    assert schema["$defs"]["Place"] == PLACE_SCHEMA
    assert schema["$defs"]["Options"]["required"] == ["hourly"]
    assert schema["$defs"]["Station"]["properties"]["number"]["minimum"] == 1


@dataclass
class Tree:
    value: int
    branches: list[Tree]


def test_classes_may_hold_themselves() -> None:
    def plant(tree: Tree) -> None: ...

    schema = parameters(plant)
    leaf = {"value": 1, "branches": []}
    jsonschema.validate({"tree": {"value": 0, "branches": [leaf]}}, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"tree": {"value": 0, "branches": [{}]}}, schema)
    read = Tool.from_function(plant).read_arguments(call(json.dumps({"tree": {"value": 0, "branches": [leaf]}})))
    assert read == {"tree": Tree(0, [Tree(1, [])])}


def test_two_classes_of_one_name_do_not_mix() -> None:
    other: Any = dataclass(type("Place", (), {"__annotations__": {"x": int}}))

    def function(here: Place, there: Any) -> None: ...

    function.__annotations__["there"] = other
    schema = parameters(function)
    assert schema["properties"]["there"] == {"$ref": "#/$defs/Place2"}
    assert list(schema["$defs"]["Place2"]["properties"]) == ["x"]


@pytest.mark.parametrize(
    ("function", "pattern"),
    [
        (lambda x: x, "a function with a name"),
        (7, "a function with a name"),
        (partial(lambda x: x, 1), "a function with a name"),
    ],
)
def test_what_has_no_name_needs_one(function: Any, pattern: str) -> None:
    with pytest.raises(InvalidRequestError, match=pattern):
        Tool.from_function(function)
    if callable(function):
        assert Tool.from_function(function, name="it").name == "it"


def star(*values: int) -> None: ...
def double_star(**values: int) -> None: ...
def positional(value: int, /) -> None: ...
def unknown_type(value: object = None, other: Thread | None = None) -> None: ...
def unknown_key(value: dict[tuple[Thread], str]) -> None: ...
def unknown_within(value: list[list[Thread]]) -> None: ...
def no_value(value: Callable[[], int]) -> None: ...
def dangling(value: Missing) -> None: ...  # type: ignore[name-defined]  # noqa: F821


@pytest.mark.parametrize(
    ("function", "pattern"),
    [
        (star, r"star: \*values"),
        (double_star, r"double_star: \*\*values"),
        (positional, "positional: value"),
        (unknown_type, r"unknown_type\.other: there is no JSON schema for it: .*Thread"),
        (unknown_key, r"unknown_key\.value: there is no JSON schema for it: .*Thread"),
        (unknown_within, r"unknown_within\.value: there is no JSON schema for it: .*Thread"),
        (no_value, r"no_value\.value: there is no JSON schema for it"),
        (dangling, r"dangling\.value: the annotation 'Missing' cannot be resolved"),
    ],
)
def test_what_a_model_cannot_call_is_refused(function: Any, pattern: str) -> None:
    with pytest.raises(InvalidRequestError, match=pattern):
        Tool.from_function(function)


def test_methods_and_callable_objects_are_functions() -> None:
    class Weather:
        def get(self, place: Annotated[str, "where"]) -> str:
            """Get it."""
            return place

        def __call__(self, days: int) -> int:
            """Call it."""
            return days

    tool = Tool.from_function(Weather().get)
    assert (tool.name, tool.description) == ("get", "Get it.")
    assert tool.read_arguments(call('{"place": "Paris"}')) == {"place": "Paris"}
    assert list(parameters_of(Tool.from_function(Weather(), name="weather"))) == ["days"]


def parameters_of(tool: Tool) -> Mapping[str, Any]:
    assert tool.parameters is not None
    properties: Mapping[str, Any] = tool.parameters["properties"]
    return properties


def test_pydantic_models_and_dicts_are_tools() -> None:
    tool = Tool.from_pydantic(Station)
    assert (tool.name, tool.description) == ("Station", "A weather station.")
    assert parameters_of(tool)["number"]["description"] == "as painted on its door"
    definition = {"type": "function", "function": {"name": "now", "strict": False, "description": "The time."}}
    assert Tool.from_json(definition).to_json() == definition
    body = ChatRequest("m", [Message("user", "Hi")], tools=[google, Station, definition, Tool("x")]).to_json()
    assert [one["function"]["name"] for one in body["tools"]] == ["google", "Station", "now", "x"]
    assert body["tools"][2] == definition
    with pytest.raises(InvalidRequestError, match=r"tool\.function"):
        Tool.from_json({"type": "function"})
    with pytest.raises(InvalidRequestError, match="from_pydantic takes a pydantic model"):
        Tool.from_pydantic(Place)  # type: ignore[arg-type]


# --- arguments -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "arguments"), [('{"a": 1}', {"a": 1}), ("", {}), ("  ", {}), ("{}", {}), ("null", {})]
)
def test_arguments_are_parsed(text: str, arguments: dict[str, Any]) -> None:
    assert call(text).arguments == arguments


@pytest.mark.parametrize("text", ["{", "[1]", '"a"', "7", "{'a': 1}", '{"a": NaN}'])
def test_arguments_that_are_no_json_object_are_shown(text: str) -> None:
    with pytest.raises(ResponseError) as caught:
        _ = call(text, "get_weather").arguments
    assert text in str(caught.value)
    assert "get_weather" in str(caught.value)
    assert pickle.loads(pickle.dumps(caught.value)).path == "function.arguments"


def everything(
    place: Place,
    when: datetime.date,
    unit: Unit = Unit.Celsius,
    options: Options | None = None,
    station: Station | None = None,
    limits: tuple[float, float] = (0, 1),
    tags: frozenset[str] = frozenset(),
    mode: Literal["fast", "slow"] = "fast",
    number: int | str = 0,
    more: Any = None,
) -> None: ...


def test_arguments_become_the_types_of_the_function() -> None:
    read = Tool.from_function(everything).read_arguments(
        call(
            json.dumps(
                {
                    "place": {"city": "Paris"},
                    "when": "2026-11-21",
                    "unit": "F",
                    "options": {"hourly": True},
                    "station": {"number": 3, "near": {"city": "Lyon", "country": "FR"}},
                    "limits": [1, 2.5],
                    "tags": ["a", "a"],
                    "mode": "slow",
                    "number": "7",
                    "more": {"x": [1]},
                }
            )
        )
    )
    assert read == {
        "place": Place("Paris", "FR"),
        "when": datetime.date(2026, 11, 21),
        "unit": Unit.Fahrenheit,
        "options": {"hourly": True},
        "station": Station(number=3, near=Place("Lyon", "FR")),
        "limits": (1.0, 2.5),
        "tags": frozenset({"a"}),
        "mode": "slow",
        "number": "7",
        "more": {"x": [1]},
    }
    assert isinstance(read["limits"][0], float)


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ({}, "place is missing"),
        ({"place": {}}, "place.city is missing"),
        ({"place": "Paris"}, "place must be "),
        ({"place": {"city": 3}}, r"place\.city must be .*, not int 3"),
        ({"plaice": 1}, "plaice is unknown; known are place, when"),
        ({"place": {"city": "x", "town": "y"}}, "place.town is unknown"),
        ({"when": "tomorrow"}, "when must be .*, not str 'tomorrow'"),
        ({"unit": "K"}, r"unit must be .*'C'.*'F'.*, not str 'K'"),
        ({"mode": "medium"}, r"mode must be .*'fast'.*'slow'.*, not str 'medium'"),
        ({"limits": [1]}, r"limits\[1\] is missing"),
        ({"limits": [1, "x"]}, r"limits\[1\] must be .*, not str 'x'"),
        ({"tags": [[]]}, r"tags\[0\] must be .*, not list \[\]"),
        ({"number": 1.5}, r"number must be .*integer.* or .*string.*, not float 1\.5"),
        ({"number": True}, r"number must be .*integer.* or .*string.*, not bool True"),
        ({"options": {"hourly": 1}}, r"options\.hourly must be .*, not int 1"),
        ({"station": {"number": 0}}, r"station\.number must be .*1, not int 0"),
    ],
)
def test_arguments_that_do_not_fit_say_where(arguments: dict[str, Any], problem: str) -> None:
    given = {"place": {"city": "Paris"}, "when": "2026-11-21", **arguments} if arguments else {}
    with pytest.raises(ResponseError, match="the arguments for everything do not fit") as caught:
        Tool.from_function(everything).read_arguments(call(json.dumps(given)))
    assert re.search(problem, str(caught.value))


def test_whole_numbers_may_be_written_with_a_fraction_of_zero() -> None:
    assert Tool.from_function(google).read_arguments(call('{"a": 3.0, "b": 4}')) == {"a": 3, "b": 4}


def test_a_check_of_the_dataclass_is_heard() -> None:
    @dataclass
    class Positive:
        number: int

        def __post_init__(self) -> None:
            if self.number < 1:
                raise ValueError("too small")

    def function(value: Any) -> None: ...

    function.__annotations__["value"] = Positive
    with pytest.raises(ResponseError, match="value is refused: too small"):
        Tool.from_function(function).read_arguments(call('{"value": {"number": 0}}'))


# --- results ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("result", "text"),
    [
        ("rain", "rain"),
        (None, "null"),
        ({"a": 1}, '{"a":1}'),
        ([1.5], "[1.5]"),
        (Place("Paris"), '{"city":"Paris","country":"FR"}'),
        (Station(number=1), '{"number":1,"near":null}'),
        ({1: datetime.date(2026, 11, 21)}, '{"1":"2026-11-21"}'),
        (1 + 2j, '"1+2j"'),
    ],
)
def test_results_are_told_as_text(result: Any, text: str) -> None:
    assert tool_result(call("{}"), result) == Message(Role.Tool, text, tool_call_id="call-1")


def test_failures_are_told_without_a_traceback() -> None:
    assert tool_failure(call("{}"), LookupError("no such city")).content == "Error: LookupError: no such city"
