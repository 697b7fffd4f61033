"""Documents for qa and summarize."""

from __future__ import annotations

import base64
import dataclasses
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from aleph_alpha.document import Document
from aleph_alpha.errors import InvalidRequestError
from aleph_alpha.prompt import Image, Prompt, Text, TextControl, Tokens
from tests.prompt.strategies import prompts

DOCX = b"PK\x03\x04 not really a docx file, and nobody looks"
ENCODED = base64.b64encode(DOCX).decode()


def test_a_docx_is_sent_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    path.write_bytes(DOCX)
    for document in (Document.from_docx_bytes(DOCX), Document.from_docx_file(str(path)), Document.from_docx_file(path)):
        assert document.to_json() == {"docx": ENCODED}
        assert document == Document(docx=ENCODED)


def test_a_missing_docx_is_the_usual_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Document.from_docx_file(tmp_path / "missing.docx")


def test_docx_files_are_never_unpacked() -> None:
    code = (
        "import sys; from aleph_alpha.document import Document, document_model; "
        "document = Document.from_docx_bytes(b'PK'); document_model(document, 'd'); document.to_json(); "
        "print([name for name in ('zipfile', 'zlib', 'xml') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-S", "-c", f"import sys; sys.path[:0] = {sys.path!r}; {code}"], capture_output=True, text=True
    )
    assert done.stdout.strip() == "[]", done.stderr


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (Document.from_text("Andreas likes pizza."), {"text": "Andreas likes pizza."}),
        (Document.from_text(""), {"text": ""}),
        (Document.from_prompt([]), {"prompt": []}),
        (
            Document.from_prompt(["a", Image("AAAA", None, []), Text("b", []), Tokens([1], [])]),
            {
                "prompt": [
                    {"type": "text", "data": "a", "controls": []},
                    {"type": "image", "data": "AAAA", "controls": []},
                    {"type": "text", "data": "b", "controls": []},
                    {"type": "token_ids", "data": [1], "controls": []},
                ]
            },
        ),
        (Document.from_prompt("abc"), {"prompt": [{"type": "text", "data": "abc", "controls": []}]}),
        (
            Document.from_prompt(Prompt.from_text("ab", [TextControl(0, 1, 2.0)])),
            {"prompt": [{"type": "text", "data": "ab", "controls": [{"start": 0, "length": 1, "factor": 2.0}]}]},
        ),
        (Document(docx=ENCODED, prompt=["a"], text="b"), {"docx": ENCODED}),
        (Document(prompt=["a"], text="b"), {"prompt": [{"type": "text", "data": "a", "controls": []}]}),
    ],
)
def test_documents_are_sent_as_the_7_x_client_sends_them(document: Document, expected: object) -> None:
    assert document.to_json() == expected


@given(prompts)
def test_json_round_trips_are_lossless(prompt: Prompt) -> None:
    for document in (Document.from_prompt(prompt), Document.from_text("a"), Document(docx=ENCODED)):
        assert Document.from_json(document.to_json()) == document


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({}, "Document must have one of docx, prompt and text"),
        ({"text": None}, "Document must have one of docx, prompt and text"),
        ({"text": 7}, "Document.text must be a string, not int 7"),
        ({"prompt": [7]}, "Prompt[0] must be an object"),
        ("text", "Document must be an object, not str 'text'"),
    ],
)
def test_wrong_json_is_refused(value: Any, message: str) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        Document.from_json(value)
    assert str(caught.value).startswith(message)


def test_a_document_without_anything_cannot_be_sent() -> None:
    with pytest.raises(InvalidRequestError, match="must have one of docx, prompt and text"):
        Document().to_json()


def test_the_documented_constructor() -> None:
    assert [field.name for field in dataclasses.fields(Document)] == ["docx", "prompt", "text"]
    assert Document("d", ["p"], "t") == Document(docx="d", prompt=["p"], text="t")


def test_repr_does_not_show_a_docx() -> None:
    assert repr(Document(docx="A" * 1000)) == "Document(docx=<1000 characters>)"
    assert repr(Document(text="a")) == "Document(text='a')"
    assert repr(Document(prompt=["a"])) == "Document(prompt=['a'])"
    assert repr(Document()) == "Document()"
