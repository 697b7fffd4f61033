"""Whether httpx's own transports have been replaced under us.

Recorders, mocks and tracers (vcrpy, pytest-httpx, OpenTelemetry; respx through httpcore) patch
the transports' methods on the class. A subclass that overrides them would never be seen, so the
wire looks before each call and lets the patched parent work.
"""

from __future__ import annotations

import os
import sys
from typing import Any

import httpx

__all__ = ["async_is_patched", "sync_is_patched"]

_HTTPX_FOLDER = os.path.dirname(httpx.__file__)

# Functions seen and found genuine. Comparing with what was there at import would fail when the
# import itself happened inside a cassette.
_genuine: set[Any] = set()


def sync_is_patched() -> bool:
    """Whether ``httpx.HTTPTransport.handle_request``, or what it calls, is somebody else's."""
    if httpx.HTTPTransport.handle_request not in _genuine and not _is_genuine(
        httpx.HTTPTransport.handle_request, _HTTPX_FOLDER
    ):
        return True
    httpcore = sys.modules.get("httpcore")
    if httpcore is None:  # nobody can have patched it
        return False
    method = httpcore.ConnectionPool.handle_request
    return method not in _genuine and not _is_genuine(method, os.path.dirname(str(httpcore.__file__)))


def async_is_patched() -> bool:
    """The same of ``httpx.AsyncHTTPTransport.handle_async_request``."""
    if httpx.AsyncHTTPTransport.handle_async_request not in _genuine and not _is_genuine(
        httpx.AsyncHTTPTransport.handle_async_request, _HTTPX_FOLDER
    ):
        return True
    httpcore = sys.modules.get("httpcore")
    if httpcore is None:
        return False
    method = httpcore.AsyncConnectionPool.handle_async_request
    return method not in _genuine and not _is_genuine(method, os.path.dirname(str(httpcore.__file__)))


def _is_genuine(method: Any, folder: str) -> bool:
    code = getattr(method, "__code__", None)
    if code is None or hasattr(method, "__wrapped__") or not code.co_filename.startswith(folder + os.sep):
        return False
    _genuine.add(method)
    return True
