"""Ends what nobody ended: streams that were dropped, and those that are open when the interpreter exits.

A garbage collection may come at any point of any thread, also where that holds a lock which a handler of
events needs. So the collector only notes what was dropped, in a queue that is made for that, and a thread
reports it. The thread is there while such streams are open, and for a while after.

At exit all that is still open ends, before what was registered earlier with `atexit`: exporters of
OpenTelemetry are shut down there. A forked process knows nothing of the streams of its parent.
"""

from __future__ import annotations

import atexit
import os
import threading
import weakref
from collections.abc import Callable
from itertools import count
from queue import Empty, SimpleQueue
from typing import Any

from aleph_alpha._runtime.forks import new_lock

__all__ = ["forget", "settled", "watch"]

_LINGER = 1.0  # seconds that the thread stays when nothing is open

_open: dict[int, tuple[weakref.ref[Any], Callable[[], None]]] = {}
_dropped: SimpleQueue[tuple[int, Callable[[], None]] | threading.Event] = SimpleQueue()
_thread: threading.Thread | None = None
_starting = new_lock()
_keys = count()


def watch(owner: object, end: Callable[[], None]) -> int:
    """Call `end` once when the owner is no more, unless that is forgotten before; the result names it.

    `end` must not refer to the owner.
    """
    key = next(_keys)

    def gone(_: object) -> None:
        entry = _open.pop(key, None)  # one step, so that only one of all that may try it succeeds
        if entry is not None:
            _dropped.put((key, end))

    _open[key] = weakref.ref(owner, gone), end
    _start()
    atexit.unregister(_end_all)
    atexit.register(_end_all)  # last, and so the first to run
    return key


def forget(key: int) -> None:
    """It has ended otherwise."""
    _open.pop(key, None)


def settled(seconds: float = 10.0) -> bool:
    """Wait until all that was dropped so far was reported; False when that takes longer."""
    done = threading.Event()
    _start()
    _dropped.put(done)
    return done.wait(seconds)


def _start() -> None:
    global _thread
    if _thread is not None and _thread.is_alive():
        return
    with _starting:
        if _thread is None or not _thread.is_alive():
            _thread = threading.Thread(target=_report, name="aleph-alpha-abandoned", daemon=True)
            _thread.start()


def _report() -> None:
    global _thread
    while True:
        try:
            dropped = _dropped.get(timeout=_LINGER)
        except Empty:
            with _starting:  # whoever opens a stream now starts another
                if not _open and _dropped.empty():
                    _thread = None
                    return
            continue
        if isinstance(dropped, threading.Event):
            dropped.set()
        else:
            dropped[1]()
        del dropped  # with all that it holds


def _end_all() -> None:
    while True:
        try:
            dropped = _dropped.get_nowait()
        except Empty:
            break
        if isinstance(dropped, threading.Event):
            dropped.set()
        else:
            dropped[1]()
    while _open:
        try:
            _, (_, end) = _open.popitem()
        except KeyError:
            break
        end()


def _forked() -> None:
    global _thread, _dropped
    _open.clear()
    _dropped, _thread = SimpleQueue(), None


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forked)
