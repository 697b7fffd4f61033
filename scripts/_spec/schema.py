"""A schema as its meaning: references followed, what applies together joined, nullability found wherever it is said.

Two schemas that allow the same come out the same, whether their parts are inline or named: names are not structure.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator
from functools import cached_property
from typing import Any, NamedTuple

from scripts._spec.load import Json
from scripts._spec.places import at, keys_of, pointer_of, step

#: Keywords for people; a change of one changes nothing for a program.
PROSE = frozenset(
    ("title", "description", "summary", "example", "examples", "externalDocs", "xml", "$comment", "$id", "$schema")
)
#: Keywords that hold one value, with the value that leaving one out means, where there is such a value.
VALUES: dict[str, Any] = {
    **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")),
    **dict.fromkeys(("minLength", "minItems", "minProperties"), 0),
    **dict.fromkeys(("maxLength", "maxItems", "maxProperties")),
    **dict.fromkeys(("uniqueItems", "deprecated", "readOnly", "writeOnly"), False),
    **dict.fromkeys(("format", "pattern")),
}
#: Those that say how a schema is used rather than what it allows.
USE = ("deprecated", "readOnly", "writeOnly")
_COMPOSITION = ("$ref", "$defs", "allOf", "oneOf", "anyOf")
_SHAPE = ("type", "nullable", "enum", "const", "properties", "required", "items", "additionalProperties")
_HANDLED = {*_COMPOSITION, *_SHAPE, *VALUES, *PROSE, "default"}
_IMPLIED_BY = {"properties": "object", "additionalProperties": "object", "items": "array"}


class Level(NamedTuple):
    """One of the schema objects that together make a schema: the one in place, or one that it refers to."""

    pointer: str
    value: Json
    shared: bool  # behind a reference, so that others may use it, too


class Found(NamedTuple):
    """A keyword's value and where it stands."""

    value: Any
    level: Level


