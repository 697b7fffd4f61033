# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
"""Reading answers that are not quite what the contract says, without losing what was asked for.

The decoders of this package take what the contract describes, at full speed, and nothing else. Where an answer is
otherwise in any way, it is read once more here, member by member along the contract, and made into what the decoders
take. `x-essential` of the contract says which members have to be there. Every other member that cannot be read becomes
what the contract has for it (`x-fallback`), or absent, or null; each is noted as a Deviation.
"""

import json
import math
import re
from collections.abc import Callable, Container, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple, TypeVar

from .decoding import at_key, kind_of, missing_field, read_json
from .errors import DecodeError
from .types import UNSET, Kept, oddities

__all__ = ["Deviation", "loads", "read", "read_value"]

T = TypeVar("T")

_MOST = 1_000  # deviations that are kept of one response
_HALF = re.compile("[\ud800-\udfff]")  # half of a surrogate pair: no text of its own


class Deviation(NamedTuple):
    """A place where an answer is not what the contract says, and was read nevertheless."""

    path: str
    expected: str
    found: str


def read(content: bytes, decode: Callable[[Any], T], name: str, deviations: list[Deviation] | None) -> T:
    """The body of an answer, decoded; `name` is that of its operation or schema. Strictly so without `deviations`.

    Raises:
        DecodeError: it is not JSON, or something essential is missing or cannot be read.
    """
    if deviations is None:
        return decode(read_json(content))
    value, usual = loads(content)
    return read_value(value, decode, name, deviations, usual=usual)


def read_value(
    value: Any,
    decode: Callable[[Any], T],
    name: str,
    deviations: list[Deviation],
    *,
    usual: bool = True,
    halves: Container[str] = (),
) -> T:
    """As `read`, for JSON that was decoded.

    `usual` says that it has neither NaN, infinity nor halves of surrogate pairs in it; the latter stay in members that
    are named as one of `halves`.

    Raises:
        DecodeError: something essential is missing or cannot be read.
    """
    if usual:
        before = oddities[0]
        try:
            decoded = decode(value)
        except DecodeError:
            pass
        else:
            if oddities[0] is before:
                return decoded  # else that of another thread, perhaps: then there is nothing to be found
    reader = _Reader(halves)
    decoded = decode(reader.value(_shape_of(name), value, "", 0))
    deviations += list(dict.fromkeys(reader.found))[:_MOST]
    return decoded


def loads(content: bytes) -> tuple[Any, bool]:
    """JSON, and whether it was as usual: else it has in it what strict readers refuse, such as NaN, infinity, numbers
    beyond every bound, and halves of surrogate pairs.

    Raises:
        DecodeError: it is not JSON in any other way.
    """
    try:
        return read_json(content), True
    except DecodeError:
        try:
            return json.loads(content.decode()), False
        except (ValueError, RecursionError):
            pass
        raise


@dataclass
class _Member:
    """A member of an object."""

    schema: Any
    required: bool = False
    essential: bool = False
    where_present: bool = False  # essential, but for being there
    fallback: Any = None
    at_position: bool = False  # its fallback is the object's place in the list
    has_fallback: bool = False


@dataclass
class _Shape:
    """What a schema lets a value be."""

    kinds: set[str] = field(default_factory=set)
    words: tuple[str, ...] | None = None  # of an enum
    constant: Any = None
    items: Any = None
    objects: list["_Object"] = field(default_factory=list)

    @property
    def expected(self) -> str:
        """What a message says was expected."""
        if self.constant is not None:
            return repr(self.constant)
        kinds = sorted(self.kinds - ({"an integer"} if "a number" in self.kinds else set()), key=_KINDS.index)
        return " or ".join(kinds) or "anything"


@dataclass
class _Object:
    """The members of one kind of object; `others` is the schema of those that are not named, None without."""

    members: dict[str, _Member]
    others: Any
    to_the_letter: bool  # one that cannot be read as it should is none


_PLAIN: dict[str, set[type]] = {"a number": {int, float}, "an integer": {int}}
_KINDS = ["a boolean", "a string", "an integer", "a number", "an array", "an object", "null"]
_TYPES = dict(zip(["boolean", "string", "integer", "number", "array", "object", "null"], _KINDS, strict=True))


