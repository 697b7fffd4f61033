"""Functions as tools: what people write, what the model is told of it, and what the function gets."""

from __future__ import annotations

import datetime
import functools
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Generic, Literal, NotRequired, Optional, TypedDict, TypeVar

import jsonschema
import pytest
from hypothesis import given, strategies as st
from pydantic import BaseModel, Field
from pydantic.dataclasses import dataclass as pydantic_dataclass

from aleph_alpha import FunctionCall, InvalidRequestError, JSONSchema, ResponseError, Tool, ToolCall


def call(arguments: str) -> ToolCall:
    return ToolCall("call-1", "function", FunctionCall("function", arguments))


def schema_of(function: Any) -> dict[str, Any]:
    schema = Tool.from_function(function).parameters
    assert schema is not None
    jsonschema.Draft202012Validator.check_schema(schema)
    return dict(schema)


def properties(function: Any) -> Any:
    return schema_of(function)["properties"]


def read(function: Any, **arguments: Any) -> dict[str, Any]:
    return Tool.from_function(function).read_arguments(call(json.dumps(arguments)))


# --- bounds, required fields, defaults -------------------------------------------------------------


@pydantic_dataclass
class Page:
    number: int = Field(description="from 1", ge=1)
    size: Annotated[int, Field(le=100)] = 10


@dataclass
class Range:
    low: Annotated[int, Field(ge=0)]
    high: int = Field(default=10, le=100)
    label: str = None  # type: ignore[assignment]


class Filter(TypedDict):
    least: Annotated[float, Field(gt=0)]
    words: NotRequired[Annotated[list[str], Field(max_length=3)]]


def search(
    text: Annotated[str, Field(min_length=1, pattern="^[a-z]+$")],
    limit: Annotated[int, Field(ge=1, le=100)],
    page: Page,
    within: Range,
    filter: Filter,
    offset: int = Field(default=0, ge=0, description="how many to pass over"),
    city: str = None,  # type: ignore[assignment]  # noqa: RUF013
) -> None: ...


def test_bounds_and_required_fields_reach_the_model() -> None:
    schema = schema_of(search)
    assert schema["required"] == ["text", "limit", "page", "within", "filter"]
    found = schema["properties"]
    assert found["text"] == {"type": "string", "minLength": 1, "pattern": "^[a-z]+$"}
    assert found["limit"] == {"type": "integer", "minimum": 1, "maximum": 100}
    assert found["offset"] == {"type": "integer", "minimum": 0, "default": 0, "description": "how many to pass over"}
    page, within, filter = (schema["$defs"][name] for name in ("Page", "Range", "Filter"))
    assert (page["required"], page["properties"]["number"]["minimum"]) == (["number"], 1)
    assert (within["required"], within["properties"]["low"]["minimum"]) == (["low"], 0)
    assert (filter["required"], filter["properties"]["least"]["exclusiveMinimum"]) == (["least"], 0)
    assert filter["properties"]["words"]["maxItems"] == 3


GOOD: dict[str, Any] = {
    "text": "a",
    "limit": 5,
    "page": {"number": 1},
    "within": {"low": 0},
    "filter": {"least": 0.5},
}


def test_bounds_are_held_to() -> None:
    assert read(search, **GOOD)["page"] == Page(number=1, size=10)
    assert read(search, **GOOD)["offset"] == 0, "the function would get the Field itself"
    wrong: list[dict[str, Any]] = [
        *({"text": ""}, {"limit": 101}, {"page": {"number": 0}}, {"page": {"number": 1, "size": 101}}, {"offset": -1}),
        *({"within": {"low": -1}}, {"within": {"low": 0, "high": 101}}, {"filter": {"least": 0}}),
        {"filter": {"least": 1, "words": list("abcd")}},
    ]
    for change in wrong:
        with pytest.raises(ResponseError, match="the arguments for search do not fit: "):
            read(search, **(GOOD | change))


def contradicting(
    a: str = None,  # type: ignore[assignment]  # noqa: RUF013
    b: list[int] = None,  # type: ignore[assignment]  # noqa: RUF013
    c: Literal["x"] = None,  # type: ignore[assignment]  # noqa: RUF013
    d: int = "three",  # type: ignore[assignment]
    e: Annotated[int, Field(ge=1)] = 0,
    f: Range = Range(0, 10, "x"),  # noqa: B008
    g: Optional[int] = None,  # noqa: UP045
    h: Any = None,
) -> None: ...


def test_no_schema_contradicts_its_own_default() -> None:
    schema = schema_of(contradicting)
    shown = {name: each["default"] for name, each in schema["properties"].items() if "default" in each}
    assert shown == dict.fromkeys("abcgh") | {"f": {"low": 0, "high": 10, "label": "x"}}
    jsonschema.validate(shown, schema)
    label = schema["$defs"]["Range"]["properties"]["label"]
    assert "default" not in label
    assert read(contradicting, a=None, b=None, c=None) == {"a": None, "b": None, "c": None}


# --- integers --------------------------------------------------------------------------------------


def pay(wei: int, more: Any = None, each: list[int] = [], named: dict[str, int] = {}) -> None: ...  # noqa: B006


