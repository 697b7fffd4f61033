"""Takes tokens, cookies and the host out of what is about to be written into a cassette.

Headers are kept by name, so that one nobody thought of is dropped; everything else is kept
unless it is known to be secret: the token that a request carried (as it is, percent-encoded, or
inside base64), fields that hold a secret by their name, and the address of the deployment.
"""

from __future__ import annotations

import gzip
import json
import re
import zlib
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, parse_qsl, quote, urlencode, urlsplit

from aleph_alpha._http.exchange import OTHER_AGENTS

__all__ = ["BOUNDARY", "KEPT_HEADERS", "REMOVED", "REPLAY_HOST", "Scrubber", "base64_forms", "is_secret_field"]

REPLAY_HOST = "https://aleph-alpha.invalid"
"""The host of a client whose calls are replayed: a name that can never exist."""
REMOVED = "removed"
BOUNDARY = "aleph-alpha-boundary"  # of every multipart body
KEPT_HEADERS = ("content-type", "retry-after")

_SHORTEST_SECRET = 8  # anything shorter cannot be told from ordinary text
_SECRET_FIELD = re.compile(
    r"pass(word|wd|phrase)|(api|access|private|secret)[-_]?key|(access|refresh|id|auth|session|bearer)[-_]?token"
    r"|client[-_]?secret|secret|authorization|cookie|credentials?",
    re.IGNORECASE,
)
_ACCOUNT_FIELDS = frozenset({"token", "email"})  # secret only where the API talks about accounts


def is_secret_field(name: str, path: str = "") -> bool:
    """Whether a field (of JSON, a query or headers) holds a secret by its name.

    >>> is_secret_field("api_key"), is_secret_field("tokens"), is_secret_field("token", "/users/me/tokens")
    (True, False, True)
    """
    return bool(_SECRET_FIELD.fullmatch(name)) or (path.startswith("/users/") and name in _ACCOUNT_FIELDS)


