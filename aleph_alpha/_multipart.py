"""Bodies of forms with files (RFC 7578)."""

from __future__ import annotations

import hashlib
import mimetypes
from collections.abc import Iterable
from typing import Any

__all__ = ["multipart"]


def multipart(parts: Iterable[tuple[str, Any]]) -> tuple[bytes, str]:
    """A form as bytes, and its content type.

    Args:
        parts: name, and ``(file name, content, media type)``; content is bytes or a file, a media
            type that is not given is guessed from the file's name.

    >>> body, content_type = multipart([("metadata", (None, b"{}", "application/json"))])
    >>> b'Content-Disposition: form-data; name="metadata"' in body, content_type.partition("=")[0]
    (True, 'multipart/form-data; boundary')
    """
    described = [(name, file[0], _bytes(file[1]), file[2]) for name, file in parts]
    # Of the content, so that the same form is the same bytes (and recordings of it can be found again).
    digest = hashlib.sha256(b"\0".join(content for _, _, content, _ in described))
    while any(digest.hexdigest().encode() in content for _, _, content, _ in described):
        digest.update(b"again")
    boundary = digest.hexdigest().encode()
    pieces: list[bytes] = []
    for name, file_name, content, media_type in described:
        disposition = f'form-data; name="{_quoted(name)}"'
        if file_name is not None:
            disposition += f'; filename="{_quoted(file_name)}"'
            media_type = media_type or mimetypes.guess_type(file_name)[0] or "application/octet-stream"
        pieces += [b"--", boundary, f"\r\nContent-Disposition: {disposition}\r\n".encode()]
        if media_type is not None:
            pieces.append(f"Content-Type: {media_type}\r\n".encode())
        pieces += [b"\r\n", content, b"\r\n"]
    pieces += [b"--", boundary, b"--\r\n"]
    return b"".join(pieces), f"multipart/form-data; boundary={boundary.decode()}"


def _bytes(content: Any) -> bytes:
    data: Any = content.read() if hasattr(content, "read") else content
    return data.encode() if isinstance(data, str) else bytes(data)


def _quoted(name: str) -> str:
    """As browsers write names: what would end the value or the line is percent-encoded."""
    return name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
