"""Reading an OpenAPI document from a file or a URL, as JSON values, or saying in one line why it cannot be read."""

from __future__ import annotations

import json
import re
import time
import urllib.error
import urllib.request
from collections.abc import Hashable
from http.client import HTTPException
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from yaml import SafeLoader as _SafeLoader
else:  # the same in C, where PyYAML was built with libyaml
    _SafeLoader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Json = dict[str, Any]

TIMEOUT_SECONDS = 30
LARGEST_BYTES = 20_000_000
MOST_VALUES = 1_000_000  # YAML aliases make large things out of small files
DEEPEST = 200


# Redirects are followed, but not into another scheme: this one has no handler for files and FTP.
_OPENER = urllib.request.OpenerDirector()
for _handler in (
    urllib.request.ProxyHandler,
    urllib.request.HTTPHandler,
    urllib.request.HTTPSHandler,
    urllib.request.HTTPDefaultErrorHandler,
    urllib.request.HTTPRedirectHandler,
    urllib.request.HTTPErrorProcessor,
    urllib.request.UnknownHandler,
):
    _OPENER.add_handler(_handler())


class SpecError(Exception):
    """A document that cannot be compared. The message is one line for the user."""


class _Loader(_SafeLoader):
    """YAML as in version 1.2: `no` and `2024-01-01` are texts. A key that comes twice is an error."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode):
                if key.value in seen:
                    raise yaml.constructor.ConstructorError(
                        None, None, f"the key {key.value!r} comes twice", key.start_mark
                    )
                seen.add(key.value)
        return super().construct_mapping(node, deep)


_Loader.yaml_implicit_resolvers = {
    first: [
        (tag, pattern)
        for tag, pattern in resolvers
        if tag not in ("tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:bool")
    ]
    for first, resolvers in _SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:bool", re.compile("^(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF")
)


def load(source: str) -> Json:
    """The OpenAPI 3.0 or 3.1 document at a path or an http(s) URL, in JSON or YAML."""
    text = _fetch(source) if "://" in source else _read(source)
    document = _json_values(_parse(text, source), source)
    if not isinstance(document, dict):
        raise SpecError(f"{source}: not an OpenAPI document: a mapping is expected, this is {_kind(document)}")
    if "swagger" in document:
        raise SpecError(f"{source}: OpenAPI {document['swagger']} (Swagger) is not supported; 3.0 or 3.1 is needed")
    version = str(document.get("openapi", ""))
    if not version:
        raise SpecError(f"{source}: not an OpenAPI document: the key `openapi` is missing")
    if not version.startswith(("3.0", "3.1")):
        raise SpecError(f"{source}: OpenAPI {version} is not supported; 3.0 or 3.1 is needed")
    if not isinstance(document.get("paths"), dict):
        raise SpecError(f"{source}: not an OpenAPI document: the mapping `paths` is missing")
    return document


def load_yaml(path: Path) -> Any:
    """The value in a YAML file of the project's own."""
    return _json_values(_parse(_read(str(path)), str(path)), str(path))


def _read(path: str) -> str:
    try:
        return _decode(Path(path).read_bytes(), path)
    except OSError as error:
        raise SpecError(f"{path}: cannot be read: {error.strerror or error}") from None


def _fetch(url: str) -> str:
    if not url.lower().startswith(("http://", "https://")):
        raise SpecError(f"{url}: cannot be read: only paths and http(s) URLs can")
    try:
        request = urllib.request.Request(url, headers={"Accept": "application/yaml, application/json, */*"})  # noqa: S310
        late = time.monotonic() + TIMEOUT_SECONDS  # urllib's own bound is one for each step
        body = b""
        with _OPENER.open(request, timeout=TIMEOUT_SECONDS) as answer:
            while len(body) <= LARGEST_BYTES and (part := answer.read1(LARGEST_BYTES)):
                body += part
                if time.monotonic() > late:
                    raise SpecError(f"{url}: cannot be read: not whole after {TIMEOUT_SECONDS} s")
            if answer.length and len(body) <= LARGEST_BYTES:
                raise SpecError(f"{url}: cannot be read: it broke off after {len(body):,} bytes")
    except urllib.error.HTTPError as error:
        error.close()
        raise SpecError(f"{url}: cannot be read: the server answered {error.code}") from None
    except urllib.error.URLError as error:
        raise SpecError(f"{url}: cannot be read: {_one_line(error.reason)}") from None
    except (OSError, HTTPException, ValueError) as error:
        raise SpecError(f"{url}: cannot be read: {_one_line(error) or type(error).__name__}") from None
    if len(body) > LARGEST_BYTES:
        raise SpecError(f"{url}: cannot be read: more than {LARGEST_BYTES:,} bytes")
    return _decode(body, url)


def _decode(body: bytes, source: str) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SpecError(f"{source}: cannot be read: not UTF-8 (byte {error.start})") from None


def _parse(text: str, source: str) -> object:
    if text.lstrip().startswith("{"):
        try:
            return json.loads(text, object_pairs_hook=_unique)
        except ValueError:
            pass  # a YAML flow mapping begins with a brace, too
        except RecursionError:
            raise SpecError(f"{source}: nested too deeply") from None
    try:
        depth = 0
        for event in yaml.parse(text, Loader=_Loader):  # the loader in C ends the process where nesting is too deep
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > DEEPEST:
                raise SpecError(f"{source}: nested too deeply")
        return yaml.load(text, Loader=_Loader)  # noqa: S506 - derived from the safe loader
    except yaml.MarkedYAMLError as error:
        at = (
            f" (line {error.problem_mark.line + 1}, column {error.problem_mark.column + 1})"
            if error.problem_mark
            else ""
        )
        raise SpecError(f"{source}: neither JSON nor YAML: {_one_line(error.problem)}{at}") from None
    except (yaml.YAMLError, ValueError) as error:
        raise SpecError(f"{source}: neither JSON nor YAML: {_one_line(error)}") from None
    except RecursionError:
        raise SpecError(f"{source}: nested too deeply") from None


def _json_values(value: object, source: str) -> Any:
    """The same with text keys only (YAML reads the status `200` as a number), refusing what JSON does not have."""
    left = MOST_VALUES

    def convert(value: object, depth: int) -> Any:
        nonlocal left
        left -= 1
        if left < 0:
            raise SpecError(f"{source}: too large: more than {MOST_VALUES:,} values")
        if depth > DEEPEST:
            raise SpecError(f"{source}: nested too deeply")
        if isinstance(value, dict):
            return {_key(key): convert(child, depth + 1) for key, child in value.items()}
        if isinstance(value, list):
            return [convert(child, depth + 1) for child in value]
        if value is None or isinstance(value, str | int | float):
            return value
        raise SpecError(f"{source}: not JSON: it holds {_kind(value)}")

    return convert(value, 0)


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    keys = dict(pairs)
    if len(keys) < len(pairs):
        raise ValueError("a key comes twice")  # the YAML reader says which, and where
    return keys


def _key(key: Hashable) -> str:
    return key if isinstance(key, str) else json.dumps(key)


def _kind(value: object) -> str:
    names = {list: "a list", str: "a text", bool: "a boolean", int: "a number", float: "a number", type(None): "empty"}
    return names.get(type(value), f"a value of type {type(value).__name__}")


def _one_line(message: object) -> str:
    return " ".join(str(message).split())
