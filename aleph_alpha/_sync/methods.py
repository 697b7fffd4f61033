# Made from aleph_alpha/_async/methods.py by scripts/unasync.py: change it there, then run `make fix`.
"""What the groups of a client's methods share."""

from __future__ import annotations

from typing import TypeVar

from aleph_alpha._call.call import Call, Defaults
from aleph_alpha._sync.sender import Sender
from aleph_alpha.options import Settings

__all__ = ["Methods"]

T = TypeVar("T")


class Methods:
    """Sends the calls that the methods of a client describe."""

    _sender: Sender
    _settings: Settings

    @property
    def _defaults(self) -> Defaults:
        settings = self._settings
        return Defaults(settings.nice, settings.hosting, settings.tags)

    def _send(self, call: Call[T]) -> T:
        return self._sender.send(call, self._settings)
