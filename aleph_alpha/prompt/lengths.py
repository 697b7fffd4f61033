"""How many tokens a text or a prompt has, and texts cut so that each part fits."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, get_args

from aleph_alpha._call.checks import check_field, checked_string, checked_tokenizer, describe, integer, refuse
from aleph_alpha.errors import InvalidRequestError
from aleph_alpha.prompt.image import Image
from aleph_alpha.prompt.prompt import Prompt, as_item
from aleph_alpha.prompt.sentences import Unit, ends
from aleph_alpha.prompt.tokens import Tokens

if TYPE_CHECKING:
    from tokenizers import Tokenizer

__all__ = ["IMAGE_TOKENS", "TextPart", "count_tokens", "join_text", "split_text"]

IMAGE_TOKENS = 144
"""Tokens of an image, whatever its size: "Each image is converted into 144 tokens" (documentation of /embed)."""


def count_tokens(prompt: Prompt | str, tokenizer: Tokenizer) -> int:
    """How many tokens the prompt has: its texts by the tokenizer, each item by itself, and 144 for an image.

    Raises:
        InvalidRequestError: no prompt and no text, no tokenizer, or an item that cannot be counted.

    >>> count_tokens(Prompt(["An apple", [7, 8]]), client.tokenizer("toy-base"))
    4
    """
    checked_tokenizer(tokenizer, "tokenizer")
    if isinstance(prompt, str):
        return _text_tokens(checked_string(prompt, "prompt"), tokenizer)
    if not isinstance(prompt, Prompt):
        refuse("prompt", "a Prompt or a text", prompt)
    count = 0
    for index, given in enumerate(prompt.items):
        item = as_item(given, f"prompt.items[{index}]")
        if isinstance(item, Image):
            count += IMAGE_TOKENS
        elif isinstance(item, Tokens):
            count += len(item.tokens)
        else:
            count += _text_tokens(checked_string(item.text, f"prompt.items[{index}].text"), tokenizer)
    return count


def _text_tokens(text: str, tokenizer: Tokenizer) -> int:
    return len(tokenizer.encode(text, add_special_tokens=False).ids)


class TextPart(str):
    """A part of a text: a string that knows where it was.

    Attributes:
        start, end: of its characters in the text, the first, and the one after the last.

    >>> part = TextPart("day", 11)
    >>> part, part.start, part.end
    ('day', 11, 14)
    """

    __slots__ = ("start",)
    start: int

    def __new__(cls, text: str, start: int) -> TextPart:
        part = super().__new__(cls, text)
        part.start = start
        return part

    @property
    def end(self) -> int:
        """The character after its last one."""
        return self.start + len(self)

    def __getnewargs__(self) -> tuple[str, int]:  # type: ignore[override]
        return str(self), self.start


def split_text(
    text: str, tokenizer: Tokenizer, max_tokens: int, overlap: int = 0, *, by: Unit = "sentence"
) -> list[TextPart]:
    """The text in parts of at most `max_tokens` tokens each. No character is lost: see :func:`join_text`.

    A part ends with a unit, as many of them as fit; a unit that does not fit into a part of its own is cut into
    finer ones. White space stays with what it follows. Takes two to four times as long as to encode the text.

    Args:
        text: what to split.
        tokenizer: counts the tokens, as ``Client.tokenizer(model)`` does.
        max_tokens: tokens of a part at most, 1 or more.
        overlap: tokens at most, fewer than `max_tokens`, that a part repeats from the end of the part before it:
            whole units where they fit, else words. There is none where a unit would not fit otherwise.
        by: the unit: ``"paragraph"``, ``"sentence"``, ``"word"`` or ``"character"``.

    Raises:
        InvalidRequestError: no tokenizer, an argument out of bounds, or a character of more tokens than `max_tokens`.

    >>> parts = split_text("An apple a day. The early bird!", client.tokenizer("toy-base"), max_tokens=7)
    >>> parts
    ['An apple a day. ', 'The early bird!']
    >>> "".join(parts)
    'An apple a day. The early bird!'
    """
    checked_string(text, "text")
    checked_tokenizer(tokenizer, "tokenizer")
    for name, value, least in (("max_tokens", max_tokens, 1), ("overlap", overlap, 0)):
        check_field(value, integer, name)
        if value < least:
            raise InvalidRequestError(f"{name} must be {least} or greater, got {value}")
    if overlap >= max_tokens:
        raise InvalidRequestError(f"overlap must be less than max_tokens, which is {max_tokens}, got {overlap}")
    if by not in _UNITS:
        raise InvalidRequestError(f"by must be one of {', '.join(_UNITS)}, got {describe(by)}")
    return list(_Splitter(text, tokenizer, max_tokens, overlap, by).parts()) if text else []


def join_text(parts: Iterable[TextPart]) -> str:
    """The text of its parts, without what overlaps.

    Raises:
        InvalidRequestError: no parts of a text; a part is missing, or has another text where it overlaps.

    >>> join_text([TextPart("An apple a ", 0), TextPart("a day", 9)])
    'An apple a day'
    """
    text = ""
    if isinstance(parts, str) or not isinstance(parts, Iterable):
        refuse("parts", "the parts of a text, as of split_text", parts)
    for index, part in enumerate(parts):
        if not isinstance(part, TextPart):
            refuse(f"parts[{index}]", "a TextPart, as of split_text", part)
        if part.start > len(text):
            raise InvalidRequestError(f"parts[{index}] begins at {part.start}, the parts before it end at {len(text)}")
        shared = len(text) - part.start
        if text[part.start :] != part[:shared]:
            raise InvalidRequestError(f"parts[{index}] is not of the same text as the parts before it")
        text += part[shared:]
    return text


_UNITS: tuple[Unit, ...] = get_args(Unit)  # the coarse ones first
_APART = 16  # tokens by which a part by itself may differ from the same in the text, however short it is


class _Splitter:
    def __init__(self, text: str, tokenizer: Tokenizer, most: int, overlap: int, by: Unit) -> None:
        self._text = text
        self._tokenizer = tokenizer
        self._most = most
        self._overlap = overlap
        self._ends = {unit: ends(text, unit) for unit in _UNITS[_UNITS.index(by) :]}
        # Where tokens begin, to guess from: a part by itself can have a few more or fewer.
        self._tokens = sorted(start for start, _ in tokenizer.encode(text, add_special_tokens=False).offsets)

    def parts(self) -> Iterator[TextPart]:
        start = end = 0
        while end < len(self._text):
            start, end = self._next(start, end)
            yield TextPart(self._text[start:end], start)
            start = self._repeated(start, end) if self._overlap else end

    def _next(self, start: int, before: int) -> tuple[int, int]:
        """Where the next part begins and ends; `start` is where it should begin, `before` the latest that it can."""
        for positions in self._ends.values():
            for first in dict.fromkeys((start, before)):
                end = self._furthest(positions, first, before)
                if end is not None:
                    return first, end
        character = self._text[before]
        count = self._count(before, before + 1)
        raise InvalidRequestError(
            f"max_tokens must be {count} or greater for the character {character!r} at {before}, got {self._most}"
        )

    def _furthest(self, positions: list[int], start: int, after: int) -> int | None:
        """The last of the positions up to which it fits, and that is after another place."""
        low = bisect_right(positions, after)
        token = bisect_left(self._tokens, start) + self._most
        guess = bisect_right(positions, self._tokens[token]) if token < len(self._tokens) else len(positions)
        index = max(guess - 1, low)
        if index >= len(positions):
            return None
        if self._fits(start, positions[index]):
            while index + 1 < len(positions) and self._fits(start, positions[index + 1]):
                index += 1
            return positions[index]
        while index > low:
            index -= 1
            if self._fits(start, positions[index]):
                return positions[index]
        return None

    def _repeated(self, start: int, end: int) -> int:
        """Where the end of a part begins that the next one repeats."""
        for positions in list(self._ends.values())[:-1] or list(self._ends.values()):
            token = bisect_left(self._tokens, end) - self._overlap
            guess = bisect_left(positions, self._tokens[token]) if token > 0 else 0
            index = max(guess, bisect_right(positions, start))
            while index < len(positions) and positions[index] < end:
                if self._count(positions[index], end) <= self._overlap:
                    return positions[index]
                index += 1
        return end

    def _fits(self, start: int, end: int) -> bool:
        about = bisect_left(self._tokens, end) - bisect_left(self._tokens, start)
        if about > 2 * self._most + _APART:
            return False  # without a look at a unit that may be as long as the text
        return self._count(start, end) <= self._most

    def _count(self, start: int, end: int) -> int:
        return _text_tokens(self._text[start:end], self._tokenizer)
