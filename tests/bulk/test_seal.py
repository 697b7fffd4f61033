"""What becomes of a journal in whose segments a key is several times, with and without success: one row a key."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TypeAlias

import numpy as np
import pyarrow as pa
from hypothesis import given, strategies as st
from pyarrow import parquet

from aleph_alpha.bulk.journal import Kind, Segment
from aleph_alpha.bulk.keys import KeySet, hash_keys
from aleph_alpha.bulk.parts import error_schema, seal

Record: TypeAlias = tuple[str, list[int]]
"""``"done"``, ``"odd"`` (of another form) or ``"failed"``; keys."""

RECORD = st.tuples(st.sampled_from(["done", "odd", "failed"]), st.lists(st.integers(-3, 3), max_size=4))
COLUMNS = {"v": "fixed_size_list<element: float>[2]"}


def batch_of(how: str, keys: list[int]) -> tuple[Kind, pa.RecordBatch]:
    column = pa.array(keys, pa.int64())
    if how == "failed":
        rows = [{"id": key, "error": "E", "attempts": 1, "message": "m"} for key in keys]
        return Kind.FAILED, pa.RecordBatch.from_pylist(rows, schema=error_schema("id", pa.int64()))
    size = 2 if how == "done" else 3
    numbers = pa.array(np.zeros(size * len(keys), np.float32))
    vectors = pa.FixedSizeListArray.from_arrays(numbers, type=pa.list_(pa.field("element", pa.float32()), size))
    return Kind.DONE, pa.RecordBatch.from_arrays([column, vectors], names=["id", "v"])


def keys_in(file: Path | None) -> list[int]:
    return [] if file is None else sorted(parquet.read_table(file).column("id").to_pylist())


@given(segments=st.lists(st.lists(RECORD, max_size=4), max_size=4), unwanted=st.sets(st.integers(-3, 3), max_size=3))
def test_each_key_has_one_row_and_success_beats_failure_in_whatever_order(
    segments: Sequence[Sequence[Record]], unwanted: set[int]
) -> None:
    with tempfile.TemporaryDirectory() as name:
        files = []
        for number, records in enumerate(segments):
            files.append(Path(name) / f"000001-{number:04d}.segment")
            segment = Segment(files[-1])
            segment.append(batch_of(*record) for record in records)
            segment.close()
        out = KeySet()
        out.add(hash_keys(pa.array(sorted(unwanted), pa.int64())))
        out.sort()
        sealed = seal(1, files, Path(name) / "1", "id", {}, lambda hashes: ~out.contains(hashes), COLUMNS)
        found = [(how, key) for records in segments for how, keys in records for key in keys if key not in unwanted]
        done = {key for how, key in found if how == "done"}
        assert keys_in(sealed.rows) == sorted(done)
        assert keys_in(sealed.errors) == sorted({key for _, key in found} - done)
        assert (sealed.done, sealed.failed) == (len(done), len({key for _, key in found} - done))
