"""Where others tell of the same call, or nobody is to: no second span; ``traceparent`` goes out all the same."""

from __future__ import annotations

import asyncio
import json
import sys
import types
from typing import Any

import httpx
import pytest
from opentelemetry import baggage, context, trace
from opentelemetry.context import Context
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF

from aleph_alpha import (
    AsyncClient,
    ChatRequest,
    Client,
    CompletionRequest,
    EmbeddingV2Request,
    Message,
    Prompt,
    Telemetry,
)
from aleph_alpha.testing import LocalServer
from tests._sync.sending import MODEL, REQUEST, client_for
from tests.scripted import COMPLETION, Script, answer
from tests.telemetry.exported import Exported
from tests.wire.scripted import Scripted, answer as whole_answer, serving

VECTORS = {"object": "list", "data": [{"embedding": [0.5], "index": 0, "object": "embedding"}], "model": "some-model"}


@pytest.fixture
def exported() -> Exported:
    return Exported()


@pytest.fixture
def script() -> Script:
    return Script(answer())


class attached:
    """A context that is current within the block."""

    def __init__(self, made: Context) -> None:
        self.made = made

    def __enter__(self) -> None:
        self.token = context.attach(self.made)

    def __exit__(self, *_: object) -> None:
        context.detach(self.token)


KEYS = [
    "suppress_instrumentation",
    context._SUPPRESS_INSTRUMENTATION_KEY,
    "suppress_language_model_instrumentation",
    "opentelemetry.genai.client.inference.context",
]


@pytest.mark.parametrize("key", KEYS, ids=["name", "key of the API", "language models", "generative models"])
def test_a_call_within_what_is_suppressed_has_no_span_and_no_metric(
    key: str, exported: Exported, script: Script
) -> None:
    with attached(context.set_value(key, True)):
        client_for(script, telemetry=exported.option()).complete(REQUEST, MODEL)
    assert (exported.spans, exported.points, exported.records) == ([], [], [])
    client_for(script, telemetry=exported.option()).complete(REQUEST, MODEL)
    assert len(exported.spans) == 1


@pytest.mark.parametrize(
    ("attributes", "told"),
    [
        ({"gen_ai.operation.name": "chat"}, 0),
        ({"gen_ai.operation.name": "text_completion"}, 0),
        ({"llm.request.type": "completion"}, 0),
        ({"gen_ai.operation.name": "invoke_agent"}, 1),
        ({"gen_ai.operation.name": "execute_tool"}, 1),
        ({"gen_ai.operation.name": "embeddings"}, 1),
        ({"http.request.method": "POST"}, 1),
        ({}, 1),
    ],
)
def test_a_call_within_the_span_of_such_a_call_has_none_of_its_own(
    attributes: dict[str, str], told: int, exported: Exported, script: Script
) -> None:
    with exported.tracers.get_tracer("a layer above").start_as_current_span("outer", attributes=attributes):
        client_for(script, telemetry=exported.option()).complete(REQUEST, MODEL)
    assert [span.name for span in exported.spans] == [f"text_completion {MODEL}"] * told + ["outer"]
    assert bool(exported.points) == bool(told)


def test_embeddings_within_an_inference_are_told(exported: Exported) -> None:
    with exported.tracers.get_tracer("t").start_as_current_span("chat", attributes={"gen_ai.operation.name": "chat"}):
        client_for(Script(answer(VECTORS)), telemetry=exported.option()).embeddings(EmbeddingV2Request("a"), MODEL)
    assert [span.name for span in exported.spans] == [f"embeddings {MODEL}", "chat"]


