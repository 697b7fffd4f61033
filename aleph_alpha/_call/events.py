"""From the data of events to what a stream is about: what both kinds of stream share. No network."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar

__all__ = ["EVENT_STREAM", "AnswerReader", "Reader"]

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
