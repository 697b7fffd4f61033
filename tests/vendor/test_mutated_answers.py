"""What 11.5.1 of the vendor's client reads of responses that are a little otherwise, this one reads, too.

As `test_same_as_the_vendors_client`, which see for the environment that it needs. What it reads and this client refuses
is what the contract calls essential (`x-essential`): there the vendor's hands out None, or a value of another type, in
the place of what was asked for.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from aleph_alpha import ResponseError
from tests.reading.mutations import changes
from tests.reading.responses import answers
from tests.vendor.test_same_as_the_vendors_client import MODULES, Old
from tests.vendor.worker import Package

CLASSES = {
    "batchSemanticEmbed": "BatchSemanticEmbeddingResponse",
    "chatCompletions": "ChatResponse",
    "complete": "CompletionResponse",
    "createSteeringConcept": "SteeringConceptCreationResponse",
    "detokenize": "DetokenizationResponse",
    "embed": "EmbeddingResponse",
    "embeddings": "EmbeddingV2Response",
    "evaluate": "EvaluationResponse",
    "explain": "ExplanationResponse",
    "instructableEmbed": "InstructableEmbeddingResponse",
    "rerank": "RerankResponse",
    "semanticEmbed": "SemanticEmbeddingResponse",
    "tokenize": "TokenizationResponse",
    "translate": "TranslationResponse",
}
ALL = [*MODULES, "chat", "reranking", "translation", "steering"]
LARGEST = 6_000  # bytes: of vectors, a few numbers say as much as thousands


@pytest.fixture(scope="module")
def packages() -> Iterator[tuple[Old, Package]]:
    python = os.environ.get("AA_COMPAT_11")
    if not python:
        pytest.skip("AA_COMPAT_11 names no interpreter: run `make compat`")
    old = Old(python, ALL)
    yield old, Package("aleph_alpha", [*ALL, "embedding_v2", "instructable"])
    old.close()


def refusal(ours: Package, request: Any) -> str | None:
    """Why this client refuses a response, if it does."""
    try:
        ours.answer(request)
    except ResponseError as error:
        return str(error)
    return None


@pytest.mark.parametrize("operation", CLASSES)
def test_what_the_vendors_client_reads_is_read_unless_it_is_without_what_was_asked_for(
    packages: tuple[Old, Package], operation: str, record_property: Any
) -> None:
    old, ours = packages
    seen: Counter[str] = Counter()
    for answer in answers():
        if answer.operation != operation or len(json.dumps(answer.json)) > LARGEST:
            continue
        for change in changes(operation, answer.json):
            request = {"ask": "from_json", "class": CLASSES[operation], "body": change.json}
            try:
                old.answer(request)
            except AssertionError:
                seen["refused by the vendor's"] += 1
                continue
            refused = refusal(ours, request)
            seen["essential" if refused else "read by both"] += 1
            assert change.expected.refused or not refused, (answer.name, change.what, change.expected.path, refused)
    for what, count in seen.items():
        record_property(what, count)
    assert seen["read by both"], seen
    print(f"{operation}: {dict(seen)}")
