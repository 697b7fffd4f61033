"""`to_json` and `from_json` of this package and of the vendor's, for random values.

Needs the vendor's packages in environments of their own, whose interpreters are named by
``AA_COMPAT_11`` (11.5.1) and ``AA_COMPAT_7`` (7.6.0): `make compat` sets them up.
"""

from __future__ import annotations

import json
import math
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from tests.vendor.bodies import bodies
from tests.vendor.values import values
from tests.vendor.worker import Package

MODULES = [
    "prompt",
    "completion",
    "embedding",
    "evaluation",
    "explanation",
    "tokenization",
    "detokenization",
    "document",
]
MODULES_7 = [*MODULES, "qa", "summarization"]

# Where the packages differ on purpose; docs/migration.md has the same list with more words.
ON_PURPOSE = {
    "completion, embeddings, log_probability": "refused where there is none; the vendor's gives None",
    "optimized_prompt": "Prompt.from_json keeps controls and cropping, which the vendor's drops",
}


def without_differences_on_purpose(name: str, body: Any) -> Any:
    """The body with what is treated differently on purpose taken out."""
    if name == "CompletionResponse":
        items = [
            {key: part for key, part in item.items() if key in ("type", "data")}
            for item in body.get("optimized_prompt") or []
        ]
        return {**body, "optimized_prompt": items}
    if name == "EmbeddingResponse" and body["embeddings"] is None:
        return {**body, "embeddings": {}}
    return body


EXAMPLES = settings(max_examples=int(os.environ.get("AA_COMPAT_EXAMPLES", "60")), deadline=None)

REQUESTS = {
    "11.5.1": [
        "CompletionRequest",
        "EmbeddingRequest",
        "SemanticEmbeddingRequest",
        "BatchSemanticEmbeddingRequest",
        "EvaluationRequest",
        "ExplanationRequest",
        "TokenizationRequest",
        "DetokenizationRequest",
        "Prompt",
    ],
    "7.6.0": ["QaRequest", "SummarizationRequest"],
}
RESPONSES = {
    "11.5.1": [
        "CompletionResponse",
        "EmbeddingResponse",
        "SemanticEmbeddingResponse",
        "BatchSemanticEmbeddingResponse",
        "EvaluationResponse",
        "ExplanationResponse",
        "TokenizationResponse",
        "DetokenizationResponse",
    ],
    "7.6.0": ["QaResponse", "SummarizationResponse"],
}


class Old:
    """The vendor's package in an interpreter of its own."""

    def __init__(self, python: str, modules: list[str]) -> None:
        worker = Path(__file__).with_name("worker.py")
        self.process = subprocess.Popen(
            [python, str(worker), "aleph_alpha_client", *modules],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def answer(self, request: dict[str, Any]) -> Any:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        if "error" in answer:
            raise AssertionError(f"the vendor's package: {answer['error']}")
        return answer["answer"]

    def close(self) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(10)


@pytest.fixture(scope="module")
def packages() -> Iterator[dict[str, tuple[Old, Package]]]:
    pythons = {"11.5.1": os.environ.get("AA_COMPAT_11"), "7.6.0": os.environ.get("AA_COMPAT_7")}
    if not all(pythons.values()):
        pytest.skip("AA_COMPAT_11 and AA_COMPAT_7 name no interpreters: run `make compat`")
    ours = Package("aleph_alpha", MODULES_7)
    old = {
        "11.5.1": Old(pythons["11.5.1"] or "", MODULES),
        "7.6.0": Old(pythons["7.6.0"] or "", MODULES_7),
    }
    yield {version: (package, ours) for version, package in old.items()}
    for package in old.values():
        package.close()


def same(left: Any, right: Any) -> bool:
    """Equal, absent against explicit None aside."""
    if isinstance(left, dict) and isinstance(right, dict):
        left = {name: part for name, part in left.items() if part is not None}
        right = {name: part for name, part in right.items() if part is not None}
        return left.keys() == right.keys() and all(same(left[name], right[name]) for name in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, float) and isinstance(right, float):
        return math.isclose(left, right, rel_tol=1e-12) or left == right
    return type(left) is type(right) and left == right


def _cases(table: dict[str, list[str]]) -> list[Any]:
    return [pytest.param(version, name, id=f"{name}-{version}") for version, names in table.items() for name in names]


@pytest.mark.parametrize(("version", "name"), _cases(REQUESTS))
def test_to_json_is_that_of_the_vendors_client(packages: Any, version: str, name: str) -> None:
    old, ours = packages[version]
    fields = old.answer({"ask": "fields", "class": name})

    @EXAMPLES
    @given(values(ours, name, fields))
    def check(value: Any) -> None:
        request = {"ask": "to_json", "value": value}
        assert_same(ours.answer(request), old.answer(request))

    check()


@pytest.mark.parametrize(("version", "name"), _cases(RESPONSES))
def test_from_json_makes_what_the_vendors_client_makes(packages: Any, version: str, name: str) -> None:
    old, ours = packages[version]

    @EXAMPLES
    @given(bodies(name))
    def check(body: Any) -> None:
        request = {"ask": "from_json", "class": name, "body": without_differences_on_purpose(name, body)}
        assert_same(ours.answer(request), old.answer(request))

    check()


def assert_same(ours: Any, old: Any) -> None:
    assert same(ours, old), f"\nours:     {json.dumps(ours)}\nvendor's: {json.dumps(old)}"
