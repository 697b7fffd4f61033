"""Building prompts and their JSON."""

from __future__ import annotations

import copy
import dataclasses
import json
import pickle
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, get_args

import numpy as np
import pytest
from hypothesis import given, strategies as st

from aleph_alpha.errors import InvalidRequestError
from aleph_alpha.prompt import (
    ControlTokenOverlap,
    Cropping,
    Image,
    ImageControl,
    Prompt,
    PromptItem,
    Text,
    TextControl,
    TokenControl,
    Tokens,
)
from tests.prompt.strategies import prompts

IMAGE = Image("AAAA", Cropping(1, 2, 3), [ImageControl(0.0, 0.25, 0.5, 1.0, 2.0, ControlTokenOverlap.Complete)])


@given(prompts)
def test_json_round_trips_are_lossless(prompt: Prompt) -> None:
    assert Prompt.from_json(json.loads(json.dumps(prompt.to_json()))) == prompt


@given(prompts)
def test_json_is_what_the_generated_models_read(prompt: Prompt) -> None:
    from aleph_alpha_api.models import CompletionRequest

    body = {"model": "m", "prompt": prompt.to_json()}
    assert CompletionRequest.from_dict(body).to_dict() == body


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (Text("Hi", []), {"type": "text", "data": "Hi", "controls": []}),
        (
            Text("Hello, World!", [TextControl(1, 5, 0.5), TextControl(1, 5, 0.5, ControlTokenOverlap.Complete)]),
            {
                "type": "text",
                "data": "Hello, World!",
                "controls": [
                    {"start": 1, "length": 5, "factor": 0.5},
                    {"start": 1, "length": 5, "factor": 0.5, "token_overlap": "complete"},
                ],
            },
        ),
        (Tokens([49222, 2998], []), {"type": "token_ids", "data": [49222, 2998], "controls": []}),
        (
            Tokens((1, 2), [TokenControl(1, 0.5)]),
            {"type": "token_ids", "data": [1, 2], "controls": [{"index": 1, "factor": 0.5}]},
        ),
        (Image("AAAA", None, []), {"type": "image", "data": "AAAA", "controls": []}),
        (
            IMAGE,
            {
                "type": "image",
                "data": "AAAA",
                "x": 1,
                "y": 2,
                "size": 3,
                "controls": [
                    {
                        "rect": {"left": 0.0, "top": 0.25, "width": 0.5, "height": 1.0},
                        "factor": 2.0,
                        "token_overlap": "complete",
                    }
                ],
            },
        ),
        ("plain", {"type": "text", "data": "plain"}),
        ([1, 2], {"type": "token_ids", "data": [1, 2]}),
    ],
)
def test_items_are_sent_as_recorded(item: Any, expected: object) -> None:
    assert Prompt([item]).to_json() == [expected]


def test_none_for_controls_is_no_controls() -> None:
    assert Text("Hi", None).to_json() == Text("Hi").to_json()  # type: ignore[arg-type]
    assert Prompt.from_text("Hi", None) == Prompt.from_text("Hi")
    assert Prompt.from_tokens([1], None) == Prompt.from_tokens([1])


def test_the_items_of_a_numpy_array_are_sent() -> None:
    assert Tokens(np.array([1, 2])).to_json()["data"] == [1, 2]  # type: ignore[arg-type]


def test_an_item_that_is_none_is_refused_where_it_is() -> None:
    with pytest.raises(
        InvalidRequestError, match=r"Prompt\.items\[1\] must be a Text, Tokens, Image or str, not int 7"
    ):
        Prompt(["a", 7]).to_json()  # type: ignore[list-item]


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({}, "Prompt must be a list of items or a string, not dict {}"),
        (None, "Prompt must be a list of items or a string, not None"),
        ([{"type": "text", "data": "a"}, "b"], "Prompt[1] must be an object, not str 'b'"),
        ([{"data": "a"}], 'Prompt[0].type must be "text" or "image" or "token_ids", not None'),
        ([{"type": "audio", "data": "a"}], "Prompt[0].type must be"),
        ([{"type": ["text"], "data": "a"}], "Prompt[0].type must be"),
        ([{"type": "text"}], "Prompt[0].data: is required, but missing"),
        ([{"type": "text", "data": 7}], "Prompt[0].data: expected a string, got an integer"),
        ([{"type": "token_ids", "data": [1, True]}], "Prompt[0].data[1]: expected an integer, got a boolean"),
        ([{"type": "image", "data": "AAAA", "x": 1, "y": 2}], "Prompt[0] has only some of x, y and size"),
        (
            [{"type": "text", "data": "a", "controls": [{"start": 0, "length": "1", "factor": 1}]}],
            "Prompt[0].controls[0].length: expected an integer, got a string",
        ),
        (
            [
                {
                    "type": "text",
                    "data": "a",
                    "controls": [{"start": 0, "length": 1, "factor": 1, "token_overlap": "x"}],
                }
            ],
            'Prompt[0].controls[0].token_overlap must be "partial" or "complete", not str \'x\'',
        ),
    ],
)
def test_wrong_json_is_refused_with_its_place(value: Any, message: str) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        Prompt.from_json(value)
    assert message in str(caught.value)


