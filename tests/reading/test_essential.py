"""A response is refused only where what was asked for cannot be read: every small change of every recorded response."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any

import pytest

from aleph_alpha import ResponseError
from aleph_alpha._call.call import Call
from aleph_alpha._call.reading import parsed
from aleph_alpha.options import Deviation
from scripts import essential_table
from tests.contract.wire import contract
from tests.reading.mutations import Change, changes
from tests.reading.responses import CALLS, ExpectedResponse, answers

pytestmark = pytest.mark.slow

ANSWERS = answers()


def body_of(value: Any) -> bytes:
    return json.dumps(value).encode()


def leaves(value: Any, here: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """The values in a result by where they are."""
    if isinstance(value, Enum):
        yield here, value.value
    elif is_dataclass(value) and not isinstance(value, type):
        for one in fields(value):
            yield from leaves(getattr(value, one.name), (*here, one.name))
    elif isinstance(value, dict):
        yield here, "{}"
        for name, inner in value.items():
            yield from leaves(inner, (*here, *(name if isinstance(name, tuple) else (str(name),))))
    elif isinstance(value, list | tuple):
        yield here, f"{len(value)} items"
        for index, inner in enumerate(value):
            yield from leaves(inner, (*here, str(index)))
    else:
        yield here, repr(value)


def differences(one: Any, other: Any) -> list[tuple[str, ...]]:
    left, right = dict(leaves(one)), dict(leaves(other))
    return [place for place in left.keys() | right.keys() if left.get(place) != right.get(place)]


@pytest.mark.parametrize(
    "answer", [one for one in ANSWERS if not one.name.startswith("sample/")], ids=lambda answer: answer.name
)
def test_a_recorded_answer_is_what_the_contract_says(answer: ExpectedResponse) -> None:
    _, deviations = parsed(answer.call(), body_of(answer.json))
    assert [*deviations] == []


def test_every_operation_that_answers_json_has_a_recorded_answer_or_a_sample() -> None:
    assert {operation for operation, _ in CALLS.values()} <= {answer.operation for answer in ANSWERS}


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: answer.name)
def test_every_small_change_is_read_unless_it_takes_what_was_asked_for(answer: ExpectedResponse) -> None:
    call = answer.call()
    usual = call.parse(body_of(answer.json))
    for change in changes(answer.operation, answer.json):
        check(answer, change, call, usual)


def outcome(call: Any, body: bytes) -> tuple[Any, list[Deviation], str | None]:
    """Result and deviations, and the path where it is refused."""
    try:
        result, deviations = parsed(call, body)
    except ResponseError as error:
        return None, [], str(error.path)
    return result, [*deviations], None


def check(answer: ExpectedResponse, change: Change, call: Any, usual: Any) -> None:
    said = (answer.name, change.what, change.place, change.expected)
    expected = change.expected
    result, deviations, refused = outcome(call, body_of(change.json))
    assert (refused is not None) == expected.refused, (said, refused)
    if refused is not None:
        assert refused.startswith(expected.path), (said, refused)
        return
    if change.what == "an unknown word" and change.place[-1] == "type":
        return  # another kind of item altogether
    paths = [one.path for one in deviations]
    if change.place[-2:] == ("message", "content") and change.what in ("null", "missing"):
        return  # the contract has it, yet nothing is said then: see test_tolerated.py
    assert any(path.startswith(expected.path) for path in paths) == expected.noted, (said, paths)
    names = {str(step) for step in change.place}
    for place in () if answer.operation == "postCheckPrivileges" else differences(usual, result):
        assert names & {*place} - {str(index) for index in range(9)}, (said, place)


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: answer.name)
def test_from_json_reads_what_a_call_reads(answer: ExpectedResponse) -> None:
    kind = type(answer.call().parse(body_of(answer.json)))
    if not hasattr(kind, "from_json"):
        pytest.skip("the result is not of one class")
    call = answer.call()
    for number, change in enumerate(changes(answer.operation, answer.json)):
        if number % 3:
            continue
        result, _, refused = outcome(call, body_of(change.json))
        again: Any = Call("x", "GET", "/", "", None, None, "", lambda body: kind.from_json(json.loads(body)))
        other, _, also_refused = outcome(again, body_of(change.json))
        assert also_refused == refused, change
        assert repr(other) == repr(result)


def test_the_table_in_the_documentation_is_that_of_the_contract() -> None:
    assert essential_table.main(["--check"]) == 0


def test_members_that_are_marked_are_members_and_every_other_required_one_has_something_to_be_read_as() -> None:
    requests: set[str] = set()
    for item in contract()["paths"].values():
        for operation in item.values():
            if isinstance(operation, dict) and "requestBody" in operation:
                collect(operation["requestBody"], requests)
    for name, schema in contract()["components"]["schemas"].items():
        marked = {*schema.get("x-essential", ()), *schema.get("x-essential-where-present", ())}
        assert marked <= {*schema.get("properties", {})}, name
        if "x-essential" in schema and name in requests:
            rest = {*schema.get("required", ())} - marked
            assert all("x-fallback" in schema["properties"][member] for member in rest), name


def collect(value: Any, names: set[str]) -> None:
    """The schemas that something refers to."""
    if isinstance(value, dict):
        if "$ref" in value and (name := value["$ref"].rpartition("/")[2]) not in names:
            names.add(name)
            collect(contract()["components"]["schemas"].get(name), names)
        for inner in value.values():
            collect(inner, names)
    elif isinstance(value, list):
        for inner in value:
            collect(inner, names)
