"""The rules of the conventions' conformance checks, as functions that return findings.

After the rules and schemas of open-telemetry/semantic-conventions-conformance and -genai as of November 2026,
in words of our own: names, kinds and types of what is told, what has to be there, the form of content, and
what says that a call failed. A known part of a message is held to its own schema here, while theirs lets
anything pass that has a type.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import jsonschema
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.trace import SpanKind, StatusCode

OPERATIONS = {
    *("chat", "create_agent", "create_memory", "create_memory_store", "delete_memory", "delete_memory_store"),
    *("embeddings", "execute_tool", "fetch_response", "generate_content", "invoke_agent", "invoke_workflow"),
    *("plan", "retrieval", "search_memory", "text_completion", "update_memory", "upsert_memory"),
}

STRINGS, ANY = "string[]", "any"
TYPES = {
    "error.type": "string",
    "server.address": "string",
    "server.port": "int",
    "gen_ai.operation.name": "string",
    "gen_ai.provider.name": "string",
    "gen_ai.conversation.id": "string",
    "gen_ai.embeddings.dimension.count": "int",
    "gen_ai.input.messages": ANY,
    "gen_ai.output.messages": ANY,
    "gen_ai.output.type": "string",
    "gen_ai.request.choice.count": "int",
    "gen_ai.request.encoding_formats": STRINGS,
    "gen_ai.request.frequency_penalty": "double",
    "gen_ai.request.max_tokens": "int",
    "gen_ai.request.model": "string",
    "gen_ai.request.presence_penalty": "double",
    "gen_ai.request.reasoning.level": "string",
    "gen_ai.request.seed": "int",
    "gen_ai.request.stop_sequences": STRINGS,
    "gen_ai.request.stream": "boolean",
    "gen_ai.request.temperature": "double",
    "gen_ai.request.top_k": "int",
    "gen_ai.request.top_p": "double",
    "gen_ai.response.finish_reasons": STRINGS,
    "gen_ai.response.id": "string",
    "gen_ai.response.model": "string",
    "gen_ai.response.time_to_first_chunk": "double",
    "gen_ai.system_instructions": ANY,
    "gen_ai.token.modality": "string",
    "gen_ai.token.type": "string",
    "gen_ai.tool.definitions": ANY,
    "gen_ai.usage.input_tokens": "int",
    "gen_ai.usage.output_tokens": "int",
}
REQUIRED = {"gen_ai.operation.name", "gen_ai.provider.name", "gen_ai.request.model", "server.address", "server.port"}
RESPONSE = {  # recommended without a condition, of an operation that did not fail
    "chat": {
        "gen_ai.response.finish_reasons",
        "gen_ai.response.id",
        "gen_ai.response.model",
        "gen_ai.usage.input_tokens",
        "gen_ai.usage.output_tokens",
    },
    "embeddings": {"gen_ai.embeddings.dimension.count", "gen_ai.response.model", "gen_ai.usage.input_tokens"},
}
# The API's completions have no id.
RESPONSE["text_completion"] = RESPONSE["chat"] - {"gen_ai.response.id"}


def _object(required: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "object", "properties": {**required, **more}, "required": [*required]}


_TEXT, _MAYBE = {"type": "string"}, {"type": ["string", "null"]}
_PARTS = {
    "text": _object({"content": _TEXT}),
    "reasoning": _object({"content": _TEXT}),
    "tool_call": _object({"name": _TEXT}, id=_MAYBE),
    "tool_call_response": _object({"response": {}}, id=_MAYBE),
    "blob": _object({"modality": _TEXT, "content": _TEXT}, mime_type=_MAYBE),
    "file": _object({"modality": _TEXT, "file_id": _TEXT}, mime_type=_MAYBE),
    "uri": _object({"modality": _TEXT, "uri": {"type": "string", "not": {"pattern": "^data:"}}}, mime_type=_MAYBE),
}
_PART: dict[str, Any] = {
    **_object({"type": _TEXT}),
    "allOf": [
        {"if": {"properties": {"type": {"const": kind}}, "required": ["type"]}, "then": schema}
        for kind, schema in _PARTS.items()
    ],
}
_MESSAGE = _object({"role": _TEXT, "parts": {"type": "array", "items": _PART}}, name=_MAYBE, finish_reason=_MAYBE)
SCHEMAS: dict[str, Any] = {
    "gen_ai.input.messages": {"type": "array", "items": _MESSAGE},
    "gen_ai.output.messages": {"type": "array", "items": _MESSAGE},
    "gen_ai.tool.definitions": {"type": "array", "items": _object({"type": _TEXT, "name": _TEXT})},
    "gen_ai.system_instructions": {"type": "array", "items": _PART},
}


def span_findings(span: ReadableSpan, *, untold: frozenset[str] = frozenset()) -> list[str]:
    """What is wrong with a span; `untold` are attributes that the API does not tell of this call."""
    found = dict(span.attributes or {})
    operation = str(found.get("gen_ai.operation.name", ""))
    return [
        *_of_attributes(found),
        *_of_operation(span, operation, found, untold),
        *_of_status(span, found),
    ]


def _of_attributes(found: Mapping[str, Any], *, structured: bool = False) -> Iterator[str]:
    for name, value in found.items():
        if name.startswith(("gen_ai.", "server.", "error.")):
            if name not in TYPES:
                yield f"{name}: unknown"
            elif not _is(TYPES[name], value):
                yield f"{name}: {value!r} is not of type {TYPES[name]}"
        if name in SCHEMAS:
            if structured == isinstance(value, str):
                yield f"{name}: must be {'structured' if structured else 'a JSON string'}"
                continue
            json_value = _plain(value) if structured else json.loads(value)
            for error in jsonschema.Draft202012Validator(SCHEMAS[name]).iter_errors(json_value):
                yield f"{name}: {error.json_path}: {error.message}"


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _plain(part) for name, part in value.items()}
    return [_plain(part) for part in value] if isinstance(value, (list, tuple)) else value


def _is(kind: str, value: Any) -> bool:
    if kind == STRINGS:
        return isinstance(value, (list, tuple)) and all(isinstance(one, str) for one in value)
    types: Any = {"string": str, "int": int, "double": float, "boolean": bool, ANY: object}[kind]
    return isinstance(value, types) and (kind != "int" or not isinstance(value, bool))


def _of_operation(
    span: ReadableSpan, operation: str, found: Mapping[str, Any], untold: frozenset[str]
) -> Iterator[str]:
    if not operation:
        return  # not of generative AI: the conventions have nothing to say about it
    if operation not in OPERATIONS:
        yield f"gen_ai.operation.name: {operation} is not one of the conventions"
        return
    model = found.get("gen_ai.request.model")
    name = operation if model is None else f"{operation} {model}"
    if span.name != name:
        yield f"the name is {span.name!r}, not {name!r}"
    if span.kind is not SpanKind.CLIENT:
        yield f"the kind is {span.kind}"
    expected = set(REQUIRED)
    if span.status.status_code is not StatusCode.ERROR:
        expected |= RESPONSE[operation]
    if found.get("gen_ai.request.stream") and span.status.status_code is not StatusCode.ERROR:
        expected.add("gen_ai.response.time_to_first_chunk")
    for missing in sorted(expected - found.keys() - untold):
        yield f"{missing}: is missing"


def _of_status(span: ReadableSpan, found: Mapping[str, Any]) -> Iterator[str]:
    status = span.status.status_code
    if status is StatusCode.OK:
        yield "the status is OK, which is for the application to say"
    if status is StatusCode.ERROR and "error.type" not in found:
        yield "error.type: is missing"
    if status is not StatusCode.ERROR and "error.type" in found:
        yield "error.type: is there, and the status is no error"


_RELEASED, _LATEST = "gen_ai.client.operation", "gen_ai.client.inference"
#: metric -> unit, whether it is a sum, attributes beside those of all, whether it may have an error.
METRICS: dict[str, dict[str, tuple[str, bool, frozenset[str], bool]]] = {
    "released": {
        f"{_RELEASED}.duration": ("s", False, frozenset(), True),
        f"{_RELEASED}.time_to_first_chunk": ("s", False, frozenset(), False),
        f"{_RELEASED}.time_per_output_chunk": ("s", False, frozenset(), False),
        "gen_ai.client.token.usage": ("{token}", False, frozenset({"gen_ai.token.type"}), False),
    },
    "latest": {
        f"{_LATEST}.duration": ("s", False, frozenset(), True),
        f"{_LATEST}.time_to_first_chunk": ("s", False, frozenset(), False),
        f"{_LATEST}.time_per_output_chunk": ("s", False, frozenset(), False),
        f"{_LATEST}.usage.input_tokens": ("{token}", True, frozenset({"gen_ai.token.modality"}), False),
        f"{_LATEST}.usage.output_tokens": ("{token}", True, frozenset({"gen_ai.token.modality"}), False),
        f"{_LATEST}.operation.input_tokens": ("{token}", False, frozenset(), True),
        f"{_LATEST}.operation.output_tokens": ("{token}", False, frozenset(), True),
        "gen_ai.client.embeddings.duration": ("s", False, frozenset(), True),
        "gen_ai.client.embeddings.operation.input_tokens": ("{token}", False, frozenset(), True),
    },
}
_SECONDS = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92]


def metric_findings(conventions: str, metric: Any, point: Any) -> list[str]:
    """What is wrong with a point of a metric."""
    if not metric.name.startswith("gen_ai."):
        return []
    known = METRICS[conventions].get(metric.name)
    if known is None:
        return [f"{metric.name}: is not a metric of the conventions ({conventions})"]
    unit, counter, more, errors = known
    found = dict(point.attributes)
    allowed = REQUIRED | {"gen_ai.response.model"} | more | ({"error.type"} if errors else set())
    findings = [f"{metric.name}: {finding}" for finding in _of_attributes(found)]
    findings += [f"{metric.name}: {name} is not one of its attributes" for name in found.keys() - allowed]
    findings += [f"{metric.name}: {name} is missing" for name in (REQUIRED | more) - found.keys()]
    if metric.unit != unit:
        findings.append(f"{metric.name}: the unit is {metric.unit}")
    if counter != hasattr(point, "value"):
        findings.append(f"{metric.name}: is not a {'counter' if counter else 'histogram'}")
    elif unit == "s" and list(point.explicit_bounds) != _SECONDS:
        findings.append(f"{metric.name}: its buckets are {point.explicit_bounds}")
    return findings


def record_findings(record: Any) -> list[str]:
    """What is wrong with an event."""
    found = dict(record.attributes or {})
    severities = {"gen_ai.client.inference.operation.details": 5, "gen_ai.client.operation.exception": 13}
    if record.event_name not in severities:
        return [f"{record.event_name}: is not an event of the conventions"]
    findings = [f"{record.event_name}: {finding}" for finding in _of_attributes(found, structured=True)]
    if record.severity_number.value != severities[record.event_name]:
        findings.append(f"{record.event_name}: its severity is {record.severity_number}")
    needed = REQUIRED if record.event_name.endswith("details") else {"exception.type"}
    return [*findings, *(f"{record.event_name}: {name} is missing" for name in needed - found.keys())]
