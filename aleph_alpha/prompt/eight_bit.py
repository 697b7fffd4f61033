"""Images of any mode with 8 bits a channel, as a person sees them."""

from __future__ import annotations

import array
import io
import math
from typing import Any

__all__ = ["eight_bit"]

_PNG_MODES = ("1", "L", "LA", "P", "RGB", "RGBA")
_WITH_ALPHA = {"PA": "RGBA", "La": "LA", "RGBa": "RGBA"}


def eight_bit(image: Any) -> Any:
    """A PIL image in a mode that PNG has with 8 bits a channel.

    16 bits are scaled to 8. So are integers and floats that have no such range of their own: up to 1.0
    (floats), 255 or 65,535, whichever is enough for the brightest point; beyond that, or below 0, from
    the darkest point to the brightest.
    """
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
