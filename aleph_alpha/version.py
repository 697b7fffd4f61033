"""Versions: this package's own, and the oldest API it works with."""

from __future__ import annotations

__all__ = ["MIN_API_VERSION", "__version__", "user_agent_headers"]

__version__ = "12.0.0"
"""The version of this package."""

MIN_API_VERSION = "1.16.0"
"""The oldest version of the API that this package works with; `Client.validate_version` compares."""


def user_agent_headers() -> dict[str, str]:
    """The ``User-Agent`` header that every request carries.

    The server looks at the name: under the vendor's client's own, an old version makes it leave
    fields out of its responses. So this package goes by a name of its own.

    >>> user_agent_headers()["User-Agent"].startswith("aleph-alpha/")
    True
    """
    import platform

    return {"User-Agent": f"aleph-alpha/{__version__} python/{platform.python_version()}"}


def check_api_version(found: str) -> None:
    """Raise ``UnsupportedVersionError`` unless the version is :data:`MIN_API_VERSION` or newer.

    >>> check_api_version("1.16"), check_api_version("4.7.0")
    (None, None)
    """
    from aleph_alpha.errors import UnsupportedVersionError

    if _numbers(found) < _numbers(MIN_API_VERSION):
        raise UnsupportedVersionError(
            f"this client works with API {MIN_API_VERSION} and newer, the server says {found!r}"
        )


def _numbers(version: str) -> tuple[int, ...]:
    """Major, minor and patch; nothing for what is not a version, which makes it the oldest."""
    import re

    match = re.match(r"v?(\d+)(?:\.(\d+))?(?:\.(\d+))?", version.strip())
    return tuple(int(part or 0) for part in match.groups()) if match else ()
