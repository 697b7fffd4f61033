"""Answers that are JSON: the schema that is sent, and the object that is read."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
from dataclasses import dataclass, field
from enum import Enum
from types import GenericAlias
from typing import Annotated, Any, Literal, NamedTuple, TypedDict

import jsonschema
import pytest
from hypothesis import given, settings, strategies as st
from pydantic import BaseModel, Field

from aleph_alpha import ChatRequest, ChatResponse, FinishReason, JSONSchema, Message, ResponseError, TextMessage
from aleph_alpha._call.call import Defaults
from aleph_alpha.chat import chat_call
from aleph_alpha.errors import InvalidRequestError
from aleph_alpha.structured_output.schema import read_type, type_schema


class Fish(BaseModel):
    """A fish in an aquarium."""

    name: str = Field(description="how it is called")
    size_cm: float = Field(ge=0.1, le=100)
    friends: list[Fish] = []


class Plain(BaseModel):
    x: int


@dataclass
class Aquarium:
    """An aquarium.

    Attributes:
        fish: what lives in it
    """

    fish: list[Tag]
    litres: Annotated[float, "how much water"] = 100
    notes: list[str] = field(default_factory=list)


@dataclass
class Tag:
    name: str
    species: str | None = None


class Coordinates(TypedDict):
    x: float
    y: float


def answered(content: str, response_format: Any = None, **more: Any) -> ChatResponse:
    message = TextMessage("assistant", content)
    return ChatResponse(FinishReason.Stop, message, response_format=response_format, **more)


def sent_format(response_format: Any) -> Any:
    request = ChatRequest("m", [Message("user", "Hi")], response_format=response_format)
    body = json.loads(bytes(chat_call(request, None, Defaults()).body or b""))
    assert request.to_json()["response_format"] == body["response_format"]
    return body["response_format"]["json_schema"]


# --- the schema ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("model", "description"), [(Fish, "A fish in an aquarium."), (Plain, None)])
def test_a_pydantic_model_is_sent_as_the_vendors_client_sends_it(
    model: type[BaseModel], description: str | None
) -> None:
    expected = {"schema": model.model_json_schema(), "name": model.__name__, "description": description, "strict": True}
    assert sent_format(model) == expected == sent_format(JSONSchema.from_pydantic(model))


def test_a_dataclass_becomes_a_schema() -> None:
    assert sent_format(Aquarium) == {
        "name": "Aquarium",
        "description": Aquarium.__doc__,
        "strict": True,
        "schema": {
            "type": "object",
            "description": "An aquarium.",
            "properties": {
                "fish": {"type": "array", "items": {"$ref": "#/$defs/Tag"}, "description": "what lives in it"},
                "litres": {"type": "number", "description": "how much water", "default": 100},
                "notes": {"type": "array", "items": {"type": "string"}},
            },
            "required": ["fish"],
            "additionalProperties": False,
            "$defs": {
                "Tag": {
                    "type": "object",
                    "properties": {
                        "name": {"type": "string"},
                        "species": {"anyOf": [{"type": "string"}, {"type": "null"}], "default": None},
                    },
                    "required": ["name"],
                    "additionalProperties": False,
                }
            },
        },
    }
    assert sent_format(Coordinates)["schema"]["required"] == ["x", "y"]


def test_a_dict_is_sent_as_it_is() -> None:
    as_dict = {"type": "json_schema", "json_schema": {"name": "thing", "schema": {"type": "object"}}}
    assert sent_format(as_dict) == as_dict["json_schema"]


@pytest.mark.parametrize("wrong", [int, dict, "json", 7])
def test_what_has_no_schema_is_refused(wrong: Any) -> None:
    with pytest.raises(InvalidRequestError):
        JSONSchema.from_type(wrong)
    with pytest.raises(InvalidRequestError, match=r"ChatRequest\.response_format"):
        sent_format(wrong)
    with pytest.raises(ValueError, match="pydantic model"):
        JSONSchema.from_pydantic(wrong)


# --- the object ------------------------------------------------------------------------------------

THOUGHTS = "<think>\nOkay, the user wants {JSON}.\n</think>\n\n"


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        " {}\n",
        THOUGHTS + "{}",
        "```json\n{}\n```",
        "```\n{}```",
        THOUGHTS + "```json\n{}\n```\n",
        "Hm. </think>{}",
    ],
)
def test_thoughts_and_fences_are_passed_over(text: str) -> None:
    assert answered(text).parsed() == {}


def test_a_text_that_looks_like_thoughts_stays() -> None:
    assert answered('{"a": "</think>{}"}').parsed() == {"a": "</think>{}"}


NEMO = {"name": "</think> ```json", "size_cm": 11.5}


@pytest.mark.parametrize("before", ["", THOUGHTS, "Hm.</think>", "<think>I end with </think>, then.</think>"])
@pytest.mark.parametrize("fence", ["{}", "```json\n{}\n```", "```\n{}```"])
def test_the_end_of_thoughts_may_be_told_of_within_the_json(before: str, fence: str) -> None:
    text = before + fence.replace("{}", json.dumps(NEMO))
    assert answered(text).parsed() == NEMO
    assert answered(text, Fish).parsed().name == NEMO["name"]


CUT_OFF = ['{"a": "x</think>7', '<think>Hm.</think>{"a": "x</think>7', '```json\n{"a": "</think>[]']


@pytest.mark.parametrize("text", CUT_OFF)
def test_what_is_within_json_that_was_cut_off_is_not_the_response(text: str) -> None:
    message = TextMessage("assistant", text)
    with pytest.raises(ResponseError, match="was cut off"):
        ChatResponse(FinishReason.Length, message).parsed()


def test_a_response_full_of_thoughts_is_refused_at_once() -> None:
    with pytest.raises(ResponseError, match="is not valid JSON"):
        answered("<think>" + "{</think>" * 200_000).parsed()


@given(st.integers(-(10**60), 10**60))
def test_integers_of_any_length_are_exact(number: int) -> None:
    text = json.dumps({"number": number, "more": [number]})
    assert answered(text).parsed() == answered(f"{THOUGHTS}{text}", JSONSchema({}, "x")).parsed() == json.loads(text)
    assert answered(text, Numbers).parsed() == Numbers(number, [number])
    assert answered(text, NumbersModel).parsed() == NumbersModel(number=number, more=[number])


@pytest.mark.parametrize("number", ["1e400", "9" * 5000, "NaN"])
@pytest.mark.parametrize("kind", [None, "dataclass", "pydantic"])
def test_numbers_that_cannot_be_exact_are_refused(number: str, kind: str | None) -> None:
    wanted = {None: None, "dataclass": Numbers, "pydantic": NumbersModel}[kind]
    with pytest.raises(ResponseError, match="is not valid JSON"):
        answered(f'{{"number": {number}, "more": []}}', wanted).parsed()


@dataclass
class Numbers:
    number: int
    more: Any


class NumbersModel(BaseModel):
    number: int
    more: Any


def test_the_answer_becomes_what_the_format_was_made_from() -> None:
    fish = '{"name": "Nemo", "size_cm": 11.5, "friends": [{"name": "Dory", "size_cm": 30}]}'
    assert answered(fish, Fish).parsed() == Fish(name="Nemo", size_cm=11.5, friends=[Fish(name="Dory", size_cm=30)])
    aquarium = '{"fish": [{"name": "Nemo"}], "litres": 5}'
    assert answered(aquarium, Aquarium).parsed() == Aquarium([Tag("Nemo")], 5.0)
    assert answered('{"x": 1, "y": 2}', Coordinates).parsed() == {"x": 1.0, "y": 2.0}
    for plain in (None, JSONSchema({}, "thing"), {"type": "json_schema"}):
        assert answered(fish, plain).parsed()["name"] == "Nemo"
    assert answered(fish).parsed(Fish).name == "Nemo"


def test_each_of_several_answers_can_be_read() -> None:
    choices = [
        {"index": n, "message": {"role": "assistant", "content": str(n)}, "finish_reason": "stop"} for n in range(2)
    ]
    response = ChatResponse.from_json({"choices": choices})
    assert [response.parsed(index=n) for n in range(2)] == [0, 1]


@pytest.mark.parametrize("kind", [Fish, Aquarium, JSONSchema({}, "fish")])
def test_an_answer_that_was_cut_off_says_so(kind: Any) -> None:
    message = TextMessage("assistant", '{"name": "Ne')
    with pytest.raises(ResponseError, match="the response was cut off, as more than max_tokens would have been needed"):
        ChatResponse(FinishReason.Length, message, response_format=kind).parsed()


@pytest.mark.parametrize("instance", [Plain(x=1), Aquarium([])], ids=["pydantic", "dataclass"])
def test_an_object_where_its_class_belongs_is_told_so(instance: Any) -> None:
    request = ChatRequest("m", [Message("user", "Hi")], response_format=instance)
    with pytest.raises(InvalidRequestError, match=r"response_format must be .*: pass the class"):
        chat_call(request, None, Defaults())


@pytest.mark.parametrize(
    ("text", "kind", "problem"),
    [
        ("Sorry, I cannot.", None, "is not valid JSON .*; its request had no response_format"),
        ("", None, "is not valid JSON"),
        ('{"name": "Nemo"', Fish, "is not valid JSON"),
        ('{"name": "Nemo"}', Fish, "is not a valid Fish: .*size_cm"),
        ('{"fish": [{}]}', Aquarium, r"is not a valid Aquarium: fish\[0\]\.name is missing"),
        ('{"fish": [], "depth": 3}', Aquarium, "depth is unknown"),
        ("[]", Aquarium, r"is not a valid Aquarium: it must be .*, not list \[\]"),
    ],
)
def test_an_answer_that_does_not_fit_is_shown(text: str, kind: Any, problem: str) -> None:
    with pytest.raises(ResponseError, match=f"(?s){problem}") as caught:
        answered(text, kind).parsed()
    assert f"The response was: {text}" in str(caught.value)
    assert caught.value.body == text.encode()
    pickle.loads(pickle.dumps(caught.value))


def test_the_format_is_beside_the_answer() -> None:
    plain, with_format = answered("{}"), answered("{}", Fish)
    assert plain == with_format
    assert "response_format" not in with_format.to_json()
    assert pickle.loads(pickle.dumps(with_format)).parsed is not None


def test_pydantic_is_loaded_when_it_is_first_used() -> None:
    code = """
