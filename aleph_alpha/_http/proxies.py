"""Which proxy an address is reached through. A transport does not look; ``httpx.Client`` does."""

from __future__ import annotations

import urllib.request

import httpx

from aleph_alpha._http.wire.protocol import Origin

__all__ = ["Proxy", "check_proxy", "proxy_for"]

_SCHEMES = ("http", "https", "socks5", "socks5h")
_NO_URL = (
    "the URL of the proxy is not valid: it must be scheme://host:port or scheme://user:password@host:port, "
    "with other characters than letters and digits of user and password percent-encoded"
)


class Proxy(str):
    """The URL of a proxy, whose password is not for those who show the local variables of a traceback."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "<URL of a proxy>"

    @property
    def shown(self) -> str:
        """Where it is, without user and password."""
        url = httpx.URL(self)
        return f"{url.scheme}://{url.netloc.decode('ascii')}"


def check_proxy(proxy: str) -> None:
    """Raise ``ValueError`` if this is not the URL of a proxy; does not repeat any of it, it may hold a password."""
    try:
        url = httpx.URL(_with_scheme(proxy))
    except httpx.InvalidURL:  # says what it takes for the port
        raise ValueError(_NO_URL) from None
    if url.path not in ("", "/") or url.query or url.fragment:  # then what is before that is not the host
        raise ValueError(_NO_URL)
    if url.scheme not in _SCHEMES or not url.host:
        raise ValueError(f"the URL of a proxy has to begin with one of {', '.join(_SCHEMES)} and name a host")


def proxy_for(origin: Origin, configured: str | None) -> Proxy | None:
    """The URL of the proxy for ``origin``, or None to connect directly.

    Args:
        configured: the caller's setting: a URL, "" for no proxy whatever the environment says,
            None for ``HTTP_PROXY``, ``HTTPS_PROXY``, ``ALL_PROXY`` and ``NO_PROXY`` (either case;
            on Windows and macOS the system's settings where no variable is set).
    """
    if configured is not None:
        return _with_scheme(configured) if configured else None
    proxies = urllib.request.getproxies()
    proxy = proxies.get(origin.scheme) or proxies.get("all")
    if not proxy:
        return None
    # NO_PROXY may name a host with its port.
    if urllib.request.proxy_bypass(origin.host) or urllib.request.proxy_bypass(f"{origin.host}:{origin.port}"):
        return None
    return _with_scheme(proxy)


def _with_scheme(proxy: str) -> Proxy:
    return Proxy(proxy if "://" in proxy else f"http://{proxy}")
