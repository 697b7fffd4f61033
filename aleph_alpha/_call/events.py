"""From the data of events to what a stream is about: what both kinds of stream share. No network."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, TypeVar

import orjson

from aleph_alpha.errors import ResponseError, StreamError

__all__ = ["EVENT_STREAM", "AnswerReader", "Reader", "read_json", "refuse_error"]

EVENT_STREAM = "text/event-stream"

E_co = TypeVar("E_co", covariant=True)
R_co = TypeVar("R_co", covariant=True)


class Reader(Protocol[E_co]):
    """Takes the data of one event after the other.

    Attributes:
        done: the last event has come.
    """

    done: bool

    def feed(self, data: bytes) -> Sequence[E_co]:
        """What an event says; nothing where it is of no interest.

        Raises:
            StreamError: it is an error that the server reports.
            ResponseError: it is not what the contract says.
        """
        ...


class AnswerReader(Reader[E_co], Protocol[E_co, R_co]):
    """Keeps what the events add up to, too."""

    def pieces(self, index: int) -> list[str]:
        """The text of one answer so far; the list grows."""
        ...

    def final(self) -> R_co:
        """What a call without a stream would have returned."""
        ...


def read_json(operation: str, data: bytes) -> Any:
    """The JSON of an event.

    Raises:
        ResponseError: it is no JSON.
    """
    try:
        return orjson.loads(data)
    except ValueError as error:
        raise ResponseError(f"{operation}: an event of the stream is no JSON: {error}", body=data) from None


def refuse_error(operation: str, json: Any) -> None:
    """Raise what the server reports, as the API words it (`error`, `code`) or as other servers do.

    Raises:
        StreamError: it is an error.
    """
    error = json.get("error") if isinstance(json, dict) else None
    if not error:
        return
    code = json.get("code")
    if isinstance(error, dict):
        code = error.get("code") or error.get("type") or code
        error = error.get("message") or error
    named = f" {code}" if code else ""
    raise StreamError(f"{operation}: the server reports{named}: {error}", code=None if code is None else str(code))
