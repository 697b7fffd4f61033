"""What is known of characters: their width in cells, which belong together, which must not reach a terminal."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

__all__ = ["clusters", "direction", "escaped", "joined", "printable", "shortened", "visible", "width"]

# Controls (except line feed and tab), overrides and isolates of direction, line separators, and what
# no encoding takes. All of them would act on a terminal, or on how the text around them is read.
_acting = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_LONGEST = 32  # characters that are looked at for what is seen as one
_JOINER = "\u200d"
_EMOJI_STYLE = "\ufe0f"
_SHOWN_FORMATS = "\xad\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"
_BLANKS = str.maketrans({" ": "␣", "\n": "⏎", "\r": "␍", "\t": "⇥"})


def printable(text: str) -> str:
    r"""The text with characters that act shown instead: control pictures, or their escapes as in Python.

    Line feeds, tabs, combining marks, joiners and emoji stay. A carriage return before a line feed goes.

    >>> printable("a\x1b[31m\u202eb")
    'a␛[31m\\u202eb'
    """
    if text.isprintable() and text.isascii():
        return text
    return _acting.sub(_shown, text.replace("\r\n", "\n"))


def escaped(text: str) -> str:
    r"""The text as :func:`printable` has it, with escapes as in Python for all characters that act.

    >>> escaped("a\x1b[31m\u202eb")
    'a\\x1b[31m\\u202eb'
    """
    if text.isprintable():
        return text
    return _acting.sub(lambda found: ascii(found[0])[1:-1], text.replace("\r\n", "\n"))


def _shown(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code < 0x20:
        return chr(0x2400 + code)
    return "␡" if code == 0x7F else f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def visible(text: str) -> str:
    r"""The text, or signs for its blanks if there is nothing else in it.

    >>> visible(" pizza"), visible(" \n"), visible("")
    (' pizza', '␣⏎', '(empty)')
    """
    return text if text and not text.isspace() else text.translate(_BLANKS) or "(empty)"


def shortened(text: str, limit: int = 60) -> str:
    """The text on one line, cut where it is longer than `limit` characters.

    >>> shortened("a" * 100, 10)
    'aaaaaaaaa…'
    """
    line = text if text.isprintable() else " ".join(text.splitlines())
    return line if len(line) <= limit else f"{line[: limit - 1]}…"


@lru_cache(maxsize=4096)
def _cells(character: str) -> int:
    import unicodedata  # 1 MB of tables, which ASCII does without

    # Vowels and final consonants of Hangul stand in the syllable that they follow.
    if "\u1160" <= character <= "\u11ff" or "\ud7b0" <= character <= "\ud7ff":
        return 0
    if unicodedata.category(character) in {"Mn", "Me", "Cf", "Cc"}:
        return int(character in _SHOWN_FORMATS)
    return 2 if unicodedata.east_asian_width(character) in "WF" or _is_half_flag(character) else 1


def _is_half_flag(character: str) -> bool:
    return "🇦" <= character <= "🇿"


@lru_cache(maxsize=4096)
def _is_symbol(character: str) -> bool:
    import unicodedata

    return unicodedata.category(character) in {"Sm", "So"}


def clusters(text: str) -> Iterator[str]:
    """Characters with the marks, joined characters and modifiers that belong to them.

    >>> [len(cluster) for cluster in clusters("e\u0301a👩\u200d🌾")]
    [2, 1, 3]
    """
    start = 0
    flags = False  # an odd number of halves so far: the next one belongs to the last
    for index in range(1, len(text)):
        before, character = text[index - 1], text[index]
        flags = _is_half_flag(before) and not flags
        if not (_belongs(before, character) or (flags and _is_half_flag(character))):
            yield text[start:index]
            start = index
    if text:
        yield text[start:]


def _belongs(before: str, character: str) -> bool:
    if character.isascii():
        return not _cells(character)
    # A joiner makes one of emoji, and a colour of skin is one with them; letters keep a place of their own.
    if "🏻" <= character <= "🏿":
        return _is_symbol(before) or not _cells(before)
    return not _cells(character) or (before == _JOINER and _is_symbol(character))


def joined(before: str, text: str) -> int:
    """How many characters at the beginning of a text are seen as one with the last of the text before it.

    >>> joined("e", "\u0301x"), joined("👩", "\u200d🌾!"), joined("e", "x")
    (1, 2, 0)
    """
    if not before or not text or text[0].isascii():
        return 0
    *_, last = clusters(before[-_LONGEST:])
    return len(next(clusters(last + text[:_LONGEST]))) - len(last)


def width(text: str) -> int:
    """Columns that a terminal takes for it; tabs and line feeds count nothing.

    >>> width("pizza"), width("ピザ"), width("e\u0301"), width("🇩🇪"), width("\u1112\u1161\u11ab")
    (5, 4, 1, 2, 2)
    """
    if text.isascii() and text.isprintable():
        return len(text)
    return sum(map(_cluster_cells, clusters(text)))


def _cluster_cells(cluster: str) -> int:
    if len(cluster) == 1:
        return _cells(cluster)
    emoji = _EMOJI_STYLE in cluster and not cluster[0].isspace()
    return 2 if emoji else max(map(_cells, cluster))


def direction(text: str) -> str:
    """``"R"`` or ``"L"`` by the first letter that has a direction, ``""`` without one."""
    if text.isascii():
        return "L" if any(map(str.isalpha, text)) else ""
    import unicodedata

    for character in text:
        kind = unicodedata.bidirectional(character)
        if kind in {"L", "R", "AL"}:
            return "L" if kind == "L" else "R"
    return ""
