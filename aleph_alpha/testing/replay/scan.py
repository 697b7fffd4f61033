"""`python -m aleph_alpha.testing scan`: what is wrong with cassettes that are about to be committed.

Nothing that looks like a secret may be in them, and every request and response must follow the
contract, so that a cassette cannot go on saying what the API does not say any more.
"""

from __future__ import annotations

import argparse
import json
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from aleph_alpha.testing.replay.file import CassetteError, CassetteFile, Interaction
from aleph_alpha.testing.replay.scrub import BOUNDARY
from aleph_alpha.testing.replay.scrub_find import Finder
from aleph_alpha.testing.server import contract
from aleph_alpha.testing.server.contract import Operation
from aleph_alpha.testing.server.problems import ApiError

__all__ = ["add_arguments", "faults_of", "run", "scan"]

SUFFIXES = (".yaml", ".yml")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="cassettes, or directories of them")
    parser.add_argument(
        "--allow",
        action="append",
        default=[],
        metavar="PATTERN",
        help="regular expression of words that look like a token but are not; may be repeated",
    )
    parser.add_argument(
        "--secrets-only", action="store_true", help="do not compare with the contract (recordings of other versions)"
    )


def run(arguments: argparse.Namespace) -> int:
    """Print what is wrong, a line each. Exit status 1 if anything is, 2 where there is nothing to look at."""
    try:
        findings = list(scan(arguments.paths, allowed=arguments.allow, secrets_only=arguments.secrets_only))
    except (FileNotFoundError, re.error) as error:
        print(f"cannot scan: {error}")
        return 2
    for finding in findings:
        print(finding)
    return 1 if findings else 0


def scan(paths: Iterable[Path], *, allowed: Sequence[str] = (), secrets_only: bool = False) -> Iterator[str]:
    """One line for each thing wrong in the cassettes.

    Raises:
        FileNotFoundError: a path is not there, or there is no cassette below it.
    """
    finder = Finder([os.environ.get("AA_TOKEN", "").strip()], allowed)
    for file in _files(paths):
        try:
            interactions = CassetteFile.read(file).interactions
        except CassetteError as error:
            yield str(error)
            continue
        for number, interaction in enumerate(interactions, 1):
            for finding in faults_of(interaction, finder, secrets_only=secrets_only):
                yield f"{file}, call {number}: {finding}"


def faults_of(interaction: Interaction, finder: Finder, *, secrets_only: bool = False) -> Iterator[str]:
    """What is wrong with one call."""
    path = urlsplit(interaction.uri).path
    secrets = [
        *finder.in_request(interaction.uri, interaction.request_headers, interaction.request_body),
        *finder.in_response(interaction.headers, interaction.body, path),
    ]
    yield from secrets
    if not secrets and not secrets_only:  # what does not follow the contract is shown, and must not be a secret
        yield from _against_contract(interaction, path)


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        files = sorted(each for suffix in SUFFIXES for each in path.rglob(f"*{suffix}")) if path.is_dir() else [path]
        if not files or not files[0].exists():
            raise FileNotFoundError(f"there is no cassette at {path}")
        yield from files


def _against_contract(interaction: Interaction, path: str) -> Iterator[str]:
    operation = _operation(interaction.method, path)
    if operation is None:
        yield f"the contract has no operation {interaction.method} {path}"
        return
    try:
        _check_request(operation, interaction)
    except ApiError as error:
        yield f"the request does not follow the contract: {operation.id}: {error.message}"
    except ValueError as error:
        yield f"the request cannot be read: {operation.id}: {error}"
    media = (interaction.headers.get("content-type") or [""])[0]
    try:
        operation.check_response(interaction.status, media, interaction.body)
    except ValueError as error:
        if interaction.status < 400 or media.startswith("application/json"):  # a proxy's error page has no schema
            yield f"the response does not follow the contract: {error}"


def _check_request(operation: Operation, interaction: Interaction) -> None:
    expected, body = operation.content_type, interaction.request_body
    if expected is None:
        if body:
            raise ValueError("the contract has no body")
    elif expected == "application/json":
        operation.check_body(json.loads(body))
    else:
        parts = _parts(body)
        for name in operation.required_parts():
            if name not in parts:
                raise ValueError(f"the form lacks {name!r}")
        operation.check_part("metadata", json.loads(parts["metadata"]))


def _parts(body: bytes) -> dict[str, bytes]:
    """The parts of a recorded form by name."""
    parts: dict[str, bytes] = {}
    for part in body.split(f"--{BOUNDARY}".encode())[1:-1]:
        head, _, content = part.strip(b"\r\n").partition(b"\r\n\r\n")
        name = re.search(rb'name="([^"]*)"', head)
        if name is not None:
            parts[name.group(1).decode()] = content
    return parts


def _operation(method: str, path: str) -> Operation | None:
    return next(
        (each for pattern, each in _operations() if each.method == method and pattern.fullmatch(path)),
        None,
    )


@cache
def _operations() -> list[tuple[re.Pattern[str], Operation]]:
    return [
        (re.compile(re.sub(r"\\\{[^}]*\\\}", "[^/]+", re.escape(operation.path))), operation)
        for operation in contract.load().operations.values()
    ]
