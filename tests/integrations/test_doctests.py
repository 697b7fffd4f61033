"""Every example in a docstring of an integration runs and prints what it says, where the framework is."""

from __future__ import annotations

import doctest
import importlib
import os
import pkgutil
from collections.abc import Iterator
from typing import Any

import pytest

from aleph_alpha import Client
from aleph_alpha.testing import LocalServer
from tests.doctests import run_examples


def _modules() -> Iterator[str]:
    yield "aleph_alpha.integrations.vectors"
    name = f"aleph_alpha.integrations.{os.environ['AA_INTEGRATION']}"
    yield name
    for module in pkgutil.iter_modules(getattr(importlib.import_module(name), "__path__", [])):
        yield f"{name}.{module.name}"


def _examples() -> Iterator[Any]:
    finder = doctest.DocTestFinder()
    for name in _modules():
        for test in finder.find(importlib.import_module(name), name):
            if test.examples:
                yield pytest.param(test, id=test.name)


@pytest.mark.parametrize("test", list(_examples()))
def test_the_example_prints_what_it_says(test: doctest.DocTest, server: LocalServer) -> None:
    with Client("token", server.url) as client:
        assert run_examples(test, {"client": client}) == []
