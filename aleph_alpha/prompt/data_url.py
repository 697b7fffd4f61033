"""Images as data URLs, in which chats have them, and PIL images as files."""

from __future__ import annotations

import binascii
import io
import re
import sys
from typing import Any

from aleph_alpha.errors import ImageError, InvalidRequestError
from aleph_alpha.prompt.eight_bit import eight_bit
from aleph_alpha.prompt.image import Image, checked_base64

__all__ = ["data_url", "encode_image", "image_of_url", "is_picture"]

# How files begin, for the formats that `Image` reads.
_SIGNATURES = (
    (b"\x89PNG", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"BM", "image/bmp"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
    (b"\0\0\1\0", "image/vnd.microsoft.icon"),
    (b"\0\0\0\x0cjP  ", "image/jp2"),
    (b"\xff\x4f\xff\x51", "image/jp2"),
    (b"P6", "image/x-portable-pixmap"),
    (b"P5", "image/x-portable-graymap"),
)


def data_url(image: Image, field: str) -> str:
    """The bytes that the image holds, as they are.

    Raises:
        InvalidRequestError: it has a cropping or controls, which a chat has no place for.
    """
    checked_base64(image.base_64, f"{field}.base_64")
    for name, value in (("cropping", image.cropping), ("controls", image.controls)):
        if value:
            raise InvalidRequestError(
                f"{field}.{name}: images of a chat are looked at as a whole, without cropping or controls; "
                "crop the image itself (image.to_image().crop(...)) and leave both out"
            )
    return f"data:{_media_type(image.base_64)};base64,{image.base_64}"


def image_of_url(url: str) -> Image | None:
    """The image in a data URL such as :func:`data_url` makes; ``None`` for any other address."""
    found = re.fullmatch(r"data:[^,]*;base64,([^,]*)", url, re.IGNORECASE)
    return Image(found[1]) if found else None


def _media_type(base_64: str) -> str:
    head = binascii.a2b_base64(base_64[:32])
    for signature, media_type in _SIGNATURES:
        if head.startswith(signature):
            return media_type
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head[4:12] in (b"ftypavif", b"ftypavis"):
        return "image/avif"
    return "application/octet-stream"


def is_picture(value: object) -> bool:
    """Whether it is a PIL image; PIL is not loaded to find out."""
    pil = sys.modules.get("PIL.Image")
    return pil is not None and isinstance(value, pil.Image)


def encode_image(image: Any, field: str) -> str:
    """A PIL image as PNG, as a person sees it: upright, and with 8 bits a channel.

    The orientation that a camera has noted is applied, and more bits are scaled as `eight_bit` says.

    Raises:
        ImageError: it cannot be encoded.
    """
    buffer = io.BytesIO()
    try:
        visible = eight_bit(_upright(image))
        visible.save(buffer, format="PNG")
    except Exception as error:  # of a file that is opened only now, anything can be wrong
        raise ImageError(f"{field}: the image cannot be encoded as PNG: {error}") from error
    return f"data:image/png;base64,{binascii.b2a_base64(buffer.getbuffer(), newline=False).decode('ascii')}"


def _upright(image: Any) -> Any:
    from PIL import ImageOps

    image.load()  # what is broken in the image itself is an error
    try:
        return ImageOps.exif_transpose(image)
    except Exception:  # what is broken in the notes of the camera is none
        return image
