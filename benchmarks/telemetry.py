"""What telemetry costs a call: ours, off and on, beside the instrumentors of two other clients.

    python -m benchmarks.telemetry [--rounds 5] [--calls 1500] [--python PEERS]

Each measurement is a process of its own that makes calls, one after the other, to the stub server, and
tells the processor's time for each. ``PEERS`` is the Python of an environment with aleph-alpha-client,
openai, opentelemetry-sdk, opentelemetry-instrumentation-alephalpha (which knows `complete` alone) and
opentelemetry-instrumentation-genai-openai; `make bench-telemetry` makes one. All that record do so into the
same SDK, whose spans go nowhere. What is ours of that is told by the last table, without any network: the
SDK's own part is what the same span and values cost when they are made with its API by hand.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from benchmarks.meter import MODEL, TOKEN

__all__ = ["main"]

Calls = Callable[[], Any]

#: name -> what is shown; each is compared with the first of its client.
VARIANTS = {
    "ours": "complete, OpenTelemetry not loaded",
    "ours api": "complete, its API loaded, no provider",
    "ours events": "complete, on_event",
    "ours disabled": "complete, SDK, telemetry=False",
    "ours on": "complete, SDK",
    "ours chat": "chat, OpenTelemetry not loaded",
    "ours chat on": "chat, SDK",
    "vendor": "aleph-alpha-client: complete",
    "vendor on": "aleph-alpha-client: complete, opentelemetry-instrumentation-alephalpha",
    "openai": "openai: chat",
    "openai on": "openai: chat, opentelemetry-instrumentation-genai-openai",
}
_PEERS = ("vendor", "openai")


def _providers() -> tuple[Any, Any]:
    """The SDK's, with spans that go nowhere."""
    from opentelemetry import metrics, trace
    from opentelemetry.sdk.metrics import MeterProvider
    from opentelemetry.sdk.metrics.export import InMemoryMetricReader
    from opentelemetry.sdk.trace import SpanProcessor, TracerProvider

    tracers, meters = TracerProvider(), MeterProvider([InMemoryMetricReader()])
    tracers.add_span_processor(SpanProcessor())  # one that does nothing: without any, spans would cost less
    trace.set_tracer_provider(tracers)
    metrics.set_meter_provider(meters)
    return tracers, meters


def _ours(url: str, kind: str) -> Calls:
    options: dict[str, Any] = {}
    if kind.endswith(("on", "disabled")):
        _providers()
    if kind == "ours api":
        import opentelemetry.trace  # noqa: F401
    if kind == "ours events":
        options["on_event"] = lambda event: None
    if kind == "ours disabled":
        options["telemetry"] = False
    from aleph_alpha import ChatRequest, Client, CompletionRequest, Message, Prompt

    client = Client(TOKEN, url, **options)
    if "chat" in kind:
        chat = ChatRequest(MODEL, [Message("user", "Hello!")], max_tokens=32, temperature=0.5)
        return lambda: client.chat(chat)
    request = CompletionRequest(Prompt.from_text("Hello!"), maximum_tokens=32)
    return lambda: client.complete(request, MODEL)


def _vendor(url: str, kind: str) -> Calls:
    import aleph_alpha_client as vendor  # type: ignore[import-not-found]

    if kind.endswith("on"):
        from opentelemetry.instrumentation.alephalpha import (  # type: ignore[import-not-found]
            AlephAlphaInstrumentor,
        )

        _providers()
        AlephAlphaInstrumentor().instrument()
    client = vendor.Client(TOKEN, url)
    request = vendor.CompletionRequest(vendor.Prompt.from_text("Hello!"), maximum_tokens=32)
    return lambda: client.complete(request, model=MODEL)


def _openai(url: str, kind: str) -> Calls:
    import openai  # type: ignore[import-not-found]

    if kind.endswith("on"):
        from opentelemetry.instrumentation.genai.openai import OpenAIInstrumentor  # type: ignore[import-not-found]

        _providers()
        OpenAIInstrumentor().instrument()
    client = openai.OpenAI(api_key=TOKEN, base_url=url)
    messages: Any = [{"role": "user", "content": "Hello!"}]
    return lambda: client.chat.completions.create(model=MODEL, messages=messages, max_tokens=32, temperature=0.5)


def _one(kind: str, url: str, calls: int) -> float:
    """Seconds of the processor's time for a call."""
    call = {"ours": _ours, "vendor": _vendor, "openai": _openai}[kind.split()[0]](url, kind)
    for _ in range(100):
        call()
    before = time.process_time()
    for _ in range(calls):
        call()
    return (time.process_time() - before) / calls


# --- without a network -------------------------------------------------------------------------


