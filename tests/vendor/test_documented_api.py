"""Every class, method, parameter and default of the 7.x API reference is here, under the same name.

`documented_api.json` holds the signatures of that reference: constructor parameters with their
defaults, methods (``static`` and ``classmethod`` marked), enum members and their values.
"""

from __future__ import annotations

import ast
import enum
import importlib
import inspect
import json
import subprocess
import sys
import typing
from pathlib import Path
from typing import Any

import pytest

import aleph_alpha

DOCUMENTED: dict[str, Any] = json.loads(Path(__file__).with_name("documented_api.json").read_text("utf-8"))

# Signatures that are documented for the synchronous client without what the asynchronous one has:
# here both are the same, so that these come after the documented parameters.
ALSO_IN_SYNC = {"batch_semantic_embed": ["num_concurrent_requests=1", "batch_size=100", "progress_bar=False"]}


def split(signature: str) -> list[str]:
    return [part for part in signature.split(", ") if part]


def shown(parameter: inspect.Parameter) -> str:
    default = parameter.default
    if default is inspect.Parameter.empty or parameter.kind in (parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL):
        return f"**{parameter.name}" if parameter.kind is parameter.VAR_KEYWORD else parameter.name
    return f"{parameter.name}={default!r}"


def positional(function: Any) -> list[str]:
    parameters = inspect.signature(function).parameters.values()
    kinds = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.VAR_KEYWORD)
    return [shown(parameter) for parameter in parameters if parameter.kind in kinds and parameter.name != "self"]


def required_keywords(function: Any) -> list[str]:
    return [
        parameter.name
        for parameter in inspect.signature(function).parameters.values()
        if parameter.kind is parameter.KEYWORD_ONLY and parameter.default is parameter.empty
    ]


@pytest.mark.parametrize("name", DOCUMENTED)
def test_the_class_is_importable_from_the_package(name: str) -> None:
    assert isinstance(getattr(aleph_alpha, name), type)
    assert name in aleph_alpha.__all__


@pytest.mark.parametrize("name", [name for name, entry in DOCUMENTED.items() if "constructor" in entry])
def test_the_constructor_has_the_documented_parameters_in_their_order(name: str) -> None:
    kind = getattr(aleph_alpha, name)
    documented = split(DOCUMENTED[name]["constructor"])
    found = positional(kind)
    assert [part.split("=")[0] for part in found[: len(documented)]] == [part.split("=")[0] for part in documented]
    for ours, theirs in zip(found, documented, strict=False):
        if "=" in theirs:
            assert ours == theirs
        # a parameter without a default in the reference may have one here, never the other way round
    assert required_keywords(kind) == []
    assert all("=" in part or part.startswith("**") for part in found[len(documented) :])


@pytest.mark.parametrize(
    ("name", "method"), [(name, method) for name, entry in DOCUMENTED.items() for method in entry["methods"]]
)
def test_the_method_has_the_documented_parameters(name: str, method: str) -> None:
    kind = getattr(aleph_alpha, name)
    documented = DOCUMENTED[name]["methods"][method]
    marked = inspect.getattr_static(kind, method)
    for mark, wrapper in (("static ", staticmethod), ("classmethod ", classmethod)):
        if documented.startswith(mark.strip()):
            assert isinstance(marked, (staticmethod, classmethod)), f"callable on the class, as {wrapper.__name__} is"
            documented = documented.removeprefix(mark.strip()).strip()
    expected = split(documented)
    if (name, method) == ("Explanation", "prompt_item_from_json"):
        expected = ["item"]  # documented without its parameter: it is a function in the class, as in the old package
    if name == "Client":
        expected += [part for part in ALSO_IN_SYNC.get(method, []) if part not in expected]
    found = positional(getattr(kind, method))
    assert found[: len(expected)] == expected
    assert required_keywords(getattr(kind, method)) == []
    assert all("=" in part for part in found[len(expected) :])


@pytest.mark.parametrize("name", [name for name, entry in DOCUMENTED.items() if "members" in entry])
def test_the_enum_has_the_documented_members(name: str) -> None:
    kind = getattr(aleph_alpha, name)
    assert issubclass(kind, enum.Enum)
    for member, value in DOCUMENTED[name]["members"].items():
        assert kind[member].value == value


@pytest.mark.parametrize("name", ["AsyncClient", "Client"])
def test_the_methods_of_the_async_client_are_coroutines_and_those_of_the_client_are_not(name: str) -> None:
    kind = getattr(aleph_alpha, name)
    for method in DOCUMENTED[name]["methods"]:
        assert inspect.iscoroutinefunction(getattr(kind, method)) is (name == "AsyncClient")


