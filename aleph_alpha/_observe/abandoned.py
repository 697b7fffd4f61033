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
from contextlib import suppress
from itertools import count
from queue import Empty, SimpleQueue
from typing import Any

from aleph_alpha._runtime.forks import new_lock

__all__ = ["catch_up", "forget", "settled", "tell_later", "watch"]

_LINGER = 1.0  # seconds that the thread stays when nothing is open

_open: dict[int, tuple[weakref.ref[Any], Callable[[], None]]] = {}
_dropped: SimpleQueue[Callable[[], object]] = SimpleQueue()
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
            _dropped.put(end)

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
    _dropped.put(done.set)
    return done.wait(seconds)


def tell_later(report: Callable[[], None]) -> None:
    """Have the thread call this: here it may be in the middle of a garbage collection, where none can be started."""
    _dropped.put(report)


def catch_up() -> None:
    """Start the thread where something is left for it: it may have gone since, or never have been there."""
    if not _dropped.empty():
        _start()


def _start() -> None:
    global _thread
    if _thread is not None and _thread.is_alive():
        return
    with _starting:
        if _thread is None or not _thread.is_alive():
            thread = threading.Thread(target=_report, name="aleph-alpha-abandoned", daemon=True)
            with suppress(RuntimeError):  # there are no threads, or no more of them as the interpreter exits
                thread.start()
                _thread = thread


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
        dropped()
        del dropped  # with all that it holds


def _end_all() -> None:
    while True:
        try:
            dropped = _dropped.get_nowait()
        except Empty:
            break
        dropped()
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
