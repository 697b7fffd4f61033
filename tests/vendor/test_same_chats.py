"""Chats, streams and the newer endpoints of this package and of the vendor's, 11.5.1, for random values.

As `test_same_as_the_vendors_client`, which see for the environment that it needs.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, strategies as st

from tests.vendor.bodies import bodies
from tests.vendor.test_same_as_the_vendors_client import EXAMPLES, Old, assert_same
from tests.vendor.values import new
from tests.vendor.worker import Package

MODULES = [
    *("prompt", "chat", "completion", "structured_output", "reranking", "translation", "steering", "embedding"),
]

# Where the packages differ on purpose.
ON_PURPOSE = {
    "maximum_tokens": "is sent as max_tokens, which is what the API's document has",
    "content": "a message without content has empty text; the vendor's raises or has None",
    "choices, usage, id, ...": "responses have all that the API says; the vendor's drops it",
    "index": "streamed chunks say which answer they belong to; the vendor's mixes several",
    "content beside finish_reason or usage": "is kept; the vendor's loses it",
}

_TEXT = st.text(max_size=8)
_NUMBERS = st.floats(-100, 100, width=32)
_INTS = st.integers(0, 999)
_SCHEMAS = st.dictionaries(
    _TEXT, st.recursive(_TEXT | _INTS | st.none(), lambda inner: st.lists(inner, max_size=2)), max_size=3
)


def optional(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


_CALLS = new("ToolCall", id=_TEXT, type=st.just("function"), function=new("FunctionCall", name=_TEXT, arguments=_TEXT))
_ROLES = st.sampled_from(["User", "Assistant", "System", "Tool"]).map(lambda member: {"$enum": ["Role", member]})
_MESSAGES = new(
    "Message",
    role=_ROLES,
    content=_TEXT | st.lists(_TEXT, max_size=3),
    tool_call_id=optional(_TEXT),
    tool_calls=optional(st.lists(_CALLS, max_size=2)),
)
_TEXT_MESSAGES = new("TextMessage", role=_ROLES, content=_TEXT, tool_calls=optional(st.lists(_CALLS, max_size=2)))
_JSON_SCHEMAS = new(
    "JSONSchema", schema=_SCHEMAS, name=_TEXT, description=optional(_TEXT), strict=optional(st.booleans())
)
_TOOLS = st.fixed_dictionaries(
    {
        "type": st.just("function"),
        "function": st.fixed_dictionaries(
            {"name": _TEXT},
            optional={"description": _TEXT, "parameters": _SCHEMAS, "strict": st.booleans(), "extra": _INTS},
        ),
    }
)
_EXAMPLES = new("SteeringPairedExample", negative=_TEXT, positive=_TEXT)
_PROMPTS = new("Prompt", items=st.lists(new("Text", text=_TEXT, controls=st.just([])), max_size=2))

REQUESTS: dict[str, st.SearchStrategy[Any]] = {
    "Message": _MESSAGES,
    "TextMessage": _TEXT_MESSAGES,
    "ToolCall": _CALLS,
    "JSONSchema": _JSON_SCHEMAS,
    "ChatRequest": new(
        "ChatRequest",
        model=_TEXT,
        messages=st.lists(_MESSAGES | _TEXT_MESSAGES, max_size=3),
        maximum_tokens=optional(_INTS),
        temperature=optional(_NUMBERS),
        top_k=optional(_INTS),
        top_p=optional(_NUMBERS),
        stream_options=optional(new("StreamOptions", include_usage=st.booleans())),
        steering_concepts=optional(st.lists(_TEXT, max_size=1)),
        response_format=optional(_JSON_SCHEMAS),
        tools=optional(st.lists(_TOOLS, max_size=2)),
        tool_choice=optional(
            st.sampled_from(["auto", "required", "none"])
            | new("ToolFunction", type=st.just("function"), function=st.fixed_dictionaries({"name": _TEXT}))
        ),
        parallel_tool_calls=optional(st.booleans()),
    ),
    "RerankRequest": new("RerankRequest", query=_TEXT, documents=st.lists(_TEXT, max_size=3), top_n=optional(_INTS)),
    "TranslationRequest": new("TranslationRequest", model=_TEXT, source=_TEXT, target_language=_TEXT),
    "SteeringPairedExample": _EXAMPLES,
    "SteeringConceptCreationRequest": new("SteeringConceptCreationRequest", examples=st.lists(_EXAMPLES, max_size=3)),
    "EmbeddingV2Request": new(
        "EmbeddingV2Request",
        input=_TEXT | st.lists(_TEXT, max_size=3) | st.lists(_INTS, max_size=3) | st.lists(st.lists(_INTS), max_size=2),
        dimensions=optional(_INTS),
        encoding_format=optional(st.sampled_from(["float", "base64"])),
    ),
    "InstructableEmbeddingRequest": new(
        "InstructableEmbeddingRequest",
        input=_PROMPTS,
        instruction=_TEXT,
        normalize=st.booleans(),
        contextual_control_threshold=optional(_NUMBERS),
        control_log_additive=st.booleans(),
    ),
}

_MESSAGE_BODIES = st.fixed_dictionaries(
    {"role": st.just("assistant"), "content": _TEXT},
    optional={"tool_calls": st.lists(bodies("ChatRequestMessageToolCall"), max_size=2)},
)
_REASONS = st.sampled_from(["stop", "length", "content_filter", "tool_calls"])
RESPONSES: dict[str, st.SearchStrategy[Any]] = {
    "ToolCall": bodies("ChatRequestMessageToolCall"),
    "TextMessage": _MESSAGE_BODIES,
    "ChatResponse": st.fixed_dictionaries(
        {
            "choices": st.lists(
                st.fixed_dictionaries({"index": st.just(0), "finish_reason": _REASONS, "message": _MESSAGE_BODIES}),
                min_size=1,
                max_size=2,
            )
        }
    ),
    "RerankResponse": bodies("RerankResponse").filter(lambda body: len(body["usage"]) == 3),
    "TranslationResponse": bodies("TranslationResponse").filter(
        lambda body: all(len(one) == 3 for one in body["segments"] or ())
    ),
    "SteeringConceptCreationResponse": st.fixed_dictionaries({"id": _TEXT}),
    "EmbeddingV2Response": bodies("EmbeddingV2Response").filter(
        lambda body: all(isinstance(one["embedding"], list) for one in body["data"])
    ),
    "InstructableEmbeddingResponse": bodies("SemanticEmbeddingResponse"),
    "StreamChunk": bodies("StreamChunk"),
    "StreamSummary": bodies("StreamSummary"),
}


@pytest.fixture(scope="module")
def packages() -> Iterator[tuple[Old, Package]]:
    python = os.environ.get("AA_COMPAT_11")
    if not python:
        pytest.skip("AA_COMPAT_11 names no interpreter: run `make compat`")
    old = Old(python, MODULES)
    yield old, Package("aleph_alpha", MODULES)
    old.close()


@pytest.mark.parametrize("name", REQUESTS)
def test_to_json_is_that_of_the_vendors_client(packages: tuple[Old, Package], name: str) -> None:
    old, ours = packages

    @EXAMPLES
    @given(REQUESTS[name])
    def check(value: Any) -> None:
        request = {"ask": "to_json", "value": value}
        theirs = old.answer(request)
        if "maximum_tokens" in theirs:
            theirs["max_tokens"] = theirs.pop("maximum_tokens")
        assert_same(ours.answer(request), theirs)

    check()


@pytest.mark.parametrize("name", RESPONSES)
def test_from_json_makes_what_the_vendors_client_makes(packages: tuple[Old, Package], name: str) -> None:
    old, ours = packages

    @EXAMPLES
    @given(RESPONSES[name])
    def check(body: Any) -> None:
        request = {"ask": "from_json", "class": name, "body": body}
        theirs = old.answer(request)
        assert_same(as_far_as(theirs, ours.answer(request)), theirs)

    check()


def as_far_as(theirs: Any, ours: Any) -> Any:
    """Ours without the fields that theirs does not have."""
    if isinstance(theirs, dict) and isinstance(ours, dict):
        return {name: as_far_as(theirs.get(name), part) for name, part in ours.items() if name in theirs}
    return ours


def delta(index: int, **fields: Any) -> Any:
    """A chunk of one thing, as the vendor's client expects them."""
    return {"choices": [{"index": 0, "delta": fields, "finish_reason": None}], "usage": None}