def _micro() -> dict[str, float]:
    """Seconds for what is done about one chat, beside sending it."""
    from aleph_alpha import ChatRequest, ChatResponse, Message
    from aleph_alpha._call.call import NO_DEFAULTS
    from aleph_alpha._call.observation import observe
    from aleph_alpha._secret import Secret
    from aleph_alpha.chat.calls import chat_call
    from aleph_alpha.options import Settings
    from benchmarks.responses import CHAT

    request = ChatRequest(MODEL, [Message("user", "Hello!")], max_tokens=32, temperature=0.5)
    call, token, modules = chat_call(request, None, NO_DEFAULTS), Secret(TOKEN), sys.modules
    response = ChatResponse.from_json(CHAT)

    def off(settings: Settings = Settings(TOKEN)) -> None:  # noqa: B008
        seen = None
        if settings.on_event is not None or "opentelemetry" in modules:
            seen = observe(call, settings, stream=False)
        if seen is not None:
            raise AssertionError

    def told(settings: Settings) -> Calls:
        def run() -> None:
            seen = observe(call, settings, stream=False)
            if seen is not None:
                seen.attempt(1, token)
                seen.attempt_ended(200, None)
                seen.complete(response)

        return run

    found = _best({"off": off, "on_event": told(Settings(TOKEN, on_event=lambda event: None))})
    import opentelemetry.trace  # noqa: F401

    found |= _best({"API loaded, no provider": told(Settings(TOKEN))})
    _providers()
    found |= _best({"on, SDK": told(Settings(TOKEN)), "the SDK's own part of it": _by_hand()})
    found["ours"] = found["on, SDK"] - found["the SDK's own part of it"]
    return found


def _by_hand() -> Calls:
    """The same span and the same values of metrics, with nothing between."""
    from opentelemetry import metrics, trace
    from opentelemetry.context import attach, get_current
    from opentelemetry.propagate import inject

    tracer, meter = trace.get_tracer("by hand"), metrics.get_meter("by hand")
    duration, usage = meter.create_histogram("duration"), meter.create_histogram("usage")
    common: dict[str, Any] = {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "aleph_alpha",
        "gen_ai.request.model": MODEL,
        "server.address": "127.0.0.1",
        "server.port": 80,
    }

    def run() -> None:
        first = {**common, "gen_ai.request.max_tokens": 32, "gen_ai.request.temperature": 0.5}
        span = tracer.start_span(f"chat {MODEL}", None, trace.SpanKind.CLIENT, first)
        context, before = trace.set_span_in_context(span), get_current()
        inject({}, context)
        attach(context)
        attach(before)
        span.set_attributes(
            {
                "gen_ai.response.model": "llama-3.1-8b-instruct",
                "gen_ai.response.id": "76f82911-1a9f-46c5-b1a0-0d5490bc4972",
                "gen_ai.response.finish_reasons": ("stop",),
                "gen_ai.usage.input_tokens": 16,
                "gen_ai.usage.output_tokens": 5,
            }
        )
        values = {**common, "gen_ai.response.model": "llama-3.1-8b-instruct"}
        duration.record(0.1, values, context)
        usage.record(16, {**values, "gen_ai.token.type": "input"}, context)
        usage.record(5, {**values, "gen_ai.token.type": "output"}, context)
        span.end()

    return run


def _best(runs: dict[str, Calls], count: int = 500) -> dict[str, float]:
    """The shortest of many measurements, by turns: what disturbs one only makes it longer."""
    found = dict.fromkeys(runs, float("inf"))
    for _ in range(40):
        for name, run in runs.items():
            before = time.perf_counter()
            for _ in range(count):
                run()
            found[name] = min(found[name], (time.perf_counter() - before) / count)
    return found


# --- the command -------------------------------------------------------------------------------


@contextmanager
def _stub() -> Iterator[str]:
    """The stub server's address while the block runs."""
    command = [sys.executable, "-m", "benchmarks.server", "image_chat", ""]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        assert process.stdout is not None  # noqa: S101
        try:
            yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
        finally:
            process.kill()


def _measured(python: str, *arguments: str) -> Any:
    command = [python, "-m", "benchmarks.telemetry", *arguments]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603
    return json.loads(output.splitlines()[-1])


def main(arguments: list[str] | None = None) -> int:
    """Measure, and print the tables."""
    parser = argparse.ArgumentParser("python -m benchmarks.telemetry", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("child", nargs="*", help=argparse.SUPPRESS)
    parser.add_argument("--rounds", type=int, default=5, help="measurements of each (5)")
    parser.add_argument("--calls", type=int, default=1_500, help="in each measurement (1,500)")
    parser.add_argument("--python", help="of the environment with the other clients; without it they are left out")
    options = parser.parse_args(arguments)
    if options.child[:1] == ["_micro"]:
        print(json.dumps(_micro()))
        return 0
    if options.child:
        print(json.dumps(_one(options.child[0], options.child[1], options.calls)))
        return 0
    from aleph_alpha._runtime.terminal import show_anything  # the other clients' environment has not what it needs

    show_anything()
    kinds = [kind for kind in VARIANTS if options.python or not kind.startswith(_PEERS)]
    found: dict[str, list[float]] = {kind: [] for kind in kinds}
    with _stub() as url:
        for _ in range(options.rounds):
            for kind in kinds:
                python = options.python if kind.startswith(_PEERS) else sys.executable
                found[kind].append(_measured(python, kind, url, f"--calls={options.calls}"))
    print(_table(found))
    print("\n| of one chat, without a network | µs |\n|---|---|")
    for name, seconds in _measured(sys.executable, "_micro").items():
        print(f"| {name} | {seconds * 1e6:.2f} |")
    return 0


def _table(found: dict[str, list[float]]) -> str:
    lines = ["| calls one after the other | µs of the processor a call | more than without, µs |", "|---|---|---|"]
    for kind, samples in found.items():
        base = "ours chat" if kind.startswith("ours chat") else kind.split()[0]
        more = statistics.median(one - without for one, without in zip(samples, found[base], strict=True))
        added = "" if kind == base else f"{more * 1e6:.1f}"
        lines.append(f"| {VARIANTS[kind]} | {statistics.median(samples) * 1e6:.1f} | {added} |")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