@pytest.fixture
def instrumentor(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The instrumentor of the vendor's client, pointed at this one: it wraps one method, and makes a span itself."""
    wrapped: Any = Client.complete
    spans: list[str] = []

    def complete(*args: Any, **kwargs: Any) -> Any:
        spans.append("alephalpha.completion")
        return wrapped(*args, **kwargs)

    complete.__wrapped__ = wrapped  # type: ignore[attr-defined]
    name = "opentelemetry.instrumentation.alephalpha"
    monkeypatch.setitem(sys.modules, name, types.ModuleType(name))
    monkeypatch.setattr(Client, "complete", complete)
    return spans


def test_what_the_old_instrumentor_tells_is_not_told_again(
    instrumentor: list[str], exported: Exported, aleph_alpha_server: LocalServer
) -> None:
    async def another() -> None:
        async with AsyncClient("token", aleph_alpha_server.url, telemetry=exported.option()) as client:
            await client.complete(REQUEST, "toy-base")

    with Client("token", aleph_alpha_server.url, telemetry=exported.option()) as client:
        client.complete(REQUEST, "toy-base")
        assert (len(instrumentor), len(exported.spans)) == (1, 0)
        client.chat(ChatRequest("toy-chat", [Message("user", "Hi")], max_tokens=1))
        asyncio.run(another())
    assert (len(instrumentor), [span.name for span in exported.spans]) == (
        1,
        ["chat toy-chat", "text_completion toy-base"],
    )


# --- what goes out -----------------------------------------------------------------------------


def parent_of(header: str | None) -> tuple[int, int]:
    assert header is not None
    _, trace_id, span_id, _ = header.split("-")
    return int(trace_id, 16), int(span_id, 16)


def test_each_request_is_sent_with_the_span_and_the_baggage(exported: Exported, script: Script) -> None:
    client = client_for(script, telemetry=exported.option())
    with attached(baggage.set_baggage("tenant", "a b")):
        client.complete(REQUEST, MODEL)
    [traceparent] = script.header("traceparent")
    found = exported.span.context
    assert found is not None
    assert parent_of(traceparent) == (found.trace_id, found.span_id)
    assert list(script.header("baggage")) == ["tenant=a+b"]


def test_a_request_that_is_not_told_goes_out_with_the_callers_span(exported: Exported, script: Script) -> None:
    client = client_for(script, telemetry=exported.option())
    with exported.tracers.get_tracer("a layer above").start_as_current_span("outer") as outer:
        with attached(context.set_value("suppress_instrumentation", True)):
            client.complete(REQUEST, MODEL)
        client.with_options(telemetry=False).complete(REQUEST, MODEL)
    first, second = script.header("traceparent")
    assert parent_of(first) == (outer.get_span_context().trace_id, outer.get_span_context().span_id)
    assert second is None


def test_headers_of_the_caller_are_not_replaced(exported: Exported, script: Script) -> None:
    given = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    client_for(script, telemetry=exported.option(), headers={"Traceparent": given}).complete(REQUEST, MODEL)
    assert list(script.header("traceparent")) == [given]


@pytest.mark.parametrize("proxied", [False, True])
@pytest.mark.parametrize("size", [1, 200_000])
def test_they_go_out_over_our_own_wire(size: int, proxied: bool, exported: Exported) -> None:
    body = json.dumps(COMPLETION).encode()
    request = CompletionRequest(Prompt.from_text("a" * size))
    with Scripted(serving(whole_answer(body, "200 OK", "Content-Type: application/json"))) as server:
        host, proxy = ("http://api.test", server.url) if proxied else (server.url, "")
        with Client("token", host, proxy=proxy, telemetry=exported.option()) as client:
            assert client.complete(request, MODEL).completions
    [received] = server.received
    found = exported.span.context
    assert found is not None
    assert parent_of(received.headers["traceparent"]) == (found.trace_id, found.span_id)
    assert received.headers["authorization"] == "Bearer token"
    assert json.loads(received.body)["prompt"][0]["data"] == "a" * size


def test_the_span_is_current_while_the_request_is_sent_and_not_after(exported: Exported) -> None:
    seen: list[Any] = []

    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(trace.get_current_span())
        return answer()

    outer = trace.get_current_span()
    client = client_for(Script(handle), telemetry=exported.option())
    client.complete(REQUEST, MODEL)
    assert trace.get_current_span() is outer
    assert [span.get_span_context() for span in seen] == [exported.span.context]


def test_without_a_provider_nothing_is_made_and_a_trace_is_passed_on(script: Script) -> None:
    from aleph_alpha.telemetry.handler import handler_for

    assert handler_for(True) is None
    assert handler_for(Telemetry(content="SPAN_ONLY")) is None
    remote = trace.SpanContext(1, 2, is_remote=True, trace_flags=trace.TraceFlags(1))
    with attached(trace.set_span_in_context(trace.NonRecordingSpan(remote))):
        client_for(script).complete(REQUEST, MODEL)
    assert [parent_of(header) for header in script.header("traceparent")] == [(1, 2)]


def test_calls_that_are_not_sampled_are_counted_and_say_so_to_the_server(script: Script) -> None:
    exported = Exported(ALWAYS_OFF)
    client_for(script, telemetry=exported.option(content="SPAN_ONLY")).complete(REQUEST, MODEL)
    assert exported.spans == []
    assert exported.totals[("gen_ai.client.token.usage", "input")] == 3
    [traceparent] = script.header("traceparent")
    assert traceparent is not None
    assert not int(traceparent[-2:], 16) & 1
