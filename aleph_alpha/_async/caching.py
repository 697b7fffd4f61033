"""Responses of the cache, and for it."""

from __future__ import annotations

import logging
import os
from typing import Any

from aleph_alpha._call.call import Call
from aleph_alpha._runtime.aio import in_background, resolve
from aleph_alpha.options import Settings

__all__ = ["keep", "recall"]

_SMALL = 64 * 1024  # bytes whose hash takes less time than to change threads
_log = logging.getLogger("aleph_alpha")


async def recall(call: Call[Any], settings: Settings) -> tuple[str | None, bytes | None]:
    """The key of the call, if its response may be kept, and the body that was.

    A cache that fails has nothing; the log has the reason.
    """
    from aleph_alpha._cache.key import cache_key

    small = len(call.body or b"") < _SMALL
    key = cache_key(call, settings.host) if small else await in_background(cache_key, call, settings.host)
    if key is None:
        return None, None
    try:
        body = await resolve(await in_background(_store(settings.cache).get, key))
        return key, None if body is None else bytes(memoryview(body))
    except Exception as error:
        _log.warning("the cache failed at get: %s", type(error).__name__, exc_info=_log.isEnabledFor(logging.DEBUG))
        return key, None


async def keep(key: str, body: bytes, settings: Settings) -> None:
    """Put a body into the cache."""
    try:
        await resolve(await in_background(_store(settings.cache).set, key, body))
    except Exception as error:
        _log.warning("the cache failed at set: %s", type(error).__name__, exc_info=_log.isEnabledFor(logging.DEBUG))


def _store(cache: Any) -> Any:
    from aleph_alpha._cache.folder import FolderCache

    return FolderCache(cache) if isinstance(cache, str | os.PathLike) else cache
