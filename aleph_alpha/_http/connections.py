"""Where requests leave the process: the wire, a proxy, or an httpx client of the caller's.

``send`` takes an ``httpx.Request`` and returns a streaming ``httpx.Response``. ``exchange`` is
for the many small calls that want nothing but the whole response: a ``RequestHead`` is built once
(for a URL and its headers) and sent any number of times with different bodies, and no request
or response object is made. It behaves like ``send`` in everything else, and becomes it
wherever something other than the wire is in the way (SOCKS, an injected client, a recorder).

Which way a request goes:

1. the caller's own client of httpx or httpx2, if there is one: ``client.send(request, stream=True)``, so that
   its mounts, authentication, hooks and proxies work;
2. httpx's transport, if it was patched (vcrpy, respx, pytest-httpx, OpenTelemetry), if the proxy for
   the address speaks SOCKS, or on an event loop that is not asyncio's;
3. the wire, directly or through a proxy that speaks HTTP.

Time: ``extensions["timeout"]`` (seconds or None for ``connect``, ``read``, ``write``, ``pool``)
bounds single steps, ``extensions["deadline"]`` (an instant of ``time.monotonic()``) the whole
exchange to the end of the body. A reader of a stream may move the deadline of its request, say for
each event: it is looked at anew at each step. On the wire both are exact; on the other ways the
synchronous version looks at the deadline only when the head of a response is there, and at each part of its body.

Only ``httpx`` exceptions come out, with ``.request`` set by ``send``. By class: ``ConnectError``,
``ConnectTimeout`` and ``PoolTimeout`` mean that nothing was sent. After ``WriteError``,
``WriteTimeout``, ``ReadError``, ``ReadTimeout`` and ``RemoteProtocolError`` the server may have
got the request; so it may after ``Closed``, which only the caller's ``close`` brings about.
``LocalProtocolError`` and ``UnsupportedProtocol`` refuse the request itself.
``DecodingError``: the content is not what its Content-Encoding says, or too large.

Sending again: the wire does it, at most once, when a reused connection turns out at once to be dead,
before any byte of a response; ``extensions["resent"]`` of request and response, or ``WireResponse.resent``, tells.
Whoever retries above it must not do that case again.
"""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import httpx

from aleph_alpha._call.long_body import LongBody
from aleph_alpha._http.given_client import library_of, sender_of, sender_of_async
from aleph_alpha._http.httpx_transport import AsyncHttpxTransport, BoundedExchange, HttpxTransport
from aleph_alpha._http.proxies import check_proxy, proxy_for
from aleph_alpha._http.unpacking import CollectedBody, unpacked, without_mark
from aleph_alpha._http.wire.failures import Clock, Closed
from aleph_alpha._http.wire.opening import check_proxy_response
from aleph_alpha._http.wire.origin import Origin, Proxy
from aleph_alpha._http.wire.patched import async_is_patched, sync_is_patched
from aleph_alpha._http.wire.protocol import WireResponse
from aleph_alpha._http.wire.request import RequestHead
from aleph_alpha._http.wire.sync_wire import SyncWire
from aleph_alpha._http.wire.tls import Cert, Verify, ssl_context

if TYPE_CHECKING:
    import httpx2

__all__ = ["AsyncConnections", "ConnectionSettings", "RequestHead", "SyncConnections", "WireResponse"]

Timeouts = Mapping[str, float | None]