KEYS = st.sampled_from(
    ["type", "data", "controls", "start", "length", "factor", "index", "rect", "x", "y", "size", "left"]
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=12,
)
nearly_items = st.lists(
    st.fixed_dictionaries(
        {"type": st.sampled_from(["text", "image", "token_ids", "other"])},
        optional={
            "data": st.text(max_size=3) | st.lists(st.integers(), max_size=3) | json_values,
            "controls": st.lists(json_values, max_size=2) | json_values,
            "x": json_values,
            "y": st.integers(),
            "size": st.integers(),
        },
    )
)


def read(value: Any) -> Prompt | InvalidRequestError:
    try:
        return Prompt.from_json(value)
    except InvalidRequestError as error:
        return error


@given(json_values | nearly_items)
def test_from_json_gives_a_prompt_or_the_documented_error(value: Any) -> None:
    outcome = read(value)
    if isinstance(outcome, Prompt):
        # By repr, because NaN is not equal to itself.
        assert repr(Prompt.from_json(outcome.to_json())) == repr(outcome)
    else:
        assert str(outcome).startswith("Prompt")


def test_a_string_is_a_prompt_in_json_too() -> None:
    assert Prompt.from_json("Hello") == Prompt("Hello")


@pytest.mark.parametrize("kind", [Text, Tokens, Image])
def test_single_items_read_their_json_with_or_without_its_type(kind: Any) -> None:
    item: Any = {Text: Text("Hi").with_control("H", 2.0), Tokens: Tokens([1], [TokenControl(0, 1.5)]), Image: IMAGE}[
        kind
    ]
    assert kind.from_json(item.to_json()) == item
    without = {key: value for key, value in item.to_json().items() if key != "type"}
    assert kind.from_json(without) == item


def test_unknown_members_of_json_are_passed_over() -> None:
    assert Prompt.from_json([{"type": "text", "data": "a", "new": {"b": 1}}]) == Prompt.from_text("a")


# Controls by substring --------------------------------------------------------------------------


@pytest.mark.parametrize(("occurrence", "start"), [(0, 0), (1, 3), (-1, 6), (2, 6)])
def test_a_control_finds_an_occurrence_of_its_substring(occurrence: int, start: int) -> None:
    control = TextControl.for_substring("na na na", "na", 2.0, occurrence=occurrence)
    assert control == TextControl(start, 2, 2.0)


def test_occurrences_do_not_overlap() -> None:
    controls = Text("aaaa").with_control("aa", 2.0, token_overlap=ControlTokenOverlap.Complete).controls
    assert controls == [TextControl(start, 2, 2.0, ControlTokenOverlap.Complete) for start in (0, 2)]


def test_positions_are_code_points() -> None:
    text = "🍕 für Zoë"
    control = TextControl.for_substring(text, "Zoë", 0.5)
    assert text[control.start : control.start + control.length] == "Zoë"
    assert control.start == 6


@given(st.text(), st.text(min_size=1), st.integers(-3, 3))
def test_a_control_by_substring_covers_it_or_says_that_it_is_not_there(text: str, part: str, occurrence: int) -> None:
    try:
        control = TextControl.for_substring(text, part, 1.0, occurrence=occurrence)
    except InvalidRequestError:
        assert occurrence >= text.count(part) or -occurrence > text.count(part)
    else:
        assert text[control.start :][: control.length] == part


def test_a_substring_that_is_not_there_is_named() -> None:
    with pytest.raises(InvalidRequestError, match=r"occurrence 1 of 'a' was asked for, the text has 1"):
        TextControl.for_substring("abc", "a", 1.0, occurrence=1)
    with pytest.raises(InvalidRequestError, match="no 'x' to control"):
        Text("abc").with_control("x", 1.0)
    with pytest.raises(InvalidRequestError, match="must not be empty"):
        Text("abc").with_control("", 1.0)


