"""A program that traces itself: one trace down to each attempt, and one span for each call, whoever makes it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from langchain_core.callbacks import BaseCallbackManager
from langchain_core.prompts import ChatPromptTemplate

from aleph_alpha.integrations.langchain import ChatAlephAlpha
from aleph_alpha.testing import LocalServer
from aleph_alpha.testing.faults import Status
from tests.integrations.traces import OURS, Program, attempts, identity, layer, parent_of

TRACELOOP = ("opentelemetry.instrumentation.langchain", "LangchainInstrumentor")
OPENTELEMETRY = ("opentelemetry.instrumentation.genai.langchain", "LangChainInstrumentor")
OPENINFERENCE = ("openinference.instrumentation.langchain", "LangChainInstrumentor")


async def _astream(model: Any) -> list[Any]:
    return [chunk async for chunk in model.astream("Hello")]


def _chain(model: Any) -> Any:
    return ChatPromptTemplate.from_messages([("human", "Tell me about {fruit}.")]) | model


THREE = ["Hello", "Good morning", "Good night"]

# What is done with the model, and the number of calls that it takes.
WAYS: dict[str, tuple[Callable[[Any], Any], int]] = {
    "invoke": (lambda model: model.invoke("Hello"), 1),
    "stream": (lambda model: list(model.stream("Hello")), 1),
    "batch": (lambda model: model.batch(THREE), 3),
    "ainvoke": (lambda model: asyncio.run(model.ainvoke("Hello")), 1),
    "astream": (lambda model: asyncio.run(_astream(model)), 1),
    "abatch": (lambda model: asyncio.run(model.abatch(THREE)), 3),
    "chain": (lambda model: _chain(model).invoke({"fruit": "apples"}), 1),
    "chain, async": (lambda model: asyncio.run(_chain(model).ainvoke({"fruit": "apples"})), 1),
    "chain, stream": (lambda model: list(_chain(model).stream({"fruit": "apples"})), 1),
}


@pytest.fixture
def program() -> Program:
    return Program()


@pytest.fixture
def model(program: Program) -> ChatAlephAlpha:
    return ChatAlephAlpha(model="toy-chat", max_tokens=8, client_options=program.client_options)


@pytest.fixture
def instrumentation(request: pytest.FixtureRequest, program: Program, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """LangChain is instrumented; the name of what makes the spans."""
    # Put back what Traceloop's leaves there when it is told to go.
    monkeypatch.setattr(BaseCallbackManager, "__init__", BaseCallbackManager.__init__)
    instrumentor = program.instrument(*request.param)
    yield request.param[0]
    instrumentor.uninstrument()


@pytest.fixture
def busy_once(server: LocalServer) -> Iterator[None]:
    """The first request finds the API busy."""
    with server.faults.add(Status(503, retry_after=0.01), path="/chat/completions", on=1):
        yield


@pytest.mark.parametrize("way", WAYS)
def test_the_client_tells_of_each_call_where_nobody_else_does(
    way: str, program: Program, model: ChatAlephAlpha
) -> None:
    do, number = WAYS[way]
    program.run(lambda: do(model))
    calls = program.calls()
    assert [(span.name, layer(span)) for span in calls] == [("chat toy-chat", OURS)] * number
    assert [span.parent for span in calls] == [program.root.context] * number
    assert len(program.exported.spans) == number + 1
    assert len(program.sent) == program.measured() == number
    assert {parent_of(event) for event in program.sent} == set(map(identity, calls))


@pytest.mark.usefixtures("busy_once")
@pytest.mark.parametrize("way", WAYS)
def test_an_attempt_after_a_failed_one_is_told_by_the_span_of_its_call(
    way: str, program: Program, model: ChatAlephAlpha
) -> None:
    do, number = WAYS[way]
    program.run(lambda: do(model))
    calls = program.calls()
    assert len(calls) == program.measured() == number
    assert sorted(map(attempts, calls)) == [[]] * (number - 1) + [[(1, 503), (2, 200)]]
    assert program.statuses() == [200] * number + [503]


@pytest.mark.usefixtures("busy_once")
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("instrumentation", [TRACELOOP, OPENTELEMETRY], indirect=True, ids=["traceloop", "genai"])
def test_an_instrumentation_tells_of_each_call_and_the_client_does_not(
    way: str, instrumentation: str, program: Program, model: ChatAlephAlpha
) -> None:
    do, number = WAYS[way]
    program.run(lambda: do(model))
    calls = program.calls()
    assert list(map(layer, calls)) == [instrumentation] * number
    assert all(span.status.is_ok for span in calls if not span.status.is_unset)
    assert OURS not in map(layer, program.exported.spans)
    assert program.measured() == number
    assert program.statuses() == [200] * number + [503]


@pytest.mark.usefixtures("busy_once", "instrumentation")
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("instrumentation", [OPENINFERENCE], indirect=True, ids=["openinference"])
def test_both_tell_where_an_instrumentation_speaks_its_own_language(
    way: str, program: Program, model: ChatAlephAlpha
) -> None:
    """OpenInference's spans are never the current ones, so that nobody can know of them."""
    do, number = WAYS[way]
    program.run(lambda: do(model))
    calls = program.calls()
    assert list(map(layer, calls)) == [OURS] * number
    assert sorted(map(attempts, calls)) == [[]] * (number - 1) + [[(1, 503), (2, 200)]]
    others = [
        span for span in program.exported.spans if (span.attributes or {}).get("openinference.span.kind") == "LLM"
    ]
    assert len(others) == number


@pytest.mark.parametrize("instrumentation", [OPENINFERENCE], indirect=True, ids=["openinference"])
def test_the_client_is_silent_when_it_is_told_to_be(instrumentation: str, program: Program) -> None:
    model = ChatAlephAlpha(model="toy-chat", max_tokens=8, client_options={"telemetry": False})
    program.run(lambda: model.invoke("Hello"))
    assert list(map(layer, program.exported.spans)) == [instrumentation, "the program"]
