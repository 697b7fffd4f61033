"""The terminal renderer: marks as SGR codes in as many colours as there are; and what the terminal can do.

No character of the text acts on the terminal: escapes and other controls are shown, not sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TextIO

from aleph_alpha.views.colours import DARK, LIGHT, Theme, rgb
from aleph_alpha.views.model import Figure, level
from aleph_alpha.views.text import layout, plain

__all__ = ["ansi", "colours_of", "is_dark", "rich_style"]

_TRUECOLOR = 1 << 24

# Three steps on each side, text and background, that 256 colours have, for a dark and a light theme.
_OF_256 = {
    True: ((231, (17, 18, 25)), (231, (52, 94, 130))),
    False: ((16, (189, 153, 75)), (16, (223, 215, 208))),
}
# Two on each side: white on blue, black on bright blue; black on yellow, black on bright yellow.
_OF_16 = (("97;44", "30;104"), ("30;43", "30;103"))


def colours_of(stream: TextIO | None, environment: Mapping[str, str]) -> int:
    """How many colours a stream is to get: 0 if it is not a terminal, or is a dumb one.

    ``FORCE_COLOR`` gives any stream colours, at least 16; ``NO_COLOR`` gives none to any, whatever else is set.
    """
    term = environment.get("TERM", "").lower()
    kind = environment.get("COLORTERM", "").lower()
    if environment.get("NO_COLOR"):
        return 0
    if environment.get("FORCE_COLOR", "0") in {"", "0"}:
        known = bool(term or kind or environment.get("WT_SESSION"))
        if term == "dumb" or not known or not _is_terminal(stream):
            return 0
    if kind in {"truecolor", "24bit"} or "direct" in term or environment.get("WT_SESSION"):
        return _TRUECOLOR
    return 256 if "256" in term else 16


def _is_terminal(stream: TextIO | None) -> bool:
    return bool(getattr(stream, "isatty", bool)())  # what stands in for a stream need not have it


def is_dark(environment: Mapping[str, str]) -> bool:
    """Whether the background is dark, as far as ``COLORFGBG`` tells; most terminals are."""
    return environment.get("COLORFGBG", "").rpartition(";")[2] not in {"7", "15"}


def ansi(figure: Figure, columns: int, colours: int, *, dark: bool = True) -> str:
    """Lines with SGR codes; each begins and ends without any in effect."""
    if not colours:
        return plain(figure, columns)
    shown = []
    for line in layout(figure, columns, inline=True):
        codes = ((text, _code(style, colours, dark)) for text, style in line)
        shown.append("".join(f"\x1b[{code}m{text}\x1b[0m" if code else text for text, code in codes))
    return "\n".join(shown)


def _code(style: str, colours: int, dark: bool) -> str:
    if style in _PLAIN_STYLES:
        return _PLAIN_STYLES[style]
    step = level(style)
    line = "4;" if step < 0 else ""
    if colours == 16:
        return line + _OF_16[step < 0][abs(step) > 4]
    if colours == 256:
        white, papers = _OF_256[dark][step < 0]
        return f"{line}38;5;{white};48;5;{papers[(abs(step) - 1) // 3]}"
    theme = _theme(dark)
    ink, paper = (";".join(map(str, rgb(one))) for one in (theme.ink, theme[style]))
    return f"{line}38;2;{ink};48;2;{paper}"


_PLAIN_STYLES = {"": "", "z": "", "x": "7", "e": "1;7", "bold": "1", "faint": "2"}


def _theme(dark: bool) -> Theme:
    return DARK if dark else LIGHT


def rich_style(style: str, *, dark: bool = True) -> str:
    """The style as rich writes it."""
    if style in _PLAIN_STYLES:
        return {"x": "reverse", "e": "bold reverse", "bold": "bold", "faint": "dim"}.get(style, "")
    theme = _theme(dark)
    return f"{theme.ink} on {theme[style]}{' underline' if level(style) < 0 else ''}"
