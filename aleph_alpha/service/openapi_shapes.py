"""The schemas of an OpenAPI document, by what values they allow. No document is too broken to be looked at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

__all__ = ["Json", "Member", "Members", "OpenApiDocument", "Shape", "member_pairs", "object_of"]

Json = Mapping[str, Any]

_DEEPEST = 16  # unions within unions, and lists within lists


class Shape(NamedTuple):
    """What is known of a value: JSON types, fields with their schemas, those required, schema of items, enum, and which
    fields a response is refused without (``None`` where the document does not say; only the contract does).

    Of a union only the types are here; its members have shapes of their own.
    """

    types: frozenset[str]
    fields: Mapping[str, Any]
    required: frozenset[str]
    items: Any
    values: frozenset[str] | None
    essential: frozenset[str] | None = None
    where_present: frozenset[str] = frozenset()

    def beside(self, name: str) -> bool:
        """Whether a response can be read without a field, and with one that cannot be read."""
        return self.essential is not None and name not in self.essential | self.where_present

    @property
    def words(self) -> str:
        """The types as they are written: what takes numbers takes integers, too."""
        written = self.types - {"number"} if "integer" in self.types else self.types
        return " or ".join(sorted(written)) or "anything"


class Member(NamedTuple):
    """A member of a union; something that is not a union is the only member of itself."""

    name: str  # of its component, or ""
    shape: Shape
    tag: Mapping[str, frozenset[str]]  # the fields with one value only, which tell the members of a union apart
    words: str

    def __str__(self) -> str:
        return self.words


class OpenApiDocument:
    """A document whose references are followed."""

    def __init__(self, document: Json) -> None:
        self.json = document
        # By the id of a schema, and with the schema itself, so that it keeps its id.
        self._shapes: dict[int, tuple[Any, Shape]] = {}
        self._members: dict[int, tuple[Any, list[Member]]] = {}

    @property
    def components(self) -> dict[str, Any]:
        """The schemas that have a name."""
        return object_of(object_of(self.json.get("components")).get("schemas"))

    def follow(self, value: Any) -> Json:
        """What a reference leads to; anything that is not an object counts as one without content."""
        return self._followed(value)[1]

    def _followed(self, value: Any) -> tuple[str, Json]:
        """The name of the first reference as well."""
        name = ""
        for _ in range(32):
            reference = value.get("$ref") if isinstance(value, dict) else None
            if not isinstance(reference, str) or not reference.startswith("#/"):
                break
            target: Any = self.json
            for part in reference[2:].split("/"):
                target = object_of(target).get(part.replace("~1", "/").replace("~0", "~"))
            name = name or reference.rpartition("/")[2]
            value = target
        return name, object_of(value)

    def at(self, pointer: str, *, through_references: bool) -> list[Any]:
        """What is at a JSON pointer; a `*` in it stands for any one key."""
        found: list[Any] = [self.json]
        for step in pointer.split("/")[1:]:
            key = step.replace("~1", "/").replace("~0", "~")
            if through_references:
                found = [one if isinstance(one, list) else self.follow(one) for one in found]
            inner = [dict(enumerate(one)) if isinstance(one, list) else object_of(one) for one in found]
            found = [value for one in inner for name, value in one.items() if step == "*" or str(name) == key]
        return found

    def shape(self, schema: Any, depth: int = 0) -> Shape:
        """The shape of a schema, with all that applies together in it."""
        schema = self.follow(schema)
        if id(schema) not in self._shapes:
            self._shapes[id(schema)] = schema, self._shape(schema, depth)
        return self._shapes[id(schema)][1]

    def _shape(self, schema: Json, depth: int) -> Shape:
        named = schema.get("type")
        types = {named} if isinstance(named, str) else {*_names(named)}
        fields = dict(object_of(schema.get("properties")))
        required, items = {*_names(schema.get("required"))}, schema.get("items")
        values = _enum(schema)
        for member, alone in _parts(schema) if depth < _DEEPEST else ():
            other = self.shape(member, depth + 1)
            types |= other.types
            if alone:
                fields = {**other.fields, **fields}
                required |= other.required
                items = other.items if items is None else items
                values = other.values if values is None else values
        if fields and not types:
            types = {"object"}
        if "integer" in types:
            types.add("number")
        essential = frozenset(_names(schema["x-essential"])) if "x-essential" in schema else None
        where_present = frozenset(_names(schema.get("x-essential-where-present")))
        required |= essential or set()
        return Shape(frozenset(types - {"null"}), fields, frozenset(required), items, values, essential, where_present)

    def members(self, schema: Any) -> list[Member]:
        """The members of a union without null, those of unions in it among them; of anything else just itself."""
        name, found = self._followed(schema)
        if id(found) not in self._members:
            self._members[id(found)] = found, []  # for one that holds itself
            self._members[id(found)] = found, list(self._flat(name, schema, found))
        return self._members[id(found)][1]

    def _flat(self, name: str, schema: Any, found: Json) -> Iterator[Member]:
        for key in ("oneOf", "anyOf"):
            union = [one for one in listed(found.get(key)) if not _is_null(one)]
            if union:
                for one in union:
                    yield from self.members(one)
                return
        types = [one for one in _names(found.get("type")) if one != "null"]
        if len(types) > 1:
            yield from (self._member("", {**found, "type": one}) for one in types)
        else:
            yield self._member(name, schema)

    def _member(self, name: str, schema: Any) -> Member:
        shape = self.shape(schema)
        enums = {field: _enum(self.follow(value)) for field, value in shape.fields.items()}
        tag = {field: values for field, values in enums.items() if values is not None and len(values) == 1}
        return Member(name, shape, tag, name or ", ".join(min(one) for one in tag.values()) or self._words(shape))

    def _words(self, shape: Shape) -> str:
        words = [shape.words]
        while shape.items is not None and len(words) < _DEEPEST:
            shape = self.shape(shape.items)
            words.append(shape.words)
        return " of ".join(words)


class Members(NamedTuple):
    """The members of their union and ours: the same ones, and those that only one of the two has."""

    pairs: list[tuple[Member, Member]]
    new: list[Member]
    gone: list[Member]


def member_pairs(theirs: tuple[OpenApiDocument, Any], ours: tuple[OpenApiDocument, Any]) -> Members:
    """Find out which member of one union is which of another, the likest first."""
    (a, x), (b, y) = theirs, ours
    left, right = a.members(x), b.members(y)
    if len(left) == len(right) == 1:
        return Members([(left[0], right[0])], [], [])
    likeness = {
        (i, j): degree
        for i, one in enumerate(left)
        for j, other in enumerate(right)
        if (degree := _likeness((a, one), (b, other)))
    }
    found: dict[int, int] = {}
    for i, j in sorted(likeness, key=lambda pair: -likeness[pair]):
        if i not in found and j not in found.values():
            found[i] = j
    return Members(
        [(left[i], right[j]) for i, j in sorted(found.items())],
        [one for i, one in enumerate(left) if i not in found],
        [one for j, one in enumerate(right) if j not in found.values()],
    )


def _likeness(theirs: tuple[OpenApiDocument, Member], ours: tuple[OpenApiDocument, Member], depth: int = 0) -> float:
    """Similarity of two union members, 0 if unrelated."""
    (a, x), (b, y) = theirs, ours
    if x.shape.types and y.shape.types and not x.shape.types & y.shape.types:
        return 0
    if tags := x.tag.keys() & y.tag.keys():
        return 4 if any(x.tag[name] == y.tag[name] for name in tags) else 0
    if x.name and x.name == y.name:
        return 3
    fields = x.shape.fields.keys() | y.shape.fields.keys()
    if fields:
        return 2 * len(x.shape.fields.keys() & y.shape.fields.keys()) / len(fields)
    if x.shape.items is not None and y.shape.items is not None and depth < _DEEPEST:
        inner = [
            _likeness((a, one), (b, other), depth + 1)
            for one in a.members(x.shape.items)
            for other in b.members(y.shape.items)
        ]
        return max(inner, default=1)
    return 2 if x.shape.values == y.shape.values else 1


def _parts(schema: Json) -> Iterator[tuple[Any, bool]]:
    """The schemas that another one is made of, and whether each applies whatever the value."""
    yield from ((one, True) for one in listed(schema.get("allOf")))
    for key in ("oneOf", "anyOf"):
        union = [one for one in listed(schema.get(key)) if not _is_null(one)]
        yield from ((one, len(union) == 1) for one in union)


def _is_null(schema: Any) -> bool:
    return object_of(schema).get("type") == "null"


def _enum(schema: Json) -> frozenset[str] | None:
    values = schema.get("enum", [schema["const"]] if "const" in schema else None)
    return frozenset(map(str, values)) if isinstance(values, list) else None


def object_of(value: Any) -> dict[str, Any]:
    """The value if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def listed(value: Any) -> list[Any]:
    """The value if it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def _names(value: Any) -> list[str]:
    return [one for one in listed(value) if isinstance(one, str)]
