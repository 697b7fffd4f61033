"""Builders that are given something of the wrong type: each says so, by name and with its documented error.

Those that only keep what they are given refuse nothing until it is needed; what is sent is looked at in
`test_prompt_checks.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from aleph_alpha.document import Document
from aleph_alpha.errors import ImageError, InvalidRequestError, TemplateError
from aleph_alpha.image import Image, ImageControl
from aleph_alpha.prompt import Prompt, Text, TextControl, TokenControl, Tokens
from aleph_alpha.prompt_template import PromptTemplate
from aleph_alpha.utils import load_base64_from_file, load_base64_from_url

WRONG: dict[str, Any] = {
    "None": None,
    "int": 5,
    "float": 1.5,
    "bool": True,
    "str": "text",
    "bytes": b"x",
    "list": [1.5],
    "dict": {1: 2},
}
NO_PATH = "path must be a path (a string or os.PathLike), not "

# What is called, how its text begins, the error, and the wrong types that are right here.
READERS: dict[str, tuple[Callable[[Any], Any], str, type[InvalidRequestError], str]] = {
    "Image.from_bytes": (Image.from_bytes, "bytes must be the content of an image file, not ", ImageError, "bytes"),
    "Image.from_file": (Image.from_file, NO_PATH, ImageError, "str"),
    "Image.from_file_with_cropping": (lambda x: Image.from_file_with_cropping(x, 0, 0, 1), NO_PATH, ImageError, "str"),
    "Image.from_file, max_bytes": (
        lambda x: Image.from_file(__file__, max_bytes=x),
        "max_bytes must be a number, not ",
        ImageError,
        "int float",
    ),
    "Image.from_url": (Image.from_url, "url must be a string, not ", ImageError, "str"),
    "Image.from_url_with_cropping": (
        lambda x: Image.from_url_with_cropping(x, 0, 0, 1),
        "url must be a string, not ",
        ImageError,
        "str",
    ),
    "Image.from_url, timeout": (
        lambda x: Image.from_url("http://127.0.0.1:9/", timeout=x),
        "timeout must be a number, not ",
        ImageError,
        "int float",
    ),
    "Image.from_json": (Image.from_json, "Image must be an object, not ", InvalidRequestError, "dict"),
    "Image.dimensions": (
        lambda x: Image(x).dimensions(),
        "Image.base_64 must be a string, not ",
        ImageError,
        "str",
    ),
    "Prompt.from_json": (
        Prompt.from_json,
        "Prompt must be a list of items or a string, not ",
        InvalidRequestError,
        "str list bytes",
    ),
    "Text.from_json": (Text.from_json, "Text must be an object, not ", InvalidRequestError, "dict"),
    "Tokens.from_json": (Tokens.from_json, "Tokens must be an object, not ", InvalidRequestError, "dict"),
    "Text.with_control": (
        lambda x: Text("abc").with_control(x, 1.0),
        "substring must be a string, not ",
        InvalidRequestError,
        "str",
    ),
    "TextControl.for_substring": (
        lambda x: TextControl.for_substring(x, "a", 1.0),
        "text must be a string, not ",
        InvalidRequestError,
        "str",
    ),
    "TextControl.for_substring, occurrence": (
        lambda x: TextControl.for_substring("aaaaaa", "a", 1.0, occurrence=x),
        "occurrence must be an integer, not ",
        InvalidRequestError,
        "int bool",
    ),
    "Document.from_docx_bytes": (
        Document.from_docx_bytes,
        "bytes must be the content of a docx file, not ",
        InvalidRequestError,
        "bytes",
    ),
    "Document.from_docx_file": (Document.from_docx_file, NO_PATH, InvalidRequestError, "str"),
    "Document.from_json": (Document.from_json, "Document must be an object, not ", InvalidRequestError, "dict"),
    "PromptTemplate": (PromptTemplate, "a template must be a string, not ", TemplateError, "str"),
    "PromptTemplate, max_loops": (
        lambda x: PromptTemplate("", max_loops=x),
        "max_loops must be an integer, not ",
        TemplateError,
        "int",
    ),
    "PromptTemplate, max_output": (
        lambda x: PromptTemplate("", max_output=x),
        "max_output must be an integer, not ",
        TemplateError,
        "int",
    ),
    "PromptTemplate.placeholder": (
        PromptTemplate("").placeholder,
        "a placeholder stands for an Image or Tokens, not for ",
        TemplateError,
        "",
    ),
    "PromptTemplate.embed_prompt": (
        PromptTemplate("").embed_prompt,
        "prompt must be a Prompt, for example Prompt.from_text(...), not ",
        InvalidRequestError,
        "",
    ),
    "load_base64_from_file": (load_base64_from_file, NO_PATH, InvalidRequestError, "str"),
    "load_base64_from_url": (load_base64_from_url, "url must be a string, not ", ImageError, "str"),
}


@pytest.mark.parametrize("name", READERS)
def test_what_reads_its_argument_refuses_a_wrong_one_at_once(name: str) -> None:
    call, text, error, right = READERS[name]
    for kind in WRONG.keys() - right.split():
        with pytest.raises(InvalidRequestError) as caught:
            call(WRONG[kind])
        assert type(caught.value) is error
        assert str(caught.value).startswith((f"{text}{kind}", f"{text}{type(WRONG[kind]).__name__}"))


def test_a_path_where_bytes_belong_is_told_what_to_call() -> None:
    with pytest.raises(ImageError, match=r"not str 'cat\.png': call Image\.from_file with a path"):
        Image.from_bytes("cat.png")  # type: ignore[arg-type]
    with pytest.raises(InvalidRequestError, match=r": call Document\.from_docx_file with a path"):
        Document.from_docx_bytes(Path("a.docx"))  # type: ignore[arg-type]


@pytest.mark.parametrize("read", [Image.from_file, Document.from_docx_file, load_base64_from_file])
def test_a_path_that_no_file_can_have_is_refused(read: Callable[[str], Any]) -> None:
    with pytest.raises(InvalidRequestError, match="path must not hold a NUL character"):
        read("a\0b")


def test_what_can_be_no_source_of_an_image_is_a_type_error_as_in_the_vendors_client() -> None:
    with pytest.raises(TypeError, match="image_source must be a path, a URL or bytes, not NoneType"):
        Image.from_image_source(None)  # type: ignore[arg-type]


# `to_json` gives what it is given where JSON has a form for it, right or not.
NO_JSON: dict[str, tuple[Callable[[], Any], str]] = {
    "Prompt(5)": (lambda: Prompt(5), "Prompt.items must be a list, not int 5"),  # type: ignore[arg-type]
    "Prompt([5])": (lambda: Prompt([5]), "Prompt.items[0] must be a Text, Tokens, Image or str, not int 5"),  # type: ignore[list-item]
    "Prompt.from_image": (
        lambda: Prompt.from_image(b"x"),  # type: ignore[arg-type]
        "Prompt.items[0] must be a Text, Tokens, Image or str, not bytes b'x': load images with Image.from_bytes",
    ),
    "Prompt.from_tokens": (
        lambda: Prompt.from_tokens(5),  # type: ignore[arg-type]
        "Prompt.items[0].tokens must be a list, not int 5",
    ),
    "Tokens, controls": (
        lambda: Tokens([1], [0.5]),  # type: ignore[list-item]
        "Tokens.controls[0] must be a TokenControl, not float 0.5",
    ),
    "Text, controls": (lambda: Text("a", 5), "Text.controls must be a list, not int 5"),  # type: ignore[arg-type]
    "Text, wrong controls": (
        lambda: Text("a", [TokenControl(0, 1.0)]),  # type: ignore[list-item]
        "Text.controls[0] must be a TextControl, not TokenControl(pos=0, factor=1.0)",
    ),
    "TextControl": (
        lambda: TextControl(0, 1, 1.0, "partial"),  # type: ignore[arg-type]
        "TextControl.token_overlap must be a ControlTokenOverlap or None, not str 'partial'",
    ),
    "ImageControl": (
        lambda: ImageControl(0, 0, 1, 1, 1.0, "partial"),  # type: ignore[arg-type]
        "ImageControl.token_overlap must be a ControlTokenOverlap or None, not str 'partial'",
    ),
    "Image, cropping": (
        lambda: Image("AAAA", (0, 0, 1)),  # type: ignore[arg-type]
        "Image.cropping must be a Cropping or None, not tuple (0, 0, 1)",
    ),
    "Document, prompt": (lambda: Document.from_prompt(5), "Document.prompt must be a list, not int 5"),  # type: ignore[arg-type]
    "Document": (Document, "Document must have one of docx, prompt and text"),
}


@pytest.mark.parametrize("name", NO_JSON)
def test_what_has_no_json_is_told_by_name(name: str) -> None:
    make, text = NO_JSON[name]
    made = make()  # constructors refuse nothing
    with pytest.raises(InvalidRequestError) as caught:
        made.to_json()
    assert str(caught.value) == text


@pytest.mark.parametrize("kind", WRONG)
def test_whatever_a_builder_holds_it_can_be_shown(kind: str) -> None:
    wrong = WRONG[kind]
    for made in (Image(wrong), Prompt(wrong), Text(wrong), Tokens(wrong), Document(wrong), Document(text=wrong)):
        assert type(made).__name__ in repr(made)
