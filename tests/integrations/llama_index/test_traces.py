"""A program that traces itself: one trace down to each attempt, and one span for each call, whoever makes it."""

from __future__ import annotations

import asyncio
import sys
import types
from collections.abc import Callable, Iterator
from typing import Any

import llama_index
import pytest
from llama_index.core.llms import ChatMessage
from llama_index.core.prompts import PromptTemplate
from llama_index_instrumentation import get_dispatcher

from aleph_alpha.integrations.llama_index import AlephAlpha, AlephAlphaEmbedding
from aleph_alpha.testing import LocalServer
from aleph_alpha.testing.faults import Status
from tests.integrations.traces import OURS, Program, attempts, identity, layer, parent_of

TRACELOOP = ("opentelemetry.instrumentation.llamaindex", "LlamaIndexInstrumentor")
OPENINFERENCE = ("openinference.instrumentation.llama_index", "LlamaIndexInstrumentor")
HELLO = [ChatMessage("Hello")]


async def _astream(llm: Any) -> list[Any]:
    return [part async for part in await llm.astream_chat(HELLO)]


CHATS: dict[str, Callable[[Any], Any]] = {
    "chat": lambda llm: llm.chat(HELLO),
    "stream": lambda llm: list(llm.stream_chat(HELLO)),
    "achat": lambda llm: asyncio.run(llm.achat(HELLO)),
    "astream": lambda llm: asyncio.run(_astream(llm)),
    "predict": lambda llm: llm.predict(PromptTemplate("Tell me about {fruit}."), fruit="apples"),
}


@pytest.fixture
def program() -> Program:
    return Program()


@pytest.fixture
def llm(program: Program) -> AlephAlpha:
    options: Any = program.client_options
    return AlephAlpha(model="toy-chat", max_tokens=8, context_window=2048, is_chat_model=True, client_options=options)


@pytest.fixture
def embedding(program: Program) -> AlephAlphaEmbedding:
    return AlephAlphaEmbedding(model="toy-base", client_options=program.client_options)


@pytest.fixture
def instrumentation(request: pytest.FixtureRequest, program: Program, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """LlamaIndex is instrumented; the name of what makes the spans."""
    # Traceloop's looks into the namespace of LlamaIndex's own packages of models, of which none is here.
    models = types.ModuleType("llama_index.llms")
    models.__path__ = []
    monkeypatch.setitem(sys.modules, models.__name__, models)
    monkeypatch.setattr(llama_index, "llms", models, raising=False)
    # Put back what Traceloop's leaves there when it is told to go.
    dispatcher = get_dispatcher()
    monkeypatch.setattr(dispatcher, "span_handlers", list(dispatcher.span_handlers))
    monkeypatch.setattr(dispatcher, "event_handlers", list(dispatcher.event_handlers))
    instrumentor = program.instrument(*request.param)
    yield request.param[0]
    instrumentor.uninstrument()


@pytest.fixture(autouse=True)
def busy_once(server: LocalServer) -> Iterator[None]:
    """The first request finds the API busy."""
    with server.faults.add(Status(503, retry_after=0.01), on=1):
        yield


@pytest.mark.parametrize("way", CHATS)
def test_the_client_tells_of_each_call_where_nobody_else_does(way: str, program: Program, llm: AlephAlpha) -> None:
    program.run(lambda: CHATS[way](llm))
    [call] = program.calls()
    assert (call.name, layer(call), call.parent) == ("chat toy-chat", OURS, program.root.context)
    assert attempts(call) == [(1, 503), (2, 200)]
    assert program.exported.spans == [call, program.root]
    assert {parent_of(event) for event in program.sent} == {identity(call)}
    assert program.measured() == 1


def test_the_client_tells_of_embeddings(program: Program, embedding: AlephAlphaEmbedding) -> None:
    program.run(lambda: embedding.get_text_embedding("apples"))
    [call] = program.calls("embeddings")
    assert (call.parent, attempts(call)) == (program.root.context, [(1, 503), (2, 200)])


@pytest.mark.parametrize("way", CHATS)
@pytest.mark.parametrize("instrumentation", [TRACELOOP], indirect=True, ids=["traceloop"])
def test_an_instrumentation_tells_of_each_call_and_the_client_does_not(
    way: str, instrumentation: str, program: Program, llm: AlephAlpha
) -> None:
    program.run(lambda: CHATS[way](llm))
    [call] = program.calls()
    assert layer(call) == instrumentation
    assert OURS not in map(layer, program.exported.spans)
    assert program.statuses() == [200, 503]


@pytest.mark.parametrize("instrumentation", [TRACELOOP], indirect=True, ids=["traceloop"])
def test_an_instrumentation_tells_of_embeddings(
    instrumentation: str, program: Program, embedding: AlephAlphaEmbedding
) -> None:
    program.run(lambda: embedding.get_text_embedding("apples"))
    assert list(map(layer, program.calls("embeddings"))) == [instrumentation]
    assert OURS not in map(layer, program.exported.spans)


@pytest.mark.usefixtures("instrumentation")
@pytest.mark.parametrize("way", CHATS)
@pytest.mark.parametrize("instrumentation", [OPENINFERENCE], indirect=True, ids=["openinference"])
def test_both_tell_where_an_instrumentation_speaks_its_own_language(
    way: str, program: Program, llm: AlephAlpha
) -> None:
    program.run(lambda: CHATS[way](llm))
    [call] = program.calls()
    assert (layer(call), attempts(call)) == (OURS, [(1, 503), (2, 200)])
