"""MTEB's own checks, and a retrieval task of its format."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import mteb
import numpy as np
import pytest
from datasets import Dataset
from mteb.abstasks.retrieval import AbsTaskRetrieval
from mteb.abstasks.task_metadata import TaskMetadata
from mteb.models.models_protocols import EncoderProtocol
from mteb.types import PromptType

from aleph_alpha import Client, Prompt, SemanticEmbeddingRequest, SemanticRepresentation
from aleph_alpha.integrations.mteb import AlephAlphaMTEB
from aleph_alpha.testing import LocalServer

DOCUMENTS = {
    "harbour": "The harbour was full of ships.",
    "market": "Apples are sold on the market.",
    "bakery": "Bread is baked before sunrise.",
}
QUERIES = {"q1": "ships in the harbour", "q2": "where apples are sold", "q3": "who has baked the bread"}
RELEVANT = {"q1": {"harbour": 1}, "q2": {"market": 1}, "q3": {"bakery": 1}}


class ToyRetrieval(AbsTaskRetrieval):
    metadata = TaskMetadata(
        name="ToyRetrieval",
        description="Three pages and three questions.",
        reference=None,
        dataset={"path": "toy/retrieval", "revision": "1"},
        type="Retrieval",
        category="t2t",
        modalities=["text"],
        eval_splits=["test"],
        eval_langs=["eng-Latn"],
        main_score="ndcg_at_10",
        date=("2025-01-01", "2025-01-02"),
        domains=["Written"],
        task_subtypes=[],
        license="cc0-1.0",
        annotations_creators="derived",
        dialect=[],
        sample_creation="created",
        bibtex_citation="",
        prompt="Find the page that answers.",
    )

    def load_data(self, num_proc: int | None = None, *, timer: Any = None, **others: Any) -> None:
        found: Any = {
            "corpus": Dataset.from_list([{"id": key, "title": "", "text": text} for key, text in DOCUMENTS.items()]),
            "queries": Dataset.from_list([{"id": key, "text": text} for key, text in QUERIES.items()]),
            "relevant_docs": RELEVANT,
            "top_ranked": None,
        }
        self.dataset = {"default": {"test": found}}
        self.data_loaded = True


@pytest.fixture
def _offline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")


def encoded(model: AlephAlphaMTEB, texts: list[str], role: PromptType | None) -> Any:
    batches: Any = [{"text": texts}]
    return model.encode(
        batches, task_metadata=ToyRetrieval.metadata, hf_split="test", hf_subset="default", prompt_type=role
    )


def test_the_model_follows_the_protocol_of_encoders() -> None:
    model = AlephAlphaMTEB("toy-base")
    assert isinstance(model, EncoderProtocol)
    assert model.mteb_model_meta.name == "aleph-alpha/toy-base"


@pytest.mark.usefixtures("_offline")
@pytest.mark.parametrize(
    "model",
    [
        pytest.param(lambda: AlephAlphaMTEB("toy-base"), id="asymmetric"),
        pytest.param(lambda: AlephAlphaMTEB("toy-base", kind="symmetric", compress_to_size=128), id="symmetric"),
        pytest.param(lambda: AlephAlphaMTEB("toy-embedding", kind="plain"), id="plain"),
        pytest.param(lambda: AlephAlphaMTEB("toy-instruct-embedding", kind="instructable"), id="instructable"),
    ],
)
def test_a_retrieval_task_finds_what_is_relevant(model: Any, tmp_path: Path) -> None:
    result = mteb.evaluate(model(), ToyRetrieval(), cache=None, show_progress_bar=False)
    [scores] = result.task_results[0].scores["test"]
    assert scores["ndcg_at_10"] > 0.6
    assert scores["recall_at_3"] == 1.0


def test_texts_are_represented_as_their_role_says(server: LocalServer) -> None:
    model = AlephAlphaMTEB("toy-base")
    roles = {
        PromptType.query: SemanticRepresentation.Query,
        PromptType.document: SemanticRepresentation.Document,
        None: SemanticRepresentation.Symmetric,
    }
    with Client("token", server.url) as client:
        for role, representation in roles.items():
            request = SemanticEmbeddingRequest(Prompt.from_text("Hello"), representation)
            expected = client.semantic_embed(request, "toy-base").embedding
            np.testing.assert_allclose(encoded(model, ["Hello"], role)[0], expected, rtol=1e-5, atol=1e-6)


def test_similarities_are_cosines() -> None:
    model = AlephAlphaMTEB("toy-base", compress_to_size=128)
    vectors = encoded(model, list(DOCUMENTS.values()), PromptType.document)
    similarities = np.asarray(model.similarity(vectors, vectors))
    np.testing.assert_allclose(np.diag(similarities), 1.0, rtol=1e-5)
    np.testing.assert_allclose(np.asarray(model.similarity_pairwise(vectors, vectors)), 1.0, rtol=1e-5)


def test_instructions_are_those_of_the_task_or_of_the_caller() -> None:
    name = "toy-instruct-embedding"
    own = AlephAlphaMTEB(name, kind="instructable")
    other = AlephAlphaMTEB(name, kind="instructable", prompts={"ToyRetrieval": "the colour of the apple"})
    one, another = (encoded(model, ["a red apple"], PromptType.query) for model in (own, other))
    assert not np.allclose(one, another)


def test_what_is_no_text_is_refused() -> None:
    images: Any = [{"image": []}]
    with pytest.raises(ValueError, match="texts alone"):
        AlephAlphaMTEB("toy-base").encode(
            images, task_metadata=ToyRetrieval.metadata, hf_split="test", hf_subset="default"
        )
