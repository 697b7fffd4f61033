"""A local reference server to develop and test against, without a token or a network.

    >>> from aleph_alpha.testing import LocalServer
    >>> with LocalServer() as server:
    ...     server.url.startswith("http://127.0.0.1:")
    True

It needs the extra `aleph-alpha[testing]`. Its models are toys: small n-gram models of a few pages of text, whose
answers are computed as the API documents them, but mean nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from aleph_alpha.testing.server.app import create_app
    from aleph_alpha.testing.server.local import LocalServer

__all__ = ["LocalServer", "create_app"]


def __getattr__(name: str) -> Any:
    # Loaded at first use, so that the pytest plugin costs nothing where no server is started.
    if name in __all__:
        try:
            from aleph_alpha.testing.server import local as server
        except ModuleNotFoundError as error:
            if error.name is None or error.name.startswith("aleph_alpha"):
                raise
            raise ImportError(
                f"The reference server needs {error.name!r}: pip install 'aleph-alpha[testing]'"
            ) from error
        return getattr(server, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
