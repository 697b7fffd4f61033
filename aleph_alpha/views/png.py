"""The PNG renderer: the drawing, painted by Pillow."""

from __future__ import annotations

import io
from functools import cache
from typing import TYPE_CHECKING, TypeAlias

from aleph_alpha._optional import decode
from aleph_alpha.views.characters import direction
from aleph_alpha.views.colours import DARK, LIGHT, Theme, rgb, tile
from aleph_alpha.views.drawing import Box, Picture, Shape, Words, draw, overlay_tiles
from aleph_alpha.views.model import Figure, Scale

if TYPE_CHECKING:
    import PIL.Image
    import PIL.ImageDraw
    from PIL.ImageFont import FreeTypeFont, ImageFont

    Font: TypeAlias = FreeTypeFont | ImageFont

__all__ = ["png"]

_LARGEST = 64_000_000  # pixels of a sheet
# For what Pillow's own font has no signs for; the first that is installed.
_FONTS = ("DejaVuSans.ttf", "NotoSans-Regular.ttf", "Arial Unicode.ttf", "arial.ttf", "Arial.ttf")


def png(figure: Figure, columns: float = 800.0, *, dark: bool = False, zoom: float = 2.0) -> bytes:
    """The content of a file, `columns` times `zoom` pixels wide; a matrix may need more.

    A sheet that would be larger than 64 million pixels is painted with a smaller zoom, and cut if that is not enough.
    """
    from PIL import Image, ImageDraw

    fonts = _Fonts(_needs_other_font(figure))
    shapes, height = draw(figure, columns, fonts.measure)
    wide = max(columns, 320.0, *(shape.x + shape.width + 16 for shape in shapes if isinstance(shape, Box)), 0.0)
    zoom = min(zoom, max((_LARGEST / (wide * height)) ** 0.5, 0.5))
    height = min(height, _LARGEST / (wide * zoom * zoom), 65_500 / zoom)
    theme = DARK if dark else LIGHT
    sheet = Image.new("RGB", (round(wide * zoom), round(height * zoom)), theme.paper)
    painter = ImageDraw.Draw(sheet)
    for shape in shapes:
        if shape.y < height:
            _paint(sheet, painter, shape, fonts, theme, figure.scale, zoom)
    content = io.BytesIO()
    sheet.save(content, "PNG")
    return content.getvalue()


def _needs_other_font(figure: Figure) -> bool:
    shown = [figure.title, *(row.what for panel in figure.panels for row in panel.rows)]
    return any(not text.isascii() and any(character >= "\u0250" for character in text) for text in shown)


@cache
def _font(size: float, other: bool) -> Font:
    from PIL import ImageFont

    for name in _FONTS if other else ():
        try:
            return ImageFont.truetype(name, size)
        except OSError:
            continue
    return ImageFont.load_default(size)


class _Fonts:
    """One font in the sizes that are needed."""

    def __init__(self, other: bool) -> None:
        self._other = other
        self._measured: dict[tuple[str, float], float] = {}

    def font(self, size: float) -> Font:
        """The font in a size."""
        return _font(size, self._other)

    def measure(self, text: str, size: float) -> float:
        """The width of a text, in pixels."""
        found = self._measured.get((text, size))
        if found is None:
            longest = max((self.font(size).getlength(line) for line in text.split("\n")), default=0.0)
            found = self._measured[text, size] = longest
        return found


def _paint(
    sheet: PIL.Image.Image,
    painter: PIL.ImageDraw.ImageDraw,
    shape: Shape,
    fonts: _Fonts,
    theme: Theme,
    scale: Scale,
    zoom: float,
) -> None:
    match shape:
        case Box(x, y, wide, high, mark, outlined):
            area = (x * zoom, y * zoom, (x + wide) * zoom, (y + high) * zoom)
            painter.rectangle(area, theme[mark], theme.faint if outlined else None)
        case Words(x, y, text, wide, size, faint, under):
            shown = text[::-1] if direction(text) == "R" and not _shapes_text() else text
            ink = theme.faint if faint else theme.ink
            painter.text((x * zoom, y * zoom), shown.rstrip("\n"), ink, fonts.font(size * zoom), anchor="ls")
            if under:
                for start in range(int(x * zoom), int((x + wide) * zoom), int(4 * zoom)):
                    end = min(start + 2 * zoom, (x + wide) * zoom)
                    painter.line((start, (y + 3) * zoom, end, (y + 3) * zoom), theme.ink, max(int(zoom), 1))
        case Picture():
            _paste(sheet, shape, fonts, scale, zoom)


@cache
def _shapes_text() -> bool:
    from PIL import features

    return bool(features.check("raqm"))


def _paste(sheet: PIL.Image.Image, shape: Picture, fonts: _Fonts, scale: Scale, zoom: float) -> None:
    from PIL import Image, ImageDraw

    block = shape.block
    size = max(round(shape.width * zoom), 1), max(round(shape.height * zoom), 1)
    picture = Image.new("RGBA", size, "#80808050")
    if block.source:
        with Image.open(io.BytesIO(decode(block.source.partition(",")[2]))) as found:
            picture = found.convert("RGBA").resize(size)
    tint = Image.new("RGBA", size)
    painter = ImageDraw.Draw(tint)
    for one, mark, written in overlay_tiles(block, scale, shape.width):
        colour, strength = tile(mark)
        x, y = one.left * size[0], one.top * size[1]
        right, bottom = x + one.width * size[0], y + one.height * size[1]
        painter.rectangle((x, y, right, bottom), (*rgb(colour), round(strength * 255)), (*rgb(colour), 204))
        if written:
            middle = (x + right) / 2, (y + bottom) / 2
            painter.text(
                middle, written, "#fff", fonts.font(11 * zoom), "mm", stroke_width=round(1.2 * zoom), stroke_fill="#000"
            )
    if block.cropping is not None:
        x, y, across, down, _ = block.cropping
        area = (x * size[0], y * size[1], (x + across) * size[0] - 1, (y + down) * size[1] - 1)
        painter.rectangle(area, None, "#000", round(1.5 * zoom))
        painter.rectangle(area, None, "#fff", max(round(zoom / 2), 1))
    sheet.paste(Image.alpha_composite(picture, tint), (round(shape.x * zoom), round(shape.y * zoom)), picture)
