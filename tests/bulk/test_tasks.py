"""Each task makes of a row what the client's method makes of the request."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import pytest

from aleph_alpha import AsyncClient, InvalidRequestError, JSONSchema, bulk
from aleph_alpha.testing import LocalServer
from tests.integration import PICTURE

SCHEMA = JSONSchema(
    {
        "type": "object",
        "properties": {"mood": {"type": "string"}, "age": {"type": "integer"}, "tags": {"type": "array"}},
        "required": ["mood", "age", "tags"],
    },
    name="person",
)
ROW = {
    "id": 7,
    "text": "An apple a day",
    "name": "Ada",
    "expected": " keeps",
    "target": " keeps",
    "picture": PICTURE,
    "documents": ["Brasilia is Brazil's capital.", "France has Paris."],
}
COSTS = {"num_tokens_prompt", "num_tokens_generated", "model_version"}
TASKS: dict[str, tuple[Any, set[str]]] = {
    "embed": (bulk.Embed("toy-base", "text"), {"embedding", "num_tokens_prompt", "model_version"}),
    "embeddings": (bulk.Embeddings("toy-embedding", "text"), {"embedding", "num_tokens_prompt", "model_version"}),
    "complete": (bulk.Complete("toy-base", "text"), {"completion", "finish_reason"} | COSTS),
    "template": (bulk.Complete("toy-base", template="{{ name }}: {{ text }}"), {"completion", "finish_reason"} | COSTS),
    "log_probs": (
        bulk.Complete("toy-base", "text", fields={"log_probs": 1, "maximum_tokens": 2}),
        {"completion", "finish_reason", "log_probs"} | COSTS,
    ),
    "image": (bulk.Complete("toy-multimodal", "text", image="picture"), {"completion", "finish_reason"} | COSTS),
    "image in a template": (
        bulk.Complete("toy-multimodal", template="{{ picture }} {{ text }}", image="picture"),
        {"completion", "finish_reason"} | COSTS,
    ),
    "chat": (bulk.Chat("toy-chat", "text", system="Be brief."), {"completion", "finish_reason"} | COSTS),
    "structured": (
        bulk.Chat("toy-chat", "text", fields={"response_format": SCHEMA}),
        {"completion", "finish_reason", "mood", "age", "tags"} | COSTS,
    ),
    "evaluate": (
        bulk.Evaluate("toy-base", "text"),
        {"log_probability", "log_perplexity", "log_perplexity_per_token", "log_perplexity_per_character"}
        | {"correct_greedy", "token_count", "character_count", "completion", "num_tokens_prompt", "model_version"},
    ),
    "explain": (bulk.Explain("toy-base", "text", fields={"prompt_granularity": "word"}), {"scores", "model_version"}),
    "rerank": (bulk.Rerank("toy-reranker", "text"), {"indices", "scores", "num_tokens_prompt"}),
    "translate": (
        bulk.Translate("toy-translation", "text", "de"),
        {"translation", "score", "num_tokens_prompt", "num_tokens_generated"},
    ),
}


@pytest.mark.parametrize("name", TASKS)
def test_a_row_becomes_a_row_of_the_columns_that_the_task_names(name: str, tmp_path: Path, server: LocalServer) -> None:
    task, columns = TASKS[name]
    client = AsyncClient("good", server.url)
    report = bulk.run(task, [ROW], key="id", output=tmp_path, client=client, progress=False)
    assert (report.done, report.errors) == (1, {})
    row = bulk.read(tmp_path).to_table().to_pylist()[0]
    assert row.keys() == {"id"} | columns == {"id"} | task.outputs().keys()
    assert row["id"] == 7
    assert all(value is not None for name, value in row.items() if name not in ("num_tokens_generated",))


@pytest.mark.parametrize("name", TASKS)
def test_a_task_can_be_pickled_and_says_what_identifies_it(name: str) -> None:
    task, _ = TASKS[name]
    copy = pickle.loads(pickle.dumps(task))
    assert copy.settings() == task.settings()
    assert task.settings()["model"]


def test_a_field_may_have_the_name_that_the_api_has_for_it() -> None:
    task, other = (bulk.Chat("toy-chat", "text", fields={name: 4}) for name in ("max_tokens", "maximum_tokens"))
    assert task.settings() == other.settings()
    assert task.request([ROW]) == other.request([ROW])
    assert task.request([ROW]).maximum_tokens == 4


def test_an_image_that_is_not_there_costs_its_row(tmp_path: Path, server: LocalServer) -> None:
    (tmp_path / "picture.png").write_bytes(PICTURE)
    task = bulk.Complete("toy-multimodal", "text", image="picture", fields={"maximum_tokens": 2})
    rows = [
        {"id": "path", "text": "", "picture": str(tmp_path / "picture.png")},
        {"id": "gone", "text": "", "picture": f"{tmp_path}/no-such.png"},
    ]
    report = bulk.run(
        task, rows, key="id", output=tmp_path / "o", client=AsyncClient("good", server.url), progress=False
    )
    assert (report.done, report.failed) == (1, 1)
    assert bulk.read_errors(tmp_path / "o").to_table().to_pylist()[0]["error"] == "FileNotFoundError"


def test_a_property_named_like_a_column_is_refused() -> None:
    schema = JSONSchema({"properties": {"completion": {"type": "string"}}}, name="x")
    with pytest.raises(InvalidRequestError, match="has the property 'completion'"):
        bulk.Chat("toy-chat", "text", fields={"response_format": schema})


def test_the_vectors_of_batches_are_those_of_single_requests(tmp_path: Path, server: LocalServer) -> None:
    rows = [{"id": number, "text": f"text {number}"} for number in range(7)]
    found = []
    for size in (1, 3, 100):
        bulk.run(
            bulk.Embed("toy-base", "text", batch_size=size),
            rows,
            key="id",
            output=tmp_path / str(size),
            client=AsyncClient("good", server.url),
            progress=False,
        )
        table = bulk.read(tmp_path / str(size)).to_table().sort_by("id")
        found.append(table.column("embedding").to_pylist())
    assert found[0] == found[1] == found[2]
