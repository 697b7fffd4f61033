"""Similarity and nearest documents: as numpy computes them in float64, however large, and for responses."""

from __future__ import annotations

import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from hypothesis.extra import numpy as hnp

from aleph_alpha import (
    BatchSemanticEmbeddingResponse,
    EmbeddingResponse,
    EmbeddingV2Response,
    EmbeddingV2ResponseData,
    InstructableEmbeddingResponse,
    InvalidRequestError,
    SemanticEmbeddingResponse,
    nearest,
    similarity,
)
from aleph_alpha.embedding import similar

KINDS = [np.float16, np.float32, np.float64, np.int8, np.int64]


@st.composite
def matrices(draw: st.DrawFn, columns: int) -> Any:
    kind: Any = np.dtype(draw(st.sampled_from(KINDS)))
    shape = (draw(st.integers(0, 12)), columns)
    if kind.kind == "i":
        return draw(hnp.arrays(kind, shape))
    scale = draw(st.sampled_from([1.0, 1e-30, 1e30] if kind.itemsize > 2 else [1.0]))
    numbers = st.floats(-8, 8, width=16, allow_subnormal=False) | st.just(0.0)
    return (draw(hnp.arrays(np.float64, shape, elements=numbers)) * scale).astype(kind)


pairs = st.integers(1, 9).flatmap(lambda columns: st.tuples(matrices(columns), matrices(columns)))


def exact(queries: Any, documents: Any) -> Any:
    """In float64, row by row, and 0 with a vector of zeros."""
    left, right = np.asarray(queries, np.float64), np.asarray(documents, np.float64)
    products = left @ right.T
    lengths = np.linalg.norm(left, axis=1)[:, None] * np.linalg.norm(right, axis=1)[None, :]
    return np.divide(products, lengths, out=np.zeros_like(products), where=lengths > 0)