import sys
from dataclasses import dataclass
from aleph_alpha import ChatRequest, ChatResponse, FinishReason, JSONSchema, Message, TextMessage, Tool

@dataclass
class Fish:
    name: str

def feed(name: str) -> None:
    "Feed it."

def loaded():
    return [name for name in ("pydantic", "docstring_parser", "PIL", "numpy", "httpx") if name in sys.modules]

hello = [Message("user", "Hi")]
ChatRequest("m", hello, tools=[Tool("now", "The time.")], response_format=JSONSchema({}, "x")).to_json()
ChatResponse(FinishReason.Stop, TextMessage("assistant", "{}")).parsed()
print(loaded())
ChatRequest("m", hello, response_format=Fish, tools=[feed]).to_json()
print(loaded())
"""
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "[]\n['pydantic', 'docstring_parser']\n"


# --- schema and reading agree ----------------------------------------------------------------------


class Letter(Enum):
    A = "a"
    Nothing = ""


class Small(NamedTuple):
    x: int
    y: Annotated[float, Field(ge=0)] = 0.0


PLAIN: list[Any] = [
    *(int, str, bool, float, None, Tag, Coordinates, Letter, Small, Literal["a", 2], Any),
    *(Annotated[int, Field(ge=0, le=3)], Annotated[str, Field(min_length=1)]),
]
KINDS: st.SearchStrategy[Any] = st.recursive(
    st.sampled_from(PLAIN),
    lambda inner: st.one_of(
        inner.map(lambda kind: GenericAlias(list, (kind,))),
        inner.map(lambda kind: GenericAlias(dict, (str, kind))),
        inner.map(lambda kind: None if kind is None else kind | None),
        st.tuples(inner, inner).map(lambda kinds: GenericAlias(tuple, kinds)),
    ),
    max_leaves=4,
)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.sampled_from([0.5, -1.0, 2.0]) | st.sampled_from(["", "a"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["name", "species", "x", "y", "z"]), inner, max_size=3)
    ),
    max_leaves=6,
)


@settings(max_examples=400, derandomize=True)
@given(KINDS, VALUES)
def test_a_value_is_read_exactly_where_it_follows_the_schema(kind: Any, value: Any) -> None:
    schema = type_schema(kind)
    jsonschema.Draft202012Validator.check_schema(schema)
    follows = jsonschema.Draft202012Validator(schema).is_valid(value)
    try:
        read_type(json.dumps(value), kind)
        reads = True
    except ValueError:
        reads = False
    assert reads == follows