class _Reader:
    """Makes of one value what the decoders take, and notes what it had to change."""

    def __init__(self, halves: Container[str]) -> None:
        self.found: list[Deviation] = []
        self._halves = halves

    def value(self, shape: _Shape, value: Any, path: str, position: int) -> Any:
        """Raises DecodeError where the value cannot be read."""
        if not shape.kinds:  # anything goes
            return value
        kind = kind_of(value)
        if kind in ("a number", "an integer") and not _finite(value):
            raise _Unreadable(path, shape.expected, "NaN" if value != value else "infinity")
        if kind not in shape.kinds:
            if kind == "an integer" and "a number" in shape.kinds:
                return value
            if kind == "a number" and "an integer" in shape.kinds and float(value).is_integer():
                self._note(path, shape.expected, "an integer with a decimal point")
                return int(value)
            raise _Unreadable(path, shape.expected, kind)
        if kind == "a string":
            return self._text(shape, value, path)
        if kind == "an array":
            return self._array(_shape(shape.items), value, path)
        return self._object(shape, value, path, position) if kind == "an object" else value

    def _text(self, shape: _Shape, value: str, path: str) -> str:
        if shape.constant is not None and value != shape.constant:
            raise _Unreadable(path, shape.expected, "another word")
        if shape.words is not None and value not in shape.words:
            self._note(path, "one of " + ", ".join(shape.words), "another word")
        if not value.isascii() and _HALF.search(value) and path.rpartition(".")[2] not in self._halves:
            self._note(path, "a string", "half of a surrogate pair")
            return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        return value

    def _array(self, shape: _Shape, values: Any, path: str) -> list[Any]:
        # Vectors: one look at the types instead of one at each number.
        plain = _PLAIN.get(shape.expected)
        if plain is not None and set(map(type, values)) <= plain and all(map(_finite, values)):
            return list(values)
        return [self.value(shape, value, f"{path}[{index}]", index) for index, value in enumerate(values)]

    def _object(self, shape: _Shape, value: Mapping[str, Any], path: str, position: int) -> Any:
        if len(shape.objects) == 1:
            return self._members(shape.objects[0], value, path, position)
        tags = {_shape(one.members["type"].schema).constant: one for one in shape.objects}
        tag = value.get("type")
        if not isinstance(tag, str):
            problem = "missing" if "type" not in value else kind_of(tag)
            raise _Unreadable(_join(path, "type"), "one of " + ", ".join(tags), problem)
        if tag not in tags:
            self._note(_join(path, "type"), "one of " + ", ".join(tags), "another word")
            return Kept(value)
        so_far = len(self.found)
        try:
            return self._members(tags[tag], value, path, position)
        except DecodeError as error:
            if not tags[tag].to_the_letter:
                raise
            del self.found[so_far:]
            self._note_error(error)
            return Kept(value)

    def _members(self, shape: _Object, value: Mapping[str, Any], path: str, position: int) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for name, member in shape.members.items():
            where = _join(path, name)
            if name in value:
                read = self._member(member, value[name], where, position)
            elif not member.required:
                continue
            elif member.essential:
                raise missing_field(KeyError(name)).within(path)
            else:
                self._note(where, _shape(member.schema).expected, "nothing")
                read = _instead(member, position)
            if read is not UNSET or member.required:
                result[name] = read
        for name, one in value.items():
            if name not in shape.members:
                where = _join(path, name)
                if shape.others is None:
                    self._note(where, "no such member", kind_of(one))
                    result[name] = one
                else:
                    result[name] = self.value(_shape(shape.others), one, where, position)
        return result

    def _member(self, member: _Member, value: Any, path: str, position: int) -> Any:
        """The member's value, or what stands for it where it cannot be read and need not be."""
        shape = _shape(member.schema)
        if member.essential or (member.where_present and value is not None):
            return self.value(shape, value, path, position)
        so_far = len(self.found)
        try:
            return self.value(shape, value, path, position)
        except DecodeError as error:
            del self.found[so_far:]  # of what is not read after all
            self._note_error(error)
        return None if "null" in shape.kinds else _instead(member, position)

    def _note_error(self, error: DecodeError) -> None:
        if isinstance(error, _Unreadable):
            self._note(error.path, error.expected, error.found)
        else:
            self._note(error.path, "a value", "nothing")

    def _note(self, path: str, expected: str, found: str) -> None:
        self.found.append(Deviation(path, expected, found))


