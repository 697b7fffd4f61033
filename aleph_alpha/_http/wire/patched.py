"""Whether httpx's own transports have been replaced under us.

Recorders, mocks and tracers (vcrpy, pytest-httpx, OpenTelemetry; respx through httpcore) patch
the transports' methods on the class. A subclass that overrides them would never be seen, so the
wire looks before each call and lets the patched parent work.
"""

from __future__ import annotations

import os
import sys
from types import ModuleType
from typing import Any

import httpx

__all__ = ["async_is_patched", "sync_is_patched"]

# Functions seen and found genuine, by id. Comparing with what was there at import would fail when
# the import itself happened inside a cassette; comparing with ``==`` would too: the wrappers of
# wrapt (OpenTelemetry) are equal to what they wrap.
_genuine: dict[int, Any] = {}


def sync_is_patched() -> bool:
    """Whether ``httpx.HTTPTransport.handle_request``, or what it calls, is somebody else's."""
    if _is_patched(httpx.HTTPTransport.handle_request, httpx):
        return True
    httpcore = sys.modules.get("httpcore")  # if it is not there, nobody can have patched it
    return httpcore is not None and _is_patched(httpcore.ConnectionPool.handle_request, httpcore)


def async_is_patched() -> bool:
    """The same of ``httpx.AsyncHTTPTransport.handle_async_request``."""
    if _is_patched(httpx.AsyncHTTPTransport.handle_async_request, httpx):
        return True
    httpcore = sys.modules.get("httpcore")
    return httpcore is not None and _is_patched(httpcore.AsyncConnectionPool.handle_async_request, httpcore)


def _is_patched(method: Any, package: ModuleType) -> bool:
    if _genuine.get(id(method)) is method:
        return False
    code = getattr(method, "__code__", None)
    folder = os.path.dirname(str(package.__file__)) + os.sep
    if code is None or hasattr(method, "__wrapped__") or not code.co_filename.startswith(folder):
        return True
    _genuine[id(method)] = method
    return False
