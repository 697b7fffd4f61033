"""Whole programs: nothing is imported until OpenTelemetry is in use, and what is open at the end is told."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from aleph_alpha.testing import LocalServer
from tests.event_server import END, PAUSE, EventServer, event_server
from tests.event_streams import DONE, data, text

ROOT = Path(__file__).resolve().parents[2]


def run(program: str, *arguments: str) -> tuple[Any, str]:
    """What the program prints as JSON, and what it writes to stderr."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "generated")])}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program, *arguments],
        capture_output=True,
        text=True,
        timeout=500,
        env=environment,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1]), done.stderr


CALLS = """
import json, sys
from aleph_alpha import ChatRequest, Client, CompletionRequest, Message, Prompt
client = Client("token", sys.argv[1])
client.complete(CompletionRequest(Prompt.from_text("An apple"), maximum_tokens=1), "toy-base")
assert client.stream_chat(ChatRequest("toy-chat", [Message("user", "Hi")], max_tokens=2)).final()
"""


def test_a_program_without_opentelemetry_loads_nothing_for_it(aleph_alpha_server: LocalServer) -> None:
    program = (
        CALLS
        + """
print(json.dumps([name for name in sys.modules
                  if name.startswith(("opentelemetry", "aleph_alpha.telemetry", "aleph_alpha._call.observation"))]))
"""
    )
    assert run(program, aleph_alpha_server.url)[0] == []


def test_events_alone_load_nothing_of_opentelemetry(aleph_alpha_server: LocalServer) -> None:
    program = (
        CALLS.replace("sys.argv[1])", "sys.argv[1], on_event=print)")
        + """
print(json.dumps([name for name in sys.modules if name.startswith(("opentelemetry", "aleph_alpha.telemetry"))]))
"""
    )
    assert run(program, aleph_alpha_server.url)[0] == []


def test_a_client_that_was_told_not_to_tells_nothing(aleph_alpha_server: LocalServer) -> None:
    program = (
        "import opentelemetry.trace"
        + CALLS.replace("sys.argv[1])", "sys.argv[1], telemetry=False)")
        + """
print(json.dumps([name for name in sys.modules if name.startswith("aleph_alpha.telemetry")]))
"""
    )
    assert run(program, aleph_alpha_server.url)[0] == []


def test_half_of_opentelemetry_is_none(aleph_alpha_server: LocalServer) -> None:
    program = (
        """
import sys, types
sys.modules["opentelemetry"] = types.ModuleType("opentelemetry")  # some part of it, and not its API
"""
        + CALLS
        + "print(json.dumps('fine'))"
    )
    assert run(program, aleph_alpha_server.url) == ("fine", "")


PROVIDER = """
import json, logging, sys
logging.basicConfig(level=logging.INFO)
from aleph_alpha import ChatRequest, Client, Message
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult

class Printed(SpanExporter):
    spans = []
    def export(self, spans):
        self.spans += [(span.name, (span.attributes or {}).get("gen_ai.response.finish_reasons")) for span in spans]
        return SpanExportResult.SUCCESS
    def shutdown(self):
        print(json.dumps(self.spans))

client = Client("token", sys.argv[1])
request = ChatRequest("some-model", [Message("user", "Hi")])
"""
SET = """
provider = TracerProvider()
provider.add_span_processor(BatchSpanProcessor(Printed()))
trace.set_tracer_provider(provider)
"""


@pytest.fixture
def begun() -> Iterator[EventServer]:
    """Its streams begin, and do not go on."""
    with event_server(data(text("Hel")), PAUSE, DONE, END) as server:
        yield server


@pytest.mark.parametrize("late", [False, True])
def test_streams_that_are_open_at_the_end_of_the_program_are_told(late: bool, begun: EventServer) -> None:
    opened = "stream{0} = client.stream_chat(request)\nnext(stream{0})\n"
    first = opened.format(0) + SET + opened.format(1) if late else SET + opened.format(0) + opened.format(1)
    told, logged = run(PROVIDER + first, begun.url)
    assert told == [["chat some-model", ["error"]]] * (1 if late else 2)
    assert logged == ""


def test_a_generator_that_is_open_at_the_end_of_the_program_is_told(begun: EventServer) -> None:
    program = SET + "items = client.chat_with_streaming(request)\nnext(items)\n"
    assert run(PROVIDER + program, begun.url) == ([["chat some-model", ["error"]]], "")


