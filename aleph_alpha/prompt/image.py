"""Images as prompt items: loading them from anywhere, and what the API is told about them."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self, cast
from urllib.parse import urlsplit, urlunsplit

from aleph_alpha.errors import ImageError
from aleph_alpha.prompt.controls import ControlTokenOverlap, bytes_of, path_of, refuse

if TYPE_CHECKING:
    import PIL.Image

__all__ = ["MAX_IMAGE_BYTES", "MAX_IMAGE_PIXELS", "Cropping", "Image", "ImageControl"]

MAX_IMAGE_BYTES = 64 * 1024 * 1024
"""Default limit of what ``Image`` reads from a file or a URL, in bytes."""

MAX_IMAGE_PIXELS = 89_478_485
"""Limit of width times height (a quarter GiB decoded as RGB): a small file can claim to be much larger."""


@dataclass(frozen=True)
class Cropping:
    """A square part of an image, in pixels of the original image.

    Parameters:
        upper_left_x, upper_left_y: the corner with the smallest coordinates; 0, 0 is the image's own.
        size: width and height of the square.

    >>> Cropping(upper_left_x=10, upper_left_y=0, size=200).size
    200
    """

    upper_left_x: int
    upper_left_y: int
    size: int


@dataclass(frozen=True)
class ImageControl:
    """Strengthens or weakens the attention that a rectangle of an image gets.

    Coordinates are shares of the **whole** image, 0 to 1, whatever its cropping: a rectangle may lie
    outside the part that the model sees.

    Parameters:
        left, top: upper left corner; 0, 0 is the image's own.
        width, height: extent; 1 is the image's own.
        factor: below 1 weakens, 1 changes nothing, above 1 strengthens.
        token_overlap: how tiles covered in part count; ``None`` leaves it to the API (partial).

    >>> ImageControl(0.0, 0.0, 0.5, 1.0, factor=2.0).to_json()
    {'rect': {'left': 0.0, 'top': 0.0, 'width': 0.5, 'height': 1.0}, 'factor': 2.0}
    """

    left: float
    top: float
    width: float
    height: float
    factor: float
    token_overlap: ControlTokenOverlap | None = None

    def to_json(self) -> Mapping[str, Any]:
        """The control as the API takes it."""
        from aleph_alpha._prompt_model import control_model

        return control_model(self).to_dict()


@dataclass(frozen=True, repr=False)
class Image:
    """An image in a prompt, kept and sent as the bytes it came as (nothing is re-encoded).

    Models look at squares. Without a cropping the middle of the image is taken; give a ``Cropping``,
    or use a ``..._with_cropping`` constructor, to choose another square.

    The loading constructors refuse what is no image, has more than ``MAX_IMAGE_PIXELS`` pixels or
    more than ``max_bytes`` bytes with an ``ImageError`` (a ``ValueError``). Read are AVIF, BMP, GIF,
    ICO, JPEG, JPEG 2000, PNG, PPM, TIFF and WebP, as far as the installed Pillow can.
    ``Image(...)`` itself checks nothing.

    Parameters:
        base_64: the file, base64 encoded (standard alphabet, padded).
        cropping: the square to look at; ``None`` for the middle.
        controls: attention control of parts of the image.

    >>> png = bytes.fromhex(
    ...     "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    ...     "0000000c49444154789c63f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
    ... )
    >>> image = Image.from_bytes(png, cropping=Cropping(0, 0, 1))
    >>> image.dimensions()
    (1, 1)
    >>> Image.from_json(image.to_json()) == image
    True
    """

    base_64: str
    cropping: Cropping | None = None
    controls: Sequence[ImageControl] = field(default_factory=list)

    @classmethod
    def from_image_source(
        cls,
        image_source: str | os.PathLike[str] | bytes | bytearray | memoryview,
        controls: Sequence[ImageControl] | None = None,
    ) -> Self:
        """Load from whatever names or holds an image.

        Bytes are the image file itself, a ``Path`` is a
        file, and so is a string, **unless** it begins with ``scheme://`` or ``data:``. Of these,
        ``http://`` and ``https://`` are downloaded and all others refused. A string from somebody you
        do not trust can therefore name any file that this process may read: call ``from_url`` then.

        Raises:
            ImageError: no image, too large, or a URL that is not http or https.
            OSError: the file cannot be read.
            APIConnectionError: the download broke off, or took too long (``APITimeoutError``).
            TypeError: none of these types.
        """
        if isinstance(image_source, bytes | bytearray | memoryview):
            return cls.from_bytes(bytes(image_source), controls=controls)
        if isinstance(image_source, str) and _is_url(image_source):
            return cls.from_url(image_source, controls=controls)
        if isinstance(image_source, str | os.PathLike):
            return cls.from_file(image_source, controls=controls)
        raise TypeError(f"image_source must be a path, a URL or bytes, not {type(image_source).__name__}")

    @classmethod
    def from_bytes(
        cls, bytes: bytes, cropping: Cropping | None = None, controls: Sequence[ImageControl] | None = None
    ) -> Self:
        """Take the content of an image file.

        Parameters:
            bytes: the file as it is, not base64 encoded; a ``bytearray`` and a ``memoryview`` will do.
            cropping: the square to look at; ``None`` for the middle.
            controls: attention control of parts of the image.

        Raises:
            ImageError: no bytes, no image, or too many pixels.
        """
        content = bytes_of(bytes, "the content of an image file", "Image.from_file", ImageError)
        return cls._checked(content, cropping, controls, source="bytes")

    @classmethod
    def from_file(
        cls,
        path: str | os.PathLike[str],
        controls: Sequence[ImageControl] | None = None,
        *,
        max_bytes: int = MAX_IMAGE_BYTES,
    ) -> Self:
        """Load a file; its middle square is looked at.

        Parameters:
            path: of the file.
            controls: attention control of parts of the image.
            max_bytes: largest file, in bytes.

        Raises:
            ImageError: no path, no image, or too large.
            OSError: the file cannot be read (``FileNotFoundError`` and so on).
        """
        return cls._checked(_read_file(path, max_bytes), None, controls, source=os.fspath(path))

    @classmethod
    def from_file_with_cropping(
        cls,
        path: str | os.PathLike[str],
        upper_left_x: int,
        upper_left_y: int,
        crop_size: int,
        controls: Sequence[ImageControl] | None = None,
        *,
        max_bytes: int = MAX_IMAGE_BYTES,
    ) -> Self:
        """Load a file, and say which square of it to look at (in pixels). Raises what ``from_file`` raises."""
        cropping = Cropping(upper_left_x, upper_left_y, crop_size)
        return cls._checked(_read_file(path, max_bytes), cropping, controls, source=os.fspath(path))

    @classmethod
    def from_url(
        cls,
        url: str,
        controls: Sequence[ImageControl] | None = None,
        *,
        max_bytes: int = MAX_IMAGE_BYTES,
        timeout: float = 30.0,
    ) -> Self:
        """Download an image; its middle square is looked at.

        Only ``http`` and ``https`` are spoken, also after a redirect, and ``https`` never falls back
        to ``http``. The API token is not sent along. The call blocks: in asynchronous code run it
        with ``asyncio.to_thread``.

        Parameters:
            url: begins with ``http://`` or ``https://``.
            controls: attention control of parts of the image.
            max_bytes: largest download, in bytes.
            timeout: seconds for all of it, redirects included.

        Raises:
            ImageError: no URL, another scheme, a status other than 200, no image, or too large.
            APIConnectionError: the connection could not be made or broke off.
            APITimeoutError: the time was up.
        """
        return cls._checked(load_url(url, max_bytes, timeout), None, controls, source=_without_secrets(url))

    @classmethod
    def from_url_with_cropping(
        cls,
        url: str,
        upper_left_x: int,
        upper_left_y: int,
        crop_size: int,
        controls: Sequence[ImageControl] | None = None,
        *,
        max_bytes: int = MAX_IMAGE_BYTES,
        timeout: float = 30.0,
    ) -> Self:
        """Download an image, and say which square of it to look at (in pixels). Otherwise as ``from_url``."""
        cropping = Cropping(upper_left_x, upper_left_y, crop_size)
        return cls._checked(load_url(url, max_bytes, timeout), cropping, controls, source=_without_secrets(url))

    @classmethod
    def _checked(
        cls, data: bytes, cropping: Cropping | None, controls: Sequence[ImageControl] | None, *, source: str
    ) -> Self:
        from aleph_alpha._base64 import encode
        from aleph_alpha.prompt.image_file import open_image

        open_image(data, source)
        return cls(encode(data), cropping, controls or [])

    def to_image(self) -> PIL.Image.Image:
        """The decoded image, uncropped.

        Raises:
            ImageError: no image, damaged, or too many pixels.
        """
        from aleph_alpha.prompt.image_file import load_image

        return load_image(self._bytes())

    def dimensions(self) -> tuple[int, int]:
        """``(width, height)`` in pixels, uncropped, from the file's header.

        Raises:
            ImageError: no image, or too many pixels.
        """
        from aleph_alpha.prompt.image_file import open_image

        return open_image(self._bytes(), "base_64").size

    def _bytes(self) -> bytes:
        from aleph_alpha._base64 import decode

        if not isinstance(self.base_64, str):
            refuse("Image.base_64", "a string", self.base_64, ImageError)
        try:
            return decode(self.base_64)
        except ValueError as error:
            raise ImageError(f"Image.base_64 is not base64: {error}") from error

    def to_json(self) -> Mapping[str, Any]:
        """The prompt item as the API takes it.

        Raises:
            InvalidRequestError: a member of a type that the API has no form for.
        """
        from aleph_alpha._prompt_model import item_json

        return item_json(self)

    @staticmethod
    def from_json(json: Mapping[str, Any]) -> Image:
        """The image of a prompt item's JSON, with its cropping and controls.

        Raises:
            InvalidRequestError: a member is missing or has the wrong type. The picture is not looked at.
        """
        from aleph_alpha._prompt_model import item_from_json

        return cast("Image", item_from_json(json, "Image", "image"))

    def __repr__(self) -> str:
        # The whole data would be megabytes in every log line that shows a prompt.
        data = self.base_64
        shown = f"<{len(data)} characters>" if isinstance(data, str) and len(data) > 40 else repr(data)
        return f"{type(self).__qualname__}(base_64={shown}, cropping={self.cropping!r}, controls={self.controls!r})"


# A drive letter ("C:\\...") is no scheme, nor is a colon in a file's name.
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