@pytest.mark.parametrize("name", DOCUMENTED)
def test_every_documented_class_and_method_has_a_docstring(name: str) -> None:
    kind = getattr(aleph_alpha, name)
    assert inspect.getdoc(kind)
    for method in DOCUMENTED[name]["methods"]:
        assert inspect.getdoc(getattr(kind, method)), method


def test_lazy_names_are_the_statically_imported_ones() -> None:
    stub = ast.parse(Path(aleph_alpha.__file__).with_suffix(".pyi").read_text("utf-8"))
    statically = {name.asname for node in stub.body if isinstance(node, ast.ImportFrom) for name in node.names}
    assert statically == set(aleph_alpha.__all__)
    for name in aleph_alpha.__all__:
        assert getattr(aleph_alpha, name) is not None
    assert set(aleph_alpha.__all__) <= set(dir(aleph_alpha))
    with pytest.raises(AttributeError, match="no attribute 'Cleint'"):
        getattr(aleph_alpha, "Cleint")  # noqa: B009, type checkers refuse the attribute


# Module -> public names, as both packages on PyPI have them (7.6.0 and 11.5.1).
MODULES = {
    "": "BusyError POOLING_OPTIONS QuotaError load_base64_from_file load_base64_from_url __version__",
    "aleph_alpha_client": "AsyncClient BusyError Client POOLING_OPTIONS QuotaError",
    "completion": "CompletionRequest CompletionResponse CompletionResult",
    "detokenization": "DetokenizationRequest DetokenizationResponse",
    "document": "Document",
    "embedding": "BatchSemanticEmbeddingRequest BatchSemanticEmbeddingResponse EmbeddingRequest EmbeddingResponse"
    " EmbeddingVector SemanticEmbeddingRequest SemanticEmbeddingResponse SemanticRepresentation",
    "evaluation": "EvaluationRequest EvaluationResponse",
    "explanation": "CustomGranularity Explanation ExplanationPostprocessing ExplanationRequest ExplanationResponse"
    " ImagePromptItemExplanation ImageScore PromptGranularity TargetGranularity TargetPromptItemExplanation TargetScore"
    " TargetScoreWithRaw TextPromptItemExplanation TextScore TextScoreWithRaw TokenPromptItemExplanation TokenScore"
    " prompt_granularity_to_json",
    "prompt": "ControlTokenOverlap Cropping Image ImageControl Prompt PromptItem Text TextControl TokenControl Tokens",
    "prompt_template": "PromptTemplate",
    "qa": "QaAnswer QaRequest QaResponse",
    "summarization": "SummarizationRequest SummarizationResponse",
    "tokenization": "TokenizationRequest TokenizationResponse",
    "utils": "load_base64_from_file load_base64_from_url",
    "version": "MIN_API_VERSION __version__ user_agent_headers",
}


@pytest.mark.parametrize("module", MODULES)
def test_every_public_name_of_the_old_packages_is_importable_from_the_same_place(module: str) -> None:
    found = importlib.import_module(f"aleph_alpha.{module}" if module else "aleph_alpha")
    missing = [name for name in MODULES[module].split() if not hasattr(found, name)]
    assert missing == []


def test_prompt_item_is_the_union_of_the_three_kinds() -> None:
    from aleph_alpha.prompt import Image, PromptItem, Text, Tokens

    assert set(typing.get_args(PromptItem)) == {Text, Tokens, Image}


HEAVY = ["PIL", "liquid", "numpy", "tokenizers", "tqdm", "pydantic", "pandas", "dateutil", "vcr", "starlette"]

IMPORTS = """
import sys
{code}
loaded = {{name.split(".")[0] for name in sys.modules}}
print(sorted(loaded & set({names!r})))
"""


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("import aleph_alpha", [*HEAVY, "httpx", "attrs", "attr", "orjson", "httptools", "asyncio", "ssl"]),
        ("from aleph_alpha import Client, AsyncClient, Prompt, CompletionRequest", [*HEAVY, "httpx"]),
        (
            "from aleph_alpha import Client, Prompt, CompletionRequest\n"
            "Client('token'); CompletionRequest(Prompt.from_text('hello'))",
            [*HEAVY, "httpx"],
        ),
    ],
)
def test_imports_stay_light(code: str, names: list[str]) -> None:
    program = IMPORTS.format(code=code, names=names)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
