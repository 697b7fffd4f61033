"""What the generated decoders call: the reading of JSON, and the words for what is wrong with it."""

from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from .errors import DecodeError
from .types import Kept, oddities


def read_json(content: bytes) -> Any:
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise DecodeError("", f"not JSON: {error}") from None


def read_text(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise DecodeError("", f"not UTF-8: {error}") from None


def wrong_type(path: str, expected: str, value: object) -> DecodeError:
    return DecodeError(path, f"expected {expected}, got {kind_of(value)}")


def wrong_const(path: str, expected: object, value: object) -> DecodeError:
    return DecodeError(path, f"expected {expected!r}, got {_shown(value)}")


def wrong_tag(path: str, expected: Iterable[object], value: object) -> DecodeError:
    names = ", ".join(repr(tag) for tag in expected)
    return DecodeError(path, f"expected one of {names}, got {_shown(value)}")


def missing_field(error: KeyError) -> DecodeError:
    return DecodeError(at_key(error.args[0]), "is required, but missing")


def at_key(name: str) -> str:
    """The path of an object's member."""
    return name if name.isidentifier() else f'["{name}"]'


def at_item(prefix: str, values: Iterable[object], value: object) -> str:
    """The path of a list's item, found by identity: an object is wrong in its first place as in any other."""
    index = next(index for index, candidate in enumerate(values) if candidate is value)
    return f"{prefix}[{index}]"


def not_integer(value: object) -> bool:
    """True for everything that is no JSON integer: bool is not one, a subclass of int is."""
    return not isinstance(value, int) or isinstance(value, bool)


def not_number(value: object) -> bool:
    """True for everything that is no JSON number: bool is not one, subclasses of int and float are."""
    return not isinstance(value, (int, float)) or isinstance(value, bool)


def kept(value: Kept) -> Any:
    """An object of a kind that is not known, to stand among those that are."""
    return dict(value)


def odd(rest: dict[str, Any]) -> dict[str, Any]:
    """Members that the contract does not have, as they came; tolerant.py is told that there are some."""
    oddities[0] = object()
    return rest


def fields_of(value: object) -> dict[str, Any]:
    """A copy of an object's members, to take the known ones out of."""
    if isinstance(value, Mapping):
        return dict(value)
    raise wrong_type("", "an object", value)


def kind_of(value: object) -> str:
    """What a message calls the JSON type of a value."""
    if value is None:
        return "null"
    for kinds, name in (
        (bool, "a boolean"),
        (int, "an integer"),
        (float, "a number"),
        (str, "a string"),
        ((list, tuple), "an array"),
        (Mapping, "an object"),
    ):
        if isinstance(value, kinds):
            return name
    return type(value).__name__


def _shown(value: object) -> str:
    """Tags and constants are names of the API, so short ones may be quoted."""
    return repr(value) if isinstance(value, str) and len(value) <= 40 else kind_of(value)
