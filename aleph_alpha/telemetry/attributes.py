"""The attributes of a call's span: what its request, its response and its error say, without any content."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from aleph_alpha._observe.events import CallEnded, ObservedCall
from aleph_alpha.errors import APIStatusError, APITimeoutError, StreamTimeoutError
from aleph_alpha.telemetry.conventions import PROVIDER, Operation

__all__ = ["Attributes", "common_attributes", "error_type", "full_name", "request_attributes", "response_attributes"]

Attributes: TypeAlias = dict[str, Any]

_CODE = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,63}").fullmatch


def common_attributes(call: ObservedCall, operation: Operation) -> Attributes:
    """Those that a span has from its beginning, and that every metric has, too."""
    name = "aleph_alpha.operation.name" if operation.family == "other" else "gen_ai.operation.name"
    attributes: Attributes = {
        name: operation.name,
        "gen_ai.provider.name": PROVIDER,
        "server.address": call.server_address,
        "server.port": call.server_port,
    }
    if call.model is not None:
        attributes["gen_ai.request.model"] = call.model
    return attributes


def request_attributes(call: ObservedCall, operation: Operation) -> Attributes:
    """What the request asks for."""
    attributes: Attributes = {}
    request = call.request
    if request is None or operation.family == "other":
        return attributes
    if operation.output is not None:
        attributes["gen_ai.output.type"] = operation.output
    for member, (name, convert) in _REQUEST.items():
        value = request.get(member)
        if value is not None:
            converted = convert(value)
            if converted is not None:
                attributes[name] = converted
    return attributes


def response_attributes(event: CallEnded, operation: Operation) -> Attributes:
    """What the response says about itself."""
    outcome = event.outcome
    attributes: Attributes = {}
    if outcome.model is not None:
        attributes["gen_ai.response.model"] = outcome.model
    if outcome.input_tokens is not None:
        attributes["gen_ai.usage.input_tokens"] = outcome.input_tokens
    if operation.family == "embeddings":
        if outcome.dimensions is not None:
            attributes["gen_ai.embeddings.dimension.count"] = outcome.dimensions
        return attributes
    if outcome.output_tokens is not None:
        attributes["gen_ai.usage.output_tokens"] = outcome.output_tokens
    if operation.family == "other":
        return attributes
    if outcome.id is not None:
        attributes["gen_ai.response.id"] = outcome.id
    if outcome.finish_reasons:
        attributes["gen_ai.response.finish_reasons"] = outcome.finish_reasons
    if event.first_chunk_seconds is not None:
        attributes["gen_ai.response.time_to_first_chunk"] = event.first_chunk_seconds
    return attributes


def error_type(error: BaseException) -> str:
    """The value of ``error.type``: the API's code, else the status; ``timeout``; else the class by its full name.

    >>> from aleph_alpha.errors import APIConnectionError, APITimeoutError, status_error
    >>> error_type(status_error(404, '{"error": "no such model", "code": "UNKNOWN_MODEL"}'))
    'UNKNOWN_MODEL'
    >>> error_type(status_error(502, "<html>")), error_type(APITimeoutError("late")), error_type(KeyError("a"))
    ('502', 'timeout', 'KeyError')
    >>> error_type(APIConnectionError("cut"))
    'aleph_alpha.errors.APIConnectionError'
    """
    if isinstance(error, APIStatusError):
        code = error.code
        return code if code is not None and _CODE(code) else str(error.status)
    if isinstance(error, APITimeoutError | StreamTimeoutError):
        return "timeout"
    return full_name(error)


def full_name(error: BaseException) -> str:
    """Module and name of an error's class; of a builtin one the name alone."""
    kind = type(error)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def _integer(value: Any) -> int | None:
    return int(value) if isinstance(value, int | float) else None


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _unless_off(convert: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: convert(value) if value else None  # 0 is how the API says that it is off


def _strings(value: Any) -> tuple[str, ...] | None:
    return (value,) if isinstance(value, str) else tuple(map(str, value)) or None


def _count(value: Any) -> int | None:
    return value if value != 1 else None


def _format(value: Any) -> str:
    kind = value.get("type") if isinstance(value, Mapping) else None
    return "json" if kind in ("json_schema", "json_object") else "text"


_REQUEST: Mapping[str, tuple[str, Callable[[Any], Any]]] = {
    "maximum_tokens": ("gen_ai.request.max_tokens", _integer),
    "max_tokens": ("gen_ai.request.max_tokens", _integer),
    "max_completion_tokens": ("gen_ai.request.max_tokens", _integer),
    "temperature": ("gen_ai.request.temperature", _number),
    "top_k": ("gen_ai.request.top_k", _unless_off(_integer)),
    "top_p": ("gen_ai.request.top_p", _unless_off(_number)),
    "frequency_penalty": ("gen_ai.request.frequency_penalty", _number),
    "presence_penalty": ("gen_ai.request.presence_penalty", _number),
    "stop_sequences": ("gen_ai.request.stop_sequences", _strings),
    "stop": ("gen_ai.request.stop_sequences", _strings),
    "seed": ("gen_ai.request.seed", _integer),
    "n": ("gen_ai.request.choice.count", _count),
    "stream": ("gen_ai.request.stream", lambda value: value or None),
    "response_format": ("gen_ai.output.type", _format),
    "reasoning_effort": ("gen_ai.request.reasoning.level", str),
    "encoding_format": ("gen_ai.request.encoding_formats", _strings),
    "dimensions": ("gen_ai.embeddings.dimension.count", _integer),
    "compress_to_size": ("gen_ai.embeddings.dimension.count", _integer),
}