@st.composite
def streams(draw: st.DrawFn) -> list[Any]:
    """Chunks of one response: text, then tool calls in pieces, the end, and the usage."""
    chunks = [delta(0, role="assistant", content="")]
    chunks += [delta(0, content=text) for text in draw(st.lists(_TEXT, max_size=4))]
    for call in range(draw(st.integers(0, 2))):
        function = {"name": draw(_TEXT), "arguments": draw(_TEXT)}
        first = {"index": call, "id": draw(_TEXT), "type": "function", "function": function}
        chunks.append(delta(0, tool_calls=[first]))
        chunks += [
            delta(0, tool_calls=[{"index": call, "function": {"arguments": text}}])
            for text in draw(st.lists(_TEXT, max_size=3))
        ]
    chunks.append({"choices": [{"index": 0, "delta": {}, "finish_reason": draw(_REASONS)}]})
    if draw(st.booleans()):
        chunks.append({"choices": [], "usage": {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3}})
    return chunks


def test_a_streamed_chat_gives_the_items_of_the_vendors_client(packages: tuple[Old, Package]) -> None:
    old, ours = packages

    @EXAMPLES
    @given(streams())
    def check(chunks: list[Any]) -> None:
        request = {"ask": "stream", "chunks": chunks}
        theirs, mine = old.answer(request), ours.answer(request)
        assert_same([as_far_as(*both) for both in zip(theirs, mine, strict=True)], theirs)

    check()
