"""Images as prompt items: loading them from anywhere, and what the API is told about them."""

from __future__ import annotations

import binascii
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from aleph_alpha._call.checks import bytes_of, check_field, integer, number, refuse, short
from aleph_alpha._call.fields import known
from aleph_alpha._call.viewable import Viewable, builder
from aleph_alpha.errors import ImageError, InvalidRequestError
from aleph_alpha.prompt.controls import (
    ControlTokenOverlap,
    api,
    each_control,
    factor,
    overlap_from_model,
    overlap_model,
    read_model,
)
from aleph_alpha.prompt.image_file import MAX_IMAGE_BYTES, _is_url, _read_file, _without_secrets, load_url

if TYPE_CHECKING:
    import PIL.Image

    from aleph_alpha.views.view import View

__all__ = ["Cropping", "Image", "ImageControl", "checked_base64", "image_from_model", "image_model"]


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
        return _control_model(self, type(self).__name__, bounds=False).to_dict()


@dataclass(frozen=True, repr=False)
class Image(Viewable):
    """An image in a prompt, kept and sent as the bytes it came as (nothing is re-encoded).

    Models look at squares. Without a cropping the middle of the image is taken; give a ``Cropping``,
    or use a ``..._with_cropping`` constructor, to choose another square.

    The loading constructors refuse what is not an image, has more than ``MAX_IMAGE_PIXELS`` pixels or
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
        from aleph_alpha._optional import encode
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
        from aleph_alpha._optional import decode

        if not isinstance(self.base_64, str):
            refuse("Image.base_64", "a string", self.base_64, ImageError)
        try:
            return decode(self.base_64)
        except ValueError as error:
            raise ImageError(f"Image.base_64 is not base64: {error}") from error

    def view(self) -> View:
        """Something to look at: the image, small, the square that the model sees, and controls where they act."""
        view: View = builder("prompt").of_image(self)
        return view

    def to_json(self) -> Mapping[str, Any]:
        """The prompt item as the API takes it.

        Raises:
            InvalidRequestError: a member of a type that the API has no form for.
        """
        return image_model(self, type(self).__name__, bounds=False).to_dict()

    @staticmethod
    def from_json(json: Mapping[str, Any]) -> Image:
        """The image of a prompt item's JSON, with its cropping and controls.

        Raises:
            InvalidRequestError: a member is missing or has the wrong type. The image is not looked at.
        """
        return image_from_model(read_model(api.ImagePromptItem, "image", json, "Image"), "Image")

    def __repr__(self) -> str:
        # The whole data would be megabytes in every log line that shows a prompt.
        data = self.base_64
        shown = f"<{len(data)} characters>" if isinstance(data, str) and len(data) > 40 else repr(data)
        return (
            f"{type(self).__qualname__}(base_64={shown}, cropping={self.cropping!r}, controls={short(self.controls)})"
        )


def image_model(item: Image, field: str, bounds: bool = True) -> api.ImagePromptItem:
    """The generated model of an image, its cropping and its controls; for JSON that is not sent, whatever it holds.

    Raises:
        InvalidRequestError: what cannot be sent, by its path below `field`: wrong types, data that is
            not base64, a rectangle beyond the image. Whether it is an image is not looked at.
    """
    model = api.ImagePromptItem(data=checked_base64(item.base_64, f"{field}.base_64", bounds))
    if item.cropping is not None:
        if not isinstance(item.cropping, Cropping):
            refuse(f"{field}.cropping", "a Cropping or None", item.cropping)
        for name, least in (("upper_left_x", 0), ("upper_left_y", 0), ("size", 1)):
            pixels = getattr(item.cropping, name)
            check_field(pixels, integer, f"{field}.cropping.{name}")
            if bounds and pixels < least:
                raise InvalidRequestError(f"{field}.cropping.{name} must be {least} or greater, got {pixels}")
        model.x, model.y, model.size = item.cropping.upper_left_x, item.cropping.upper_left_y, item.cropping.size
    model.controls = [
        _control_model(control, at, bounds) for at, control in each_control(item.controls, ImageControl, field)
    ]
    return model


def _control_model(control: ImageControl, at: str, bounds: bool) -> api.ImageControl:
    for name in ("left", "top", "width", "height"):
        share = getattr(control, name)
        check_field(share, number, f"{at}.{name}")
        if bounds and not 0 <= share <= 1:
            raise InvalidRequestError(f"{at}.{name} must be between 0 and 1, a share of the image, got {share}")
    rect = api.ImageControlRect(control.left, control.top, control.width, control.height)
    model = api.ImageControl(rect, factor(control.factor, at, bounds))
    if control.token_overlap is not None:
        model.token_overlap = overlap_model(control.token_overlap, at)
    return model


def checked_base64(data: object, field: str, bounds: bool = True) -> str:
    """The string, if it is base64 as far as a look at it tells.

    Raises:
        InvalidRequestError: it is not.
    """
    # Cheap on purpose: a whole decode of every image of every request would find nothing more in
    # practice than what these find (raw bytes, a path, a URL, a data URL, line breaks, a cut).
    if not isinstance(data, str):
        refuse(field, "a string", data)
    if not bounds:
        return data
    if data.startswith("data:"):
        raise InvalidRequestError(f"{field} must be base64 alone: take off everything up to the comma of the data URL")
    try:
        binascii.a2b_base64(data[:64], strict_mode=True)
        whole = bool(data) and data.isascii() and len(data) % 4 == 0
    except ValueError:
        whole = False
    if not whole:
        raise InvalidRequestError(f"{field} is not base64 (standard alphabet, padded): {short(data)}")
    return data


def image_from_model(model: api.ImagePromptItem, path: str) -> Image:
    """The image of its generated model.

    Raises:
        InvalidRequestError: the cropping is incomplete.
    """
    cropping = None
    x, y, size = known(model.x), known(model.y), known(model.size)
    if x is not None and y is not None and size is not None:
        cropping = Cropping(x, y, size)
    elif not (x is None and y is None and size is None):
        raise InvalidRequestError(f"{path} has only some of x, y and size; a cropping needs all three")
    controls = []
    for i, control in enumerate(model.controls or ()):
        overlap = overlap_from_model(control.token_overlap, f"{path}.controls[{i}]")
        rect = control.rect
        controls.append(ImageControl(rect.left, rect.top, rect.width, rect.height, control.factor, overlap))
    return Image(model.data, cropping, controls)
