"""Every example in a docstring runs and prints what it says."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
from collections.abc import Iterator
from typing import Any

import liquid
import pytest

import aleph_alpha
from aleph_alpha import AsyncClient, Client, CompletionRequest, Prompt
from aleph_alpha.testing import LocalServer
from tests.doctests import run_examples

_NO_TEMPLATES = int(liquid.__version__.partition(".")[0]) < 2  # the lowest version that may be beside this package
# Their frameworks are not installed here: tests/integrations/test_doctests.py runs them where they are.
_ELSEWHERE = "aleph_alpha.integrations."


def _modules() -> Iterator[str]:
    yield "aleph_alpha"
    for module in pkgutil.walk_packages(aleph_alpha.__path__, "aleph_alpha."):
        if module.name.startswith(_ELSEWHERE) or module.name.endswith("__main__"):
            continue
        if not (_NO_TEMPLATES and "prompt_template" in module.name):
            yield module.name


def _examples() -> Iterator[Any]:
    finder = doctest.DocTestFinder()
    for name in _modules():
        for test in finder.find(importlib.import_module(name), name):
            if test.examples:
                yield pytest.param(test, id=test.name)


@pytest.fixture(scope="module")
def server() -> Iterator[LocalServer]:
    with LocalServer() as server:
        yield server


@pytest.mark.parametrize("test", list(_examples()))
def test_the_example_prints_what_it_says(test: doctest.DocTest, server: LocalServer) -> None:
    kind = AsyncClient if "_async" in test.name else Client
    names = {
        "token": "token",
        "host": server.url,
        "client": kind("token", server.url),
        "request": CompletionRequest(Prompt.from_text("An apple a day"), maximum_tokens=8),
    }
    assert run_examples(test, names) == []
