"""Colours, as values: blue above zero, orange below, for a light and a dark background.

Each row goes in even steps (OKLab) from almost the background to a colour on which text still has a
contrast of at least 4.5 : 1. Blue and orange stay apart for the common kinds of colour blindness;
`tests/views/test_colours.py` measures both.
"""

from __future__ import annotations

from aleph_alpha.views.model import level

__all__ = ["DARK", "LIGHT", "NEGATIVE", "POSITIVE", "Theme", "rgb", "tile"]

_POSITIVE_LIGHT = ["#e3eefb", "#d2e5fa", "#c2dcf9", "#b1d4f7", "#a0cbf6", "#8fc2f4", "#7db9f2", "#6baff0", "#58a6ee"]
_NEGATIVE_LIGHT = ["#fdebd8", "#fde0c4", "#fdd4b1", "#fdc89d", "#fcbc88", "#fab073", "#f9a45c", "#f79842", "#f58b1c"]
_POSITIVE_DARK = ["#1b2b3d", "#1c324b", "#1d3a59", "#1d4167", "#1d4975", "#1c5084", "#1b5894", "#1960a3", "#1568b3"]
_NEGATIVE_DARK = ["#33241a", "#40291a", "#4d2e1a", "#5a331a", "#673818", "#753d15", "#834211", "#91470b", "#a04c00"]

POSITIVE, NEGATIVE, _NOT_A_NUMBER = "#1568b3", "#c85f00", "#808080"
"""Of tiles, which lie on an image in different strengths, whatever the theme."""


class Theme:
    """The colours of one background: `paper`, `ink` (text), `faint` (labels), `line`, and one for each mark."""

    def __init__(self, paper: str, ink: str, faint: str, line: str, positive: list[str], negative: list[str]) -> None:
        self.paper, self.ink, self.faint, self.line = paper, ink, faint, line
        self._steps = [paper, *positive, *reversed(negative)]

    def __getitem__(self, mark: str) -> str:
        """The background of a mark; `paper` for zero and what has no step."""
        return self._steps[level(mark)]


LIGHT = Theme("#ffffff", "#111111", "#555555", "#c4c4c4", _POSITIVE_LIGHT, _NEGATIVE_LIGHT)
DARK = Theme("#16181c", "#f5f5f5", "#b4b8c0", "#4a4e57", _POSITIVE_DARK, _NEGATIVE_DARK)


def tile(mark: str) -> tuple[str, float]:
    """Colour and opacity of a tile on an image."""
    if mark == "x":
        return _NOT_A_NUMBER, 0.5
    step = level(mark)
    return (POSITIVE if step > 0 else NEGATIVE), abs(step) / 9 * 0.75


def rgb(colour: str) -> tuple[int, int, int]:
    """Red, green and blue, 0 to 255.

    >>> rgb("#1568b3")
    (21, 104, 179)
    """
    red, green, blue = bytes.fromhex(colour[1:])
    return red, green, blue
