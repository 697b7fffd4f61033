"""Images as data URLs, in which chats have them, and PIL images as files."""

from __future__ import annotations

import array
import binascii
import io
import math
import re
import sys
from typing import Any

from aleph_alpha.errors import ImageError, InvalidRequestError
from aleph_alpha.prompt.image import Image, checked_base64

__all__ = ["data_url", "eight_bit", "encode_image", "image_of_url", "is_picture"]

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

_PNG_MODES = ("1", "L", "LA", "P", "RGB", "RGBA")
_WITH_ALPHA = {"PA": "RGBA", "La": "LA", "RGBa": "RGBA"}


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

    The orientation that a camera has noted is applied. 16 bits are scaled to 8. So are integers and floats
    that have no such range of their own: up to 1.0 (floats), 255 or 65,535, whichever is enough for the
    brightest point; beyond that, or below 0, from the darkest point to the brightest.

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


def eight_bit(image: Any) -> Any:
    """The image in a mode that PNG has with 8 bits a channel; scaled as :func:`encode_image` says."""
    mode = image.mode
    if mode in _PNG_MODES:
        return image
    if mode.startswith("I;16"):
        return _scaled(image.convert("I"), 0, 65_535)
    if mode in ("I", "F"):
        image = _finite(image)
        return _scaled(image, *_range(*image.getextrema(), whole=mode == "I"))
    visible = _from_profile(image) if mode == "CMYK" else None
    visible = visible or image.convert(_WITH_ALPHA.get(mode, "RGB"))
    visible.info.pop("icc_profile", None)  # it was for the mode that is no more
    return visible


def _range(darkest: float, brightest: float, *, whole: bool) -> tuple[float, float]:
    """The values that are black and white."""
    if darkest >= 0:
        for white in (255, 65_535) if whole else (1.0, 255.0, 65_535.0):
            if brightest <= white:
                return 0, white
    return darkest, brightest


def _scaled(image: Any, black: float, white: float) -> Any:
    factor = 255 / (white - black) if white > black else 0.0
    # Half a step more: the conversion to whole numbers cuts off.
    grey = image.convert("F").point(lambda value: value * factor + (0.5 - black * factor))
    return grey.convert("L")


def _finite(image: Any) -> Any:
    """The image with its values that are not a number, or infinite, as the darkest of the others."""
    if image.mode != "F" or all(map(math.isfinite, image.getextrema())):
        return image
    from PIL import Image as PIL

    values = array.array("f", image.tobytes())
    darkest = min(filter(math.isfinite, values), default=0.0)
    values = array.array("f", [value if math.isfinite(value) else darkest for value in values])
    return PIL.frombytes("F", image.size, values.tobytes())


def _from_profile(image: Any) -> Any:
    """The colours that the profile of an image for print stands for; ``None`` without a usable one."""
    profile = image.info.get("icc_profile")
    if not profile:
        return None
    from PIL import ImageCms

    try:
        return ImageCms.profileToProfile(image, io.BytesIO(profile), ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        return None
