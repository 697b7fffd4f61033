"""The handler of events that makes spans, metrics and events of OpenTelemetry of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import orjson
from opentelemetry import metrics, trace
from opentelemetry._logs import LoggerProvider, LogRecord, SeverityNumber, get_logger_provider
from opentelemetry.context import Context, attach, get_current
from opentelemetry.metrics import MeterProvider
from opentelemetry.propagate import inject
from opentelemetry.trace import Span, SpanKind, Status, StatusCode, TracerProvider, set_span_in_context

from aleph_alpha._observe.events import (
    AttemptBegan,
    AttemptEnded,
    CallBegan,
    CallEnded,
    CallEvent,
    ChunkCame,
    ObservedCall,
    WaitEnded,
)
from aleph_alpha._observe.telemetry import Telemetry
from aleph_alpha.telemetry.attributes import (
    Attributes,
    common_attributes,
    error_type,
    full_name,
    request_attributes,
    response_attributes,
)
from aleph_alpha.telemetry.content import Content, capture
from aleph_alpha.telemetry.conventions import OPERATIONS, Operation, Tokens, chosen
from aleph_alpha.telemetry.instruments import instruments_of
from aleph_alpha.telemetry.layers import is_told_elsewhere
from aleph_alpha.version import __version__

__all__ = ["Handler", "handler_for"]

_MOST_GAPS = 4_096  # times between chunks that are kept until there are more, or the stream ends
_MOST_HANDLERS = 16
_NOTHING_SET = Telemetry()
_handlers: dict[Telemetry, Handler] = {}


def handler_for(telemetry: bool | Telemetry) -> Handler | None:
    """The handler for an option of a client; None where there is nobody to tell and nothing to pass on."""
    options = telemetry if isinstance(telemetry, Telemetry) else _NOTHING_SET
    tracers = options.tracer_provider or trace.get_tracer_provider()
    meters = options.meter_provider or metrics.get_meter_provider()
    loggers = options.logger_provider or get_logger_provider()
    handler = _handlers.get(options)
    if handler is not None and (handler.tracers, handler.meters, handler.loggers) == (tracers, meters, loggers):
        return handler
    if _stands_in(tracers) and _stands_in(meters) and _stands_in(loggers) and not get_current():
        return None
    if len(_handlers) >= _MOST_HANDLERS:
        _handlers.clear()
    handler = _handlers[options] = Handler(options, tracers, meters, loggers)
    return handler


def _stands_in(provider: object) -> bool:
    """Whether it is what the API has until the program sets a provider."""
    kind = type(provider)
    return kind.__module__.startswith(("opentelemetry.trace", "opentelemetry.metrics", "opentelemetry._logs"))


class _Told:
    """A call that has a span."""

    __slots__ = ("before", "common", "context", "gaps", "operation", "recording", "span")

    def __init__(self, span: Span, context: Context, operation: Operation, common: Attributes) -> None:
        self.span = span
        self.context = context
        self.before: Context | None = None
        self.operation = operation
        self.common = common
        self.recording = span.is_recording()
        self.gaps: list[float] = []


class Handler:
    """Tells OpenTelemetry what happens to calls."""

    def __init__(
        self, options: Telemetry, tracers: TracerProvider, meters: MeterProvider, loggers: LoggerProvider
    ) -> None:
        self.tracers, self.meters, self.loggers = tracers, meters, loggers
        self._conventions = chosen(options.conventions)
        self._tracer = tracers.get_tracer("aleph_alpha", __version__)
        self._logger = loggers.get_logger("aleph_alpha", __version__)
        self._instruments = instruments_of(meters, self._conventions)
        self._content = Content(options.content_length, finish_reasons=self._conventions.finish_reason_in_messages)
        self._on_spans, self._on_events, self._details = capture(options)
        self._steps: Mapping[type, Callable[[Any], None]] = {
            CallBegan: self._began,
            AttemptBegan: self._attempt_began,
            AttemptEnded: self._attempt_ended,
            WaitEnded: self._waited,
            ChunkCame: self._chunk,
            CallEnded: self._ended,
        }

    def __call__(self, event: CallEvent) -> None:
        self._steps[type(event)](event)

    def _began(self, event: CallBegan) -> None:
        call = event.call
        operation = OPERATIONS.get(call.operation) or Operation(call.operation, "other")
        current = get_current()
        if is_told_elsewhere(call, operation.family, current):
            call.notes[self] = current
            return
        common = common_attributes(call, operation)
        span = self._tracer.start_span(
            operation.name if call.model is None else f"{operation.name} {call.model}",
            current,
            SpanKind.CLIENT,
            {**common, **request_attributes(call, operation)},
        )
        call.notes[self] = _Told(span, set_span_in_context(span, current), operation, common)

    def _attempt_began(self, event: AttemptBegan) -> None:
        """The span is current while the request is sent, for what HTTP libraries and log handlers make of that."""
        told = event.call.notes.get(self)
        if isinstance(told, _Told):
            told.before = get_current()
            attach(told.context)
            inject(event.call.headers, told.context)
        else:
            inject(event.call.headers, told)

    def _attempt_ended(self, event: AttemptEnded) -> None:
        told = event.call.notes.get(self)
        if not isinstance(told, _Told):
            return
        before, told.before = told.before, None
        # Whoever ends a call that was given up may do so elsewhere: a garbage collection, another task.
        if before is not None and get_current() is told.context:
            attach(before)
        if told.recording and (event.error is not None or event.attempt > 1):
            attributes: Attributes = {"aleph_alpha.attempt": event.attempt, "aleph_alpha.seconds": event.seconds}
            if event.status is not None:
                attributes["http.response.status_code"] = event.status
            if event.error is not None:
                attributes["error.type"] = error_type(event.error)
            told.span.add_event("aleph_alpha.attempt", attributes)

    def _waited(self, event: WaitEnded) -> None:
        told = event.call.notes.get(self)
        if isinstance(told, _Told) and told.recording:
            told.span.add_event(
                "aleph_alpha.wait",
                {
                    "aleph_alpha.attempt": event.attempt,
                    "aleph_alpha.seconds": event.seconds,
                    "aleph_alpha.wait.reason": event.reason,
                },
            )

    def _chunk(self, event: ChunkCame) -> None:
        told = event.call.notes.get(self)
        if isinstance(told, _Told) and event.index:
            told.gaps.append(event.since_last)
            if len(told.gaps) >= _MOST_GAPS:
                self._record_gaps(told, told.common)

    def _ended(self, event: CallEnded) -> None:
        told = event.call.notes.pop(self, None)
        if not isinstance(told, _Told):
            return
        response = response_attributes(event, told.operation)
        failure = None if event.error is None else error_type(event.error)
        self._measure(event, told, failure, response)
        if told.recording or self._details:
            self._describe(event, told, failure, response)
        told.span.end()

    def _describe(self, event: CallEnded, told: _Told, failure: str | None, response: Attributes) -> None:
        span, inference = told.span, told.operation.family == "inference"
        attributes = dict(response)
        if failure is not None:
            attributes["error.type"] = failure
        if event.attempts > 1:
            attributes["aleph_alpha.attempts"] = event.attempts
        content = self._content.attributes(event) if inference and (self._on_spans or self._on_events) else {}
        if told.recording:
            more = {name: orjson.dumps(value).decode() for name, value in content.items()} if self._on_spans else {}
            span.set_attributes({**attributes, **more} if more else attributes)
            if failure is not None:
                span.set_status(Status(StatusCode.ERROR, self._message(event.call, event.error, failure)))
        if inference and self._details:
            said = {**told.common, **request_attributes(event.call, told.operation), **attributes}
            self._emit(
                "gen_ai.client.inference.operation.details",
                {**said, **content} if self._on_events else said,
                told,
                SeverityNumber.DEBUG,
            )
        if event.error is not None and self._conventions.exception_event and told.operation.family != "other":
            exception: Attributes = {"exception.type": full_name(event.error)}
            if self._on_events:
                exception["exception.message"] = self._message(event.call, event.error, str(failure))
            self._emit("gen_ai.client.operation.exception", exception, told, SeverityNumber.WARN)

    def _message(self, call: ObservedCall, error: BaseException | None, failure: str) -> str:
        """What the error says, where content may be told: servers and gateways repeat what they were sent."""
        return call.redact(str(error)) if self._on_spans or self._on_events else failure

    def _emit(self, name: str, attributes: Attributes, told: _Told, severity: SeverityNumber) -> None:
        self._logger.emit(
            LogRecord(event_name=name, attributes=attributes, context=told.context, severity_number=severity)
        )

    def _measure(self, event: CallEnded, told: _Told, failure: str | None, response: Attributes) -> None:
        attributes = told.common
        model = response.get("gen_ai.response.model")
        if model is not None:
            attributes = {**attributes, "gen_ai.response.model": model}
        family, conventions = told.operation.family, self._conventions
        failed = attributes if failure is None else {**attributes, "error.type": failure}
        record = self._instruments.record
        record(conventions.duration[family], event.seconds, failed, told.context)
        if event.first_chunk_seconds is not None and family == "inference":
            record(conventions.first_chunk, event.first_chunk_seconds, attributes, told.context)
            self._record_gaps(told, attributes)
        for tokens in conventions.tokens:
            if tokens.family == family:
                self._count(tokens, event, failed if tokens.errors else attributes, told.context)

    def _count(self, tokens: Tokens, event: CallEnded, attributes: Attributes, context: Context) -> None:
        outcome = event.outcome
        counted = outcome.input_tokens if tokens.counted == "input" else outcome.output_tokens
        if counted is None and not tokens.always:
            return
        if tokens.type_of:
            attributes = {**attributes, "gen_ai.token.type": tokens.counted}
        if tokens.modality:
            attributes = {**attributes, "gen_ai.token.modality": "unknown" if counted is None else _modality(event)}
        self._instruments.record(tokens.metric, counted or 0, attributes, context)

    def _record_gaps(self, told: _Told, attributes: Attributes) -> None:
        gaps, told.gaps = told.gaps, []
        for gap in gaps:
            self._instruments.record(self._conventions.next_chunk, gap, attributes, told.context)


def _modality(event: CallEnded) -> str:
    """Of the tokens: the API tells one number, which is of text where there is nothing else."""
    request = event.call.request or {}
    prompt = request.get("prompt")
    messages = request.get("messages") or ()
    lists = [prompt, *(message.get("content") for message in messages)]
    items = (item for listed in lists if isinstance(listed, list) for item in listed)
    return "unknown" if any(item.get("type") not in ("text", "token_ids") for item in items) else "text"