def base64_forms(secret: str) -> Iterator[str]:
    """What the secret looks like inside base64, wherever in the encoded bytes it begins.

    >>> any(form in "eyJrZXkiOiAibXktc2VjcmV0LXRva2VuIn0=" for form in base64_forms("my-secret-token"))
    True
    """
    for offset in range(3):
        padded = bytes(offset) + secret.encode()
        whole = slice(-(-offset * 8 // 6), len(padded) * 8 // 6)  # characters that the secret alone decides
        for encode in (b64encode, urlsafe_b64encode):
            yield encode(padded)[whole].decode()


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A request as a cassette has it: the path is the endpoint's, whatever the host's own path is."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]
    body: bytes

    @property
    def uri(self) -> str:
        """The address that is written: no real host."""
        return REPLAY_HOST + self.path + (f"?{urlencode(self.query)}" if self.query else "")


class Scrubber:
    """Cleans requests and responses; learns the secrets from the requests.

    Args:
        base_urls: addresses of deployments, whose path is not part of an endpoint's.
        headers: names to keep besides `KEPT_HEADERS`.
    """

    def __init__(self, base_urls: Iterable[str] = (), headers: Iterable[str] = ()) -> None:
        self._prefixes = [path for url in base_urls if (path := urlsplit(url).path.rstrip("/"))]
        self._kept = {name.lower() for name in (*KEPT_HEADERS, *headers)}
        self._replacements: dict[bytes, bytes] = {}
        for url in base_urls:
            self._learn_host(urlsplit(url))

    def request(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Cleaned | None:
        """The request without secrets; ``None`` when it is not one of this package's API calls."""
        lower = {name.lower(): value for name, value in headers.items()}
        agent = lower.get("user-agent", "")
        if not (agent.startswith("aleph-alpha/") or agent in OTHER_AGENTS) or "authorization" not in lower:
            return None
        parts = urlsplit(url)
        self._learn_host(parts)
        self._learn(lower["authorization"].rpartition(" ")[2])
        path = self._endpoint(parts.path)
        kept = {name: value for name, value in lower.items() if name in self._kept}
        if "content-type" in kept:
            kept["content-type"], body = _one_boundary(kept["content-type"], body)
        query = sorted(
            (name, REMOVED if is_secret_field(name) or name == "token" else self._text(value))
            for name, value in parse_qsl(parts.query, keep_blank_values=True)
        )
        kept = {name: self._text(value) for name, value in kept.items()}
        return Cleaned(method, self._text(path), tuple(query), kept, self._body(body, path))

    def response(self, response: Mapping[str, Any], path: str) -> dict[str, Any]:
        """A response in vcrpy's form without secrets, its content no longer compressed."""
        headers = {name.lower(): [str(value) for value in values] for name, values in response["headers"].items()}
        body = _decompressed(response["body"]["string"] or b"", headers.get("content-encoding", []))
        kept = {name: [self._text(value) for value in values] for name, values in headers.items() if name in self._kept}
        return {"status": dict(response["status"]), "headers": kept, "body": {"string": self._body(body, path)}}

    @property
    def secrets(self) -> list[str]:
        """What was learnt, longest first: never to be shown, only to be searched for."""
        return sorted((form.decode("latin-1") for form in self._replacements), key=len, reverse=True)

    def _endpoint(self, path: str) -> str:
        for prefix in self._prefixes:
            if path.startswith(prefix + "/"):
                return path[len(prefix) :]
        return path.removeprefix("/v1") if path.startswith("/v1/") else path

    def _learn(self, secret: str) -> None:
        if len(secret) < _SHORTEST_SECRET or secret.encode() in self._replacements:
            return
        forms = {secret.encode(): REMOVED.encode(), quote(secret, safe="").encode(): REMOVED.encode()}
        for form in base64_forms(secret):
            forms[form.encode()] = b"A" * len(form)  # still base64 afterwards
        self._replacements = {**self._replacements, **forms}

    def _learn_host(self, parts: SplitResult) -> None:
        invalid = REPLAY_HOST.partition("://")[2].encode()
        host = parts.hostname or ""
        learnt = {parts.netloc.rpartition("@")[2].encode(): invalid}
        if parts.scheme:
            learnt[f"{parts.scheme}://{parts.netloc}".encode()] = REPLAY_HOST.encode()
        if re.search(r"[a-z]", host) and "." in host:  # a name of its own, not localhost and no address
            learnt[host.encode()] = invalid
        new = {form: clean for form, clean in learnt.items() if form and invalid not in form}
        if new.keys() - self._replacements.keys():
            self._replacements = {**self._replacements, **new}

    def _body(self, body: bytes, path: str) -> bytes:
        if body[:1] in (b"{", b"["):
            body = _without_secret_fields(body, path)
        return self._bytes(body)

    def _text(self, text: str) -> str:
        return self._bytes(text.encode()).decode()

    def _bytes(self, data: bytes) -> bytes:
        for form, clean in sorted(self._replacements.items(), key=lambda entry: -len(entry[0])):
            if form in data:
                data = data.replace(form, clean)
        return data


def _one_boundary(content_type: str, body: bytes) -> tuple[str, bytes]:
    """A multipart body with a boundary that is always the same; anything else as it is."""
    match = re.search(r'^multipart/.*boundary="?([^";]+)"?', content_type, re.IGNORECASE)
    if match is None:
        return content_type, body
    boundary = match.group(1)
    return content_type.replace(boundary, BOUNDARY), body.replace(f"--{boundary}".encode(), f"--{BOUNDARY}".encode())


def _decompressed(body: bytes, encodings: Iterable[str]) -> bytes:
    unpack: dict[str, Callable[[bytes], bytes]] = {"gzip": gzip.decompress, "deflate": zlib.decompress}
    for encoding in reversed([name.strip().lower() for value in encodings for name in value.split(",")]):
        try:
            body = unpack.get(encoding, bytes)(body)
        except (OSError, EOFError, zlib.error):
            return body  # a recorder that sits above the decoder sees plain content with the old header
    return body


def _without_secret_fields(body: bytes, path: str) -> bytes:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return body
    cleaned, changed = _cleaned(value, path)
    return json.dumps(cleaned, ensure_ascii=False, separators=(",", ":")).encode() if changed else body


def _cleaned(value: Any, path: str) -> tuple[Any, bool]:
    if isinstance(value, dict):
        pairs = {
            name: (REMOVED, child != REMOVED)
            if isinstance(child, str) and child and is_secret_field(name, path)
            else _cleaned(child, path)
            for name, child in value.items()
        }
        return {name: child for name, (child, _) in pairs.items()}, any(changed for _, changed in pairs.values())
    if isinstance(value, list):
        items = [_cleaned(child, path) for child in value]
        return [child for child, _ in items], any(changed for _, changed in items)
    return value, False
