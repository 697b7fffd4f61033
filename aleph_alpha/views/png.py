"""The PNG renderer: the drawing, painted by Pillow."""

from __future__ import annotations

import contextlib
import io
from functools import cache
from typing import TYPE_CHECKING, TypeAlias

from aleph_alpha._optional import decode
from aleph_alpha._runtime.characters import direction
from aleph_alpha.errors import InvalidRequestError
from aleph_alpha.prompt.eight_bit import eight_bit
from aleph_alpha.views.colours import DARK, LIGHT, Theme, rgb, tile
from aleph_alpha.views.drawing import Box, ImageShape, Shape, Words, draw, overlay_tiles
from aleph_alpha.views.model import Figure, Scale

if TYPE_CHECKING:
    import PIL.Image
    import PIL.ImageDraw
    from PIL.ImageFont import FreeTypeFont, ImageFont

    Font: TypeAlias = FreeTypeFont | ImageFont

__all__ = ["png"]

Area: TypeAlias = tuple[float, float, float, float]

_LARGEST = 32_000_000  # pixels of a sheet
# The first that is installed; Pillow's own if none is.
_FONTS = ("DejaVuSans.ttf", "NotoSans-Regular.ttf", "Arial Unicode.ttf", "arial.ttf", "Arial.ttf", "Helvetica.ttc")
_ASCII = str.maketrans({"−": "-", "×": "x", "∞": "inf"})


def png(
    figure: Figure, columns: float = 800.0, *, dark: bool = False, font: str | None = None, zoom: float = 2.0
) -> bytes:
    """The content of a file, `columns` times `zoom` pixels wide; a matrix may need more.

    A sheet that would be larger than 32 million pixels is painted with a smaller zoom, and cut if that is not enough.
    """
    from PIL import Image, ImageDraw

    fonts = _Fonts(font)
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


@cache
def _installed() -> str | None:
    """The first of the usual fonts that is installed."""
    from PIL import ImageFont

    for name in _FONTS:
        with contextlib.suppress(OSError):
            ImageFont.truetype(name, 10)
            return name
    return None


class _Fonts:
    """One font in the sizes that are needed."""

    def __init__(self, name: str | None) -> None:
        self._name = _installed() if name is None else name
        self._sizes: dict[float, Font] = {}
        self._measured: dict[tuple[str, float], float] = {}

    def font(self, size: float) -> Font:
        """The font in a size."""
        if size not in self._sizes:
            self._sizes[size] = self._open(size)
        return self._sizes[size]

    def _open(self, size: float) -> Font:
        from PIL import ImageFont

        if self._name is None:
            return ImageFont.load_default(size)
        try:
            return ImageFont.truetype(self._name, size)
        except OSError as error:
            message = f"font must be the name or path of a font: {self._name!r} cannot be opened"
            raise InvalidRequestError(message) from error

    def signs(self, text: str) -> str:
        """The text in signs that the font has: Pillow's own has those of ASCII."""
        return text.translate(_ASCII) if self._name is None else text

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
            painter.rectangle(area, theme[mark], theme.faint if outlined and mark != "x" else None)
            if mark == "x":
                _dashed_box(painter, area, theme.faint, zoom)
        case Words(x, y, text, wide, size, faint, under):
            text = "" if text.isspace() else fonts.signs(text)  # fonts have boxes for some blanks
            shown = text[::-1] if direction(text) == "R" and not _shapes_text() else text
            ink = theme.faint if faint else theme.ink
            painter.text((x * zoom, y * zoom), shown.rstrip("\n"), ink, fonts.font(size * zoom), anchor="ls")
            if under:
                _dashes(painter, (x * zoom, (y + 3) * zoom, (x + wide) * zoom, (y + 3) * zoom), theme.ink, zoom)
        case ImageShape():
            _paste(sheet, shape, fonts, scale, zoom)


def _dashed_box(painter: PIL.ImageDraw.ImageDraw, area: Area, ink: str, zoom: float) -> None:
    left, top, right, bottom = area
    for line in ((left, top, right, top), (left, bottom, right, bottom)):
        _dashes(painter, line, ink, zoom)
    for line in ((left, top, left, bottom), (right, top, right, bottom)):
        _dashes(painter, line, ink, zoom)


def _dashes(painter: PIL.ImageDraw.ImageDraw, line: Area, ink: str, zoom: float) -> None:
    """A dashed line: straight across, or straight down."""
    x, y, right, bottom = line
    across = right > x
    length = right - x if across else bottom - y
    for start in range(0, int(length), max(int(4 * zoom), 1)):
        end = min(start + 2 * zoom, length)
        part = (x + start, y, x + end, y) if across else (x, y + start, x, y + end)
        painter.line(part, ink, max(int(zoom), 1))


@cache
def _shapes_text() -> bool:
    from PIL import features

    return bool(features.check("raqm"))


def _paste(sheet: PIL.Image.Image, shape: ImageShape, fonts: _Fonts, scale: Scale, zoom: float) -> None:
    from PIL import Image, ImageDraw

    block = shape.block
    size = max(round(shape.width * zoom), 1), max(round(shape.height * zoom), 1)
    image = Image.new("RGBA", size, "#80808050")
    if block.source:
        with Image.open(io.BytesIO(decode(block.source.partition(",")[2]))) as found:
            image = eight_bit(found).convert("RGBA").resize(size)
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
        left, top = x * size[0], y * size[1]
        area = (left, top, max(left + across * size[0] - 1, left), max(top + down * size[1] - 1, top))
        painter.rectangle(area, None, "#000", round(1.5 * zoom))
        _dashed_box(painter, area, "#fff", zoom)
    whole = Image.alpha_composite(image, tint)
    sheet.paste(whole, (round(shape.x * zoom), round(shape.y * zoom)), whole)
