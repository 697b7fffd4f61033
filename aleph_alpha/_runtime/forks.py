"""Locks that are free in a forked process, whoever held them in the parent.

A fork copies the thread that forks and none of the others. What these held stays locked for ever in the
child: here the locks of this package, and those of modules that another thread was just importing,
as it does at the first call of a client. Python sees to neither.
"""

from __future__ import annotations

import os
import sys
import threading
import weakref
from importlib import _bootstrap as imports
from typing import Any

__all__ = ["new_lock"]

_locks: weakref.WeakSet[Any] = weakref.WeakSet()


def new_lock() -> threading.Lock:
    """A ``threading.Lock`` that is made anew in the child of a fork."""
    lock = threading.Lock()
    _locks.add(lock)
    return lock


def _make_anew() -> None:
    for lock in list(_locks):
        lock._at_fork_reinit()
    _forget_imports()


def _forget_imports() -> None:
    """What threads that are gone were importing is imported again when it is next asked for.

    Otherwise whoever asks would wait for them. Half of a module is of no use to anybody.
    """
    locks: dict[str, Any] = getattr(imports, "_module_locks", {})
    own = threading.get_ident()
    for name, ref in list(locks.items()):
        lock = ref()
        if getattr(lock, "owner", None) in (None, own):
            continue
        locks.pop(name, None)
        spec = getattr(sys.modules.get(name), "__spec__", None)
        if getattr(spec, "_initializing", False):
            sys.modules.pop(name, None)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_make_anew)