def test_with_control_leaves_the_text_it_was_called_on_alone() -> None:
    text = Text("abc")
    text.with_control("a", 2.0)
    assert text.controls == []


# What existing applications rely on -------------------------------------------------------------


def test_prompt_is_a_non_frozen_dataclass_and_subclassable_with_a_defaulted_field() -> None:
    @dataclass
    class RichPrompt(Prompt):
        ranges: Mapping[str, Sequence[int]] = field(default_factory=dict)

    prompt = RichPrompt([Text.from_text("a")], {"r": [1]})
    prompt.items = [Text.from_text("b")]
    assert prompt.to_json() == Prompt("b").to_json()
    assert RichPrompt("text").items == [Text("text", [])]  # type: ignore[arg-type]
    assert replace(prompt, ranges={}) == RichPrompt([Text.from_text("b")])


def test_prompt_is_valid_as_a_pydantic_field_type() -> None:
    from pydantic import BaseModel

    class Input(BaseModel):
        prompt: Prompt
        items: list[PromptItem]

    given = Prompt(["a", Tokens([1]), IMAGE])
    model = Input(prompt=given, items=[Text("a"), IMAGE])
    assert model.prompt == given
    assert model.items == [Text("a"), IMAGE]
    read = Input.model_validate_json(Input(prompt=Prompt([Text("b"), IMAGE]), items=[]).model_dump_json())
    assert read.prompt == Prompt([Text("b"), IMAGE])


def test_a_pydantic_model_may_inherit_from_a_dataclass_with_a_prompt() -> None:
    from pydantic import BaseModel

    @dataclass(frozen=True)
    class Request:
        prompt: Prompt
        maximum_tokens: int | None = None

    class CompleteInput(BaseModel, Request, frozen=True):
        model: str

    given = CompleteInput(prompt=Prompt("a"), model="m")
    assert Request(given.prompt, given.maximum_tokens).prompt == Prompt("a")


def test_prompt_takes_strings_and_items_mixed() -> None:
    assert Prompt("text") == Prompt(items=[Text("text", [])])
    assert [item["type"] for item in Prompt(items=["a", Text("b"), IMAGE, Tokens([1])]).to_json()] == [
        "text",
        "text",
        "image",
        "token_ids",
    ]


def test_prompt_item_is_importable_from_prompt() -> None:
    assert set(get_args(PromptItem)) == {Text, Tokens, Image}


@pytest.mark.parametrize(
    ("kind", "fields", "frozen"),
    [
        (TextControl, ["start", "length", "factor", "token_overlap"], True),
        (Text, ["text", "controls"], True),
        (TokenControl, ["pos", "factor"], True),
        (Tokens, ["tokens", "controls"], True),
        (Cropping, ["upper_left_x", "upper_left_y", "size"], True),
        (ImageControl, ["left", "top", "width", "height", "factor", "token_overlap"], True),
        (Image, ["base_64", "cropping", "controls"], True),
        (Prompt, ["items"], False),
    ],
)
def test_builders_are_stdlib_dataclasses_without_slots(kind: Any, fields: list[str], frozen: bool) -> None:
    assert [field.name for field in dataclasses.fields(kind)] == fields
    assert kind.__dataclass_params__.frozen is frozen
    assert not hasattr(kind, "__slots__")


@given(prompts)
def test_replace_asdict_copy_and_pickle_work(prompt: Prompt) -> None:
    assert replace(prompt) == prompt
    assert len(asdict(prompt)["items"]) == len(prompt.items)
    assert copy.deepcopy(prompt) == prompt
    assert pickle.loads(pickle.dumps(prompt)) == prompt


def test_constructors_do_not_refuse_values_out_of_bounds() -> None:
    Text("a", [TextControl(-1, 99, float("nan"))])
    Tokens([-1], [TokenControl(5, -2.0)])
    Image("not base64", Cropping(-1, -1, -1), [ImageControl(2, 2, 2, 2, float("inf"))])


def test_building_a_prompt_loads_nothing_heavy() -> None:
    heavy = ["PIL", "liquid", "httpx", "numpy", "pydantic", "attrs", "orjson", "aleph_alpha_api"]
    code = (
        "import sys; from aleph_alpha.prompt import *; import aleph_alpha.prompt_template, aleph_alpha.document, "
        "aleph_alpha.utils; Prompt(['a', Text('b').with_control('b', 2.0), Tokens([1]), Image('AAAA')]); "
        f"print([name for name in {heavy} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
