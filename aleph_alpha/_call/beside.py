"""Values kept beside objects that cannot hold them: a field more would change their equality and JSON."""

from __future__ import annotations

import weakref
from typing import Any, Generic, TypeVar

__all__ = ["Beside"]

T = TypeVar("T")


class Beside(Generic[T]):
    """A value for each of some objects, as long as the object lives; by identity, as most hold lists and have no hash.

    >>> class Response: ...
    >>> requests, response = Beside[str](), Response()
    >>> requests.put(response, "a request")
    >>> requests.get(response), requests.get(Response())
    ('a request', None)
    """

    def __init__(self) -> None:
        self._held: dict[int, tuple[weakref.ref[Any], T]] = {}

    def __len__(self) -> int:
        return len(self._held)

    def get(self, owner: object) -> T | None:
        """The value of the object, ``None`` where it has none."""
        found = self._held.get(id(owner))
        return None if found is None else found[1]

    def put(self, owner: object, value: T) -> None:
        """Keep a value for the object, instead of any earlier one."""
        held, key = self._held, id(owner)
        held[key] = weakref.ref(owner, lambda _: held.pop(key, None)), value
