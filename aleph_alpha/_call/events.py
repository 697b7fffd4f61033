"""From the data of events to what a stream is about: what both kinds of stream share. No network."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, TypeVar

import orjson

from aleph_alpha.errors import ResponseError, StreamError

__all__ = ["CONTINUED", "EVENT_STREAM", "Halves", "Reader", "ResponseReader", "read_json", "refuse_error"]

EVENT_STREAM = "text/event-stream"

E_co = TypeVar("E_co", covariant=True)
R_co = TypeVar("R_co", covariant=True)


class Reader(Protocol[E_co]):
    """Takes the data of one event after the other.

    Attributes:
        done: the last event has come.
        unknown: events of kinds that the reader does not know, as they came.
    """

    done: bool
    unknown: list[Any]

    def feed(self, data: bytes) -> Sequence[E_co]:
        """What an event says; nothing where it is of no interest.

        Raises:
            StreamError: it is an error that the server reports.
            ResponseError: it is not what the contract says.
        """
        ...

    def so_far(self, events: Sequence[Any]) -> Any:
        """What has come, in the form of what a call without a stream returns; None where that is nothing yet.

        `events` are those that were given out. A text that has not ended has the finish reason None.
        """
        ...


class ResponseReader(Reader[E_co], Protocol[E_co, R_co]):
    """Keeps what the events add up to, too."""

    def pieces(self, index: int) -> list[str]:
        """The text of one response so far; the list grows."""
        ...

    def final(self) -> R_co:
        """What a call without a stream would have returned."""
        ...


def read_json(operation: str, data: bytes) -> tuple[Any, bool]:
    """The JSON of an event, and whether it was as usual; see ``aleph_alpha_api.tolerant.loads``.

    Raises:
        ResponseError: it is no JSON.
    """
    try:
        return orjson.loads(data), True
    except ValueError as error:
        from aleph_alpha_api.errors import DecodeError
        from aleph_alpha_api.tolerant import loads

        try:
            return loads(data)
        except DecodeError:
            pass
        raise ResponseError(f"{operation}: an event of the stream is no JSON: {error}", body=data) from None


#: Members of events whose text goes on in the next event, even in the middle of a character.
CONTINUED = frozenset({"content", "arguments", "completion", "raw_completion"})


class Halves:
    r"""Joins characters that were cut in two, as a surrogate pair that was escaped half in one event, half in the next.

    >>> halves = Halves()
    >>> halves.joined("text", "so \ud83d"), halves.joined("text", "\ude00!") == "\N{GRINNING FACE}!"
    ('so ', True)
    """

    def __init__(self) -> None:
        self._held: dict[Any, str] = {}

    def __bool__(self) -> bool:
        return bool(self._held)

    def joined(self, place: Any, text: str) -> str:
        """The next piece of the text of a place, without the half character that it ends in."""
        text = self._held.pop(place, "") + text
        if text.isascii():
            return text
        if "\ud800" <= text[-1] <= "\udbff":
            self._held[place] = text[-1]
            text = text[:-1]
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")

    def rest(self, place: Any) -> str:
        """What stands for the half whose other half never came; mostly nothing."""
        return "\ufffd" if self._held.pop(place, None) else ""


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