@given(st.integers(-(10**60), 10**60))
def test_integers_of_any_length_are_exact(number: int) -> None:
    arguments = {"wei": number, "more": {"x": [number]}, "each": [number], "named": {"a": number}}
    assert call(json.dumps(arguments)).arguments == arguments
    assert read(pay, **arguments) == arguments


@pytest.mark.parametrize("text", ["1e400", "9" * 5000, "-1e999", "NaN", "Infinity"])
def test_numbers_that_cannot_be_exact_are_refused(text: str) -> None:
    with pytest.raises(ResponseError, match="are not valid JSON"):
        _ = call(f'{{"wei": {text}}}').arguments
    with pytest.raises(ResponseError, match="are not valid JSON"):
        Tool.from_function(pay).read_arguments(call(f'{{"wei": {text}}}'))


@pytest.mark.parametrize(
    ("text", "number"), [("3.0", 3), ("19876543210987654321.0", 19876543210987654321), ("2e3", 2000)]
)
def test_whole_floats_are_integers(text: str, number: int) -> None:
    assert Tool.from_function(pay).read_arguments(call(f'{{"wei": {text}}}')) == {"wei": number}


# --- partials, methods, objects, decorators --------------------------------------------------------


def send(token: str, to: str, *, subject: str = "Hello", copies: int = 1) -> str:
    """Send a message.

    Args:
        token: secret
        to: whom
        subject: in one line
    """
    return f"{token} {to} {subject} {copies}"


@pytest.mark.parametrize(
    ("bound", "left"),
    [
        (functools.partial(send, "s3cret"), ["to", "subject", "copies"]),
        (functools.partial(send, token="s3cret"), ["to", "subject", "copies"]),
        (functools.partial(send, "s3cret", subject="Hi"), ["to", "copies"]),
        (functools.partial(functools.partial(send, token="s3cret"), copies=2), ["to", "subject"]),
        (functools.update_wrapper(functools.partial(send, token="s3cret"), send), ["to", "subject", "copies"]),
    ],
)
def test_what_a_partial_has_bound_is_no_part_of_the_tool(bound: Any, left: list[str]) -> None:
    tool = Tool.from_function(bound)
    assert (tool.name, tool.description) == ("send", "Send a message.")
    assert "s3cret" not in json.dumps(tool.to_json())
    assert list(properties(bound)) == left
    assert properties(bound)["to"] == {"type": "string", "description": "whom"}
    assert bound(**read(bound, to="me")).startswith("s3cret me")
    with pytest.raises(ResponseError, match="token is unknown"):
        read(bound, to="me", token="mine")
    with pytest.raises(ResponseError, match=r"to must be .*, not int 7"):
        read(bound, to=7)


class Weather:
    """Knows the weather."""

    def __call__(self, place: str) -> str:
        return place

    def ask(self, place: str) -> Nowhere:  # type: ignore[name-defined]  # noqa: F821
        """Ask."""

    @staticmethod
    def fixed(place: str) -> str:
        """Say it."""
        return place

    @classmethod
    def made(cls, place: str) -> str:
        """Make it."""
        return place

    half = functools.partialmethod(lambda self, day, place: place, 1)


class Documented(Weather):
    def __call__(self, place: str) -> str:
        """Say what it is like."""
        return place

    def ask(self, place: str) -> Nowhere:  # type: ignore[name-defined]  # noqa: F821
        return None


