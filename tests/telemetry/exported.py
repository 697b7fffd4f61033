"""What a test's calls tell OpenTelemetry: providers of its own, with the SDK's exporters into memory."""

from __future__ import annotations

import json
from typing import Any

from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import InMemoryLogRecordExporter, SimpleLogRecordProcessor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, Span, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import ALWAYS_ON, Sampler

from aleph_alpha import Telemetry
from aleph_alpha._observe.abandoned import settled


class Open(SpanProcessor):
    """Counts the spans that have begun, and how often each has ended."""

    def __init__(self) -> None:
        self.begun = 0
        self.ended = 0

    def on_start(self, span: Span, parent_context: Any = None) -> None:
        self.begun += 1

    def on_end(self, span: ReadableSpan) -> None:
        self.ended += 1


class Exported:
    """Spans, points of metrics and log records of the calls that are made with :meth:`option`."""

    def __init__(self, sampler: Sampler = ALWAYS_ON) -> None:
        self.open = Open()
        self._spans = InMemorySpanExporter()
        self._logs: Any = InMemoryLogRecordExporter()  # type: ignore[no-untyped-call]
        self._reader = InMemoryMetricReader()
        self.tracers = TracerProvider(sampler, shutdown_on_exit=False)
        self.tracers.add_span_processor(self.open)
        self.tracers.add_span_processor(SimpleSpanProcessor(self._spans))
        self.meters = MeterProvider([self._reader], shutdown_on_exit=False)
        self.loggers = LoggerProvider(shutdown_on_exit=False)
        self.loggers.add_log_record_processor(SimpleLogRecordProcessor(self._logs))

    def option(self, **options: Any) -> Telemetry:
        """The client's option."""
        return Telemetry(
            **options, tracer_provider=self.tracers, meter_provider=self.meters, logger_provider=self.loggers
        )

    @property
    def spans(self) -> list[ReadableSpan]:
        """That have ended, in that order."""
        assert settled()
        return list(self._spans.get_finished_spans())

    @property
    def span(self) -> ReadableSpan:
        """The only one."""
        [span] = self.spans
        return span

    @property
    def points(self) -> list[tuple[Any, Any]]:
        """Each metric with each of its points."""
        assert settled()
        data = self._reader.get_metrics_data()
        return [
            (metric, point)
            for resource in (data.resource_metrics if data is not None else ())
            for scope in resource.scope_metrics
            for metric in scope.metrics
            for point in metric.data.data_points
        ]

    @property
    def totals(self) -> dict[tuple[str, str], float]:
        """Sums by the metric and the direction of tokens or the operation, for metrics that have one of these."""
        found: dict[tuple[str, str], float] = {}
        for metric, point in self.points:
            key = (metric.name, str(point.attributes.get("gen_ai.token.type", "")))
            found[key] = found.get(key, 0) + (point.sum if hasattr(point, "sum") else point.value)
        return found

    @property
    def records(self) -> list[Any]:
        """The log records."""
        assert settled()
        return [one.log_record for one in self._logs.get_finished_logs()]


def attributes(span: ReadableSpan) -> dict[str, Any]:
    """Of a span, with lists in place of tuples."""
    return {name: list(value) if isinstance(value, tuple) else value for name, value in (span.attributes or {}).items()}


def content(span: ReadableSpan, name: str) -> Any:
    """An attribute of content, decoded."""
    return json.loads(attributes(span)[name])


def events(span: ReadableSpan) -> list[tuple[str, dict[str, Any]]]:
    """Of a span, without what depends on time."""
    return [
        (event.name, {name: value for name, value in (event.attributes or {}).items() if name != "aleph_alpha.seconds"})
        for event in span.events
    ]
