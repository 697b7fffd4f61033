"""The form of a cassette file: vcrpy's own, readable by anything that reads those, with a note of its origin.

What the API sent is kept to the byte. Text is written as text (a line of the body is a line of
the file); a response above 32 kB, such as a batch of embeddings, is compressed and marked as
``content-encoding: gzip``, which every HTTP client undoes. That is about half of what the plain
numbers take, and loses nothing: rounding or cutting vectors would make a recording into something
that no server has said.
"""

from __future__ import annotations

import gzip
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from aleph_alpha._runtime.files import replace_file

__all__ = ["CassetteError", "CassetteFile", "Interaction"]

_COMPRESSED_FROM = 32 * 1024  # bytes of a response's body
_VERSION = 1  # of vcrpy's form


class CassetteError(Exception):
    """A cassette that cannot be read, or must not be written. The message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Interaction:
    """One request and its response, clean."""

    method: str
    uri: str
    request_headers: Mapping[str, str]
    request_body: bytes
    status: int
    reason: str
    headers: Mapping[str, Sequence[str]]
    body: bytes

    def to_yaml(self) -> dict[str, Any]:
        """As vcrpy writes it."""
        headers = {name: list(values) for name, values in self.headers.items()}
        body: Any = _text(self.body)
        if len(self.body) >= _COMPRESSED_FROM:
            headers["content-encoding"] = ["gzip"]
            body = gzip.compress(self.body, 9, mtime=0)
        return {
            "request": {
                "method": self.method,
                "uri": self.uri,
                "headers": {name: [value] for name, value in self.request_headers.items()},
                "body": _text(self.request_body) if self.request_body else None,
            },
            "response": {
                "status": {"code": self.status, "message": self.reason},
                "headers": headers,
                "body": {"string": body},
            },
        }

    @classmethod
    def from_yaml(cls, entry: Mapping[str, Any]) -> Interaction:
        """Reads what :meth:`to_yaml` and vcrpy write."""
        request, response = entry["request"], entry["response"]
        headers = {name.lower(): _values(values) for name, values in (response.get("headers") or {}).items()}
        body = _bytes(response["body"]["string"])
        if headers.get("content-encoding") == ["gzip"] and body[:2] == b"\x1f\x8b":
            del headers["content-encoding"]
            body = gzip.decompress(body)
        return cls(
            method=request["method"],
            uri=request["uri"],
            request_headers={name.lower(): _values(v)[0] for name, v in (request.get("headers") or {}).items()},
            request_body=_bytes(request.get("body")),
            status=int(response["status"]["code"]),
            reason=response["status"].get("message") or "",
            headers=headers,
            body=body,
        )


@dataclass(frozen=True, slots=True)
class CassetteFile:
    """All interactions of one test, and where they were recorded."""

    recorded_from: str
    interactions: Sequence[Interaction]

    @classmethod
    def read(cls, path: Path) -> CassetteFile:
        """Reads a file.

        Raises:
            CassetteError: it is not there or no cassette.
        """
        try:
            document = yaml.load(path.read_text("utf-8"), Loader=_SafeLoader)  # noqa: S506 (a safe loader)
        except FileNotFoundError:
            raise CassetteError(f"There is no cassette {path}; record it: pytest --aleph-alpha-record") from None
        except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
            raise CassetteError(f"{path} cannot be read as a cassette: {error}") from error
        try:
            interactions = [Interaction.from_yaml(entry) for entry in document["interactions"]]
        except (KeyError, TypeError, ValueError, AttributeError, OSError, EOFError) as error:
            raise CassetteError(f"{path} is not a cassette: {type(error).__name__}: {error}") from error
        return cls(str(document.get("recorded_from") or "unknown"), interactions)

    def write(self, path: Path, *, max_kilobytes: float) -> None:
        """Writes a file, whole or not at all; equal interactions give equal bytes.

        Raises:
            CassetteError: it would be larger than `max_kilobytes`.
        """
        document = {
            "recorded_from": self.recorded_from,
            "version": _VERSION,
            "interactions": [interaction.to_yaml() for interaction in self.interactions],
        }
        text = yaml.dump(document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=2**31 - 1)
        size = len(text.encode("utf-8"))
        if size > max_kilobytes * 1000:
            largest = max(self.interactions, key=lambda each: len(each.body) + len(each.request_body))
            raise CassetteError(
                f"{path} would have {size / 1000:,.0f} kB, but {max_kilobytes:,.0f} are allowed. The largest call is "
                f"{largest.method} {largest.uri} ({len(largest.request_body):,} bytes sent, {len(largest.body):,} "
                "received). Record fewer or smaller things: compress_to_size=128 and a few prompts for embeddings, a "
                "small image; or raise the limit (aleph_alpha_cassette_max_kb in the pytest configuration)."
            )
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, text.encode("utf-8"))


def _text(data: bytes) -> str | bytes:
    """Text where it can be, and where YAML gives it back to the byte."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return data
    return data if any(char in text for char in "\ufeff\ufffe\uffff") else text


def _bytes(value: Any) -> bytes:
    if value is None:
        return b""
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")


def _values(value: Any) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else [str(value)]


_SafeLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_BaseDumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


class _Dumper(_BaseDumper):  # type: ignore[misc]
    """Writes long text as a block, in which nothing is quoted or folded."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _represent_text(dumper: Any, text: str) -> Any:
    style = "|" if "\n" in text or len(text) > 60 else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _represent_text)
