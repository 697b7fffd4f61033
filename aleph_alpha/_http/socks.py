"""What a client says when it is built about a SOCKS proxy that it will not be able to use. Loads no HTTP library."""

from __future__ import annotations

import os

from aleph_alpha.errors import InvalidRequestError

__all__ = ["check_socks"]

_VARIABLES = ("http_proxy", "https_proxy", "all_proxy")


def check_socks(host: str, proxy: str | None) -> None:
    """Raise if ``host`` is to be reached through a SOCKS proxy and the package for that is missing.

    Args:
        host: the URL of the API.
        proxy: the caller's setting, None for the environment's.

    Raises:
        InvalidRequestError: says what to install, and nothing of the proxy's URL.
    """
    said = [proxy] if proxy is not None else [os.environ[name] for name in os.environ if name.lower() in _VARIABLES]
    if not any(value.strip().lower().startswith("socks") for value in said):
        return
    import httpx

    from aleph_alpha._http.proxies import check_proxy, proxy_for
    from aleph_alpha._http.wire.origin import Origin

    found = proxy_for(Origin.of(httpx.URL(host)), proxy)
    if found is not None and found.is_socks:
        try:
            check_proxy(found)
        except ValueError as error:
            raise InvalidRequestError(str(error)) from None
