"""Small changes of a response, and what the contract says has to come of each: an independent reading of it."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from scripts._spec.load import Json
from tests.contract.wire import contract

Place = tuple[str | int, ...]

ANOTHER: tuple[Any, ...] = (True, 7, 0.5, "word", [], [None], {}, {"a": 1})
NEW = "brand_new_member"


@dataclass(frozen=True)
class Expected:
    """What comes of a change.

    Attributes:
        path: where.
        refused: it is a ``ResponseError`` with that path.
        noted: it is among the deviations.
    """

    path: str
    refused: bool
    noted: bool


@dataclass(frozen=True)
class Change:
    """A changed answer."""

    what: str
    place: Place
    json: Any
    expected: Expected


@dataclass(frozen=True)
class _Known:
    """What the contract says of a place. `essential`: all above it is asked for."""

    schema: Json
    essential: bool
    required: bool = True
    must_be_there: bool = True
    is_member: bool = False
    map_entry: bool = False


def changes(operation: str, answer: Any) -> Iterator[Change]:
    """Every member null, missing, of other types, as an integral float, another word; and a new member everywhere."""
    for place, known in _places(answer, _Known(_answer_schema(operation), essential=True), ()):
        value = _at(answer, place)
        if place:
            yield from _replaced(answer, place, value, known)
        if isinstance(value, dict) and _object(known.schema, value) is not None:
            yield from _extended(answer, place, value, known)


def _replaced(answer: Any, place: Place, value: Any, known: _Known) -> Iterator[Change]:
    branches = list(_branches(known.schema))
    empty_is_one = any(one.get("type") == "object" and not one.get("x-essential") for one in branches)
    for new in (None, *ANOTHER):
        if type(new) is not type(value) and not (isinstance(new, dict) and empty_is_one):
            yield _judged("null" if new is None else "another type", answer, place, new, known)
    if isinstance(value, int) and not isinstance(value, bool):
        yield _judged("an integral float", answer, place, float(value), known)
    if isinstance(value, float):
        yield _judged("NaN", answer, place, float("nan"), known)
    if isinstance(value, str):
        yield _judged("an unknown word", answer, place, "brand_new_word", known)
    if known.is_member:
        refused = known.essential and known.must_be_there
        yield Change(
            "missing", place, _without(answer, place), Expected(path_of(place), refused, not refused and known.required)
        )


def _extended(answer: Any, place: Place, value: Any, known: _Known) -> Iterator[Change]:
    open_map = "additionalProperties" in (_object(known.schema, value) or {})
    if not open_map:
        extended = _with(answer, (*place, NEW), 1)
        yield Change("a new member", (*place, NEW), extended, Expected(path_of((*place, NEW)), False, True))


def _judged(what: str, answer: Any, place: Place, new: Any, known: _Known) -> Change:
    fits = _fits(known.schema, new) and not (new is None and known.is_member and known.must_be_there)
    if isinstance(new, str) and place[-1] == "embedding":
        fits = False  # it is neither numbers nor base64
    integral = isinstance(new, float) and new == new and new.is_integer() and _fits(known.schema, int(new))
    refused = known.essential and not fits and not integral
    if new is None and known.is_member and not known.must_be_there:
        refused = False  # as if it were not there
    if isinstance(new, str) and place[-1] == "type" and "const" in known.schema:
        refused = False  # an item of another kind
    where = path_of(place)
    # Inside of what is new at the place the reader may say more exactly what is wrong.
    return Change(what, place, _with(answer, place, new), Expected(where, refused, not fits))


def _places(value: Any, known: _Known, place: Place) -> Iterator[tuple[Place, _Known]]:
    yield place, known
    schema = known.schema
    if isinstance(value, dict):
        found = _object(schema, value)
        if found is None:
            return
        lenient = "x-essential" in found
        for name, inner in value.items():
            member = found.get("properties", {}).get(name)
            if member is None:
                extra = found.get("additionalProperties")
                if isinstance(extra, dict):
                    yield from _places(inner, _Known(extra, known.essential, map_entry=True), (*place, name))
                continue
            required = name in found.get("required", ()) or name in found.get("x-essential", ())
            always = name in (found["x-essential"] if lenient else found.get("required", ()))
            present = name in found.get("x-essential-where-present", ())
            yield from _places(
                inner,
                _Known(member, known.essential and (always or present), required, always, is_member=True),
                (*place, name),
            )
    elif isinstance(value, list):
        items = next((one["items"] for one in _branches(schema) if "items" in one), None)
        for index in sorted({0, len(value) - 1, len(value) // 2} & {*range(len(value))}):
            if items is not None:
                yield from _places(value[index], _Known(items, known.essential), (*place, index))


def _fits(schema: Json, value: Any) -> bool:
    """Whether a value is of the kind that a schema wants; what is inside of arrays and objects counts, too."""
    kinds = {
        "string": isinstance(value, str),
        "integer": isinstance(value, int) and not isinstance(value, bool),
        "number": isinstance(value, int | float) and not isinstance(value, bool) and value == value,
        "boolean": isinstance(value, bool),
        "array": isinstance(value, list),
        "object": isinstance(value, dict),
        "null": value is None,
    }
    for one in _branches(schema):
        named = one.get("type")
        wanted = named if isinstance(named, list) else [named]
        if not any(kind is None or kinds[kind] for kind in wanted):
            continue
        if isinstance(value, list) and not all(_fits(one.get("items", {}), inner) for inner in value):
            continue
        if isinstance(value, dict) and ("properties" in one or value):
            continue  # none of ours is an object of any schema with members
        if isinstance(value, str) and value not in one.get("enum", [one.get("const", value)]):
            continue
        return True
    return False


def _branches(schema: Json) -> Iterator[Json]:
    while "$ref" in schema:
        schema = contract()["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    if "oneOf" in schema:
        for branch in schema["oneOf"]:
            yield from _branches(branch)
    else:
        yield schema


def _object(schema: Json, value: Any) -> Json | None:
    """The schema of an object, in a union the one that its type names."""
    found = [one for one in _branches(schema) if one.get("type") == "object"]
    if len(found) > 1:
        found = [one for one in found if one["properties"]["type"]["const"] == value.get("type")]
    return found[0] if found else None


def _answer_schema(operation: str) -> Json:
    for item in contract()["paths"].values():
        for one in item.values():
            if isinstance(one, dict) and one.get("operationId") == operation:
                responses = one["responses"]
                success = next(each for status, each in responses.items() if status.startswith("2"))
                schema: Json = success["content"]["application/json"]["schema"]
                return schema
    raise LookupError(operation)


def path_of(place: Place) -> str:
    """As errors write it."""
    path = ""
    for step in place:
        if isinstance(step, int):
            path += f"[{step}]"
        elif not step.isidentifier():
            path += f'["{step}"]'
        else:
            path += f".{step}" if path else step
    return path


def _at(value: Any, place: Place) -> Any:
    for step in place:
        value = value[step]
    return value


def _with(answer: Any, place: Place, new: Any) -> Any:
    *way, last = place
    changed = _copied(answer, tuple(way))
    _at(changed, tuple(way))[last] = copy.deepcopy(new)
    return changed


def _without(answer: Any, place: Place) -> Any:
    *way, last = place
    changed = _copied(answer, tuple(way))
    del _at(changed, tuple(way))[last]
    return changed


def _copied(value: Any, way: Place) -> Any:
    """A copy of the containers on a way; the rest is shared."""
    copied = copy.copy(value)
    if way:
        copied[way[0]] = _copied(value[way[0]], way[1:])
    return copied