def test_an_event_loop_that_ends_leaves_nothing_open(begun: EventServer) -> None:
    program = (
        SET
        + """
import asyncio
from aleph_alpha import AsyncClient

async def reads(client, how, began):
    stream = client.stream_chat(request)
    async for _ in (stream if how else stream.text()):
        began.set()

async def main():
    client = AsyncClient("token", sys.argv[1])
    began = [asyncio.Event(), asyncio.Event()]
    tasks = [asyncio.create_task(reads(client, how, began[how])) for how in (0, 1)]
    await began[0].wait()
    await began[1].wait()
    tasks[0].cancel()

asyncio.run(main())
"""
    )
    told, logged = run(PROVIDER + program, begun.url)
    assert told == [["chat some-model", ["error"]]] * 2
    assert logged == ""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_fork_tells_of_its_own_calls_and_not_of_its_parents(begun: EventServer) -> None:
    program = (
        SET
        + """
import os, warnings
warnings.simplefilter("ignore", DeprecationWarning)
from aleph_alpha._observe.abandoned import settled

ended = []
class Ended(Printed):
    def export(self, spans):
        ended.extend((span.name, span.parent.span_id if span.parent else None) for span in spans)
        return SpanExportResult.SUCCESS
    def shutdown(self): ...

from opentelemetry.sdk.trace.export import SimpleSpanProcessor
provider.add_span_processor(SimpleSpanProcessor(Ended()))
tracer = trace.get_tracer("test")
of_parent = client.stream_chat(request)
next(of_parent)
with tracer.start_as_current_span("outer") as outer:
    inside, child = os.pipe()
    process = os.fork()
    if not process:
        del of_parent
        own = Client("token", sys.argv[1])
        stream = own.stream_chat(request)
        next(stream)
        del stream
        assert settled()
        with open(child, "w") as file:
            json.dump(ended, file)
        os._exit(0)
    os.close(child)
    with open(inside) as file:
        in_child = json.load(file)
    os.waitpid(process, 0)
parent_id = outer.get_span_context().span_id
assert in_child == [["chat some-model", parent_id]], (in_child, parent_id)
"""
    )
    told, logged = run(PROVIDER + program, begun.url)
    assert sorted(name for name, _ in told) == ["chat some-model", "outer"]
    assert logged == ""


FORKS = """
import os, warnings
warnings.simplefilter("ignore", DeprecationWarning)
from opentelemetry.sdk.trace import SpanProcessor
from aleph_alpha._observe.abandoned import settled

class Counted(SpanProcessor):
    begun = ended = astray = 0
    def on_start(self, span, parent_context=None):
        self.begun += 1
    def on_end(self, span):
        self.ended += 1
        if span.name == "chat some-model":
            self.astray += span.parent is None or span.parent.span_id != current

counted = Counted()
provider = TracerProvider(shutdown_on_exit=False)
provider.add_span_processor(counted)
trace.set_tracer_provider(provider)
tracer = trace.get_tracer("test")
streams, forks = int(sys.argv[2]), int(sys.argv[3])
left = []
with tracer.start_as_current_span("outer") as outer:
    current = outer.get_span_context().span_id
    for number in range(forks):
        left.append(client.stream_chat(request))  # of the parent, open when it forks
        next(left[-1])
        reader, writer = os.pipe()
        process = os.fork()
        if not process:
            before = counted.begun - counted.ended
            left.clear()
            own = Client("token", sys.argv[1])
            for index in range(streams):
                with tracer.start_as_current_span("parent") as parent:
                    current = parent.get_span_context().span_id
                    stream = own.stream_chat(request)
                    next(stream)
                    if index % 2:
                        stream.close()
                    del stream
                    if not index % 2:
                        assert settled(60)  # before there is another parent
            with open(writer, "w") as file:
                json.dump([counted.begun - counted.ended - before, counted.astray], file)
            os._exit(0)
        os.close(writer)
        with open(reader) as file:
            assert json.load(file) == [0, 0]
        os.waitpid(process, 0)
    while left:
        left.pop().close()
print(json.dumps([counted.begun - counted.ended, counted.astray]))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
@pytest.mark.parametrize(
    ("streams", "forks"), [(4, 2), pytest.param(500, 20, marks=[pytest.mark.slow, pytest.mark.timeout(600)])]
)
def test_streams_in_forks_leave_nothing_open(streams: int, forks: int, begun: EventServer) -> None:
    assert run(PROVIDER + FORKS, begun.url, str(streams), str(forks)) == ([0, 0], "")
