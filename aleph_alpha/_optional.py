"""Optional dependencies: imported where they are first used, with a clear word when they are missing."""

from __future__ import annotations

import binascii
from importlib import import_module
from typing import Any

__all__ = ["decode", "encode", "need"]


def need(module: str, extra: str, *, what: str) -> Any:
    """The module, imported; `extra` is the name of the extra that brings it.

    Raises:
        ImportError: it is not installed; the message holds the pip command. An installed module
            that fails while it is imported raises its own error.

    >>> need("json", "numpy", what="an example").loads("[1]")
    [1]
    >>> need("no_such_module", "numpy", what="embeddings as arrays")
    Traceback (most recent call last):
    ImportError: embeddings as arrays need no_such_module, which is not installed: pip install 'aleph-alpha[numpy]'
    """
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        if error.name != module.partition(".")[0]:
            raise
        message = f"{what} need {module}, which is not installed: pip install 'aleph-alpha[{extra}]'"
        raise ImportError(message, name=error.name) from error


def encode(data: bytes) -> str:
    """Bytes in the standard alphabet, padded, on one line."""
    try:
        import pybase64
    except ImportError:
        return binascii.b2a_base64(data, newline=False).decode("ascii")
    return pybase64.b64encode_as_string(data)


def decode(text: str) -> bytes:
    """The bytes of it.

    Raises:
        ValueError: another alphabet, wrong padding, or anything behind it.
    """
    try:
        import pybase64

        return pybase64.b64decode(text, validate=True)
    except (ImportError, ValueError):  # what pybase64 refuses is for the standard library to judge
        return binascii.a2b_base64(text, strict_mode=True)
