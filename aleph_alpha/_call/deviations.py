"""What a client has met that was not as the contract says: told once, remembered, refused where that is wanted."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable

from aleph_alpha.errors import ResponseError
from aleph_alpha.options import Deviation

__all__ = ["Deviating"]

_log = logging.getLogger("aleph_alpha")
_MOST = 1_000  # places that a client remembers


class Deviating:
    """Remembers deviations by operation and place, where all elements of a list are one place."""

    def __init__(self) -> None:
        self.seen: dict[tuple[str, str], Deviation] = {}

    def tell(self, operation: str, found: Iterable[Deviation], *, strict: bool, body: bytes = b"") -> None:
        """Log what is new of it, a line at DEBUG for each place.

        Raises:
            ResponseError: there is any, and the client is strict.
        """
        for one in found:
            place = (operation, re.sub(r"\[\d+\]", "[]", one.path))
            if place not in self.seen and len(self.seen) < _MOST:
                self.seen[place] = one
                _log.debug("%s: the response is not what the contract says: %s", operation, one)
            if strict:
                raise ResponseError(f"{operation}: {one} (strict=True)", path=one.path, body=body)
