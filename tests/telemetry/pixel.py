"""A picture of one pixel."""

from __future__ import annotations

import io

import PIL.Image

__all__ = ["PIXEL"]

_file = io.BytesIO()
PIL.Image.new("RGB", (1, 1), "red").save(_file, "PNG")
PIXEL = _file.getvalue()