@dataclass(frozen=True)
class ConnectionSettings:
    """How connections are made and how many.

    Attributes:
        verify: True for the usual authorities, False for none, a file or folder of CA
            certificates, or an ``ssl.SSLContext``.
        cert: a client certificate: file, (certificate, key) or (certificate, key, password).
        proxy: URL of a proxy, "" for none, None for what the environment says.
        max_connections: open at a time, for a synchronous client in all, for an asynchronous one on each event loop.
        max_idle: kept open between requests; None for as many as may be open.
        idle_expiry: seconds after which an idle connection is no longer used.
        max_response_bytes: what ``exchange`` accepts as content, as it is sent and unpacked; a
            server cannot fill the memory. A response that is not a success is cut, after 1 MB or less.
    """

    verify: Verify = True
    cert: Cert = field(default=None, repr=False)
    proxy: str | None = field(default=None, repr=False)
    max_connections: int = 100
    max_idle: int | None = None
    idle_expiry: float = 30.0
    max_response_bytes: int = 1 << 30

    def __post_init__(self) -> None:
        if self.max_connections < 1:
            raise ValueError(f"max_connections must be 1 or greater, got {self.max_connections}")
        if self.max_idle is not None and self.max_idle < 0:
            raise ValueError(f"max_idle must be 0 or greater, got {self.max_idle}")
        if not self.idle_expiry >= 0:
            raise ValueError(f"idle_expiry must be 0 seconds or greater, got {self.idle_expiry}")
        if self.proxy:
            check_proxy(self.proxy)

    @property
    def idle(self) -> int:
        return self.max_connections if self.max_idle is None else self.max_idle

    def context(self) -> ssl.SSLContext:
        """The TLS context, built when the first connection needs it."""
        return ssl_context(self.verify, self.cert)

    def limits(self) -> httpx.Limits:
        """The same limits for httpx's transports."""
        return httpx.Limits(
            max_connections=self.max_connections,
            max_keepalive_connections=self.idle,
            keepalive_expiry=self.idle_expiry,
        )


class SyncConnections:
    """Sends requests from any number of threads; opens nothing before the first of them.

    Args:
        settings: how to connect; ignored in favour of ``http_client`` where there is one.
        http_client: the caller's; used as it is and never closed here.
    """

    def __init__(self, settings: ConnectionSettings, http_client: httpx.Client | httpx2.Client | None = None) -> None:
        self._settings = settings
        self._client = http_client
        if http_client is not None:
            self._send = sender_of(http_client, library_of(http_client, "Client"))
        self._wire = SyncWire(settings.context, settings.max_connections, settings.idle, settings.idle_expiry)
        self._proxies: dict[Origin, Proxy | None] = {}
        self._httpx = HttpxTransport(settings.context, settings.limits())

    def send(self, request: httpx.Request) -> httpx.Response:
        """The response to ``request``, its body unread: read or close it."""
        client = self._client
        proxy = None if client is not None else self._proxy(Origin.of(request.url))
        if client is None and (proxy is None or not proxy.is_socks) and not sync_is_patched():
            if proxy is None:
                return self._wire.handle_request(request)
            response = self._wire.handle_request(request, proxy)
            try:
                check_proxy_response(proxy, response.status_code)
            except httpx.ProxyError as error:
                response.close()
                error.request = request
                raise
            return response
        if client is not None:
            if client.is_closed:
                raise Closed("the http_client is closed", request=request)
            bounded = BoundedExchange(request, "the http_client", lambda: client.is_closed)
            return bounded.send(self._send)
        return self._httpx.send(request, proxy)

    def exchange(
        self, head: RequestHead, body: bytes | LongBody | None, timeouts: Timeouts | None, deadline: float | None
    ) -> WireResponse:
        """The whole response, decoded; bounds as in ``extensions`` of ``send``."""
        proxy = self._proxy(head.origin) if self._client is None else None
        if self._client is None and (proxy is None or not proxy.is_socks) and not sync_is_patched():
            out = (head if proxy is None else head.through(proxy)).outgoing(body)
            out.max_response_bytes = self._settings.max_response_bytes
            response = self._wire.exchange(out, Clock(timeouts, deadline), {})
            if proxy is not None:
                check_proxy_response(proxy, response.status)
            return without_mark(unpacked(response, self._settings.max_response_bytes) if response.encoded else response)
        return self.receive(self.send(head.request(body, {"timeout": dict(timeouts or {}), "deadline": deadline})))

    def receive(self, response: httpx.Response) -> WireResponse:
        """The whole response that has begun, decoded; closes it."""
        limit = self._settings.max_response_bytes
        collected = CollectedBody(response.status_code, limit)
        # A recorder, or a hook of the caller's client, may have read it already: then it is decoded.
        encoded = "content-encoding" in response.headers and not response.is_stream_consumed
        try:
            for part in response.iter_raw() if encoded else response.iter_bytes():
                if not collected.add(part):
                    break
        finally:
            response.close()
        whole = WireResponse(response.status_code, response.headers.raw, collected.content, encoded, False)
        return without_mark(unpacked(whole, limit) if encoded else whole)

    def close(self) -> None:
        """Close all connections; an exchange under way fails. Can be used again afterwards."""
        self._wire.close()
        self._httpx.close()

    def _proxy(self, origin: Origin) -> Proxy | None:
        try:
            return self._proxies[origin]
        except KeyError:
            proxy = self._proxies[origin] = _usable_proxy(origin, self._settings.proxy)
            return proxy


