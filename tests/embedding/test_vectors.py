"""Vectors past the generated models: the same numbers, the same refusals."""

from __future__ import annotations

import base64
import binascii
import math
import struct
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from unittest import mock

import numpy as np
import orjson
import pytest
from hypothesis import example, given, settings, strategies as st

from aleph_alpha._call.call import Defaults
from aleph_alpha._call.reading import decoder
from aleph_alpha._optional import decode, encode
from aleph_alpha.batch_embedding import (
    BatchSemanticEmbeddingRequest,
    BatchSemanticEmbeddingResponse,
    batch_semantic_embed_call,
)
from aleph_alpha.embedding.batch import _batch_response
from aleph_alpha.embedding.vectors import ArrayReader, array_of, from_base64, read_lists
from aleph_alpha.errors import ResponseError
from aleph_alpha_api.api.tasks import batch_semantic_embed
from tests.requests.samples import PROMPT, SYMMETRIC

REQUEST = BatchSemanticEmbeddingRequest([PROMPT], SYMMETRIC)
LARGEST = struct.unpack("<f", b"\xff\xff\x7f\x7f")[0]  # of float32

Parse = Callable[[bytes], BatchSemanticEmbeddingResponse]

generated: Parse = decoder("batchSemanticEmbed", batch_semantic_embed.parse_response, _batch_response)
lists: Parse = batch_semantic_embed_call(REQUEST, None, Defaults()).parse
arrays: Parse = batch_semantic_embed_call(REQUEST, None, Defaults(), arrays=ArrayReader()).parse

PARSERS = ["simdjson", "orjson"]


@pytest.fixture(params=PARSERS)
def parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Arrays are read with and without simdjson."""
    if request.param == "orjson":
        monkeypatch.setitem(sys.modules, "simdjson", None)
    else:
        pytest.importorskip("simdjson")
    return str(request.param)


def body(embeddings: Any, **others: Any) -> bytes:
    return orjson.dumps({"model_version": "1", "embeddings": embeddings, "num_tokens_prompt_total": 2, **others})


def outcome(parse: Parse, data: bytes) -> Any:
    """What comes out, comparable: the response, or the error's message and path."""
    try:
        response = parse(data)
    except ResponseError as error:
        return str(error), error.path
    rows: Any = response.embeddings
    return rows.tolist() if hasattr(rows, "tolist") else rows, response.model_version, response.num_tokens_prompt_total


def outcome_as_float32(data: bytes) -> Any:
    """What the generated path would give as float32."""
    try:
        response = generated(data)
        rows = array_of(response.embeddings, "embeddings")
    except ResponseError as error:
        return str(error).removeprefix("batchSemanticEmbed: "), error.path
    return rows.tolist(), response.model_version, response.num_tokens_prompt_total


NUMBERS = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**53), 2**63) | st.floats(width=32)
ROWS = st.integers(0, 4).flatmap(
    lambda size: st.lists(st.lists(NUMBERS.filter(math.isfinite), min_size=size, max_size=size), max_size=4)
)
ODD = st.sampled_from([True, False, None, "1", [1.0], {}, [], "[", {"a": [1]}])
BODIES = st.one_of(
    ROWS.map(body),
    st.lists(st.lists(NUMBERS.filter(math.isfinite) | ODD, max_size=3) | ODD, max_size=3).map(body),
    st.builds(
        lambda rows, others: body(rows, **others),
        ROWS,
        st.dictionaries(st.sampled_from(["model_version", "message", "num_tokens_prompt_total", "extra"]), ODD),
    ),
)


@settings(max_examples=300, deadline=None)
@given(BODIES, st.integers(0, 200), st.binary(max_size=2))
@example(b"", 0, b"")
@example(b'{"embeddings":[[1]],"embeddings":[[2]],"model_version":"1","num_tokens_prompt_total":2}', 999, b"")
@example(b'\xef\xbb\xbf{"embeddings":[[1]],"model_version":"1","num_tokens_prompt_total":2}', 999, b"")
@example(b'{"embeddings":[[1,[2]],[3,4]],"model_version":"1","num_tokens_prompt_total":2}', 999, b"")
@example(b'{"embeddings":{"ab":1,"cd":2},"model_version":"[[[","num_tokens_prompt_total":2}', 999, b"")
@example(body([[1e-46, -0.0], [123456789012345678, 0.1]]), 999, b"")
def test_the_fast_paths_give_what_the_generated_path_gives(data: bytes, at: int, noise: bytes) -> None:
    for variant in (data, data[:at] + noise + data[at + len(noise) :]):
        assert outcome(lists, variant) == outcome(generated, variant)
        expected = outcome_as_float32(variant)
        found = outcome(arrays, variant)
        if isinstance(found[0], str):
            found = (found[0].removeprefix("batchSemanticEmbed: "), found[1])
        assert found == expected


