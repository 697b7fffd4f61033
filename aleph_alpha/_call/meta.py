"""How a response came about, attached beside its data."""

from __future__ import annotations

import weakref
from typing import Any

from aleph_alpha.options import Meta

__all__ = ["WithMeta"]


class WithMeta:
    """Gives a response ``.meta``: how it came about, beside its data.

    It is neither a field nor a slot, and not in ``__dict__``: ``Response(**vars(response))``, comparing,
    ``asdict`` and ``to_json`` know only what the API said, and a response can be subclassed together
    with a pydantic model, whose instances have slots of their own. Copies and pickles keep it.
    """

    @property
    def meta(self) -> Meta | None:
        """Status, headers, attempts and seconds of the call; ``None`` where no client made this."""
        ref = _metas.get(id(self))
        return None if ref is None else ref.meta

    def attach_meta(self, meta: Meta | None) -> None:
        """For clients: set what :attr:`meta` returns."""
        key = id(self)
        if meta is None:
            _metas.pop(key, None)
            return
        _metas[key] = ref = _MetaRef(self, _forget)
        ref.key, ref.meta = key, meta

    def __getstate__(self) -> Any:
        state = super().__getstate__()
        return state if self.meta is None else (_HAS_META, state, self.meta)

    def __setstate__(self, state: Any) -> None:
        if isinstance(state, tuple) and state[:1] == (_HAS_META,):
            _, state, meta = state
            self.attach_meta(meta)
        inherited = getattr(super(), "__setstate__", None)  # of pydantic, in a mixed subclass
        if inherited is not None:
            inherited(state)
        else:
            vars(self).update(state or {})


_HAS_META = "aleph_alpha.meta"  # marks the state of a response with meta in pickles and copies


class _MetaRef(weakref.ref[WithMeta]):
    """Holds the meta of a response for as long as the response lives."""

    __slots__ = ("key", "meta")
    key: int
    meta: Meta


# By identity, because responses hold lists and so have no hash.
_metas: dict[int, _MetaRef] = {}


def _forget(ref: Any) -> None:
    _metas.pop(ref.key, None)