class AsyncConnections:
    """The same for event loops; may be built outside one and used from one after another."""

    def __init__(
        self, settings: ConnectionSettings, http_client: httpx.AsyncClient | httpx2.AsyncClient | None = None
    ) -> None:
        self._settings = settings
        self._client = http_client
        if http_client is not None:
            self._send = sender_of_async(http_client, library_of(http_client, "AsyncClient"))
        from aleph_alpha._http.wire.async_wire import (
            AsyncWire,
        )  # loads asyncio, which a synchronous client has no use for

        self._wire = AsyncWire(settings.context, settings.max_connections, settings.idle, settings.idle_expiry)
        self._proxies: dict[Origin, Proxy | None] = {}
        self._httpx = AsyncHttpxTransport(settings.context, settings.limits())

    async def send(self, request: httpx.Request) -> httpx.Response:
        """The response to ``request``, its body unread: read or close it."""
        client = self._client
        proxy = None if client is not None else self._proxy(Origin.of(request.url))
        if client is None and (proxy is None or not proxy.is_socks) and not async_is_patched() and _on_asyncio():
            if proxy is None:
                return await self._wire.handle_async_request(request)
            response = await self._wire.handle_async_request(request, proxy)
            try:
                check_proxy_response(proxy, response.status_code)
            except httpx.ProxyError as error:
                await response.aclose()
                error.request = request
                raise
            return response
        if client is not None:
            if client.is_closed:
                raise Closed("the http_client is closed", request=request)
            bounded = BoundedExchange(request, "the http_client", lambda: client.is_closed)
            return await bounded.send_async(self._send)
        return await self._httpx.send(request, proxy)

    async def exchange(
        self, head: RequestHead, body: bytes | LongBody | None, timeouts: Timeouts | None, deadline: float | None
    ) -> WireResponse:
        """The whole response, decoded; bounds as in ``extensions`` of ``send``."""
        proxy = self._proxy(head.origin) if self._client is None else None
        if self._client is None and (proxy is None or not proxy.is_socks) and not async_is_patched() and _on_asyncio():
            out = (head if proxy is None else head.through(proxy)).outgoing(body)
            out.max_response_bytes = self._settings.max_response_bytes
            response = await self._wire.exchange(out, Clock(timeouts, deadline), {})
            if proxy is not None:
                check_proxy_response(proxy, response.status)
            return without_mark(unpacked(response, self._settings.max_response_bytes) if response.encoded else response)
        request = head.request(body, {"timeout": dict(timeouts or {}), "deadline": deadline})
        return await self.receive(await self.send(request))

    async def receive(self, response: httpx.Response) -> WireResponse:
        """The whole response that has begun, decoded; closes it."""
        limit = self._settings.max_response_bytes
        collected = CollectedBody(response.status_code, limit)
        encoded = "content-encoding" in response.headers and not response.is_stream_consumed
        try:
            async for part in response.aiter_raw() if encoded else response.aiter_bytes():
                if not collected.add(part):
                    break
        finally:
            await response.aclose()
        whole = WireResponse(response.status_code, response.headers.raw, collected.content, encoded, False)
        return without_mark(unpacked(whole, limit) if encoded else whole)

    async def aclose(self) -> None:
        """Close all connections; an exchange under way fails. Can be used again afterwards.

        What is under way in another event loop goes on; only connections that lie idle are closed there.
        """
        if _on_asyncio():
            await self._wire.aclose()
        await self._httpx.aclose()

    def _proxy(self, origin: Origin) -> Proxy | None:
        try:
            return self._proxies[origin]
        except KeyError:
            proxy = self._proxies[origin] = _usable_proxy(origin, self._settings.proxy)
            return proxy


def _usable_proxy(origin: Origin, configured: str | None) -> Proxy | None:
    proxy = proxy_for(origin, configured)
    try:
        if proxy is not None:
            check_proxy(proxy)  # that of the environment nobody has looked at
    except ValueError as error:
        raise httpx.UnsupportedProtocol(str(error)) from None
    return proxy


def _on_asyncio() -> bool:
    import asyncio

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