FLOAT32 = st.floats(width=32, allow_nan=False, allow_infinity=False)
FLAT = st.integers(1, 4).flatmap(lambda size: st.lists(st.lists(FLOAT32, min_size=size, max_size=size), min_size=1))


@given(FLAT)
def test_the_fast_paths_take_what_servers_send(rows: list[list[float]]) -> None:
    pytest.importorskip("simdjson")
    decoded, read = read_lists(body(rows), "embeddings"), ArrayReader().read(body(rows), "embeddings")
    assert decoded is not None
    assert read is not None
    assert decoded["embeddings"] == rows == read[1].tolist()
    assert read[0] == {"model_version": "1", "num_tokens_prompt_total": 2}


@pytest.mark.parametrize(
    "unusual",
    [
        b"[[1.0]]",
        b"{",
        body([[1.0], [1.0, 2.0]]),
        body([[1e39]]),
        body([["a"]]),
        body([[[1.0]]]),
        body({}),
        body([[1.0]], other={"a": [1]}),
        body([[1.0]], other=[1]),
    ],
    ids=["a list", "cut", "ragged", "too large", "text", "deeper", "an object", "with an object", "with a list"],
)
def test_the_fast_path_goes_on_after_an_answer_that_is_not_for_it(unusual: bytes) -> None:
    simdjson = pytest.importorskip("simdjson")
    reader = ArrayReader()
    with mock.patch.object(simdjson, "Parser", wraps=simdjson.Parser) as parsers:
        for _ in range(3):
            assert reader.read(unusual, "embeddings") is None
            read = reader.read(body([[1.0, 2.0]]), "embeddings")
            assert read is not None
            assert read[1].tolist() == [[1.0, 2.0]]
    assert parsers.call_count == 1  # and so none was left in use


def test_threads_that_read_at_the_same_time_do_not_share_a_parser() -> None:
    pytest.importorskip("simdjson")
    reader, ready = ArrayReader(), threading.Barrier(4)

    def read(number: int) -> Any:
        ready.wait(60)
        return [reader.read(body([[float(number)] * 500] * 20), "embeddings") for _ in range(20)]

    with ThreadPoolExecutor(4) as threads:
        for number, answers in enumerate(threads.map(read, range(4))):
            assert all((answer[1] == number).all() for answer in answers)


@pytest.mark.parametrize("size", [0, 1, 128])
@pytest.mark.parametrize("count", [0, 1, 100])
def test_an_array_has_a_row_for_each_vector(parser: str, count: int, size: int) -> None:
    vectors = np.random.default_rng(1).standard_normal((count, size)).astype(np.float32)
    found: Any = arrays(body(vectors.tolist())).embeddings
    assert found.dtype == np.float32
    assert found.shape == ((count, size) if count else (0, 0))
    assert np.array_equal(found, vectors if count else found)
    assert found.flags.writeable


@pytest.mark.parametrize(
    ("rows", "path", "message"),
    [
        ([[1.0, 2.0], [1.0]], "embeddings[1]", "embeddings[1] has 1 numbers, the first has 2"),
        ([[1.0], [1e39]], "embeddings[1]", "embeddings[1] has a number that is too large for float32"),
        ([[1.0], [None]], "embeddings[1][0]", "embeddings[1][0]: expected a number, got null"),
        ([[1.0], [True]], "embeddings[1][0]", "embeddings[1][0]: expected a number, got a boolean"),
        ([[1.0], [[1.0]]], "embeddings[1][0]", "embeddings[1][0]: expected a number, got an array"),
        ([[1.0], 2.0], "embeddings[1]", "embeddings[1]: expected an array, got a number"),
    ],
)
def test_what_is_no_array_is_refused_by_its_place(parser: str, rows: Any, path: str, message: str) -> None:
    with pytest.raises(ResponseError) as caught:
        arrays(body(rows))
    assert (str(caught.value), caught.value.path) == (f"batchSemanticEmbed: {message}", path)
    assert caught.value.body == body(rows)


