"""The one reader of the recordings of the live API, in the form vcrpy writes them.

    AA_RECORDINGS           the folder with them; `../shared/recordings` beside the project where it is not set
    AA_REQUIRE_RECORDINGS   1: a missing folder fails the tests that need it, in place of skipping them

vcrpy's files need some reading: request bodies are JSON text, or YAML mappings where the recording client handed over
JSON; bodies are text or bytes; a response says gzip in its headers over text that was decoded before it was written.
"""

from __future__ import annotations

import base64
import gzip
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
DEFAULT = ROOT.parent / "shared" / "recordings"
API_ROOT = "/v1"


@dataclass(frozen=True)
class Recording:
    """One request and the response to it."""

    #: Folder, file and, from the second interaction of a file on, its number: `chat/can_chat_with_tools#2`.
    name: str
    method: str
    #: Below the API's root: `/complete`.
    path: str
    query: Mapping[str, str]
    #: The request's body as a JSON value; None if there is none, or it is a form.
    request: Any
    status: int
    #: In lower case. `content-encoding` is left out: the body is decoded.
    headers: Mapping[str, str]
    body: bytes = field(repr=False)

    @property
    def is_stream(self) -> bool:
        return self.headers.get("content-type", "").startswith("text/event-stream")

    @cached_property
    def answer(self) -> Any:
        """The response's body as a JSON value; for a stream a list of its events, for other texts the text."""
        if self.is_stream:
            return list(self._events())
        return json.loads(self.body) if "json" in self.headers.get("content-type", "json") else self.body.decode()

    def _events(self) -> Iterator[Any]:
        """Recorded events are one `data:` line each; how a stream may be written otherwise is the decoder's to test."""
        for line in self.body.decode().splitlines():
            if line.startswith("data:") and (data := line.removeprefix("data:").strip()) != "[DONE]":
                yield json.loads(data)


def recordings() -> tuple[Recording, ...]:
    """All recordings, ordered by name. Where there are none, the test or module that asks is skipped, or fails."""
    folder = Path(os.environ.get("AA_RECORDINGS") or DEFAULT)
    found = _read(folder) if folder.is_dir() else ()
    if not found:
        reason = f"no recordings in {folder}; AA_RECORDINGS names the folder"
        if os.environ.get("AA_REQUIRE_RECORDINGS") == "1":
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason, allow_module_level=True)
    return found


def named(name: str) -> Recording:
    """The recording of this name, with the same rule where it is missing."""
    found = {recording.name: recording for recording in recordings()}
    if name not in found:
        pytest.skip(f"no recording {name}")
    return found[name]


@cache
def _read(folder: Path) -> tuple[Recording, ...]:
    found = []
    for path in sorted(folder.rglob("*.yaml")):
        name = path.relative_to(folder).with_suffix("").as_posix()
        interactions = yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)["interactions"]
        for number, interaction in enumerate(interactions, 1):
            found.append(_recording(name if number == 1 else f"{name}#{number}", interaction))
    return tuple(found)


def _recording(name: str, interaction: Mapping[str, Any]) -> Recording:
    request, response = interaction["request"], interaction["response"]
    url = urlsplit(request["uri"])
    headers = _headers(response)
    body = _bytes(response["body"])
    if headers.pop("content-encoding", "") == "gzip" and body.startswith(b"\x1f\x8b"):
        body = gzip.decompress(body)
    return Recording(
        name=name,
        method=request["method"],
        path=url.path.removeprefix(API_ROOT),
        query=dict(parse_qsl(url.query)),
        request=_json(request.get("body"), _headers(request).get("content-type", "json")),
        status=response["status"]["code"],
        headers=headers,
        body=body,
    )


def _headers(message: Mapping[str, Any]) -> dict[str, str]:
    headers = message.get("headers") or {}
    return {name.lower(): values if isinstance(values, str) else ", ".join(values) for name, values in headers.items()}


def _json(body: Any, content_type: str) -> Any:
    """A request's body: JSON text, or what the YAML holds in its place."""
    if isinstance(body, bytes | str):
        return json.loads(body) if body and "json" in content_type else None
    return body


def _bytes(body: Mapping[str, Any]) -> bytes:
    if "base64_string" in body:
        return base64.b64decode(body["base64_string"])
    text: str | bytes = body.get("string") or b""
    return text if isinstance(text, bytes) else text.encode()
