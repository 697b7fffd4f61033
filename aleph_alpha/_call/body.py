"""The JSON body of a request."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

from aleph_alpha._call.long_body import LongBody
from aleph_alpha.errors import InvalidRequestError

__all__ = ["encode"]


def encode(operation: str, body: object) -> bytes | LongBody:
    """The body as JSON in UTF-8; numpy's numbers and arrays are written as plain ones."""
    import orjson

    try:
        try:
            if _has_long(body):
                return _long_body(body)
            return orjson.dumps(body, option=orjson.OPT_SERIALIZE_NUMPY)
        except TypeError as error:
            where, reason = _fault(body, "") or ("the request", str(error))
    except RecursionError:  # hundreds of levels, or a value that is within itself
        where, reason = "the request", "it has too many values within values"
    raise InvalidRequestError(f"{operation}: {where} cannot be sent as JSON: {reason}") from None


_LONG = 256 * 1024  # characters


def _has_long(value: Any) -> bool:
    """Whether there is a text or an image in base64 that is not to be held twice."""
    for part in value.values() if type(value) is dict else value:
        kind = type(part)
        if kind is str:
            if len(part) > _LONG:
                return True
        elif (kind is dict or (kind is list and part and type(part[0]) in (dict, list))) and _has_long(part):
            return True
    return False


def _long_body(body: object) -> LongBody:
    import orjson

    from aleph_alpha._call.long_body import LongBody

    mark = os.urandom(16).hex()  # what no text has in it
    held: list[str] = []
    json = orjson.dumps(_marked(body, mark, held), option=orjson.OPT_SERIALIZE_NUMPY).split(mark.encode())
    return LongBody([json[0], *(part for pair in zip(held, json[1:], strict=True) for part in pair)])


def _marked(value: Any, mark: str, held: list[str]) -> Any:
    """The value with marks for its long strings: a copy, as parts of it may be the caller's."""
    kind = type(value)
    if kind is str and len(value) > _LONG:
        held.append(value)
        return mark
    if kind is dict:
        return {name: _marked(part, mark, held) for name, part in value.items()}
    return [_marked(part, mark, held) for part in value] if kind is list and _has_long(value) else value


def _fault(value: object, path: str) -> tuple[str, str] | None:
    """Path of the innermost part that cannot be encoded, and the reason."""
    import orjson

    try:
        orjson.dumps(value, option=orjson.OPT_SERIALIZE_NUMPY)
    except TypeError as error:
        for name, part in _parts(value):
            inner = _fault(part, f"{path}{name}" if path or name.startswith("[") else name.removeprefix("."))
            if inner is not None:
                return inner
        return path or "the request", str(error)
    return None


def _parts(value: object) -> Iterator[tuple[str, object]]:
    if isinstance(value, dict):
        yield from ((f".{name}", part) for name, part in value.items())
    elif isinstance(value, (list, tuple)):
        yield from ((f"[{index}]", part) for index, part in enumerate(value))
