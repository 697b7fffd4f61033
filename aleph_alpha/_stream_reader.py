"""From the data of events to what a stream is about: what both kinds of stream share. No network."""

from __future__ import annotations

from typing import Protocol, TypeVar

__all__ = ["EVENT_STREAM", "Reader"]

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
