"""How often a client was entered with ``with`` and not left yet."""

from __future__ import annotations

import weakref

from aleph_alpha._runtime.forks import new_lock

__all__ = ["Entries"]


class Entries:
    """Counts for each place (an event loop, or all threads together): what one has opened, another still needs.

    >>> class Loop: ...
    >>> entries, loop = Entries(), Loop()
    >>> entries.enter(loop), entries.enter(loop)
    (None, None)
    >>> entries.leave(loop), entries.leave(loop)
    (False, True)
    """

    def __init__(self) -> None:
        self._lock = new_lock()
        self._counts: weakref.WeakKeyDictionary[object, int] = weakref.WeakKeyDictionary()

    def enter(self, place: object) -> None:
        """One more."""
        with self._lock:
            self._counts[place] = self._counts.get(place, 0) + 1

    def leave(self, place: object) -> bool:
        """One less; whether it was the last, or was never counted."""
        with self._lock:
            left = self._counts.pop(place, 1) - 1
            if left:
                self._counts[place] = left
            return not left
