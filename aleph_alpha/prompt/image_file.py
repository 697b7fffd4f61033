"""Opening image files with Pillow, without trusting them. Imported where an image is first looked at."""

from __future__ import annotations

import contextlib
import importlib
import io
from functools import cache

import PIL.Image
from PIL.ImageFile import ImageFile

from aleph_alpha.errors import ImageError
from aleph_alpha.prompt.image import MAX_IMAGE_PIXELS

# No format that runs a program or an interpreter of its own (EPS calls Ghostscript), none without a
# signature. The first five are registered by Pillow's preinit, the others by their modules.
_FORMATS = ("PNG", "JPEG", "GIF", "BMP", "PPM", "WEBP", "TIFF", "JPEG2000", "AVIF", "ICO")
_PLUGINS = ("WebPImagePlugin", "TiffImagePlugin", "Jpeg2KImagePlugin", "AvifImagePlugin", "IcoImagePlugin")


@cache
def _formats() -> tuple[str, ...]:
    PIL.Image.preinit()
    for plugin in _PLUGINS:
        # Which of these there are depends on the Pillow version.
        with contextlib.suppress(ImportError):
            importlib.import_module(f"PIL.{plugin}")
    return tuple(name for name in _FORMATS if name in PIL.Image.OPEN)


def open_image(data: bytes, source: str) -> ImageFile:
    """Identify an image and read its header, not its pixels.

    Raises:
        ImageError: no image, or more than ``MAX_IMAGE_PIXELS``.
    """
    try:
        image = PIL.Image.open(io.BytesIO(data), formats=_formats())
        width, height = image.size
    except (PIL.Image.DecompressionBombError, PIL.Image.DecompressionBombWarning) as error:
        raise ImageError(f"{source} has too many pixels: {error}") from error
    except PIL.UnidentifiedImageError as error:
        raise ImageError(
            f"{source} is no image of a known format ({', '.join(_formats())}): {len(data)} bytes"
        ) from error
    except Exception as error:  # whatever a plugin makes of damaged input
        raise ImageError(f"{source} is a damaged image: {error}") from error
    if width * height > MAX_IMAGE_PIXELS:
        raise ImageError(f"{source} has {width} x {height} pixels, more than the {MAX_IMAGE_PIXELS} that are allowed")
    return image


def load_image(data: bytes, source: str = "base_64") -> ImageFile:
    """Open an image and decode it.

    Raises:
        ImageError: as ``open_image``, and for pixels that cannot be decoded.
    """
    image = open_image(data, source)
    try:
        image.load()
    except Exception as error:
        raise ImageError(f"{source} is a damaged image: {error}") from error
    return image
