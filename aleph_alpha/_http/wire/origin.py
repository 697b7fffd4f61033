"""Where a connection leads, and through which proxy."""

from __future__ import annotations

from base64 import b64encode
from typing import NamedTuple

import httpx

__all__ = ["Origin", "Proxy"]

_DEFAULT_PORTS = {"http": 80, "https": 443}
_DEFAULT_PROXY_PORTS = {"http": 80, "https": 443, "socks5": 1080, "socks5h": 1080}


class Proxy(str):
    """The URL of a proxy, whose password is not for those who show the local variables of a traceback."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "<URL of a proxy>"

    @property
    def is_socks(self) -> bool:
        """Whether it speaks SOCKS and not HTTP."""
        return self.lower().startswith("socks")

    @property
    def shown(self) -> str:
        """Where it is, without user and password."""
        url = httpx.URL(self)
        return f"{url.scheme}://{url.netloc.decode('ascii')}"

    @property
    def origin(self) -> Origin:
        """Its own address."""
        url = httpx.URL(self)
        port = _DEFAULT_PROXY_PORTS[url.scheme] if url.port is None else url.port
        return Origin(url.scheme, url.raw_host.decode("ascii"), port)

    @property
    def authorization(self) -> list[tuple[bytes, bytes]]:
        """The header with user and password, if the URL has them."""
        url = httpx.URL(self)
        if not url.userinfo:
            return []
        return [(b"Proxy-Authorization", b"Basic " + b64encode(f"{url.username}:{url.password}".encode()))]


class Origin(NamedTuple):
    """Where a connection leads; connections are shared between requests of the same origin."""

    scheme: str  # "http" or "https"
    host: str
    port: int
    proxy: Proxy | None = None  # what it leads through

    @classmethod
    def of(cls, url: httpx.URL) -> Origin:
        scheme = url.scheme
        if scheme not in _DEFAULT_PORTS or not url.host:
            raise httpx.UnsupportedProtocol(f"{scheme or 'no'}:// is not a scheme to send to; use http:// or https://")
        # raw_host is the IDNA form, as names are looked up and certificates are checked.
        return cls(scheme, url.raw_host.decode("ascii"), _DEFAULT_PORTS[scheme] if url.port is None else url.port)

    @property
    def authority(self) -> str:
        """Host and port, as requests name them."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def server_name(self) -> str:
        """What the certificate has to be for: the dot that ends a complete name is not part of it."""
        return self.host.removesuffix(".")

    def __str__(self) -> str:
        return self.authority if self.proxy is None else f"{self.authority} through the proxy {self.proxy.shown}"
