"""A program that traces itself, for tests of what its calls through a framework are told as."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

from opentelemetry.sdk.trace import ReadableSpan

from aleph_alpha import AttemptEnded, CallEvent
from tests.telemetry.exported import Exported, events

OURS = "aleph_alpha"


class Program:
    """What it tells, of itself and of its calls by clients with :attr:`client_options`."""

    def __init__(self) -> None:
        self.exported = Exported()
        self.sent: list[AttemptEnded] = []
        self.client_options = {"telemetry": self.exported.option(), "on_event": self._note}

    def _note(self, event: CallEvent) -> None:
        if isinstance(event, AttemptEnded):
            self.sent.append(event)

    def instrument(self, module: str, name: str) -> Any:
        """The instrumentor, at work; versions of frameworks that it does not know of are no hindrance."""
        instrumentor = getattr(importlib.import_module(module), name)()
        instrumentor.instrument(
            tracer_provider=self.exported.tracers,
            meter_provider=self.exported.meters,
            logger_provider=self.exported.loggers,
            skip_dep_check=True,
        )
        return instrumentor

    def run(self, way: Callable[[], Any]) -> None:
        """Do something below a span of the program."""
        with self.exported.tracers.get_tracer("the program").start_as_current_span("a task"):
            assert way()

    @property
    def root(self) -> ReadableSpan:
        """The program's span."""
        [root] = [span for span in self.exported.spans if span.parent is None]
        assert root.name == "a task"
        return root

    def calls(self, operation: str = "chat") -> list[ReadableSpan]:
        """The spans that tell of calls of a model, once all spans and requests are found to be of one trace."""
        spans = self.exported.spans
        known = {identity(span)[1]: span for span in spans}
        trace_id, _ = identity(self.root)
        assert {identity(span)[0] for span in spans} == {trace_id}
        for span in spans:
            passed: set[int] = set()
            while span.parent is not None:
                assert span.parent.span_id not in passed
                passed.add(span.parent.span_id)
                span = known[span.parent.span_id]
            assert span is self.root
        for event in self.sent:
            assert parent_of(event)[0] == trace_id
            assert parent_of(event)[1] in known
        return [span for span in spans if (span.attributes or {}).get("gen_ai.operation.name") == operation]

    def measured(self) -> int:
        """How many calls are in the metrics."""
        points = self.exported.points
        return sum(point.count for metric, point in points if metric.name == "gen_ai.client.operation.duration")

    def statuses(self) -> list[int]:
        """What the attempts were answered with, the best first."""
        return sorted(event.status or 0 for event in self.sent)


def identity(span: ReadableSpan) -> tuple[int, int]:
    """The ids of its trace and of itself."""
    assert span.context is not None
    return span.context.trace_id, span.context.span_id


def parent_of(event: AttemptEnded) -> tuple[int, int]:
    """The ids that the server was told."""
    _, trace_id, span_id, _ = event.call.headers["traceparent"].split("-")
    return int(trace_id, 16), int(span_id, 16)


def layer(span: ReadableSpan) -> str:
    """The name of what made the span."""
    assert span.instrumentation_scope is not None
    return span.instrumentation_scope.name


def attempts(span: ReadableSpan) -> list[tuple[Any, Any]]:
    """Number and status of those that the span tells of: failed ones, and those after the first."""
    return [
        (told["aleph_alpha.attempt"], told.get("http.response.status_code"))
        for name, told in events(span)
        if name == "aleph_alpha.attempt"
    ]
