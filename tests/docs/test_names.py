"""What the documentation is made of: every guide is in the navigation, every public name says what it is."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import scripts._docs
from scripts._docs.docstrings import as_markdown
from scripts._docs.names import PublicName, documentation, faces, listed, members, public_names
from scripts._docs.pages import DOCS, guides, linked, with_fitting_links
from scripts._docs.sections import one_name_an_item


def test_every_guide_is_in_the_navigation_once() -> None:
    notebooks = {f"notebooks/{one.stem}.md" for one in DOCS.glob("notebooks/*.py")}
    assert set(guides()) - {"changelog.md"} == {page.name for page in DOCS.glob("*.md")} | notebooks
    assert len(guides()) == len(set(guides()))


def test_no_name_of_a_face_is_left_out() -> None:
    """Names that several faces list have one place: that of the object."""
    places = {one.path for one in public_names()}
    objects = {id(one.value) for one in public_names()}
    for package in faces():
        for name in listed(package):
            there = f"{package}.{name}" in places or id(getattr(importlib.import_module(package), name)) in objects
            assert there, f"{package}.{name}"


@pytest.mark.parametrize("name", public_names(), ids=lambda name: name.path)
def test_the_name_says_what_it_is(name: PublicName) -> None:
    assert documentation(name).strip(), f"{name.defined} has no docstring"
    if isinstance(name.value, type):
        shown = {one for one in vars(name.value) if not one.startswith("_") and callable(getattr(name.value, one))}
        inner = {one for one in shown if isinstance(vars(name.value)[one], type)}
        assert shown - inner <= set(members(name.value)), "a public method has no docstring"


def test_the_first_mention_of_a_name_is_a_link_and_code_is_not() -> None:
    text = "# `Client`\n\n`Client` and `Client`\n\n```python\n`Client`\n```\n"
    assert linked(text) == "# `Client`\n\n[`Client`][aleph_alpha.Client] and `Client`\n\n```python\n`Client`\n```\n"


@pytest.mark.parametrize(
    ("link", "page", "there"),
    [
        ("notebooks/views.py", "views.md", "notebooks/views.md"),
        ("../aleph_alpha/bulk/task.py", "bulk.md", "reference/bulk.md"),
        ("../README.md", "chats.md", "index.md"),
        ("../scripts/demo.py", "notebooks/views.md", "../scripts/demo.py"),
        ("../../scripts/demo.py", "notebooks/views.md", "../files/scripts/demo.py"),
        ("docs/options.md#more", "changelog.md", "options.md#more"),
        ("../views.md", "notebooks/views.md", "../views.md"),
        ("no-such.md", "chats.md", "no-such.md"),
    ],
)
def test_links_into_the_repository_become_links_of_the_site(link: str, page: str, there: str) -> None:
    assert with_fitting_links(f"[x]({link})", page) == f"[x]({there})"


def test_names_of_an_item_that_go_over_two_lines_are_items() -> None:
    assert one_name_an_item("Args:\n    a, b,\n    c: words\n        go on\n") == (
        "Args:\n    a: words\n        go on\n    b: words\n        go on\n    c: words\n        go on"
    )


@pytest.mark.parametrize(
    ("docstring", "markdown"),
    [
        ("See :meth:`~Client.chat`.", "See `Client.chat`."),
        ("One.\n\n>>> 1 + 1\n2\n\n>>> 2\n2\n\nTwo.", "One.\n\n```pycon\n>>> 1 + 1\n2\n\n>>> 2\n2\n```\n\nTwo."),
        (
            "\nArgs:\n    a: so\n        >>> 1\n        1\n",
            "Args:\n    a: so\n        ```pycon\n        >>> 1\n        1\n        ```",
        ),
        ("One.\n\n    >>> 1\n    1\n\nTwo.", "One.\n\n```pycon\n>>> 1\n1\n```\n\nTwo."),
        ("As in::\n\n    a tree\n      of it\n\nEnd.", "As in:\n\n```text\na tree\n  of it\n```\n\nEnd."),
        ("\nSo::\n\n    import os\n", "So:\n\n```python\nimport os\n```"),
        ("One.\n\n::\n\n    a tree\n", "One.\n\n```text\na tree\n```"),
        ("What ends in::", "What ends in::"),
    ],
)
def test_a_docstring_is_markdown(docstring: str, markdown: str) -> None:
    assert as_markdown(docstring) == markdown


@pytest.mark.parametrize("module", [one.name for one in pkgutil.iter_modules(scripts._docs.__path__, "scripts._docs.")])
def test_examples_in_the_scripts_run(module: str) -> None:
    assert doctest.testmod(importlib.import_module(module)).failed == 0
