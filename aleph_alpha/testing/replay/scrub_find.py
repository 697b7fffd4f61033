"""Finds what looks like a secret in a recorded interaction: the last check before writing, and the scanner's first.

Three kinds of evidence: a known secret (as it is or inside base64), a form that only secrets have
(JSON Web Tokens, ``Bearer ...``, the prefixes of well-known services, private keys), and words
that look random in a place where nothing random belongs.
"""

from __future__ import annotations

import json
import math
import re
from base64 import b64decode
from binascii import Error as Base64Error
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from aleph_alpha.testing.replay.scrub import REMOVED, REPLAY_HOST, base64_forms, is_secret_field

__all__ = ["Finder"]

_FORMS = {
    "a JSON Web Token": re.compile(r"eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*"),
    "an Authorization value": re.compile(r"\b(?:Bearer|Basic)\s+(?!removed\b)[\w.~+/=-]{8,}"),
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
    "a token of a known service": re.compile(
        r"\b(?:sk-[\w-]{16,}|hf_\w{16,}|gh[pousr]_\w{16,}|github_pat_\w{16,}|glpat-[\w-]{16,}"
        r"|xox[abprs]-[\w-]{10,}|AKIA[0-9A-Z]{16}|AIza[\w-]{20,})"
    ),
}
_SECRET_HEADERS = re.compile(
    r"(?!access-control-).*(authorization|cookie|token|secret|session|auth|api-?key|credential)", re.IGNORECASE
)

_WORD = re.compile(r"[\w.~+-]{24,}")
_PLAIN_PART = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|\d{1,8}")  # of a name such as asymmetric_128_document
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{24,}={0,2}")
_SHORTEST_RANDOM = 18  # characters
_RANDOM_BITS = 3.7  # bits a character from which a long word of several kinds of characters counts as random

# Fields that hold ids or encoded bytes: random by nature. Known secrets and their forms are searched for in them, too.
_RANDOM_FIELDS = frozenset({"id", "call_id", "tool_call_id", "system_fingerprint", "steering_concepts"})
_ENCODED_FIELDS = frozenset({"data", "docx", "embedding", "url", "image_url", "b64_json"})
_LONG_ENCODED = 200  # characters; no token is that long without having a form of its own
_IMAGE_FIELDS = frozenset({"data", "url", "image_url"})
_DATA_URL = re.compile(r"data:image/[\w.+-]+;base64,", re.IGNORECASE)
_IMAGE = re.compile(rb"\x89PNG\r\n\x1a\n|\xff\xd8\xff|GIF8[79]a|RIFF.{4}WEBP|BM.{4}\0{4}|II\*\0|MM\0\*", re.DOTALL)


