"""base64 by pybase64 where it is installed, which is 10 times as fast to encode and 60 times to decode."""

from __future__ import annotations

import binascii

__all__ = ["decode", "encode"]


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