class Schema:
    """What the schema at a place of a normalised document means."""

    def __init__(self, document: Json, pointer: str, value: Json | bool | None = None) -> None:
        self.document = document
        self.pointer = pointer
        self._value = at(document, pointer) if value is None else value

    @cached_property
    def levels(self) -> tuple[Level, ...]:
        """The schema objects that apply together, the one in place first."""
        return tuple(self._levels(self.pointer, self._value, False, set()))

    def _levels(self, pointer: str, value: Json | bool, shared: bool, seen: set[str]) -> Iterator[Level]:
        if pointer in seen:
            return
        seen.add(pointer)
        value = ({} if value else {"not": {}}) if isinstance(value, bool) else value
        yield Level(pointer, value, shared)
        if "$ref" in value:
            referred = pointer_of(value["$ref"])
            yield from self._levels(referred, at(self.document, referred), True, seen)
        for index, member in enumerate(value.get("allOf", [])):
            yield from self._levels(step(pointer, "allOf", index), member, shared, seen)
        for key in ("oneOf", "anyOf"):
            members = [
                (step(pointer, key, index), member)
                for index, member in enumerate(value.get(key, []))
                if not _is_null(member)
            ]
            if len(members) == 1:
                yield from self._levels(*members[0], shared, seen)

    @cached_property
    def keywords(self) -> frozenset[str]:
        """All keywords that are there."""
        return frozenset(key for level in self.levels for key in level.value)

    def find(self, key: str) -> Found | None:
        """The keyword, from the first object that has it."""
        return next((Found(level.value[key], level) for level in self.levels if key in level.value), None)

    @cached_property
    def home(self) -> Level:
        """The object that the references end at, unless some objects apply together: then the one that joins them."""
        level, *rest = self.levels
        for following in rest:
            if len(level.value.get("allOf", [])) > 1:
                break
            level = following
        return level

    def place_of(self, key: str, missing: Level) -> str:
        """Where a keyword would be that this schema lacks, or lacks a part of, and another has at the level given."""
        for level in self.levels:
            if level.pointer == missing.pointer and ("$ref" in level.value) == ("$ref" in missing.value):
                return step(level.pointer, key)
        if found := self.find(key):
            return step(found.level.pointer, key)
        return step(self.home.pointer if missing.shared else self.pointer, key)

    @cached_property
    def components(self) -> list[str]:
        """The names of the components that this is, or refers to, the nearest first."""
        inside = (keys_of(level.pointer) for level in self.levels if level.pointer.startswith("/components/schemas/"))
        return [keys[2] for keys in inside if len(keys) == 3]

    @property
    def component(self) -> str | None:
        """The nearest of them."""
        return self.components[0] if self.components else None

    @cached_property
    def nullable(self) -> Found | None:
        """Where null is allowed, if it is."""
        for level in self.levels:
            value = level.value
            if value.get("nullable") is True or any(
                _is_null(each) for key in ("oneOf", "anyOf") for each in value.get(key, [])
            ):
                return Found(True, level)
        return None

    @cached_property
    def type(self) -> Found:
        """The type, also where it is only implied; `any` where there is none."""
        if found := self.find("type"):
            return found
        for key, kind in _IMPLIED_BY.items():
            if implied := self.find(key):
                return Found(kind, implied.level)
        if self.enum and len(kinds := {_type_of(value) for value in self.enum.value}) == 1:
            return Found(kinds.pop(), self.enum.level)
        return Found("any", self.home)

    @cached_property
    def enum(self) -> Found | None:
        """The values allowed, if only some are."""
        if found := self.find("const"):
            return Found([found.value], found.level)
        return self.find("enum")

    @cached_property
    def union(self) -> tuple[str, Level] | None:
        """The keyword that makes this a union, and where; null alone makes none."""
        for level in self.levels:
            for key in ("oneOf", "anyOf"):
                if sum(not _is_null(member) for member in level.value.get(key, [])) > 1:
                    return key, level
        return ("type", self.type.level) if isinstance(self.type.value, list) else None

    @cached_property
    def members(self) -> list[Schema]:
        """The members of a union without null, those of unions in it among them; just this schema if it is not one."""
        if not self.union:
            return [self]
        key, level = self.union
        if key == "type":
            return [Schema(self.document, level.pointer, {**level.value, "type": each}) for each in self.type.value]
        members = [(step(level.pointer, key, index), member) for index, member in enumerate(level.value[key])]
        return [
            inner
            for pointer, member in members
            if not _is_null(member)
            for inner in Schema(self.document, pointer, member).members
        ]

    @cached_property
    def properties(self) -> dict[str, Schema]:
        """The declared fields."""
        return {
            name: Schema(self.document, step(level.pointer, "properties", name), level.value["properties"][name])
            for name, level in self.declared.items()
        }

    @cached_property
    def declared(self) -> dict[str, Level]:
        """Where each field is declared."""
        return {name: level for level in reversed(self.levels) for name in level.value.get("properties", {})}

    @cached_property
    def required(self) -> dict[str, Level]:
        """The fields that must be there, and where that is said."""
        return {name: level for level in reversed(self.levels) for name in level.value.get("required", [])}

    @cached_property
    def items(self) -> Schema:
        """What a list holds."""
        return self._inner("items")

    @cached_property
    def additional(self) -> Schema | None:
        """What undeclared fields hold; None where there may be none."""
        found = self.find("additionalProperties")
        return None if found and found.value is False else self._inner("additionalProperties")

    def _inner(self, key: str) -> Schema:
        found = self.find(key)
        level = found.level if found else self.home
        value = found.value if found and isinstance(found.value, dict | bool) else True
        return Schema(self.document, step(level.pointer, key), value)

    @cached_property
    def others(self) -> dict[str, Found]:
        """Keywords that are compared as they stand."""
        keys = sorted(key for key in self.keywords - _HANDLED if not key.startswith("x-"))
        return {key: Found(_structure(found.value), found.level) for key in keys if (found := self.find(key))}

    @cached_property
    def tag(self) -> frozenset[tuple[str, str]]:
        """The fields that can have one value only, which tell the members of a union apart."""
        single = ((name, each.enum.value) for name, each in self.properties.items() if each.enum)
        return frozenset((name, text(values[0])) for name, values in single if len(values) == 1)

    def describe(self, names: Collection[str] = ()) -> str:
        """The schema in short. Components among the names stand for themselves."""
        return _describe(self, names, ())

    def describe_content(self, names: Collection[str]) -> str:
        """What it allows, null aside, and not how it is used. This component does not stand for itself."""
        return _describe_content(self, names, (), [key for key in (*VALUES, "default") if key not in USE])

    @cached_property
    def shape(self) -> str:
        """The same for schemas that mean the same, whatever their parts are called."""
        return self.describe()


