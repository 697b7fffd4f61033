"""The module path of earlier versions for :mod:`aleph_alpha.prompt.image`."""

from aleph_alpha.prompt.image import Cropping, Image, ImageControl
from aleph_alpha.prompt.image_file import MAX_IMAGE_BYTES, MAX_IMAGE_PIXELS

__all__ = ["MAX_IMAGE_BYTES", "MAX_IMAGE_PIXELS", "Cropping", "Image", "ImageControl"]