class Finder:
    """Looks for secrets.

    Args:
        known: secrets that must not occur, such as the value of ``AA_TOKEN``.
        allowed: patterns of what may look random (regular expressions, matched on the whole word).
    """

    def __init__(self, known: Iterable[str] = (), allowed: Iterable[str] = ()) -> None:
        self._known = [
            form
            for secret in known
            if len(secret) >= 8
            for form in (secret, quote(secret, safe=""), *base64_forms(secret))
        ]
        self._allowed = [re.compile(pattern) for pattern in allowed]

    def in_request(self, uri: str, headers: Mapping[str, Any], body: bytes) -> Iterator[str]:
        """One line for each thing found, saying where; the secret itself is shortened."""
        parts = urlsplit(uri)
        if f"{parts.scheme}://{parts.netloc}" != REPLAY_HOST:
            yield f"URL: the host was not replaced by {REPLAY_HOST}"
        for name, value in parse_qsl(parts.query):
            if (is_secret_field(name) or name == "token") and value != REMOVED:
                yield f"URL: the query field {name!r} holds {_shown(value)}"
        yield from self._in_text(unquote(f"{parts.path}?{parts.query}"), "URL")
        yield from self._in_headers(headers)
        yield from self._in_body(body, "request body", parts.path)

    def in_response(self, headers: Mapping[str, Any], body: bytes, path: str = "") -> Iterator[str]:
        """The same for a response to a request of that path."""
        yield from self._in_headers(headers)
        yield from self._in_body(body, "response body", path)

    def _in_headers(self, headers: Mapping[str, Any]) -> Iterator[str]:
        for name, values in headers.items():
            for value in [values] if isinstance(values, str) else values:
                if _SECRET_HEADERS.match(name) and value != REMOVED:
                    yield f"header {name!r}: {_shown(str(value))}"
                else:
                    yield from self._in_text(str(value), f"header {name!r}", boundary="aleph-alpha-boundary")

    def _in_body(self, body: bytes, where: str, path: str) -> Iterator[str]:
        text = body.decode("utf-8", "replace")
        try:
            yield from self._in_json(json.loads(text), where, path)
        except (ValueError, RecursionError):
            for line in text.splitlines():
                try:
                    yield from self._in_json(json.loads(line.removeprefix("data:")), where, path)
                except (ValueError, RecursionError):
                    yield from self._in_text(line, where)

    def _in_json(self, value: Any, where: str, path: str, field: str = "") -> Iterator[str]:
        if isinstance(value, dict):
            for name, child in value.items():
                yield from self._in_text(name, where)
                if isinstance(child, str) and child not in ("", REMOVED) and is_secret_field(name, path):
                    yield f"{where}: the field {name!r} holds {_shown(child)}"
                else:
                    yield from self._in_json(child, where, path, name)
        elif isinstance(value, list):
            for child in value:
                yield from self._in_json(child, where, path, field)
        elif isinstance(value, str):
            encoded = field in _ENCODED_FIELDS and len(value) >= _LONG_ENCODED and " " not in value
            encoded = encoded or (field in _IMAGE_FIELDS and _is_image(value))
            yield from self._in_text(value, where, random=field not in _RANDOM_FIELDS and not encoded)

    def _in_text(self, text: str, where: str, *, random: bool = True, boundary: str | None = None) -> Iterator[str]:
        if len(text) < 8:
            return
        if any(form in text for form in self._known):
            yield f"{where}: the token of the environment, or another known secret"
            return
        for content, how in ((text, ""), *((content, " inside base64") for content in _decoded(text))):
            for kind, form in _FORMS.items():
                if found := form.search(content):
                    yield f"{where}: {kind}{how}: {_shown(found.group())}"
                    return
            if any(form in content for form in self._known):
                yield f"{where}: a known secret{how}"
                return
        if random:
            for word in _WORD.findall(text):
                if word != boundary and _looks_random(word) and not any(p.fullmatch(word) for p in self._allowed):
                    yield f"{where}: {_shown(word)} looks like a token"
                    return


def _decoded(text: str) -> Iterator[str]:
    """What the base64 in a text says, as far as it is text."""
    for run in _BASE64.findall(text):
        plain = run.rstrip("=").replace("-", "+").replace("_", "/")
        try:
            content = b64decode(plain + "A" * (-len(plain) % 4))
        except (Base64Error, ValueError):
            continue
        yield content.decode("latin-1")


def _is_image(text: str) -> bool:
    """Whether a text is a picture in base64, alone or in a data URL, and nothing else.

    >>> _is_image("data:image/png;base64,iVBORw0KGgo="), _is_image("kJ8sd92nfQpL0x7TzVb3mYwR4u==")
    (True, False)
    """
    url = _DATA_URL.match(text)
    try:
        content = b64decode(text[url.end() :] if url else text, validate=True)
    except (Base64Error, ValueError):
        return False
    return _IMAGE.match(content) is not None


def _looks_random(word: str) -> bool:
    """Whether a word is more like a token than like anything that people or APIs write.

    >>> _looks_random("Donaudampfschifffahrtsgesellschaft"), _looks_random("kJ8sd_92nfQpL0x7TzVb3mYw")
    (False, True)
    """
    if _UUID.fullmatch(word):
        return False
    if re.fullmatch(r"[0-9a-fA-F]{32,}", word):
        return True
    rest = "".join(part for part in re.split(r"[_.~+-]", word) if not _PLAIN_PART.fullmatch(part))
    digits = sum(map(str.isdigit, rest))
    kinds = sum(any(map(kind, rest)) for kind in (str.islower, str.isupper, str.isdigit))
    if len(rest) < _SHORTEST_RANDOM or kinds < 2 or (kinds == 2 and not 3 <= digits < len(rest) / 2):
        return False
    counts = Counter(rest).values()
    return -sum(count / len(rest) * math.log2(count / len(rest)) for count in counts) >= _RANDOM_BITS


def _shown(secret: str) -> str:
    """Enough of it to be found, too little to be used."""
    return f"'{secret[:6]}...' ({len(secret)} characters)"
