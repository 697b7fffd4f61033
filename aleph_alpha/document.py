"""Documents for question answering and summarization."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from aleph_alpha._call.checks import bytes_of, checked_string, path_of, refuse, sequence
from aleph_alpha._optional import encode
from aleph_alpha.errors import InvalidRequestError
from aleph_alpha.prompt.image import Image, checked_base64
from aleph_alpha.prompt.prompt import Prompt, as_item, item_models
from aleph_alpha.prompt.text import Text
from aleph_alpha.prompt.tokens import Tokens

if TYPE_CHECKING:
    from aleph_alpha_api import models as api

__all__ = ["Document", "document_model", "unsent_document"]


@dataclass(repr=False)
class Document:
    """A docx file, a text, or a prompt of texts and images: exactly one of them.

    A docx file is sent as it is: nothing in this package unpacks it. Like the endpoints that take
    documents (``/qa`` and ``/summarize``) this is deprecated, and newer servers do not know it.

    Parameters:
        docx: a docx file, base64 encoded.
        prompt: prompt items and plain strings.
        text: a text.

    >>> Document.from_text("Andreas likes pizza.").to_json()
    {'text': 'Andreas likes pizza.'}
    """

    docx: str | None = None
    prompt: Sequence[str | Text | Image | Tokens] | None = None
    text: str | None = None

    @classmethod
    def from_docx_bytes(cls, bytes: bytes) -> Self:
        """A docx file, given as its content. What is in it is not looked at.

        Raises:
            InvalidRequestError: no bytes.

        >>> Document.from_docx_bytes(b"PK").to_json()
        {'docx': 'UEs='}
        """
        return cls(docx=encode(bytes_of(bytes, "the content of a docx file", "Document.from_docx_file")))

    @classmethod
    def from_docx_file(cls, path: str | os.PathLike[str]) -> Self:
        """A docx file on disk.

        Raises:
            InvalidRequestError: no path.
            OSError: the file cannot be read.
        """
        return cls.from_docx_bytes(path_of(path).read_bytes())

    @classmethod
    def from_prompt(cls, prompt: Prompt | str | Sequence[str | Text | Image | Tokens]) -> Self:
        """A prompt, or a list of its items and of plain strings.

        >>> Document.from_prompt(["Andreas likes", "pizza."]).to_json()["prompt"][1]
        {'type': 'text', 'data': 'pizza.', 'controls': []}
        """
        if isinstance(prompt, Prompt):
            return cls(prompt=prompt.items)
        return cls(prompt=[prompt] if isinstance(prompt, str) else prompt)

    @classmethod
    def from_text(cls, text: str) -> Self:
        """A plain text, of any length that the model takes.

        >>> Document.from_text("Andreas likes pizza.")
        Document(text='Andreas likes pizza.')
        """
        return cls(text=text)

    def to_json(self) -> Mapping[str, Any]:
        """The document as the API takes it.

        Raises:
            InvalidRequestError: there is nothing in it, or what the API has no form for.
        """
        return unsent_document(self, "Document").to_dict()

    @classmethod
    def from_json(cls, json: Mapping[str, Any]) -> Self:
        """The inverse of ``to_json``.

        Raises:
            InvalidRequestError: neither ``docx``, ``prompt`` nor ``text`` is there, or it is of the wrong type.

        >>> Document.from_json({"text": "Andreas likes pizza."})
        Document(text='Andreas likes pizza.')
        """
        if not isinstance(json, Mapping):
            refuse("Document", "an object", json)
        for name in ("docx", "text"):
            if (value := json.get(name)) is not None:
                return cls(**{name: value}) if isinstance(value, str) else refuse(f"Document.{name}", "a string", value)
        if (prompt := json.get("prompt")) is not None:
            return cls(prompt=Prompt.from_json(prompt).items)
        raise InvalidRequestError("Document must have one of docx, prompt and text")

    def __repr__(self) -> str:
        # A docx is as long as the file, and says nothing.
        given = [(name, value) for name in ("docx", "prompt", "text") if (value := getattr(self, name)) is not None]
        shown = (
            f"{name}=<{len(value)} characters>" if name == "docx" and isinstance(value, str) else f"{name}={value!r}"
            for name, value in given
        )
        return f"{type(self).__qualname__}({', '.join(shown)})"


def document_model(document: object, field: str) -> api.DocxDocument | api.PromptDocument | api.TextDocument:
    """The document as a generated model.

    Raises:
        InvalidRequestError: it is not a document, has nothing or more than one thing in it, or holds
            what cannot be sent; the message begins with the path of the member, below `field`.
    """
    if not isinstance(document, Document):
        refuse(field, "a Document, for example Document.from_text(...)", document)
    given = [name for name in ("docx", "prompt", "text") if getattr(document, name) is not None]
    if len(given) != 1:
        raise InvalidRequestError(
            f"{field} must have exactly one of docx, prompt and text, not {' and '.join(given) or 'none'}"
        )
    return _model(document, field)


def unsent_document(document: Document, field: str) -> api.DocxDocument | api.PromptDocument | api.TextDocument:
    """The same for JSON that is not sent."""
    return _model(document, field, bounds=False)


def _model(
    document: Document, field: str, bounds: bool = True
) -> api.DocxDocument | api.PromptDocument | api.TextDocument:
    """A docx goes before a prompt, and that before a text."""
    from aleph_alpha_api import models as api

    if document.docx is not None:
        return api.DocxDocument(checked_base64(document.docx, f"{field}.docx", bounds))
    if document.prompt is not None:
        # A plain string is a text with an empty list of controls here, unlike in a prompt.
        prompt = enumerate(sequence(document.prompt, f"{field}.prompt"))
        items = [as_item(item, f"{field}.prompt[{i}]") for i, item in prompt]
        return api.PromptDocument(item_models(items, f"{field}.prompt", bounds))
    if document.text is not None:
        return api.TextDocument(checked_string(document.text, f"{field}.text"))
    raise InvalidRequestError(f"{field} must have one of docx, prompt and text")
