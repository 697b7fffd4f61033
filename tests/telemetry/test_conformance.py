"""That the rules of the conventions find what is against them: each case breaks one, and is found by it alone."""

from __future__ import annotations

import json
from typing import Any

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.trace import SpanKind, Status, StatusCode

from tests.telemetry.conformance import metric_findings, record_findings, span_findings

GOOD: dict[str, Any] = {
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": "aleph_alpha",
    "gen_ai.request.model": "m",
    "server.address": "host",
    "server.port": 443,
    "gen_ai.response.finish_reasons": ("stop",),
    "gen_ai.response.id": "1",
    "gen_ai.response.model": "m",
    "gen_ai.usage.input_tokens": 1,
    "gen_ai.usage.output_tokens": 1,
}


def span(changes: dict[str, Any], name: str = "chat m", kind: Any = SpanKind.CLIENT, status: Any = None) -> Any:
    attributes = {key: value for key, value in (GOOD | changes).items() if value is not None}
    return ReadableSpan(name, attributes=attributes, kind=kind, status=status or Status(StatusCode.UNSET))


def messages(*parts: Any) -> str:
    return json.dumps([{"role": "user", "parts": list(parts)}])


def test_what_keeps_to_the_rules_has_no_findings() -> None:
    assert span_findings(span({})) == []
    good = [
        {"type": "text", "content": "a"},
        {"type": "tool_call", "name": "f", "id": None},
        {"type": "tool_call_response", "response": ""},
        {"type": "uri", "modality": "image", "uri": "https://example.com/a.png", "mime_type": None},
        {"type": "anything else"},
    ]
    assert span_findings(span({"gen_ai.input.messages": messages(*good)})) == []


@pytest.mark.parametrize(
    ("broken", "named"),
    [
        (span({"gen_ai.operation.name": "evaluate"}, "evaluate m"), "evaluate is not one"),
        (span({}, "m chat"), "the name is"),
        (span({}, "chat"), "the name is"),
        (span({}, kind=SpanKind.INTERNAL), "the kind is"),
        (span({"gen_ai.provider.name": None}), "gen_ai.provider.name: is missing"),
        (span({"gen_ai.response.id": None}), "gen_ai.response.id: is missing"),
        (span({"gen_ai.usage.input_tokens": None}), "gen_ai.usage.input_tokens: is missing"),
        (span({"gen_ai.request.stream": True}), "time_to_first_chunk: is missing"),
        (span({"gen_ai.system": "aleph_alpha"}), "gen_ai.system: unknown"),
        (span({"gen_ai.request.temperature": 1}), "is not of type double"),
        (span({"gen_ai.request.max_tokens": True}), "is not of type int"),
        (span({"gen_ai.response.finish_reasons": "stop"}), "is not of type string[]"),
        (span({}, status=Status(StatusCode.OK)), "the status is OK"),
        (span({}, status=Status(StatusCode.ERROR)), "error.type: is missing"),
        (span({"error.type": "500"}), "the status is no error"),
        (span({"gen_ai.input.messages": messages({"content": "a"})}), "'type' is a required property"),
        (span({"gen_ai.input.messages": messages({"type": "text"})}), "'content' is a required property"),
        (span({"gen_ai.input.messages": messages({"type": "text", "content": 1})}), "is not of type 'string'"),
        (span({"gen_ai.input.messages": messages({"type": "tool_call"})}), "'name' is a required property"),
        (span({"gen_ai.input.messages": messages({"type": "blob", "modality": "image"})}), "'content' is a required"),
        (
            span({"gen_ai.input.messages": messages({"type": "uri", "modality": "image", "uri": "data:image/png,"})}),
            "should not be valid",
        ),
        (span({"gen_ai.output.messages": json.dumps([{"role": "user"}])}), "'parts' is a required property"),
        (span({"gen_ai.tool.definitions": json.dumps([{"type": "function"}])}), "'name' is a required property"),
        (span({"gen_ai.tool.definitions": ("a",)}), "must be a JSON string"),
    ],
)
def test_what_breaks_a_rule_is_found(broken: Any, named: str) -> None:
    findings = span_findings(broken)
    assert len(findings) == 1, findings
    assert named in findings[0]


class Point:
    """A point of a histogram."""

    explicit_bounds = (0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92)

    def __init__(self, **changes: Any) -> None:
        common = {key: value for key, value in GOOD.items() if "usage" not in key and "response" not in key}
        self.attributes = {key: value for key, value in (common | changes).items() if value is not None}


class Metric:
    """One of them."""

    def __init__(self, name: str = "gen_ai.client.operation.duration", unit: str = "s") -> None:
        self.name = name
        self.unit = unit


@pytest.mark.parametrize(
    ("metric", "point", "named"),
    [
        (Metric(), Point(), None),
        (Metric("aleph_alpha.client.operation.duration"), Point(), None),
        (Metric("gen_ai.client.duration"), Point(), "is not a metric"),
        (Metric("gen_ai.client.inference.duration"), Point(), "is not a metric"),
        (Metric(unit="ms"), Point(), "the unit is ms"),
        (Metric(), Point(**{"server.port": None}), "server.port is missing"),
        (Metric(), Point(**{"gen_ai.response.id": "1"}), "is not one of its attributes"),
        (Metric("gen_ai.client.operation.time_to_first_chunk"), Point(**{"error.type": "500"}), "is not one of its"),
        (Metric("gen_ai.client.token.usage", "{token}"), Point(), "gen_ai.token.type is missing"),
    ],
)
def test_what_is_wrong_with_a_metric_is_found(metric: Any, point: Any, named: str | None) -> None:
    findings = metric_findings("released", metric, point)
    assert len(findings) == (named is not None), findings
    assert named is None or named in findings[0]


def test_what_is_wrong_with_an_event_is_found() -> None:
    class Severity:
        value = 9

    class Record:
        event_name = "gen_ai.client.inference.operation.details"
        attributes = GOOD | {"gen_ai.input.messages": messages()}
        severity_number = Severity

    found = record_findings(Record)
    assert ["must be structured" in found[0], "severity" in found[1]] == [True, True]
    Record.event_name = "gen_ai.choice"
    assert record_findings(Record) == ["gen_ai.choice: is not an event of the conventions"]
