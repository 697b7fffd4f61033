"""What is refused when a request with a prompt or a document is sent, and how it is named."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st

from aleph_alpha.document import Document, document_model
from aleph_alpha.errors import InvalidRequestError
from aleph_alpha.prompt import (
    Cropping,
    Image,
    ImageControl,
    Prompt,
    Text,
    TextControl,
    TokenControl,
    Tokens,
)
from aleph_alpha.prompt.prompt import prompt_items
from tests.prompt.strategies import prompts

NAN, INF = float("nan"), float("inf")


@given(prompts)
def test_prompts_within_the_documented_bounds_pass(prompt: Prompt) -> None:
    prompt_items(prompt, "Request.prompt")


@pytest.mark.parametrize(
    "prompt",
    [
        Prompt([]),
        Prompt(""),
        Prompt(["a", [1, 2]]),
        Prompt((Text("a", ()),)),
        Prompt([Text("a", None)]),  # type: ignore[arg-type]
        Prompt([Tokens([])]),
        Prompt([Tokens(range(3))]),
        Prompt([Tokens(np.array([1, 2]))]),  # type: ignore[arg-type]
        Prompt([Tokens([np.int64(1)], [TokenControl(0, np.float32(0.5))])]),  # type: ignore[arg-type, list-item]
        Prompt([Text("🍕", [TextControl(0, 1, 1)])]),
    ],
)
def test_what_can_be_sent_passes(prompt: Prompt) -> None:
    prompt_items(prompt, "Request.prompt")


def text(*controls: Any) -> Text:
    return Text("four", list(controls))


def image(cropping: Any = None, *controls: Any) -> Image:
    return Image("AAAA", cropping, list(controls))


@pytest.mark.parametrize(
    ("item", "message"),
    [
        (7, " must be a Text, Tokens, Image or str, not int 7"),
        (None, " must be a Text, Tokens, Image or str, not None"),
        ("\ud800", " holds half of a surrogate pair at character 0"),
        (Text(b"bytes"), ".text must be a string, not bytes b'bytes'"),  # type: ignore[arg-type]
        (Text("ok \udc00"), ".text holds half of a surrogate pair at character 3"),
        (Text("a", "controls"), ".controls must be a list, not str 'controls'"),  # type: ignore[arg-type]
        (text(TokenControl(0, 1.0)), ".controls[0] must be a TextControl, not TokenControl"),
        (text(TextControl("0", 1, 1.0)), ".controls[0].start must be an int, not str '0'"),  # type: ignore[arg-type]
        (text(TextControl(0, True, 1.0)), ".controls[0].length must be an int, not bool True"),
        (text(TextControl(0, 1, NAN)), ".controls[0].factor must be a finite number, not float nan"),
        (text(TextControl(0, 1, INF)), ".controls[0].factor must be a finite number, not float inf"),
        (text(TextControl(0, 1, "1")), ".controls[0].factor must be a number, not str '1'"),  # type: ignore[arg-type]
        (text(TextControl(0, 1, -0.5)), ".controls[0].factor must be 0 or greater, got -0.5"),
        (
            text(TextControl(0, 4, 1.0), TextControl(-1, 1, 1.0)),
            ".controls[1] covers characters -1 to 0, the text has 4",
        ),
        (text(TextControl(2, 3, 1.0)), ".controls[0] covers characters 2 to 5, the text has 4"),
        (text(TextControl(1, -1, 1.0)), ".controls[0] covers characters 1 to 0"),
        (
            text(TextControl(0, 1, 1.0, "partial")),  # type: ignore[arg-type]
            ".controls[0].token_overlap must be a ControlTokenOverlap or None, not str 'partial'",
        ),
        (Tokens("12"), ".tokens must be a list, not str '12'"),  # type: ignore[arg-type]
        (Tokens([1, "2"]), ".tokens[1] must be an int, not str '2'"),  # type: ignore[list-item]
        (Tokens([1, True]), ".tokens[1] must be an int, not bool True"),
        (Tokens([1, -1]), ".tokens[1] must be a token id, 0 or greater, got -1"),
        (Tokens([2**64]), ".tokens[0] must be a token id"),
        (Tokens([1], [TokenControl(1, 1.0)]), ".controls[0].pos is 1, the item has 1 tokens"),
        (Tokens([1], [TokenControl(-1, 1.0)]), ".controls[0].pos is -1, the item has 1 tokens"),
        (Tokens([1], [TokenControl(0, NAN)]), ".controls[0].factor must be a finite number"),
        (Tokens([1], [TextControl(0, 1, 1.0)]), ".controls[0] must be a TokenControl"),  # type: ignore[list-item]
        (Image(b"\x89PNG"), ".base_64 must be a string, not bytes"),  # type: ignore[arg-type]
        (Image(""), ".base_64 is not base64"),
        (Image("picture.png"), ".base_64 is not base64 (standard alphabet, padded): 'picture.png'"),
        (Image("AAA"), ".base_64 is not base64"),
        (Image("AA\nAA=="), ".base_64 is not base64"),
        (Image("A" * 100 + "äöüß"), ".base_64 is not base64"),
        (Image("data:image/png;base64,AAAA"), ".base_64 must be base64 alone"),
        (image("crop"), ".cropping must be a Cropping or None, not str 'crop'"),
        (image(Cropping(-1, 0, 1)), ".cropping.upper_left_x must be 0 or greater, got -1"),
        (image(Cropping(0, 0, 0)), ".cropping.size must be 1 or greater, got 0"),
        (image(Cropping(0, 1.0, 1)), ".cropping.upper_left_y must be an int, not float 1.0"),  # type: ignore[arg-type]
        (
            image(None, ImageControl(0, 0, 1, 1.5, 1)),
            ".controls[0].height must be between 0 and 1, a share of the image",
        ),
        (image(None, ImageControl(-0.1, 0, 1, 1, 1)), ".controls[0].left must be between 0 and 1"),
        (image(None, ImageControl(0, NAN, 1, 1, 1)), ".controls[0].top must be a finite number"),
        (image(None, ImageControl(0, 0, 1, 1, INF)), ".controls[0].factor must be a finite number"),
        (image(None, "control"), ".controls[0] must be an ImageControl"),
    ],
)
def test_what_cannot_be_sent_is_refused_by_its_path(item: Any, message: str) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        prompt_items(Prompt(["first", item]), "CompletionRequest.prompt")
    assert str(caught.value).startswith(f"CompletionRequest.prompt.items[1]{message}")
    assert isinstance(caught.value, ValueError)


@pytest.mark.parametrize(
    ("prompt", "message"),
    [
        ("text", "R.prompt must be a Prompt, for example Prompt.from_text(...), not str 'text'"),
        (None, "R.prompt must be a Prompt"),
        (Prompt(Text("a")), "R.prompt.items must be a list, not Text"),  # type: ignore[arg-type]
        (Prompt(None), "R.prompt.items must be a list, not None"),  # type: ignore[arg-type]
    ],
)
def test_what_is_no_prompt_is_refused(prompt: Any, message: str) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        prompt_items(prompt, "R.prompt")
    assert str(caught.value).startswith(message)


def test_a_long_value_is_cut_in_the_message() -> None:
    with pytest.raises(InvalidRequestError) as caught:
        prompt_items(Prompt([Image("!" * 10_000)]), "R.prompt")
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize(
    "document",
    [
        Document.from_text("a"),
        Document.from_docx_bytes(b"PK\x03\x04"),
        Document.from_prompt(["a", image()]),
        Document.from_prompt(Prompt("a")),
    ],
)
def test_documents_pass(document: Document) -> None:
    document_model(document, "QaRequest.documents[0]")


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ("text", " must be a Document, for example Document.from_text(...), not str 'text'"),
        (Document(), " must have exactly one of docx, prompt and text, not none"),
        (Document(text="a", docx="AAAA"), " must have exactly one of docx, prompt and text, not docx and text"),
        (Document(text=7), ".text must be a string, not int 7"),  # type: ignore[arg-type]
        (Document(docx="no"), ".docx is not base64"),
        (Document(prompt=["a", Tokens([-1])]), ".prompt[1].tokens[0] must be a token id"),
    ],
)
def test_documents_that_cannot_be_sent_are_refused_by_their_path(document: Any, message: str) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        document_model(document, "QaRequest.documents[0]")
    assert str(caught.value).startswith(f"QaRequest.documents[0]{message}")


@given(st.lists(st.integers() | st.booleans() | st.floats() | st.text(max_size=2), max_size=6))
def test_exactly_lists_of_token_ids_pass(ids: list[Any]) -> None:
    good = all(type(token) is int and 0 <= token < 2**64 for token in ids)
    try:
        prompt_items(Prompt([Tokens(ids)]), "R.prompt")
    except InvalidRequestError:
        assert not good
    else:
        assert good