def test_the_largest_float32_is_not_too_large(parser: str) -> None:
    rows: Any = arrays(body([[LARGEST, -LARGEST]])).embeddings
    assert rows.tolist() == [[LARGEST, -LARGEST]]


def test_ragged_lists_stay_what_they_are() -> None:
    assert lists(body([[1.0, 2.0], [1]])).embeddings == [[1.0, 2.0], [1]]


def test_as_array_makes_an_array_of_lists_and_hands_out_one_that_is_there() -> None:
    response = lists(body([[0.5, -1.25], [1, 2]]))
    assert response.as_array().tolist() == [[0.5, -1.25], [1.0, 2.0]]
    already = arrays(body([[0.5, -1.25]]))
    array: Any = already.embeddings
    assert already.as_array() is array
    with pytest.raises(ResponseError, match=r"embeddings\[1\] has 1 numbers"):
        lists(body([[1.0, 2.0], [1]])).as_array()


def test_responses_with_arrays_compare_and_become_json() -> None:
    one, other = arrays(body([[0.5, -1.25]])), arrays(body([[0.5, -1.25]]))
    assert one == other == lists(body([[0.5, -1.25]]))
    assert one != arrays(body([[0.5, 1.25]]))
    assert one != arrays(body([[0.5]]))
    assert one != "one"
    assert orjson.loads(orjson.dumps(one.to_json())) == orjson.loads(body([[0.5, -1.25]]))


def test_arrays_without_numpy_say_how_to_get_it_before_anything_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "numpy", None)
    with pytest.raises(ImportError, match=r"pip install 'aleph-alpha\[numpy\]'"):
        ArrayReader()


# --- base64 ----------------------------------------------------------------------------------------


@given(st.lists(st.floats(width=32, allow_nan=False, allow_infinity=False)))
def test_base64_holds_little_endian_float32(numbers: list[float]) -> None:
    text = base64.b64encode(struct.pack(f"<{len(numbers)}f", *numbers)).decode()
    vectors = from_base64([text, text], "data[{}].embedding".format)
    assert vectors.dtype == np.float32
    assert vectors.tolist() == [numbers, numbers]


@given(st.one_of(st.text("AB/+=-_ \n\xe4"), st.binary().map(lambda data: base64.b64encode(data).decode())))
def test_the_fast_decoder_reads_what_the_standard_library_reads(text: str) -> None:
    try:
        expected: Any = binascii.a2b_base64(text, strict_mode=True)
    except ValueError:
        expected = None
    try:
        found: Any = decode(text)
    except ValueError:
        found = None
    assert found == expected


@given(st.binary())
def test_the_fast_encoder_writes_what_the_standard_library_writes(data: bytes) -> None:
    assert encode(data) == base64.b64encode(data).decode()


def test_without_the_fast_library_all_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pybase64", None)
    assert encode(b"\0\1\2\3") == "AAECAw=="
    assert from_base64(["AACAPwAAIMA="], str).tolist() == [[1.0, -2.5]]


def test_vectors_in_base64_of_different_sizes_are_refused() -> None:
    with pytest.raises(ResponseError, match=r"data\[1\] has 1 numbers, the first has 2") as caught:
        from_base64(["AACAPwAAIMA=", "AACAPw=="], "data[{}]".format)
    assert caught.value.path == "data[1]"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("AACA", "has 3 bytes, not a multiple of 4"),
        ("AACAPw=", "is not base64"),
        ("AACA Pw==", "is not base64"),
        ("AACAPw==AACAPw==", "is not base64"),
        ("ÄACAPw==", "is not base64"),
        (base64.b64encode(struct.pack("<2f", 1.0, math.nan)).decode(), "has NaN or infinity in it"),
        (base64.b64encode(struct.pack("<2f", math.inf, 1.0)).decode(), "has NaN or infinity in it"),
    ],
)
def test_what_is_no_vector_in_base64_is_refused(text: str, message: str) -> None:
    with pytest.raises(ResponseError, match=message) as caught:
        from_base64(["AACAPwAAIMA=", text], "data[{}].embedding".format)
    assert caught.value.path == "data[1].embedding"
