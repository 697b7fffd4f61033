"""From the data of events to what a stream is about: what both kinds of stream share. No network."""

from __future__ import annotations

from typing import Any, Protocol, TypeVar

from aleph_alpha.errors import ResponseError, StreamError

__all__ = ["EVENT_STREAM", "Reader", "read_json"]

EVENT_STREAM = "text/event-stream"

E = TypeVar("E")
R_co = TypeVar("R_co", covariant=True)


class Reader(Protocol[E, R_co]):
    """Takes the data of one event after the other, and keeps what they add up to.

    Attributes:
        done: the last event has come.
    """

    done: bool

    def feed(self, data: bytes) -> list[E]:
        """What an event says; nothing where it is of no interest.

        Raises:
            StreamError: it is an error that the server reports.
            ResponseError: it is not what the contract says.
        """
        ...

    def pieces(self, index: int) -> list[str]:
        """The text of one answer so far; the list grows."""
        ...

    def final(self) -> R_co:
        """What a call without a stream would have returned."""
        ...


def read_json(operation: str, data: bytes) -> Any:
    """The JSON of an event.

    Raises:
        StreamError: it is an error that the server reports.
        ResponseError: it is no JSON.
    """
    import orjson

    try:
        json = orjson.loads(data)
    except ValueError as error:
        raise ResponseError(f"{operation}: an event of the stream is no JSON: {error}", body=data) from None
    if type(json) is dict and "error" in json and json["error"]:
        raise reported(operation, json)
    return json


def reported(operation: str, json: dict[str, Any]) -> StreamError:
    """The error for an error object, as the API words it (`error`, `code`) or as other servers do."""
    error, code = json["error"], json.get("code")
    if isinstance(error, dict):
        code = error.get("code") or error.get("type") or code
        error = error.get("message") or error
    named = f" {code}" if code else ""
    return StreamError(f"{operation}: the server reports{named}: {error}", code=None if code is None else str(code))