class _Unreadable(DecodeError):
    """A value that is not what its schema says, and cannot be read as that either."""

    def __init__(self, path: str, expected: str, found: str) -> None:
        super().__init__(path, f"expected {expected}, got {found}")
        self.expected = expected
        self.found = found


def _finite(value: float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:  # an integer that is beyond all floats
        return False


def _instead(member: _Member, position: int) -> Any:
    if member.at_position:
        return position
    if not member.has_fallback:
        return UNSET
    return member.fallback.copy() if isinstance(member.fallback, (dict, list)) else member.fallback


def _join(path: str, name: str) -> str:
    key = at_key(name)
    return f"{path}.{key}" if path and not key.startswith("[") else f"{path}{key}"


# The contract --------------------------------------------------------------------------------------------------------


@cache
def _contract() -> Any:
    from importlib.resources import files  # three milliseconds that most programs never need

    return json.loads((files(__name__.rpartition(".")[0]) / "openapi.json").read_bytes())


@cache
def _shape_of(name: str) -> _Shape:
    """What an operation answers, or a schema describes."""
    schemas = _contract()["components"]["schemas"]
    if name in schemas:
        return _shape(schemas[name])
    for item in _contract()["paths"].values():
        for operation in item.values():
            if isinstance(operation, dict) and _plain(operation.get("operationId", "")) == _plain(name):
                success = next(answer for status, answer in operation["responses"].items() if status.startswith("2"))
                return _shape(success["content"]["application/json"]["schema"])
    raise LookupError(f"the contract has neither an operation nor a schema {name}")


def _plain(name: str) -> str:
    return name.replace("_", "").lower()  # modules are named in snake case


_ANYTHING: dict[str, Any] = {}  # a schema
_shapes: dict[int, tuple[Any, _Shape]] = {}


def _shape(schema: Any) -> _Shape:
    """The shape of a schema, made once; schemas live as long as the contract, so that their ids stay."""
    found = _shapes.get(id(schema))
    if found is None:
        found = _shapes[id(schema)] = (schema, _made(schema))
    return found[1]


def _made(schema: Any) -> _Shape:
    shape = _Shape(items=_ANYTHING)
    for one in _members_of(schema):
        kinds = one.get("type", [])
        shape.kinds |= {_TYPES[kind] for kind in ([kinds] if isinstance(kinds, str) else kinds)}
        if "enum" in one:
            shape.words = tuple(word for word in one["enum"] if word is not None)
        shape.constant = one.get("const", shape.constant)
        shape.items = one.get("items", shape.items)
        if "an object" in shape.kinds and one.get("type") == "object":
            shape.objects.append(_object_of(one))
    return shape


def _members_of(schema: Any) -> Iterator[Any]:
    """The members of a union, references followed; a schema that is none is its own."""
    if "$ref" in schema:
        yield from _members_of(_contract()["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
    elif branches := schema.get("oneOf") or schema.get("anyOf"):
        for branch in branches:
            yield from _members_of(branch)
    else:
        yield schema


def _object_of(schema: Any) -> _Object:
    lenient = "x-essential" in schema
    required = schema.get("required", [])
    essential = schema["x-essential"] if lenient else required
    where_present = schema.get("x-essential-where-present", [])
    members = {
        name: _Member(
            schema=member,
            required=name in required or name in essential,
            essential=name in essential,
            where_present=name in where_present,
            fallback=member.get("x-fallback"),
            at_position="x-fallback-position" in member,
            has_fallback="x-fallback" in member,
        )
        for name, member in schema.get("properties", {}).items()
    }
    others = schema.get("additionalProperties")
    return _Object(members, _ANYTHING if others is True else others, not lenient)
