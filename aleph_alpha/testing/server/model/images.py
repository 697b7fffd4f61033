"""The toy rule for images: the model reads each of 12 x 12 tiles as the name of its mean colour.

So `a red image` and the word `red` mean the same to it, an image is 144 tokens, and suppressing a tile takes a colour
word out of the context.
"""

from __future__ import annotations

import base64
import binascii
import io
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from PIL import Image, UnidentifiedImageError

from aleph_alpha.testing.server.model import bpe
from aleph_alpha.testing.server.model.controls import TILES
from aleph_alpha.testing.server.problems import Rule, invalid

_MAX_PIXELS = 50_000_000
COLOURS = {
    "black": (0, 0, 0),
    "white": (255, 255, 255),
    "grey": (128, 128, 128),
    "red": (220, 20, 20),
    "orange": (255, 150, 20),
    "yellow": (250, 240, 40),
    "green": (30, 150, 40),
    "blue": (30, 60, 220),
    "purple": (130, 30, 150),
    "brown": (120, 70, 30),
}


@dataclass(frozen=True, slots=True)
class Tiles:
    """An image as the model sees it: a token for each tile, row by row, and the visible part of the whole image."""

    ids: tuple[int, ...]
    crop: tuple[float, float, float, float]


def read(item: Mapping[str, Any], pointer: str) -> Tiles:
    """Decodes an image item and looks at the square it asks for, the centre unless it says otherwise."""
    image = decode(item["data"], f"{pointer}/data")
    width, height = image.size
    side = min(width, height)
    x, y, size = (width - side) // 2, (height - side) // 2, side
    if any(key in item for key in ("x", "y", "size")):
        x, y, size = int(item.get("x", 0)), int(item.get("y", 0)), int(item.get("size", side))
    if size < 1 or x < 0 or y < 0 or x + size > width or y + size > height:
        message = f"The square x={x}, y={y}, size={size} is not inside the image of {width} x {height} pixels."
        raise invalid(pointer, message, Rule.IMAGE_CROP)
    square = image.resize((TILES, TILES), Image.Resampling.BOX, box=(x, y, x + size, y + size))
    raw = square.tobytes()
    ids = tuple(_nearest(raw[i], raw[i + 1], raw[i + 2]) for i in range(0, len(raw), 3))
    return Tiles(ids, (x / width, y / height, size / width, size / height))


def decode(data: str, pointer: str) -> Image.Image:
    """The pixels, transparent ones on white."""
    try:
        content = base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError) as error:
        raise invalid(pointer, f"The image is not base64: {error}.", Rule.IMAGE_DATA) from error
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content)) as image:
                if image.width * image.height > _MAX_PIXELS:
                    raise invalid(pointer, f"The image has more than {_MAX_PIXELS} pixels.", Rule.IMAGE_DATA)
                rgba = image.convert("RGBA")
    except (
        UnidentifiedImageError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
        OSError,
        SyntaxError,
        ValueError,
    ) as error:
        raise invalid(pointer, f"The image cannot be read: {error}.", Rule.IMAGE_DATA) from error
    background = Image.new("RGBA", rgba.size, (255, 255, 255, 255))
    return Image.alpha_composite(background, rgba).convert("RGB")


def _nearest(red: int, green: int, blue: int) -> int:
    def distance(name: str) -> int:
        r, g, b = COLOURS[name]
        return (r - red) ** 2 + (g - green) ** 2 + (b - blue) ** 2

    return _colour_tokens()[min(COLOURS, key=distance)]


@cache
def _colour_tokens() -> dict[str, int]:
    """Each colour is one token; the corpus sees to that, and a test."""
    return {name: bpe.load().encode(name).ids[0] for name in COLOURS}
