"""Images of prompts as small data URLs, which pages can hold."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, NamedTuple

from aleph_alpha._optional import decode, encode
from aleph_alpha.errors import ImageError
from aleph_alpha.prompt.eight_bit import eight_bit
from aleph_alpha.prompt.image import Image
from aleph_alpha.views.model import Tile

if TYPE_CHECKING:
    import PIL.Image

__all__ = ["ImageSource", "cropping_of", "source_of"]

_EMBEDDED_CHARACTERS = 130_000  # of base64; larger files become thumbnails
_THUMBNAIL_PIXELS = 512  # of the longer side
_WEB_FORMATS = {"PNG": "image/png", "JPEG": "image/jpeg", "GIF": "image/gif", "WEBP": "image/webp"}


class ImageSource(NamedTuple):
    """A data URL, and the size of the image that it is of, in pixels; both ``None`` for what is not an image."""

    url: str | None
    size: tuple[int, int] | None


def source_of(image: Image) -> ImageSource:
    """The file itself if it is small and of a format that browsers have, else a thumbnail."""
    try:
        decoded = image.to_image()
        mime = _WEB_FORMATS.get(decoded.format or "")
        if mime and len(image.base_64) <= _EMBEDDED_CHARACTERS:
            return ImageSource(f"data:{mime};base64,{encode(decode(image.base_64))}", decoded.size)
        return _thumbnail(decoded)
    except (ImageError, ValueError, OSError):  # the last are of Pillow, for modes that it cannot convert
        return ImageSource(None, None)


def _thumbnail(decoded: PIL.Image.Image) -> ImageSource:
    size = decoded.size
    seen = eight_bit(decoded)
    small = seen.convert("RGBA" if seen.has_transparency_data else "RGB")
    small.thumbnail((_THUMBNAIL_PIXELS, _THUMBNAIL_PIXELS))
    content = io.BytesIO()
    kind = "PNG" if small.mode == "RGBA" else "JPEG"
    small.save(content, kind)
    return ImageSource(f"data:{_WEB_FORMATS[kind]};base64,{encode(content.getvalue())}", size)


def cropping_of(image: Image, size: tuple[int, int] | None) -> Tile | None:
    """The square that the model sees, in shares of the image; ``None`` where it sees all of it."""
    if size is None:
        return None
    width, height = size
    if image.cropping is None:
        side = min(size)
        left, top = (width - side) // 2, (height - side) // 2
    else:
        left, top, side = image.cropping.upper_left_x, image.cropping.upper_left_y, image.cropping.size
    if (left, top, side, side) == (0, 0, width, height):
        return None
    return Tile(left / width, top / height, side / width, side / height, 0.0)
