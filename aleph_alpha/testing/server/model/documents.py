"""Texts out of documents: plain text, Word files, prompts."""

from __future__ import annotations

import base64
import binascii
import html
import io
import re
import zipfile
import zlib
from collections.abc import Mapping
from typing import Any

from aleph_alpha.testing.server.problems import Rule, invalid

_MOST_BYTES = 20_000_000
_PARAGRAPH = re.compile(r"<w:p[ >].*?</w:p>", re.DOTALL)
_RUN = re.compile(r"<w:t(?: [^>]*)?>([^<]*)</w:t>")


def text_of(document: Mapping[str, Any], pointer: str) -> str:
    """The text of a document. A prompt's images and token ids are passed over."""
    if "docx" in document:
        return _docx(document["docx"], f"{pointer}/docx")
    if "text" in document:
        return str(document["text"])
    return "\n".join(item["data"] for item in document["prompt"] if item["type"] == "text")


def _docx(data: str, pointer: str) -> str:
    try:
        content = base64.b64decode(data, validate=True)
        with zipfile.ZipFile(io.BytesIO(content)) as archive, archive.open("word/document.xml") as file:
            xml = file.read(_MOST_BYTES).decode()
    except (binascii.Error, ValueError, zipfile.BadZipFile, KeyError, zlib.error, NotImplementedError) as error:
        raise invalid(pointer, f"Not a Word file in base64: {error}.", Rule.DOCX) from error
    return "\n".join("".join(map(html.unescape, _RUN.findall(paragraph))) for paragraph in _PARAGRAPH.findall(xml))
