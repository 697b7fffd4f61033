"""What an explanation explains, kept beside it: scores hold places in a text, not the text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from aleph_alpha._call.beside import Beside
from aleph_alpha.prompt.prompt import Prompt

__all__ = ["Source", "located", "sources"]


class Source(NamedTuple):
    """The prompt and the whole target of the request; `start` is where in it the explained part begins.

    Both may be unknown: an explanation knows the part that it explains only.
    """

    prompt: Prompt
    target: str | None
    start: int | None


sources: Beside[Source] = Beside()


def located(prompt: Prompt, target: str, parts: Sequence[str]) -> Iterator[Source]:
    """The sources of the explanations of one response, whose targets are the parts of a target.

    >>> [source.start for source in located(Prompt.from_text("I like"), " pizza", [" piz", "za"])]
    [0, 4]
    """
    at: int | None = 0
    for part in parts:
        if at is not None and not target.startswith(part, at):
            at = None
        yield Source(prompt, target, at)
        at = None if at is None else at + len(part)
