"""Reading image files: from a path, a URL or bytes, with limits, and by Pillow without trusting them."""

from __future__ import annotations

import contextlib
import importlib
import io
import os
import re
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from aleph_alpha._call.checks import path_of, refuse
from aleph_alpha.errors import ImageError

if TYPE_CHECKING:
    from PIL.ImageFile import ImageFile

__all__ = ["MAX_IMAGE_BYTES", "load_image", "load_url", "open_image"]

# No format that runs a program or an interpreter of its own (EPS calls Ghostscript), none without a
# signature. The first five are registered by Pillow's preinit, the others by their modules.
_FORMATS = ("PNG", "JPEG", "GIF", "BMP", "PPM", "WEBP", "TIFF", "JPEG2000", "AVIF", "ICO")
_PLUGINS = ("WebPImagePlugin", "TiffImagePlugin", "Jpeg2KImagePlugin", "AvifImagePlugin", "IcoImagePlugin")


@cache
def _formats() -> tuple[str, ...]:
    import PIL.Image

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
    import PIL.Image

    try:
        image = PIL.Image.open(io.BytesIO(data), formats=_formats())
        width, height = image.size
    except (PIL.Image.DecompressionBombError, PIL.Image.DecompressionBombWarning) as error:
        raise ImageError(f"{source} has too many pixels: {error}") from error
    except PIL.UnidentifiedImageError as error:
        raise ImageError(
            f"{source} is not an image of a known format ({', '.join(_formats())}): {len(data)} bytes"
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


MAX_IMAGE_BYTES = 64 * 1024 * 1024
"""Default limit of what ``Image`` reads from a file or a URL, in bytes."""


MAX_IMAGE_PIXELS = 89_478_485
"""Limit of width times height (a quarter GiB decoded as RGB): a small file can claim to be much larger."""


# A drive letter ("C:\\...") is not a scheme, nor is a colon in a file's name.
_is_url = re.compile(r"[a-z][a-z0-9+.-]*://|data:", re.IGNORECASE).match


def _read_file(path: str | os.PathLike[str], max_bytes: int) -> bytes:
    _check_limit(max_bytes, "max_bytes")
    named = path_of(path, ImageError)
    with named.open("rb") as file:
        # Not simply read(max_bytes + 1), which takes that much memory for the smallest file.
        size = os.fstat(file.fileno()).st_size
        data = b"" if size > max_bytes else file.read(size + 1)
        if len(data) > size:  # a device or a pipe, or the file has grown
            data += file.read(max(max_bytes + 1 - len(data), 0))
    if max(size, len(data)) > max_bytes:
        raise ImageError(f"{named} is larger than max_bytes={max_bytes}")
    return data


def load_url(url: str, max_bytes: int, timeout: float) -> bytes:
    """What is behind a URL. Limits and errors are those of ``Image.from_url``."""
    from aleph_alpha._http.download import download

    if not isinstance(url, str):
        refuse("url", "a string", url, ImageError)
    _check_limit(max_bytes, "max_bytes")
    _check_limit(timeout, "timeout")
    return download(url, max_bytes=max_bytes, timeout=timeout)


def _check_limit(limit: object, name: str) -> None:
    if not isinstance(limit, int | float) or isinstance(limit, bool):
        refuse(name, "a number", limit, ImageError)


def _without_secrets(url: str) -> str:
    """A URL for a message: no credentials, and neither query nor fragment, where signatures are."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
