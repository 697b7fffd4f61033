"""What the model is told about the call of a tool: any value of Python as text that can be sent.

Text is told as it is, anything else as JSON:

==============================================  ==================================================
pydantic models, dataclasses, attrs classes     objects of their fields
mappings                                        objects; pairs where keys would become the same text
named tuples                                    objects of their fields
lists, tuples, sets, iterators                  arrays, sets in order where they have one
numbers                                         exact; those that JSON does not have, as ``"NaN"``
enums, NumPy arrays and numbers                 their values
bytes                                           text where they are UTF-8, base64 where not
dates, decimals, UUIDs, paths and the like      as pydantic writes them
anything else, or what holds itself             the text of it
half of a surrogate pair                        U+FFFD, the replacement character
==============================================  ==================================================
"""

from __future__ import annotations

import contextlib
import json
import math
from collections.abc import Iterator, Mapping, Sequence, Set, ValuesView
from enum import Enum
from typing import Any

from aleph_alpha._optional import encode
from aleph_alpha.chat.messages import Message, Role, ToolCall
from aleph_alpha.errors import ResponseError
from aleph_alpha.structured_output.kinds import is_pydantic

__all__ = ["tool_failure", "tool_result"]


def tool_result(call: ToolCall, result: object) -> Message:
    """The message that tells the model what came of a call: text as it is, anything else as JSON."""
    return Message(Role.Tool, _whole_characters(_as_text(result)), tool_call_id=call.id)


def tool_failure(call: ToolCall, error: Exception) -> Message:
    """The message that tells the model why a call came to nothing. Never a traceback."""
    reason = _shown(error) if isinstance(error, ResponseError) else f"{type(error).__name__}: {_shown(error)}"
    return Message(Role.Tool, _whole_characters(f"Error: {reason}"), tool_call_id=call.id)


def _as_text(result: object) -> str:
    if isinstance(result, str) and not isinstance(result, Enum):
        return str(result)
    try:
        return json.dumps(_plain(result), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    except Exception:  # it holds itself, or does not let itself be read
        return _shown(result)


def _plain(value: Any) -> Any:
    """The value as what JSON has; what holds itself raises RecursionError."""
    if isinstance(value, Enum):
        return _plain(value.value)
    if isinstance(value, float) and not math.isfinite(value):
        return {math.inf: "Infinity", -math.inf: "-Infinity"}.get(value, "NaN")
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if is_pydantic(type(value)):
        return _plain(_dumped(value))
    if isinstance(value, Mapping):
        return _object(value)
    if isinstance(value, tuple) and (as_dict := getattr(value, "_asdict", None)):
        return _plain(as_dict())
    fields = getattr(type(value), "__dataclass_fields__", None) or getattr(type(value), "__attrs_attrs__", ())
    if fields:
        names = [name if isinstance(name, str) else name.name for name in fields]
        return {name: _plain(getattr(value, name)) for name in names}
    if isinstance(value, Set):
        return [_plain(one) for one in _ordered(value)]
    if isinstance(value, _BYTES):
        return _bytes(value)
    if isinstance(value, _LISTS):
        return [_plain(one) for one in value]
    if hasattr(value, "dtype") and hasattr(value, "tolist"):
        return _plain(value.tolist())
    return _scalar(value)


_LISTS = (Sequence, Iterator, ValuesView)
_BYTES = (bytes, bytearray, memoryview)


def _dumped(value: Any) -> Any:
    try:
        return value.model_dump(mode="json", fallback=_shown)
    except ValueError:  # bytes and characters that pydantic does not write
        return value.model_dump()


def _object(value: Mapping[Any, Any]) -> Any:
    members = {_key(key): _plain(one) for key, one in value.items()}
    if len(members) < len(value):  # 1 and "1" are two keys here, and one in JSON
        return [[_plain(key), _plain(one)] for key, one in value.items()]
    return members


def _key(key: Any) -> str:
    plain = _plain(key)
    return plain if isinstance(plain, str) else json.dumps(plain, ensure_ascii=False, separators=(",", ":"))


def _ordered(values: Set[Any]) -> list[Any]:
    try:
        return sorted(values)
    except TypeError:
        return sorted(values, key=repr)


def _scalar(value: Any) -> Any:
    from pydantic_core import to_jsonable_python

    return to_jsonable_python(value, fallback=_shown)


def _bytes(value: bytes | bytearray | memoryview) -> str:
    data = bytes(value)
    try:
        return data.decode()
    except UnicodeDecodeError:
        return encode(data)


def _shown(value: object) -> str:
    for show in (str, repr):
        with contextlib.suppress(Exception):  # a __str__ of the caller's, or an integer of more than 4,300 digits
            return show(value)
    return f"<{type(value).__name__}>"


def _whole_characters(text: str) -> str:
    """The text with halves of surrogate pairs put together, or replaced where the other half is missing."""
    if text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
