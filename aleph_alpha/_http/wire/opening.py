"""From a connected socket to one that leads to the API: TLS, and the way through a proxy. Bytes in, bytes out.

Nothing of a request has been sent while this goes on, so whatever fails here is a ``ConnectError``: it is
tried again without danger. Only what cannot change by itself (a wrong password) is a ``ProxyError``.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Generator

import httpx

from aleph_alpha._http.wire.failures import connect_error
from aleph_alpha._http.wire.origin import Origin, Proxy
from aleph_alpha._http.wire.protocol import BadResponse, ResponseParser
from aleph_alpha._http.wire.tls_layer import Steps, TlsLayer
from aleph_alpha.version import user_agent_headers

__all__ = ["check_proxy_response", "needs_context", "opening"]

_PASSING = (408, 425, 429)  # of the statuses below 500, those that say "not now"


def needs_context(origin: Origin) -> bool:
    """Whether there is TLS on the way."""
    return "https" in (origin.scheme, None if origin.proxy is None else origin.proxy.origin.scheme)


def opening(
    origin: Origin, context: Callable[[], ssl.SSLContext]
) -> Generator[tuple[bytes | memoryview, bool], bytes, TlsLayer | None]:
    """What to send and to receive on the socket; the result is what the requests have to go through.

    Raises:
        httpx.ConnectError: TLS failed, or the proxy cannot reach the server.
        httpx.ProxyError: the proxy will not have it.
    """
    layer: TlsLayer | None = None
    if origin.proxy is not None:
        its_own = origin.proxy.origin
        if its_own.scheme == "https":
            layer = TlsLayer(context(), its_own.server_name)
            try:
                yield from layer.handshake()
            except (ssl.SSLError, ssl.CertificateError) as error:
                raise connect_error(its_own, error) from error
        if origin.scheme == "https":
            yield from _tunnel(origin, origin.proxy, layer)
    if origin.scheme == "https":
        layer = TlsLayer(context(), origin.server_name, layer)
        yield from layer.handshake()
    return layer


def check_proxy_response(proxy: Proxy, status: int, asking: tuple[int, ...] = (407,)) -> None:
    """Raise ``httpx.ProxyError`` where the proxy, and not the API, wants to know who asks."""
    if status in asking:
        what = "refuses the user and password of its URL" if proxy.authorization else "asks for a user and password"
        raise httpx.ProxyError(
            f"the proxy {proxy.shown} {what} (status {status}): set it as scheme://user:password@host:port"
        )


def _tunnel(origin: Origin, proxy: Proxy, layer: TlsLayer | None) -> Steps:
    """Ask the proxy for a connection to the server."""
    data: bytes | memoryview = memoryview(_request(origin, proxy))  # tracebacks show no password of that
    if layer is not None:
        layer.write(data)
        data = layer.to_send()
    parser = ResponseParser()
    parser.start(head_only=True)
    while not parser.complete:
        received = yield data, True
        data, ended = b"", not received
        if layer is not None:
            layer.feed(received)
            received, ended, data = layer.read(), layer.ended, layer.to_send()
        try:
            if received:
                parser.feed(received)
        except BadResponse as error:
            raise httpx.ProxyError(f"the proxy {proxy.shown} does not speak HTTP/1.1: {error}") from None
        if ended and not parser.complete:
            raise httpx.ConnectError(f"the proxy {proxy.shown} hung up before it connected to {origin.authority}")
    parser.release()
    _check_tunnel(origin, proxy, parser)


def _request(origin: Origin, proxy: Proxy) -> bytes:
    authority = origin.authority.encode("ascii")
    headers = [(name.encode(), value.encode()) for name, value in user_agent_headers().items()]
    lines = [b"%b: %b" % each for each in ((b"Host", authority), *headers, *proxy.authorization)]
    return b"\r\n".join([b"CONNECT %b HTTP/1.1" % authority, *lines, b"", b""])


def _check_tunnel(origin: Origin, proxy: Proxy, parser: ResponseParser) -> None:
    status = parser.status
    if 200 <= status < 300:
        return
    check_proxy_response(proxy, status, (401, 407))  # tinyproxy's word for a wrong password is 401
    said = f"{status} {parser.reason.decode('latin-1')}".rstrip()
    if status >= 500 or status in _PASSING:
        raise httpx.ConnectError(f"the proxy {proxy.shown} could not connect to {origin.authority}: {said}")
    raise httpx.ProxyError(f"the proxy {proxy.shown} does not connect to {origin.authority}: {said}")
