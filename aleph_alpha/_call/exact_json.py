"""JSON as a model wrote it, decoded without changing a number."""

from __future__ import annotations

import re
from typing import Any

__all__ = ["exact_json", "whole_numbers"]

_LONG = re.compile(r"\d{19}").search  # an integer that may be beyond 64 bits
_WHOLE_UP_TO = 40  # digits of a float that is read as an integer: an exponent must not fill the memory


def exact_json(text: str) -> Any:
    """The decoded text; integers of any length stay what they are.

    Raises:
        ValueError: it is not valid JSON, has an integer of more than 4,300 digits or is nested too deeply.

    >>> exact_json('{"wei": 19876543210987654321}')
    {'wei': 19876543210987654321}
    """
    import orjson

    value = orjson.loads(text)  # strict: neither NaN nor half surrogates; but long integers become floats
    return _loads(text) if _LONG(text) else value


def whole_numbers(text: str) -> Any:
    """The same, with ``3.0`` read as ``3``: JSON Schema says that both are integers.

    >>> whole_numbers("[3.0, 3.5, 2e3]")
    [3, 3.5, 2000]
    """
    return _loads(text, parse_float=_whole)


def _loads(text: str, **options: Any) -> Any:
    import json

    try:
        return json.loads(text, **options)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _whole(text: str) -> int | float:
    from decimal import Decimal

    number = Decimal(text)
    if number.adjusted() < _WHOLE_UP_TO and number == number.to_integral_value():
        return int(number)
    return float(text)
