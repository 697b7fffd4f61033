"""A change of the contract, carried through regeneration, is an error where the hand-written code must follow.

Of responses and calls the type checker tells, of requests `scripts/request_fields.py`: both are in `make check`.
"""

from __future__ import annotations

import copy
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from scripts._spec.load import Json
from scripts.regenerate import Paths, regenerate
from tests.contract.wire import contract

pytestmark = [pytest.mark.timeout(300), pytest.mark.slow]  # mypy on a cold cache, beside other tests

#: Parts of the facade that use the generated package for requests, answers and calls.
CHECKED = ("aleph_alpha/completion", "aleph_alpha/evaluation.py", "aleph_alpha/tokenization.py")


@pytest.fixture(scope="module")
def complaints_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], list[str]]:
    """The complaints of `make check` about the facade on top of the package in a folder."""
    cache = tmp_path_factory.mktemp("mypy-cache")

    def check(generated: Path) -> list[str]:
        done = subprocess.run(
            [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(cache), *CHECKED],
            capture_output=True,
            text=True,
            check=False,
            cwd=Paths().root,
            env={**os.environ, "MYPYPATH": str(generated)},  # looked into before the mypy_path of pyproject.toml
        )
        assert done.returncode in (0, 1), done.stdout + done.stderr
        fields = subprocess.run(
            [sys.executable, "scripts/request_fields.py"],
            capture_output=True,
            text=True,
            check=False,
            cwd=Paths().root,
            env={**os.environ, "PYTHONPATH": os.pathsep.join([str(generated), str(Paths().root)])},
        )
        assert not fields.stderr, fields.stderr
        return [line for line in done.stdout.splitlines() if ": error: " in line] + fields.stdout.splitlines()

    return check


def schema(document: Json, name: str) -> Json:
    found: Json = document["components"]["schemas"][name]
    return found


def request_field_is_renamed(document: Json) -> None:
    properties = schema(document, "CompletionRequest")["properties"]
    properties["most_tokens"] = properties.pop("maximum_tokens")


def request_field_becomes_required(document: Json) -> None:
    schema(document, "TokenizationRequest")["properties"]["dialect"] = {"type": "string"}
    schema(document, "TokenizationRequest")["required"].append("dialect")


def answer_field_changes_its_type(document: Json) -> None:
    schema(document, "CompletionResponse")["properties"]["num_tokens_generated"]["type"] = "string"


def answer_field_becomes_optional(document: Json) -> None:
    schema(document, "EvaluationResponse")["required"].remove("result")


def answer_comes_with_another_status(document: Json) -> None:
    responses = document["paths"]["/evaluate"]["post"]["responses"]
    responses["201"] = responses.pop("200")


def schema_is_renamed(document: Json) -> None:
    text = yaml.safe_dump(document["components"]["schemas"], sort_keys=False)
    document["components"]["schemas"] = yaml.safe_load(text.replace("LogitBias", "LogitOffsets"))


CHANGES: dict[Callable[[Json], None], tuple[str, str]] = {
    request_field_is_renamed: ("completion/request.py", "CompletionRequest lacks most_tokens (int | Unset)"),
    request_field_becomes_required: ("tokenization.py", "TokenizationRequest lacks dialect (str)"),
    answer_field_changes_its_type: ("completion/response.py", "[arg-type]"),
    answer_field_becomes_optional: ("evaluation.py", "[union-attr]"),
    answer_comes_with_another_status: ("evaluation.py", "[misc]"),
    schema_is_renamed: ("completion/request.py", "no generated model LogitBias"),
}


def test_the_facade_follows_the_contract(complaints_of: Callable[[Path], list[str]]) -> None:
    assert complaints_of(Paths().output.parent) == []


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_a_change_of_the_contract_is_a_type_error_in_the_facade(
    change: Callable[[Json], None], tmp_path: Path, complaints_of: Callable[[Path], list[str]]
) -> None:
    document: Any = copy.deepcopy(contract())
    change(document)
    paths = replace(
        Paths(), spec=tmp_path / "inference.yaml", lock=tmp_path / "lock", output=tmp_path / "generated/aleph_alpha_api"
    )
    paths.spec.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")
    regenerate(paths)
    file, message = CHANGES[change]
    complaints = complaints_of(paths.output.parent)
    assert complaints
    assert any(f"{file}:" in line and any(part in line for part in message.split("|")) for line in complaints), (
        complaints
    )
