"""What arrives at a receiver of OTLP: a program that sets nothing of this package up, with the SDK's exporters."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from aleph_alpha.testing import LocalServer
from tests.telemetry.receiver import plain, receiving

ROOT = Path(__file__).resolve().parents[2]

# The first part is what `opentelemetry-instrument` does; the second knows nothing of OpenTelemetry.
PROGRAM = """
from opentelemetry import _logs, metrics, trace
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

tracers, loggers = TracerProvider(), LoggerProvider()
tracers.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
loggers.add_log_record_processor(BatchLogRecordProcessor(OTLPLogExporter()))
trace.set_tracer_provider(tracers)
_logs.set_logger_provider(loggers)
metrics.set_meter_provider(MeterProvider([PeriodicExportingMetricReader(OTLPMetricExporter())]))

from aleph_alpha import ChatRequest, Client, CompletionRequest, Message, Prompt

client = Client.from_env()
client.complete(CompletionRequest(Prompt.from_text("An apple a day"), maximum_tokens=4), "toy-base")
stream = client.stream_chat(ChatRequest("toy-chat", [Message("user", "Hi")], max_tokens=4))
assert stream.final()
left = client.stream_chat(ChatRequest("toy-chat", [Message("user", "Hi")], max_tokens=4))
next(left)
"""


def test_spans_metrics_and_events_arrive(aleph_alpha_server: LocalServer) -> None:
    with receiving() as receiver:
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "generated")]),
            "AA_TOKEN": "token",
            "AA_HOST": aleph_alpha_server.url,
            "OTEL_EXPORTER_OTLP_ENDPOINT": receiver.url,
            "OTEL_SERVICE_NAME": "some-service",
            "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT": "EVENT_ONLY",
            "OTEL_SEMCONV_STABILITY_OPT_IN": "gen_ai_latest_experimental",
        }
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, timeout=100, check=False
        )
    assert (done.returncode, done.stderr) == (0, "")
    assert receiver.services == {"some-service"}
    names = [span.name for span in receiver.spans]
    assert sorted(names) == ["chat toy-chat", "chat toy-chat", "text_completion toy-base"]
    for span in receiver.spans:
        found = plain(span.attributes)
        assert found["gen_ai.provider.name"] == "aleph_alpha"
        assert span.kind == 3  # a client's
        assert span.end_time_unix_nano > span.start_time_unix_nano
        assert "gen_ai.input.messages" not in found
    assert {metric.name for metric in receiver.metrics} == {
        "gen_ai.client.inference.duration",
        "gen_ai.client.inference.time_to_first_chunk",
        "gen_ai.client.inference.usage.input_tokens",
        "gen_ai.client.inference.usage.output_tokens",
        "gen_ai.client.inference.operation.input_tokens",
        "gen_ai.client.inference.operation.output_tokens",
    } | ({"gen_ai.client.inference.time_per_output_chunk"} & {metric.name for metric in receiver.metrics})
    assert [record.event_name for record in receiver.records] == ["gen_ai.client.inference.operation.details"] * 3
    told = [plain(record.attributes)["gen_ai.input.messages"] for record in receiver.records]
    assert [{"role": "user", "parts": [{"type": "text", "content": "An apple a day"}]}] in told
    assert {record.span_id for record in receiver.records} == {span.span_id for span in receiver.spans}
