"""A task inside a Ray Data pipeline: rows in, the same rows out, failures in a column."""

from __future__ import annotations

import pickle
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import pyarrow as pa
import pytest

from aleph_alpha import AsyncClient, bulk
from aleph_alpha.testing import LocalServer
from aleph_alpha.testing.faults import Status

BATCH = pa.table({"name": ["a", "b", "c"], "text": ["Text", "word " * 3000, "Other"]})


def test_a_bad_row_costs_a_row_and_order_and_other_columns_stay(server: LocalServer) -> None:
    do = bulk.ray_dataset(bulk.Embed("toy-base", "text"), client=AsyncClient("good", server.url))
    with server.faults.add(Status(500), path="/batch_semantic_embed", on=1):
        found = pickle.loads(pickle.dumps(do))(BATCH).to_pylist()
    assert [row["name"] for row in found] == ["a", "b", "c"]
    assert [row["embedding"] is None for row in found] == [False, True, False]
    assert [(row["error"] or "").partition(":")[0] for row in found] == ["", "PromptTooLongError", ""]


def test_other_batches_than_arrow_are_refused(server: LocalServer) -> None:
    do = bulk.ray_dataset(bulk.Embed("toy-base", "text"), client=AsyncClient("good", server.url))
    with pytest.raises(TypeError, match="pass batch_format='pyarrow'"):
        do({"text": ["x"]})


@pytest.mark.slow
@pytest.mark.skipif(find_spec("ray") is None, reason="ray is not installed")
@pytest.mark.filterwarnings("ignore")
def test_a_ray_data_pipeline_runs_it(server: LocalServer) -> None:
    ray: Any = import_module("ray")
    ray.init(num_cpus=1, include_dashboard=False, log_to_driver=False)
    try:
        do = bulk.ray_dataset(bulk.Complete("toy-base", "text"), client=AsyncClient("good", server.url))
        found = ray.data.from_arrow(BATCH).map_batches(do, batch_format="pyarrow").take_all()
    finally:
        ray.shutdown()
    assert [row["completion"] is None for row in found] == [False, True, False]