def text(value: Any) -> str:
    """A value of JSON as text; `1.0` and `1` are one number."""
    return json.dumps(_plain(value), ensure_ascii=False, sort_keys=True)


def _plain(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {key: _plain(child) for key, child in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list) else value


def _structure(value: Any) -> Any:
    """A keyword's value without the prose in it."""
    if isinstance(value, dict):
        return {
            key: _structure(child) for key, child in value.items() if key not in PROSE or not isinstance(child, str)
        }
    return [_structure(each) for each in value] if isinstance(value, list) else value


def _is_null(schema: Any) -> bool:
    return isinstance(schema, dict) and (
        schema.get("type") == "null" or schema.get("enum") == [None] or schema.get("const", 0) is None
    )


def _type_of(value: Any) -> str:
    kinds = ((bool, "boolean"), (int, "integer"), (float, "number"), (str, "string"), (list, "array"), (dict, "object"))
    return next((name for kind, name in kinds if isinstance(value, kind)), "null")


def _describe(schema: Schema, names: Collection[str], above: tuple[str, ...]) -> str:
    if schema.component in names:
        words = str(schema.component)
        return f"{words} | null" if schema.nullable and not schema.nullable.level.shared else words
    words = _describe_content(schema, names, above, (*VALUES, "default"))
    return f"{words} | null" if schema.nullable else words


def _describe_content(schema: Schema, names: Collection[str], above: tuple[str, ...], keywords: Iterable[str]) -> str:
    if schema.pointer in above:
        return f"(the same as {len(above) - above.index(schema.pointer)} levels above)"
    above = (*above, schema.pointer)
    words = _members(schema, names, above) if schema.union else _single(schema, names, above)
    found = {key: each.value for key in keywords if (each := schema.find(key)) and each.value != VALUES.get(key, ...)}
    found |= {key: each.value for key, each in schema.others.items()}
    details = ", ".join(f"{key} {text(value)}" for key, value in found.items())
    return f"{words} ({details})" if details else words


def _members(schema: Schema, names: Collection[str], above: tuple[str, ...]) -> str:
    return " | ".join(sorted({_describe(each, names, above) for each in schema.members}))


def _single(schema: Schema, names: Collection[str], above: tuple[str, ...]) -> str:
    if schema.enum:
        kind = "" if schema.type.value == "string" else f"{schema.type.value} "
        return kind + " | ".join(sorted(text(value) for value in schema.enum.value))
    if schema.type.value == "array":
        return f"[{_describe(schema.items, names, above)}]"
    if schema.type.value != "object":
        return str(schema.type.value)
    fields = [
        f"{name}{'' if name in schema.required else '?'}: {_describe(each, names, above)}"
        for name, each in sorted(schema.properties.items())
    ]
    fields += [f"{name}: any" for name in sorted(schema.required) if name not in schema.properties]
    if schema.additional is None:
        fields.append("nothing else")
    elif (more := _describe(schema.additional, names, above)) != "any":
        fields.append(f"...: {more}")
    return f"{{{', '.join(fields)}}}" if fields else "object"
