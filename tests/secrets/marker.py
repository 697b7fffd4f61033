"""The token of the tests about secrets, and how it would look if it came out anywhere."""

from __future__ import annotations

import base64
from urllib.parse import quote

__all__ = ["TOKEN", "shows_token"]

TOKEN = "".join(("marker", "-", "s3cr3t", "/", "t0k3n"))  # put together here, so that showing a line does not show it

_FORMS = [TOKEN, "marker" + "-token", quote(TOKEN, safe=""), TOKEN[::-1], TOKEN.encode().hex(), repr(TOKEN)[1:-1]]
_FORMS += [base64.b64encode(f"{start}{TOKEN}".encode()).decode()[4:-4] for start in ("", ":", "::")]


def shows_token(text: str) -> bool:
    """Whether the token is in the text, also in another of the usual spellings."""
    return any(form in text for form in _FORMS)
