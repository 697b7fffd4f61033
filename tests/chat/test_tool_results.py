"""What the model is told of what a function returned or raised: always something, whatever it is."""

from __future__ import annotations

import collections
import datetime
import decimal
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, NamedTuple

import attrs
import numpy as np
import pytest
from hypothesis import given, strategies as st
from pydantic import BaseModel

from aleph_alpha import ChatRequest, FunctionCall, Message, ToolCall
from aleph_alpha.chat.tool_results import tool_failure, tool_result

CALL = ToolCall("call-1", "function", FunctionCall("function", "{}"))


class Station(BaseModel):
    number: int
    inner: Any = None


@dataclass
class Place:
    city: Any
    unset: int = field(init=False)


@attrs.define
class Point:
    x: Any


class Pair(NamedTuple):
    low: Any
    high: Any


class Color(Enum):
    Red = "r"


class Text(str, Enum):  # noqa: UP042 - as people wrote it before 3.11
    A = "a"


class Rude:
    def __str__(self) -> str:
        raise RuntimeError("no")

    __repr__ = __str__


class Unsaid:
    def __str__(self) -> str:
        raise RuntimeError("no")


class Shy(collections.UserDict[str, int]):
    def items(self) -> Any:
        raise RuntimeError("no")


def numbers() -> Iterator[int]:
    yield 1
    yield 2


def told(result: object) -> str:
    message = tool_result(CALL, result)
    ChatRequest("m", [message]).to_json()
    assert isinstance(message.content, str)
    message.content.encode()
    return message.content


RESULTS: list[tuple[Any, Any]] = [
    # models, wherever they are
    ([Station(number=1), Station(number=2)], [{"number": 1, "inner": None}, {"number": 2, "inner": None}]),
    ({"a": (Station(number=1),)}, {"a": [{"number": 1, "inner": None}]}),
    (Station(number=1, inner=Station(number=2)), {"number": 1, "inner": {"number": 2, "inner": None}}),
    (Point([Station(number=1)]), {"x": [{"number": 1, "inner": None}]}),
    # collections
    ({3, 1, 2}, [1, 2, 3]),
    (frozenset({(1, 2)}), [[1, 2]]),
    (Pair(1, Pair("a", None)), {"low": 1, "high": {"low": "a", "high": None}}),
    (collections.deque([1]), [1]),
    (collections.Counter("aab"), {"a": 2, "b": 1}),
    (numbers(), [1, 2]),
    (map(str, [1]), ["1"]),
    ({"a": 1}.values(), [1]),
    (range(3), [0, 1, 2]),
    # keys
    ({7: "a", None: "b", True: "c"}, {"7": "a", "null": "b", "true": "c"}),
    ({2: "a", "2": "b"}, [[2, "a"], ["2", "b"]]),
    ({(1, 2): "a", Color.Red: "b"}, {"[1,2]": "a", "r": "b"}),
    ({datetime.date(2026, 11, 21): 1}, {"2026-11-21": 1}),
    # numbers
    (2**200, 2**200),
    ({"wei": 19876543210987654321}, {"wei": 19876543210987654321}),
    ([float("nan"), float("inf"), -float("inf")], ["NaN", "Infinity", "-Infinity"]),
    (decimal.Decimal("0.10"), "0.10"),
    (np.arange(3), [0, 1, 2]),
    ([np.int64(7), np.float32(0.5), np.bool_(True)], [7, 0.5, True]),
    (np.array([[1.0, np.nan]]), [[1.0, "NaN"]]),
    # texts and what is like them
    (Color.Red, "r"),
    ([Color.Red, Text.A], ["r", "a"]),
    (Text.A, "a"),
    (b"caf\xc3\xa9", "café"),
    (b"\xff\xfe", "//4="),
    (datetime.timedelta(hours=1), "PT1H"),
]


@pytest.mark.parametrize(("result", "value"), RESULTS, ids=lambda value: type(value).__name__)
def test_results_have_a_defined_form(result: Any, value: Any) -> None:
    assert json.loads(told(result)) == value


def test_what_holds_itself_or_cannot_be_read_is_told_as_text() -> None:
    circle: list[Any] = [1]
    circle.append(circle)
    assert told(circle) == "[1, [...]]"
    assert told(Place("Paris")) != ""
    assert told(Rude()) == '"<Rude>"'
    assert told(Shy(a=1)) == "{'a': 1}"
    assert told(10**5000) == "<int>"
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    assert told(deep)


@pytest.mark.parametrize(
    ("result", "text"),
    [("\ud83d", "�"), ("a\udc00b", "a�b"), ("\ud83d\ude00", "😀"), (["\ud83d"], '["�"]'), ({"\ud83d": 1}, '{"�":1}')],
)
def test_halves_of_surrogate_pairs_are_put_together_or_replaced(result: Any, text: str) -> None:
    assert told(result) == text


@pytest.mark.parametrize(
    "error", [ValueError("\ud83d"), ValueError(Rude()), UnicodeDecodeError("utf8", b"", 0, 1, "x")]
)
def test_a_failure_can_always_be_told(error: Exception) -> None:
    message = tool_failure(CALL, error)
    ChatRequest("m", [message]).to_json()
    assert str(message.content).startswith(f"Error: {type(error).__name__}: ")


ANYTHING: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(codec=None))
    | st.binary()
    | st.dates()
    | st.decimals()
    | st.complex_numbers()
    | st.builds(Unsaid),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(st.one_of(st.integers(), st.text(), st.booleans()), inner)
        | st.builds(Pair, inner, inner)
        | st.builds(Station, number=st.integers(), inner=inner)
    ),
    max_leaves=8,
)


@given(ANYTHING)
def test_no_result_ends_the_run(result: Any) -> None:
    text = told(result)
    if not isinstance(result, str):
        json.loads(text)


def test_text_is_told_as_it_is() -> None:
    assert tool_result(CALL, '{"a": 1} "') == Message("tool", '{"a": 1} "', tool_call_id="call-1")