def decorated(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def around(*args: Any, **words: Any) -> Any:
        return function(*args, **words)

    return around


@decorated
def wrapped(place: str) -> Nowhere:  # type: ignore[name-defined]  # noqa: F821
    """Wrapped."""


@pytest.mark.parametrize(
    ("function", "name", "description"),
    [
        (Weather(), "Weather", "Knows the weather."),
        (Documented(), "Documented", "Say what it is like."),
        (Weather().ask, "ask", "Ask."),
        (Documented().ask, "ask", None),
        (Weather.fixed, "fixed", "Say it."),
        (Weather.made, "made", "Make it."),
        (wrapped, "wrapped", "Wrapped."),
        (functools.partial(wrapped), "wrapped", "Wrapped."),
    ],
)
def test_functions_that_work_are_described(function: Any, name: str, description: str | None) -> None:
    tool = Tool.from_function(function)
    assert (tool.name, tool.description) == (name, description)
    assert properties(function) == {"place": {"type": "string"}}
    assert read(function, place="Paris") == {"place": "Paris"}


def test_a_type_of_the_function_around_is_found() -> None:
    @dataclass
    class Local:
        x: int

    def function(value: Local) -> Local:
        return value or Local(0)

    assert read(function, value={"x": 1}) == {"value": Local(1)}


def names_of_pydantic(schema: str, json: int, copy: bool = False, model_config: int = 1, _private: int = 2) -> None: ...


def test_arguments_may_be_called_as_they_like() -> None:
    assert list(properties(names_of_pydantic)) == ["schema", "json", "copy", "model_config", "_private"]
    given = {"schema": "a", "json": 1, "copy": True, "model_config": 2, "_private": 3}
    assert read(names_of_pydantic, **given) == given


def unfinished(x: int | Mis) -> None: ...  # type: ignore[name-defined]  # noqa: F821
def no_attribute(x: datetime.nope) -> None: ...  # type: ignore[name-defined]
def fails(x: Literal[1 / 0]) -> None: ...  # type: ignore[valid-type]


@pytest.mark.parametrize("function", [unfinished, no_attribute, fails])
def test_an_annotation_that_cannot_be_resolved_is_named(function: Any) -> None:
    with pytest.raises(InvalidRequestError, match=rf"{function.__name__}\.x: the annotation .* cannot be resolved"):
        Tool.from_function(function)


@pytest.mark.parametrize("function", [dict, int, len])
def test_a_builtin_whose_signature_is_not_to_be_had_is_refused(function: Any) -> None:
    with pytest.raises(InvalidRequestError, match=function.__name__):
        Tool.from_function(function)


# --- descriptions and names ------------------------------------------------------------------------


class Undocumented(BaseModel):
    x: int


class Parent(BaseModel):
    """The parent's own."""

    x: int


class Child(Parent):
    y: int = 0


class Empty(BaseModel):
    ""

    x: int


@dataclass
class Fish:
    name: str


@dataclass
class DocumentedFish:
    """A fish."""

    name: str


@dataclass
class Shark(DocumentedFish):
    teeth: int


class Options(TypedDict):
    x: int


@pytest.mark.parametrize("kind", [Undocumented, Child, Empty, Fish, Shark, Options])
def test_only_an_own_docstring_describes_a_class(kind: Any) -> None:
    def function(value: Any) -> None: ...

    function.__annotations__["value"] = kind
    assert not JSONSchema.from_type(kind).description
    assert "description" not in JSONSchema.from_type(kind).schema
    assert "description" not in schema_of(function)["$defs"][kind.__name__]
    if issubclass(kind, BaseModel):
        assert "description" not in Tool.from_pydantic(kind).to_json()["function"]


def of_words(**words: Any) -> Any:
    return words


def test_a_schema_that_was_written_by_hand_describes_what_cannot_be_described() -> None:
    tool = Tool("any", "Any.", {"type": "object"}, function=of_words)
    assert tool.read_arguments(call('{"a": [1]}')) == {"a": [1]}


def optional_bounds(
    a: Annotated[int, Field(ge=1, description="from 1")] = None,  # type: ignore[assignment]  # noqa: RUF013
    b: str = Field(default="x", description=""),
) -> None: ...


def test_a_bound_and_a_description_stay_where_none_is_allowed() -> None:
    found = properties(optional_bounds)
    assert (found["a"]["description"], found["a"]["default"]) == ("from 1", None)
    assert found["b"] == {"type": "string", "default": "x"}
    assert read(optional_bounds, a=None)["a"] is None
    with pytest.raises(ResponseError, match=r"a must be .*1, not int 0"):
        read(optional_bounds, a=0)


def test_an_empty_description_is_none() -> None:
    assert "description" not in Tool.from_function(send, description="").to_json()["function"]
    assert "description" not in Tool("now", "").to_json()["function"]
    assert Tool.from_function(send, description="Another.").description == "Another."


T = TypeVar("T")


class Answer(BaseModel, Generic[T]):
    value: T


@dataclass
class Box(Generic[T]):
    value: T


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (Answer[int], "Answer_int"),
        (Answer[list[int]], "Answer_list_int"),
        (Box[int], "Box_int"),
        (Box[dict[str, int]], "Box_dict_str_int"),
    ],
)
def test_a_generic_class_has_a_valid_name(kind: Any, name: str) -> None:
    assert JSONSchema.from_type(kind).name == name
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        assert Tool.from_pydantic(kind).name == name


def generic(a: Answer[int], b: Answer[str], c: Box[int], d: Box[str]) -> None: ...
def größe(länge: int) -> None: ...
def long(x: int) -> None: ...
def longer(x: int) -> None: ...


long.__name__, longer.__name__ = "x" * 65, "x" * 66


def test_generic_classes_are_not_merged() -> None:
    schema = schema_of(generic)
    assert len(schema["$defs"]) == 4
    assert all(name.replace("_", "").isalnum() for name in schema["$defs"])
    kinds = [schema["$defs"][each["$ref"].rpartition("/")[2]] for each in schema["properties"].values()]
    assert [kind["properties"]["value"]["type"] for kind in kinds] == ["integer", "string", "integer", "string"]
    value = {"a": {"value": 1}, "b": {"value": "x"}, "c": {"value": 2}, "d": {"value": "y"}}
    assert read(generic, **value) == {"a": Answer(value=1), "b": Answer(value="x"), "c": Box(2), "d": Box("y")}


def test_names_are_spelt_as_the_api_takes_them_and_stay_apart() -> None:
    assert Tool.from_function(größe).name == "grosse"
    assert list(properties(größe)) == ["länge"]
    first, second = Tool.from_function(long).name, Tool.from_function(longer).name
    assert first != second
    assert len(first) == len(second) == 64
