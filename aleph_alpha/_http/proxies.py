"""Which proxy an address is reached through, as ``requests``, which many environments were set up for, reads it."""

from __future__ import annotations

import importlib.util
import ipaddress
import os
import urllib.request

import httpx

from aleph_alpha._http.wire.origin import Origin, Proxy

__all__ = ["check_proxy", "proxy_for"]

_SCHEMES = ("http", "https", "socks5", "socks5h")
_NO_URL = (
    "the URL of the proxy is not valid: it must be scheme://host:port or scheme://user:password@host:port, "
    "with other characters than letters and digits of user and password percent-encoded"
)
_NO_SOCKS = "a SOCKS proxy needs the package socksio: install httpx[socks], or set another proxy (proxy='' for none)"


def check_proxy(proxy: str) -> None:
    """Raise ``ValueError`` if this cannot be used as the URL of a proxy.

    The message does not repeat any of it: it may hold a password. A path is allowed, and means nothing.
    """
    try:
        url = httpx.URL(_with_scheme(proxy))
    except httpx.InvalidURL:  # says what it takes for the port
        raise ValueError(_NO_URL) from None
    if "@" in f"{url.path}{url.query!r}{url.fragment}":  # then what is before that is not the host
        raise ValueError(_NO_URL)
    if url.scheme not in _SCHEMES or not url.host:
        raise ValueError(f"the URL of a proxy has to begin with one of {', '.join(_SCHEMES)} and name a host")
    if url.scheme.startswith("socks") and importlib.util.find_spec("socksio") is None:
        raise ValueError(_NO_SOCKS)


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
    if not proxy or _is_excepted(origin):
        return None
    return _with_scheme(proxy)


def _is_excepted(origin: Origin) -> bool:
    """Whether ``NO_PROXY``, or what the system has in its place, names the host."""
    no_proxy = os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or ""
    entries = (entry for part in no_proxy.split(",") for entry in part.split())
    if any(_names(entry.lower(), origin) for entry in entries):
        return True
    return bool(urllib.request.proxy_bypass(origin.server_name))


def _names(entry: str, origin: Origin) -> bool:
    """Whether an entry of ``NO_PROXY`` is for the host.

    It is ``*``, a name (for names below it, too; a dot or ``*.`` before it changes nothing), an
    address, a network such as ``10.0.0.0/8``; name and address with or without a port, IPv6 in brackets or not.
    """
    if entry == "*":
        return True
    host = origin.server_name.lower()
    address = _address(host)
    if address is None:
        name, _, port = entry.partition(":")
        name = name.removeprefix("*").strip(".")
        return (port in ("", str(origin.port))) and bool(name) and f".{host}".endswith(f".{name}")
    if (network := _network(entry)) is None:
        name, _, port = entry.rpartition(":")
        network = _network(name) if port == str(origin.port) else None
    return network is not None and address in network


def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    """An address is a network of one. The brackets may be around the address alone or around all of it."""
    name, slash, bits = text.partition("/")
    if not slash and (address := _address(text.strip("[]"))) is not None:
        return ipaddress.ip_network(address)
    try:
        return ipaddress.ip_network(f"{name.strip('[]')}{slash}{bits.strip('[]')}", strict=False)
    except ValueError:
        return None


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _with_scheme(proxy: str) -> Proxy:
    return Proxy(proxy.strip() if "://" in proxy else f"http://{proxy.strip()}")
