"""The fast paths read, refuse and note what the generated path does, also of responses that are otherwise."""

from __future__ import annotations

import copy
import json
import struct
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from aleph_alpha import EmbeddingV2Request, ResponseError
from aleph_alpha._call.call import Call, Defaults
from aleph_alpha._call.reading import decoder, parsed
from aleph_alpha.embedding import batch, openai
from aleph_alpha.embedding.vectors import ArrayReader
from aleph_alpha.explanation import response as explanation
from aleph_alpha_api.api.tasks import batch_semantic_embed, embeddings, explain
from tests.reading.mutations import changes
from tests.reading.responses import answers
from tests.requests.samples import SAMPLES

V2 = openai.embeddings_call(EmbeddingV2Request("a"), "m", Defaults())
V2_ARRAY = openai.embeddings_call(EmbeddingV2Request("a"), "m", Defaults(), as_array=True)
PATHS: dict[str, tuple[list[Callable[[bytes], Any]], Callable[[bytes], Any]]] = {
    "explain": ([SAMPLES["explain"].make().parse], decoder("explain", explain.parse_response, explanation._response)),
    "batchSemanticEmbed": (
        [SAMPLES["batchSemanticEmbed"].make().parse, SAMPLES["batchSemanticEmbed"].make(arrays=ArrayReader()).parse],
        decoder("batchSemanticEmbed", batch_semantic_embed.parse_response, batch._batch_response),
    ),
    "embeddings": (
        [V2.parse, V2_ARRAY.parse],
        decoder("embeddings", embeddings.parse_response, openai.response),
    ),
}


def outcome(parse: Callable[[bytes], Any], body: bytes) -> Any:
    """The result without the type of its vectors, and what was noted; or the path of the error."""
    call: Any = Call("x", "GET", "/", "", None, None, "", parse)
    try:
        result, noted = parsed(call, body)
    except ResponseError as error:
        return error.path
    return plain(result), sorted(map(str, noted))


def plain(result: Any) -> Any:
    if hasattr(result, "data"):
        vectors = [rounded(one.embedding) for one in result.data]
        return result.object, result.model, result.usage, [one.index for one in result.data], vectors
    if hasattr(result, "embeddings"):
        vectors = [rounded(vector) for vector in result.embeddings]
        return result.model_version, result.num_tokens_prompt_total, vectors
    return result


def same(parse: Any, fast: list[Any], got: Any, expected: Any) -> bool:
    """Whether two outcomes are one; vectors of different lengths make no array, which comes last."""
    ragged = parse is fast[-1] and isinstance(got, str) and got.startswith(("embeddings", "data"))
    return bool(got == expected or ragged)


def rounded(vector: Any) -> list[float]:
    """The numbers as an array holds them."""
    return [struct.unpack("f", struct.pack("f", number))[0] for number in vector]


@pytest.mark.parametrize("name", PATHS)
def test_the_fast_path_is_the_generated_one_for_every_small_change(name: str) -> None:
    fast, slow = PATHS[name]
    for answer in answers():
        if answer.operation != name or len(json.dumps(answer.json)) > 20_000:
            continue
        for change in changes(name, answer.json):
            body = json.dumps(change.json).encode()
            expected = outcome(slow, body)
            for parse in fast:
                got = outcome(parse, body)
                assert same(parse, fast, got, expected), (answer.name, change.what, change.place, got)


VALUES: st.SearchStrategy[Any] = st.sampled_from(
    [None, True, 1, 1.0, 0.5, "1", "AACAPw==", [], [1.0], {}, float("nan"), float("inf")]
)


@pytest.mark.parametrize("name", PATHS)
def test_the_fast_path_is_the_generated_one_for_several_changes_at_once(name: str) -> None:
    fast, slow = PATHS[name]
    made = {"embeddings": V2_ANSWER}.get(name) or SAMPLES[name].answer

    @settings(max_examples=150, deadline=None)
    @given(st.data())
    def check(data: st.DataObject) -> None:
        answer = copy.deepcopy(made)
        for _ in range(data.draw(st.integers(0, 3))):
            holders = list(containers(answer))
            holder = data.draw(st.sampled_from(holders))
            keys = [*holder, "new"] if isinstance(holder, dict) else [*range(len(holder))]
            if not keys:
                continue
            key = data.draw(st.sampled_from(keys))
            if isinstance(holder, dict) and key in holder and data.draw(st.booleans()):
                del holder[key]
            else:
                holder[key] = copy.deepcopy(data.draw(VALUES))
        body = json.dumps(answer).encode()
        expected = outcome(slow, body)
        for parse in fast:
            assert same(parse, fast, outcome(parse, body), expected), parse

    check()


V2_ANSWER: Any = {
    "object": "list",
    "model": "m",
    "data": [
        {"object": "embedding", "index": 0, "embedding": [0.5, 1]},
        {"object": "embedding", "index": 1, "embedding": [1.5, -1]},
    ],
    "usage": {"prompt_tokens": 1, "total_tokens": 1},
}


def containers(value: Any) -> Any:
    if isinstance(value, dict | list):
        yield value
        for inner in value.values() if isinstance(value, dict) else value:
            yield from containers(inner)
