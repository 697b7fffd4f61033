"""Loading images from anywhere, without trusting them."""

from __future__ import annotations

import base64
import contextlib
import io
import os
import struct
import tracemalloc
import zlib
from pathlib import Path
from typing import Any

import PIL.Image
import pytest
from hypothesis import given, strategies as st

from aleph_alpha.errors import ImageError, InvalidRequestError
from aleph_alpha.image import MAX_IMAGE_PIXELS, Cropping, Image, ImageControl
from aleph_alpha.utils import load_base64_from_file
from tests.prompt.web import serving

CONTROLS = [ImageControl(0, 0, 1, 1, 2.0)]


def picture(format: str = "PNG", size: tuple[int, int] = (4, 3)) -> bytes:
    buffer = io.BytesIO()
    PIL.Image.new("RGB", size, "red").save(buffer, format)
    return buffer.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_bomb(width: int, height: int) -> bytes:
    """A small PNG file that says it is large."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    )


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "*")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "picture.png"
    path.write_bytes(picture())
    return path


@pytest.mark.parametrize("format", ["PNG", "JPEG", "GIF", "BMP", "PPM", "TIFF", "WEBP", "ICO"])
def test_the_bytes_are_kept_as_they_came(format: str) -> None:
    data = picture(format, (16, 16))
    image = Image.from_bytes(data)
    assert base64.b64decode(image.base_64) == data
    assert image.dimensions() == (16, 16)
    assert image.to_image().convert("RGB").getpixel((0, 0))[0] > 250  # type: ignore[index]


def test_a_file_a_path_bytes_and_a_url_give_the_same_image(file: Path) -> None:
    data = file.read_bytes()
    with serving(lambda handler: handler.reply(data)) as site:
        images = [
            Image.from_bytes(data),
            Image.from_bytes(bytes=data, controls=None),
            Image.from_file(file),
            Image.from_file(str(file)),
            Image.from_url(site.url),
            *(Image.from_image_source(source) for source in (file, str(file), site.url)),
            *(Image.from_image_source(source) for source in (data, bytearray(data), memoryview(data))),
        ]
    assert images == [Image(base64.b64encode(data).decode(), None, [])] * len(images)
    assert load_base64_from_file(str(file)) == images[0].base_64


def test_croppings_and_controls_are_kept(file: Path) -> None:
    data = file.read_bytes()
    cropping = Cropping(1, 0, 2)
    with serving(lambda handler: handler.reply(data)) as site:
        images = [
            Image.from_bytes(data, cropping, CONTROLS),
            Image.from_file_with_cropping(str(file), 1, 0, 2, CONTROLS),
            Image.from_file_with_cropping(file, upper_left_x=1, upper_left_y=0, crop_size=2, controls=CONTROLS),
            Image.from_url_with_cropping(site.url, 1, 0, 2, CONTROLS),
        ]
        assert Image.from_url(site.url, CONTROLS).controls == CONTROLS
    assert images == [Image(base64.b64encode(data).decode(), cropping, CONTROLS)] * 4
    assert Image.from_file(file, CONTROLS).controls == CONTROLS
    assert Image.from_image_source(data, CONTROLS).controls == CONTROLS


def test_the_constructors_of_a_subclass_make_the_subclass() -> None:
    class Mine(Image):
        pass

    assert type(Mine.from_bytes(picture())) is Mine


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not an image",
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"PK\x03\x04",
    ],
)
def test_what_is_no_image_is_refused(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "picture.png"
    path.write_bytes(data)
    for source in (data, path, str(path)):
        with pytest.raises(ImageError, match="is not an image of a known format"):
            Image.from_image_source(source)
    with pytest.raises(ImageError, match=r"picture\.png"):
        Image.from_file(path)
    image = Image(base64.b64encode(data).decode())
    for look in (image.dimensions, image.to_image):
        with pytest.raises(ImageError):
            look()


def test_image_errors_are_value_errors() -> None:
    with pytest.raises(ValueError, match="not an image"):
        Image.from_bytes(b"not an image")
    assert issubclass(ImageError, InvalidRequestError)


@pytest.mark.parametrize(
    ("width", "height"), [(60_000, 60_000), (10_000, 10_000), (MAX_IMAGE_PIXELS + 1, 1), (2**31 - 1, 1)]
)
def test_decompression_bombs_are_refused(width: int, height: int) -> None:
    bomb = png_bomb(width, height)
    image = Image(base64.b64encode(bomb).decode())
    tracemalloc.start()
    try:
        for look in (lambda: Image.from_bytes(bomb), image.dimensions, image.to_image):
            with pytest.raises(ImageError, match="pixels"):
                look()
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
    finally:
        tracemalloc.stop()


def test_the_pixel_limit_does_not_depend_on_the_applications_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PIL.Image, "MAX_IMAGE_PIXELS", None)
    with pytest.raises(ImageError, match="60000 x 60000 pixels, more than the"):
        Image.from_bytes(png_bomb(60_000, 60_000))


def test_a_cut_image_has_dimensions_but_cannot_be_decoded() -> None:
    data = picture(size=(400, 300))
    image = Image.from_bytes(data[: len(data) // 2])
    assert image.dimensions() == (400, 300)
    with pytest.raises(ImageError, match="damaged"):
        image.to_image()


@pytest.mark.parametrize("base_64", ["?", "AAA", "A\nAA=", "ä", None, 7])
def test_looking_at_what_is_no_base64_is_refused(base_64: Any) -> None:
    with pytest.raises(ImageError, match=r"Image\.base_64 (is not base64|must be a string)"):
        Image(base_64).dimensions()


def test_large_files_are_refused_without_reading_them(tmp_path: Path) -> None:
    path = tmp_path / "large.png"
    with path.open("wb") as sparse:
        sparse.truncate(10 * 1024**3)
    tracemalloc.start()
    try:
        with pytest.raises(ImageError, match=r"large\.png is larger than max_bytes=1000"):
            Image.from_file(path, max_bytes=1000)
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.skipif(not os.path.exists("/dev/zero"), reason="there is no endless file here")
def test_an_endless_file_is_refused() -> None:
    with pytest.raises(ImageError, match="larger than max_bytes"):
        Image.from_file_with_cropping("/dev/zero", 0, 0, 1, max_bytes=100_000)


def test_a_missing_file_is_the_usual_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Image.from_file(tmp_path / "missing.png")
    with pytest.raises(IsADirectoryError):
        Image.from_file(tmp_path)


@pytest.mark.parametrize(
    "source",
    [
        "ftp://127.0.0.1/a.png",
        "file:///etc/hostname",
        "FILE:///etc/hostname",
        "data:image/png;base64,AAAA",
        "s3://bucket/a.png",
    ],
)
def test_a_string_with_a_scheme_is_a_url_and_other_schemes_are_refused(source: str) -> None:
    for load in (Image.from_image_source, Image.from_url):
        with pytest.raises(ImageError, match="only http:// and https:// URLs"):
            load(source)


@pytest.mark.parametrize(
    "source", [r"C:\pictures\a.png", "a:b.png", "http:a.png", "//host/a.png", "~/a.png", "", "x y://a"]
)
def test_every_other_string_is_a_path(source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(OSError, match=r"\[Errno"):
        Image.from_image_source(source)


@pytest.mark.parametrize("source", [None, 7, ["a.png"], object()])
def test_other_sources_are_a_type_error(source: Any) -> None:
    with pytest.raises(TypeError, match="image_source must be a path, a URL or bytes"):
        Image.from_image_source(source)


def test_repr_does_not_show_the_data() -> None:
    image = Image.from_bytes(picture(size=(50, 50)), Cropping(0, 0, 1))
    assert repr(image) == f"Image(base_64=<{len(image.base_64)} characters>, cropping={image.cropping!r}, controls=[])"
    assert repr(Image("AAAA")) == "Image(base_64='AAAA', cropping=None, controls=[])"


SIGNATURES = [
    b"\x89PNG\r\n\x1a\n",
    b"\xff\xd8\xff",
    b"GIF89a",
    b"BM",
    b"P6 ",
    b"II*\x00",
    b"MM\x00*",
    b"RIFF",
    b"\x00\x00\x01\x00",
]


@given(st.binary(max_size=200) | st.builds(bytes.__add__, st.sampled_from(SIGNATURES), st.binary(max_size=200)))
def test_random_bytes_are_an_image_or_the_documented_error(data: bytes) -> None:
    image = Image(base64.b64encode(data).decode())
    for look in (lambda: Image.from_bytes(data), image.dimensions, image.to_image):
        with contextlib.suppress(ImageError):
            look()


@given(st.sampled_from(["PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP", "ICO", "PPM"]), st.data())
def test_damaged_images_are_an_image_or_the_documented_error(format: str, data: st.DataObject) -> None:
    content = bytearray(picture(format))
    for _ in range(data.draw(st.integers(1, 5))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(ImageError):
        Image.from_bytes(bytes(content)).to_image()