@given(pairs, st.sampled_from([1, 7, 50, 4_000_000]))
def test_similarity_is_numpys_in_float64(pair: tuple[Any, Any], block: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(similar, "_BLOCK", block)
        found = similarity(*pair)
    assert found.dtype == np.float32
    assert found.shape == (len(pair[0]), len(pair[1]))
    np.testing.assert_allclose(found, exact(*pair), atol=2e-6)
    assert (np.abs(found) <= 1).all()


@given(pairs, st.integers(0, 15), st.sampled_from([1, 7, 50, 4_000_000]))
def test_the_nearest_are_those_of_all_similarities_sorted(pair: tuple[Any, Any], n: int, block: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(similar, "_BLOCK", block)
        found = nearest(*pair, n)
    expected = exact(*pair)
    assert found.indices.shape == found.scores.shape == (len(pair[0]), min(n, len(pair[1])))
    for row, (indices, scores) in enumerate(zip(*found, strict=True)):
        assert len(set(indices.tolist())) == len(indices)
        np.testing.assert_allclose(scores, expected[row][indices], atol=2e-6)
        np.testing.assert_allclose(scores, np.sort(expected[row])[::-1][:n], atol=2e-6)
        assert (np.diff(scores) <= 0).all()


@pytest.mark.parametrize("block", [1, 4, 100])
def test_of_equal_ones_the_first_come_first(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(similar, "_BLOCK", block)
    found = nearest([1.0, 0.0], [[0.0, 1.0], [2.0, 0.0], [1.0, 0.0], [0.0, 3.0], [4.0, 0.0]], 4)
    assert found.indices.tolist() == [1, 2, 4, 0]


SHAPES = [
    ((3,), (5, 3), (5,)),
    ((2, 3), (3,), (2,)),
    ((3,), (3,), ()),
    ((2, 3), (5, 3), (2, 5)),
    ((0, 3), (5, 3), (0, 5)),
]


@pytest.mark.parametrize(("one", "other", "result"), SHAPES)
def test_a_single_vector_has_no_axis_in_the_result(
    one: tuple[int, ...], other: tuple[int, ...], result: tuple[int, ...]
) -> None:
    assert similarity(np.ones(one), np.ones(other)).shape == result
    if len(other) == 2:
        assert nearest(np.ones(one), np.ones(other), 4).indices.shape == ((4,) if len(one) == 1 else (one[0], 4))


ROWS = [[1.0, 0.5], [0.0, -2.0], [3.0, 3.0]]
RESPONSES: dict[str, Any] = {
    "lists": ROWS,
    "tuples": tuple(map(tuple, ROWS)),
    "an array": np.array(ROWS),
    "a batch": BatchSemanticEmbeddingResponse("1", ROWS, 3),
    "a batch as an array": BatchSemanticEmbeddingResponse("1", np.array(ROWS, np.float32), 3),  # type: ignore[arg-type]
    "responses": [SemanticEmbeddingResponse("1", row, 1) for row in ROWS],
    "instructable ones": [InstructableEmbeddingResponse("1", row, 1) for row in ROWS],
    "like OpenAI's, in any order": EmbeddingV2Response(
        "list",
        [EmbeddingV2ResponseData("embedding", row, index) for index, row in reversed([*enumerate(ROWS)])],
        "m",
        None,
    ),
}


@pytest.mark.parametrize("documents", RESPONSES.values(), ids=RESPONSES)
def test_responses_are_taken_as_they_are(documents: Any) -> None:
    np.testing.assert_allclose(similarity(ROWS, documents), exact(ROWS, ROWS), atol=1e-6)
    query = SemanticEmbeddingResponse("1", ROWS[1], 1)
    assert nearest(query, documents, 1).indices.tolist() == [1]


@pytest.mark.parametrize("empty", [[], np.empty((0, 0)), BatchSemanticEmbeddingResponse("1", [], 0)])
def test_without_documents_there_is_nothing_near(empty: Any) -> None:
    assert similarity(ROWS, empty).shape == (3, 0)
    assert nearest(ROWS[0], empty).indices.shape == (0,)


WRONG: dict[str, tuple[Any, Any, str]] = {
    "lengths that differ": (
        ROWS,
        [[1.0, 2.0, 3.0]],
        "queries and documents must have vectors of one length, got 2 and 3",
    ),
    "ragged": (ROWS, [[1.0, 2.0], [3.0]], "documents must have vectors of one length"),
    "texts": (ROWS, ["sun"], "documents must be a vector, or a list or array of vectors"),
    "a cube": (ROWS, np.ones((1, 1, 2)), "documents must be a vector, or a list or array of vectors"),
    "not a number": (ROWS, [*ROWS, [float("nan"), 1.0]], r"documents\[3\] has NaN or infinity in it"),
    "infinity": ([[0.0, float("inf")]], ROWS, r"queries\[0\] has NaN or infinity in it"),
    "layers": (
        ROWS,
        EmbeddingResponse("1", 1, {("0", "mean"): [1.0, 2.0]}, None),
        "take one of the .embeddings by layer",
    ),
}


@pytest.mark.parametrize(("queries", "documents", "said"), WRONG.values(), ids=WRONG)
def test_what_is_not_vectors_is_refused(queries: Any, documents: Any, said: str) -> None:
    with pytest.raises(InvalidRequestError, match=said):
        similarity(queries, documents)


def test_counts_that_are_none_are_refused() -> None:
    with pytest.raises(InvalidRequestError, match="n must be 0 or greater, got -1"):
        nearest(ROWS[0], ROWS, -1)
    with pytest.raises(InvalidRequestError, match="documents must be several vectors"):
        nearest(ROWS[0], ROWS[0])


@pytest.mark.parametrize("queries", [1, 30])
def test_documents_on_the_disk_need_a_few_blocks_of_memory(
    queries: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(similar, "_BLOCK", 40_000)  # a hundredth, as the documents are
    file = tmp_path / "documents"
    np.random.default_rng(1).normal(size=(40_000, 128)).astype(np.float32).tofile(file)
    documents = np.memmap(file, dtype=np.float32, shape=(40_000, 128))
    asked = documents[:queries]
    tracemalloc.start()
    found = nearest(asked, documents, 3)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found.indices[:, 0].tolist() == list(range(queries))
    assert peak < 16 * 4 * 40_000  # of 20 MB
    np.testing.assert_array_equal(documents[:1].astype(np.float64), np.asarray(asked[:1], np.float64))


@given(st.lists(st.lists(st.floats(-5, 5, width=32), min_size=3, max_size=3), min_size=1, max_size=6))
@settings(max_examples=30)
def test_what_is_given_is_not_changed(rows: list[list[float]]) -> None:
    array = np.array(rows, np.float32)
    before = array.copy()
    similarity(array, array)
    nearest(array, array)
    np.testing.assert_array_equal(array, before)


def test_users_own_cosines_of_pairs_are_the_same() -> None:
    """They loop over the documents, with a product over two norms for each, sort, and take the first ones."""
    rows = np.random.default_rng(2).normal(size=(50, 16)).tolist()
    query = rows[7]
    theirs = sorted(
        ((np.dot(query, row) / (np.linalg.norm(query) * np.linalg.norm(row)), at) for at, row in enumerate(rows)),
        reverse=True,
    )[:5]
    ours = nearest(query, rows, 5)
    assert ours.indices.tolist() == [at for _, at in theirs]
    assert ours.scores.tolist() == pytest.approx([cosine for cosine, _ in theirs], abs=1e-6)
