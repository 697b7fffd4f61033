"""PIL images of a chat: what the model gets is what a person would see."""

from __future__ import annotations

import array
import base64
import io
import math
from collections.abc import Sequence
from typing import Any

import PIL.Image
import PIL.ImageCms
import pytest

from aleph_alpha import ImageError, Message


def sent(image: PIL.Image.Image) -> PIL.Image.Image:
    """The image that the API gets."""
    url = Message("user", image).to_json()["content"][0]["image_url"]["url"]
    return PIL.Image.open(io.BytesIO(base64.b64decode(url.removeprefix("data:image/png;base64,"))))


def row(mode: str, values: Sequence[float]) -> PIL.Image.Image:
    """An image of one line."""
    kind = {"I;16": "H", "I": "i", "F": "f"}[mode]
    return PIL.Image.frombytes(mode, (len(values), 1), array.array(kind, values).tobytes())


def reopened(image: PIL.Image.Image, format: str, **options: Any) -> PIL.Image.Image:
    buffer = io.BytesIO()
    image.save(buffer, format=format, **options)
    return PIL.Image.open(buffer)


MODES = [
    *("1", "L", "LA", "La", "P", "PA", "RGB", "RGBA", "RGBa", "RGBX", "CMYK", "YCbCr", "HSV", "LAB"),
    *("F", "I", "I;16", "I;16B", "I;16L", "I;16N"),
]


@pytest.mark.parametrize("mode", MODES)
def test_images_of_every_mode_are_sent_with_8_bits_a_channel(mode: str) -> None:
    assert sent(PIL.Image.new(mode, (2, 2))).mode in ("1", "L", "LA", "P", "RGB", "RGBA")


def corners(image: PIL.Image.Image) -> list[Any]:
    right, below = image.width - 1, image.height - 1
    return [image.convert("RGB").getpixel(corner) for corner in ((0, 0), (right, 0), (0, below), (right, below))]


@pytest.mark.parametrize("format", ["PNG", "WEBP", "TIFF", "JPEG"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_that_was_taken_sideways_is_sent_upright(orientation: int, format: str) -> None:
    upright = PIL.Image.new("RGB", (32, 16))
    for index, box in enumerate([(0, 0, 16, 8), (16, 0, 32, 8), (0, 8, 16, 16), (16, 8, 32, 16)]):
        upright.paste(["red", "lime", "blue", "white"][index], box)
    turn = PIL.Image.Transpose
    stored = upright
    if orientation > 1:
        turned = [turn.FLIP_LEFT_RIGHT, turn.ROTATE_180, turn.FLIP_TOP_BOTTOM, turn.TRANSPOSE]
        turned += [turn.ROTATE_90, turn.TRANSVERSE, turn.ROTATE_270]
        stored = upright.transpose(turned[orientation - 2])
    exif = PIL.Image.Exif()
    exif[274] = orientation
    options = {"lossless": True} if format == "WEBP" else {"quality": 100, "subsampling": 0} if format == "JPEG" else {}
    photo = reopened(stored, format, exif=exif, **options)
    got = sent(photo)
    assert got.size == (32, 16)
    for found, wanted in zip(corners(got), corners(upright), strict=True):
        assert all(abs(one - other) < 8 for one, other in zip(found, wanted, strict=True))


def test_the_image_itself_stays_as_it_was() -> None:
    exif = PIL.Image.Exif()
    exif[274] = 6
    photo = reopened(PIL.Image.new("RGB", (4, 2)), "JPEG", exif=exif)
    sent(photo)
    assert (photo.size, photo.getexif()[274]) == ((4, 2), 6)


def test_broken_notes_of_a_camera_do_no_harm() -> None:
    photo = reopened(PIL.Image.new("RGB", (4, 2), "red"), "PNG", exif=b"Exif\0\0MM\0*\0\0\0\x08\0\xff")
    assert sent(photo).size == (4, 2)


GREYS: list[tuple[str, list[float], list[int]]] = [
    ("I;16", [0, 32768, 65535], [0, 128, 255]),
    ("I", [0, 32768, 65535], [0, 128, 255]),
    ("I", [0, 128, 255], [0, 128, 255]),
    ("I", [-100, 0, 100], [0, 128, 255]),
    ("I", [0, 2**30, 2**31 - 1], [0, 128, 255]),
    ("F", [0, 0.5, 1], [0, 128, 255]),
    ("F", [0, 128, 255], [0, 128, 255]),
    ("F", [0, 32768, 65535], [0, 128, 255]),
    ("F", [-1, 0, 1], [0, 128, 255]),
    ("F", [math.nan, 0.5, 1], [128, 128, 255]),
    ("F", [-math.inf, 0, 1], [0, 0, 255]),
    ("F", [math.nan, math.nan], [0, 0]),
    ("F", [7e30, 7e30], [0, 0]),
]


@pytest.mark.parametrize(("mode", "values", "greys"), GREYS)
def test_many_bits_are_seen_as_greys(mode: str, values: list[float], greys: list[int]) -> None:
    assert list(sent(row(mode, values)).tobytes()) == greys


@pytest.mark.parametrize(("format", "mode"), [("PNG", "I;16"), ("TIFF", "I;16"), ("PPM", "I")])
def test_files_of_16_bits_are_seen_as_greys(format: str, mode: str) -> None:
    assert list(sent(reopened(row(mode, [0, 32768, 65535]), format)).tobytes()) == [0, 128, 255]


def test_an_image_for_print_has_the_colours_of_its_profile_and_none_of_its_own() -> None:
    photo = PIL.Image.new("CMYK", (2, 2), (0, 255, 255, 0))
    photo.info["icc_profile"] = b"for CMYK, and broken"
    got = sent(photo)
    assert (got.mode, got.getpixel((0, 0)), "icc_profile" in got.info) == ("RGB", (255, 0, 0), False)


def test_transparency_and_profiles_that_fit_are_kept() -> None:
    profile = PIL.ImageCms.ImageCmsProfile(PIL.ImageCms.createProfile("sRGB")).tobytes()
    photo = PIL.Image.new("RGBA", (2, 2), (1, 2, 3, 4))
    photo.info["icc_profile"] = profile
    got = sent(photo)
    assert (got.getpixel((0, 0)), got.info["icc_profile"]) == ((1, 2, 3, 4), profile)


@pytest.mark.parametrize("broken", ["cut off", "empty"])
def test_what_cannot_be_encoded_is_refused(broken: str) -> None:
    buffer = io.BytesIO()
    PIL.Image.new("RGB", (64, 64), "red").save(buffer, format="PNG")
    image = PIL.Image.open(io.BytesIO(buffer.getvalue()[:60])) if broken == "cut off" else PIL.Image.new("L", (0, 0))
    with pytest.raises(ImageError, match=r"Message\.content\[0\]: the image cannot be encoded as PNG"):
        sent(image)
