"""Loading files as base64, as the vendor's client offers it; ``Image.from_file`` and ``Image.from_url`` do more."""

from __future__ import annotations

import os

from aleph_alpha._call.checks import path_of
from aleph_alpha._optional import encode
from aleph_alpha.prompt.image_file import MAX_IMAGE_BYTES, load_url

__all__ = ["load_base64_from_file", "load_base64_from_url"]


def load_base64_from_file(path_and_filename: str | os.PathLike[str]) -> str:
    """The content of a file, base64 encoded.

    Raises:
        InvalidRequestError: no path.
        OSError: the file cannot be read.

    >>> import tempfile
    >>> with tempfile.NamedTemporaryFile() as file:
    ...     _ = file.write(b"pixels")
    ...     file.flush()
    ...     load_base64_from_file(file.name)
    'cGl4ZWxz'
    """
    return encode(path_of(path_and_filename).read_bytes())


def load_base64_from_url(url: str, *, max_bytes: int = MAX_IMAGE_BYTES, timeout: float = 30.0) -> str:
    """The content behind an http or https URL, base64 encoded. Limits and errors are those of ``Image.from_url``."""
    return encode(load_url(url, max_bytes, timeout))
