"""Images made for tests."""

from __future__ import annotations

import base64
import io

from PIL import Image


def picture(*colours: str, width: int = 120, height: int = 120, kind: str = "PNG") -> str:
    """Vertical stripes of the colours, as base64."""
    image = Image.new("RGB", (width, height))
    for index, colour in enumerate(colours):
        left, right = width * index // len(colours), width * (index + 1) // len(colours)
        image.paste(colour, (left, 0, right, height))
    content = io.BytesIO()
    image.save(content, kind)
    return base64.b64encode(content.getvalue()).decode()
