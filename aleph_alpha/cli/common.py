"""What the commands have in common: the client's options, request fields by ``--set``, errors and exit codes."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from typing import Any

from aleph_alpha.errors import (
    APIConnectionError,
    AuthenticationError,
    BusyError,
    InvalidRequestError,
    PermissionDeniedError,
    RateLimitError,
)

__all__ = ["AUTHENTICATION", "BUSY", "FAILURE", "INTERRUPTED", "OK", "PARTLY", "UsageError"]
__all__ += ["add_client_options", "client_options", "code_of", "ended", "field_values"]

OK = 0
FAILURE = 1
USAGE = 2
PARTLY = 3
AUTHENTICATION = 4
BUSY = 75
INTERRUPTED = 130


class UsageError(Exception):
    """The command was called in a way that cannot work."""


def add_client_options(parser: argparse.ArgumentParser) -> None:
    """The options that every command with a client has."""
    group = parser.add_argument_group("connection")
    group.add_argument("--host", help="base URL of the deployment (default: AA_HOST); the token is AA_TOKEN")
    group.add_argument("--debug", action="store_true", help="show the traceback of an error")


def client_options(options: argparse.Namespace) -> dict[str, Any]:
    """Keyword arguments for ``Client.from_env`` and ``AsyncClient.from_env``."""
    return {} if options.host is None else {"host": options.host}


def field_values(assignments: Sequence[str]) -> dict[str, Any]:
    """The request fields of ``--set name=value``; values are JSON, or texts where they are not.

    Raises:
        UsageError: there is no ``=`` in one.

    >>> field_values(["maximum_tokens=8", "stop_sequences=[\\"\\\\n\\"]", "representation=query"])
    {'maximum_tokens': 8, 'stop_sequences': ['\\n'], 'representation': 'query'}
    """
    values: dict[str, Any] = {}
    for assignment in assignments:
        name, equals, value = assignment.partition("=")
        if not equals or not name:
            raise UsageError(f"--set takes NAME=VALUE, got {assignment!r}")
        try:
            values[name] = json.loads(value)
        except ValueError:
            values[name] = value
    return values


def code_of(error: BaseException) -> int:
    """The exit code that tells of an error."""
    if isinstance(error, KeyboardInterrupt):
        return INTERRUPTED
    if isinstance(error, UsageError | InvalidRequestError):
        return USAGE
    if isinstance(error, AuthenticationError | PermissionDeniedError):
        return AUTHENTICATION
    if isinstance(error, BusyError | RateLimitError):
        return BUSY
    cause = getattr(error, "cause", None)  # of a job that was stopped
    return code_of(cause) if isinstance(cause, BaseException) else FAILURE


def ended(error: BaseException, *, debug: bool) -> int:
    """Say on standard error why a command ended, and return its exit code."""
    if isinstance(error, SystemExit):
        raise error
    if debug and not isinstance(error, KeyboardInterrupt):
        raise error
    if isinstance(error, BrokenPipeError) and not isinstance(error, APIConnectionError):
        # Whoever read standard output has gone. Python would say so once more when it flushes at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILURE
    message = "interrupted" if isinstance(error, KeyboardInterrupt) else str(error) or type(error).__name__
    print(f"aleph-alpha: {message}", file=sys.stderr)
    return code_of(error)
