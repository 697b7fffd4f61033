"""Through proxies: which one, how it is asked, and what its failures are."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from pathlib import Path
from typing import Any

import httpx
import pytest
import trustme

from aleph_alpha._http import httpx_transport
from tests.wire.halves import TIMEOUTS, MakeHalf
from tests.wire.relay import CREDENTIALS, Relay
from tests.wire.scripted import Peer, Scripted, answer, eventually, serving

ways = pytest.mark.parametrize("way", ["send", "exchange"])
pytestmark = pytest.mark.direct  # each test has proxies of its own


def echo(peer: Peer) -> None:
    while (received := peer.request()) is not None:
        peer.send(answer(received.body))


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def context(authority: trustme.CA) -> ssl.SSLContext:
    """Trusts the tests' authority alone."""
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


@pytest.fixture
def certified(authority: trustme.CA) -> ssl.SSLContext:
    """Of a server."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


@pytest.fixture
def no_httpx(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails whatever goes over httpx's transport."""

    def refuse(*_: object) -> None:
        raise AssertionError("this must go over the wire")

    for kind in (httpx_transport.HttpxTransport, httpx_transport.AsyncHttpxTransport):
        monkeypatch.setattr(kind, "send", refuse)


@ways
@pytest.mark.usefixtures("no_httpx")
@pytest.mark.parametrize("authenticates", [False, True], ids=["open", "password"])
@pytest.mark.parametrize("by_tls", [False, True], ids=["plain proxy", "TLS proxy"])
@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_an_address_is_reached_through_a_proxy(
    make_half: MakeHalf,
    context: ssl.SSLContext,
    certified: ssl.SSLContext,
    way: str,
    authenticates: bool,
    by_tls: bool,
    scheme: str,
) -> None:
    """Also by TLS within TLS; a connection for a target is kept and used again."""
    with (
        Scripted(echo, context=certified if scheme == "https" else None) as server,
        Relay(context=certified if by_tls else None, authenticates=authenticates) as proxy,
    ):
        half = make_half(verify=context, proxy=proxy.url)
        for size in (0, 1, 10, 70_000, 3_000_000, 5):
            assert await half.call(way, f"{server.url}/path?x=1", b"x" * size) == (200, b"x" * size)
        if scheme == "https":
            assert proxy.asked == [f"CONNECT 127.0.0.1:{server.port}"], "the tunnel is kept"
            assert {received.target for received in server.received} == {"/path?x=1"}
        else:
            assert proxy.asked == [f"POST {server.url}/path?x=1"]
        shown = [received.headers.get("proxy-authorization") for received in server.received]
        assert (shown[0] is not None) is (authenticates and scheme == "http"), "the relay takes nothing away"
        await half.close()


@pytest.mark.parametrize("said", ["HTTP_PROXY", "all_proxy"])
@pytest.mark.usefixtures("no_httpx")
async def test_the_proxy_of_the_environment_is_used(
    make_half: MakeHalf, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Scripted(echo) as server, Relay() as proxy:
        monkeypatch.setenv(said, f"{proxy.url.removeprefix('http://')}/some/path")
        half = make_half()
        assert await half.call("exchange", server.url) == (200, b"x")
        assert proxy.asked == [f"POST {server.url}/"]
        await half.close()


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_an_ipv6_address_is_reached_through_a_proxy(make_half: MakeHalf, scheme: str) -> None:
    asked = []

    def script(peer: Peer) -> None:
        head = peer.head()
        assert head is not None
        asked.append((head.method, head.target, head.headers["host"]))
        peer.send(answer(b"", "403 Forbidden"))

    with Scripted(script) as proxy:
        half = make_half(proxy=proxy.url)
        with contextlib.suppress(httpx.ProxyError):
            await half.exchange(f"{scheme}://[::1]:8000/x")
        await half.close()
    method = ("POST", "http://[::1]:8000/x") if scheme == "http" else ("CONNECT", "[::1]:8000")
    assert asked == [(*method, "[::1]:8000")]


@pytest.mark.parametrize("by_tls", [False, True], ids=["plain proxy", "TLS proxy"])
@ways
async def test_a_proxy_that_reads_everything_is_trusted_by_its_authority(
    make_half: MakeHalf,
    certified: ssl.SSLContext,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    by_tls: bool,
    way: str,
) -> None:
    """As those of companies, whose authority is named by a variable."""
    company = trustme.CA()
    company.cert_pem.write_to_path(str(tmp_path / "company.pem"))
    own = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    company.issue_cert("127.0.0.1").configure_cert(own)
    with (
        Scripted(echo, context=certified) as server,
        Relay(context=own if by_tls else None, interceptor=company) as proxy,
    ):
        half = make_half(proxy=proxy.url)
        with pytest.raises(httpx.ConnectError, match=r"certificate verify failed.*verify_ssl"):
            await half.call(way, server.url)
        await half.close()
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "company.pem"))
        half = make_half(proxy=proxy.url)
        for size in (1, 1_000_000, 2):
            assert await half.call(way, server.url, b"x" * size) == (200, b"x" * size)
        await half.close()


@pytest.fixture
def socks() -> None:
    pytest.importorskip("socksio")


@ways
@pytest.mark.usefixtures("socks")
@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("spelled", ["socks5", "socks5h", "SOCKS5"])
async def test_an_address_is_reached_by_socks(
    make_half: MakeHalf,
    context: ssl.SSLContext,
    certified: ssl.SSLContext,
    scheme: str,
    spelled: str,
    way: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with Scripted(echo, context=certified if scheme == "https" else None) as server, Relay(socks=True) as proxy:
        monkeypatch.setenv("ALL_PROXY", proxy.url.replace("socks5", spelled))
        half = make_half(verify=context)
        for size in (1, 1_000_000, 2):
            assert await half.call(way, server.url, b"x" * size) == (200, b"x" * size)
        assert proxy.asked == [f"CONNECT 127.0.0.1:{server.port}"]
        await half.close()


async def test_the_dot_that_ends_a_complete_name_is_for_the_proxy_and_not_for_the_certificate(
    make_half: MakeHalf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    certified = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("svc.cluster.example").configure_cert(certified)
    names: list[str | None] = []
    certified.sni_callback = lambda _sock, name, _context: names.append(name)
    real = socket.getaddrinfo

    def look_up(host: Any, *arguments: Any, **named: Any) -> Any:
        return real("127.0.0.1" if host == "svc.cluster.example." else host, *arguments, **named)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    with Scripted(echo, context=certified) as server, Relay() as proxy:
        half = make_half(verify=str(tmp_path / "ca.pem"), proxy=proxy.url)
        assert await half.call("exchange", f"https://svc.cluster.example.:{server.port}") == (200, b"x")
        assert proxy.asked == [f"CONNECT svc.cluster.example.:{server.port}"]
        assert names == ["svc.cluster.example"]
        await half.close()


@ways
@pytest.mark.usefixtures("socks")
@pytest.mark.parametrize("fault", ["refused", "hang up"])
async def test_a_server_that_socks_does_not_reach_counts_as_not_sent(make_half: MakeHalf, fault: str, way: str) -> None:
    with Relay(socks=True, status=fault) as proxy:
        half = make_half(proxy=proxy.url)
        with pytest.raises(httpx.ConnectError, match=rf"127\.0\.0\.1:{proxy.port}"):
            await half.call(way, "http://127.0.0.1:9")
        assert len(proxy.asked) == 1
        await half.close()


async def test_each_target_has_connections_of_its_own(make_half: MakeHalf) -> None:
    with Scripted(serving(answer(b"a"))) as one, Scripted(serving(answer(b"b"))) as other, Relay() as proxy:
        half = make_half(proxy=proxy.url)
        for _ in range(3):
            assert (await half.exchange(one.url)).content == b"a"
            assert (await half.exchange(other.url)).content == b"b"
        assert len(proxy.asked) == 2
        await half.close()


STATUSES: dict[str, type[httpx.TransportError]] = {
    "407 Proxy Authentication Required": httpx.ProxyError,
    "403 Forbidden": httpx.ProxyError,
    "404 Not Found": httpx.ProxyError,
    "302 Found": httpx.ProxyError,
    "408 Request Timeout": httpx.ConnectError,
    "429 Too Many Requests": httpx.ConnectError,
    "500 Unable to connect": httpx.ConnectError,
    "502 Bad Gateway": httpx.ConnectError,
    "503 Service Unavailable": httpx.ConnectError,
    "504 Gateway Timeout": httpx.ConnectError,
}


@ways
@pytest.mark.parametrize("status", STATUSES)
async def test_a_tunnel_that_is_refused_counts_as_not_sent_where_that_may_change(
    make_half: MakeHalf, status: str, way: str
) -> None:
    with Relay(status=status) as proxy:
        half = make_half(proxy=proxy.url)
        for _ in range(2):
            with pytest.raises(STATUSES[status], match=rf"the proxy {proxy.url} .*{status[:3]}"):
                await half.call(way, "https://far.example")
        assert len(proxy.asked) == 2
        await half.close()


@ways
@pytest.mark.parametrize("given", ["", CREDENTIALS], ids=["without", "with others"])
@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_a_proxy_that_wants_a_password_is_an_error_that_says_where_to_put_it(
    make_half: MakeHalf, scheme: str, given: str, way: str
) -> None:
    with Scripted(serving(answer(b"", "407 Who", "Connection: keep-alive"))) as proxy:
        half = make_half(proxy=proxy.url.replace("//", f"//{given}"))
        with pytest.raises(httpx.ProxyError, match=r"407.*scheme://user:password@host:port") as caught:
            await half.call(way, f"{scheme}://far.example")
        assert ("refuses" if given else "asks for") in str(caught.value)
        assert "sesame" not in str(caught.value)
        await half.close()


def hangs_up(peer: Peer) -> None:
    peer.head()


def resets(peer: Peer) -> None:
    peer.head()
    peer.reset()


def half_a_head(peer: Peer) -> None:
    peer.head()
    peer.send(b"HTTP/1.1 200 Conn")


def hangs_up_behind_it(peer: Peer) -> None:
    peer.head()
    peer.send(b"HTTP/1.1 200 OK\r\n\r\n")


@ways
@pytest.mark.parametrize("script", [lambda peer: None, hangs_up, resets, half_a_head, hangs_up_behind_it])
async def test_a_break_before_the_tunnel_stands_counts_as_not_sent(make_half: MakeHalf, script: Any, way: str) -> None:
    with Scripted(script) as proxy:
        half = make_half(proxy=proxy.url)
        with pytest.raises(httpx.ConnectError, match=rf"127\.0\.0\.1:{proxy.port}"):
            await half.call(way, "https://far.example")
        await half.close()


@ways
@pytest.mark.parametrize("bound", ["connect", "deadline"])
@pytest.mark.parametrize("said", [b"", b"HTTP/1.1 200 OK\r\n\r\n"], ids=["before", "behind"])
async def test_a_proxy_that_does_not_answer_is_a_connect_timeout(
    make_half: MakeHalf, said: bytes, bound: str, way: str
) -> None:
    def script(peer: Peer) -> None:
        peer.head()
        peer.send(said)
        peer.until_closed()

    bounds: dict[str, Any] = {"connect": {"timeouts": {**TIMEOUTS, "connect": 0.15}}, "deadline": {"seconds": 0.15}}
    with Scripted(script) as proxy:
        half = make_half(proxy=proxy.url)
        with pytest.raises(httpx.ConnectTimeout, match=r"far\.example"):
            await half.call(way, "https://far.example", **bounds[bound])
        await half.close()


@ways
async def test_what_speaks_no_http_is_no_proxy(make_half: MakeHalf, way: str) -> None:
    with Scripted(serving(b"SSH-2.0-OpenSSH\r\n")) as proxy:
        half = make_half(proxy=proxy.url)
        with pytest.raises(httpx.ProxyError, match=r"HTTP/1\.1"):
            await half.call(way, "https://far.example")
        await half.close()


async def test_an_interim_answer_to_connect_is_passed_over(
    make_half: MakeHalf, context: ssl.SSLContext, certified: ssl.SSLContext
) -> None:
    with Scripted(echo, context=certified) as server:

        def script(peer: Peer) -> None:
            peer.head()
            peer.send(b"HTTP/1.1 100 Continue\r\n\r\n")
            peer.send(b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n")  # a length that means nothing here
            with socket.create_connection(("127.0.0.1", server.port)) as target:
                relayed(peer.sock, target)

        with Scripted(script) as proxy:
            half = make_half(verify=context, proxy=proxy.url)
            assert (await half.exchange(server.url, b"hello")).content == b"hello"
            await half.close()


def relayed(one: socket.socket, other: socket.socket) -> None:
    one.settimeout(0.02)
    other.settimeout(0.02)
    while True:
        for source, target in ((one, other), (other, one)):
            with contextlib.suppress(TimeoutError):
                data = source.recv(65536)
                if not data:
                    return
                target.sendall(data)


@ways
@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_a_proxy_that_is_not_there_is_a_connect_error(make_half: MakeHalf, scheme: str, way: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    half = make_half(proxy=f"http://127.0.0.1:{port}")
    with pytest.raises(httpx.ConnectError, match=rf"through the proxy http://127\.0\.0\.1:{port}.*ECONNREFUSED"):
        await half.call(way, f"{scheme}://far.example")
    await half.close()


async def test_a_proxy_whose_name_is_unknown_is_named(make_half: MakeHalf) -> None:
    half = make_half(proxy="http://no-such-proxy.invalid:3128")
    with pytest.raises(httpx.ConnectError, match=r"no-such-proxy\.invalid"):
        await half.exchange("https://far.example")
    await half.close()


@pytest.mark.parametrize("whose", ["the proxy's", "the server's"])
async def test_a_certificate_is_checked_behind_a_proxy_as_well(
    make_half: MakeHalf, context: ssl.SSLContext, certified: ssl.SSLContext, whose: str
) -> None:
    other = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(other)
    ours, theirs = (other, certified) if whose == "the proxy's" else (certified, other)
    with Scripted(echo, context=theirs) as server, Relay(context=ours) as proxy:
        half = make_half(verify=context, proxy=proxy.url)
        port = proxy.port if whose == "the proxy's" else server.port
        with pytest.raises(httpx.ConnectError, match=rf"127\.0\.0\.1:{port}.*certificate verify failed.*verify_ssl"):
            await half.exchange(server.url)
        assert server.received == []
        await half.close()


@pytest.mark.parametrize("by_tls", [False, True], ids=["plain proxy", "TLS proxy"])
async def test_many_at_once_share_the_tunnels(
    make_half: MakeHalf, context: ssl.SSLContext, certified: ssl.SSLContext, by_tls: bool
) -> None:
    with Scripted(echo, context=certified) as server, Relay(context=certified if by_tls else None) as proxy:
        half = make_half(verify=context, proxy=proxy.url, max_connections=5)
        for _ in range(3):
            bodies = [b"%d" % number for number in range(40)]
            found = await asyncio.gather(*(half.exchange(server.url, body) for body in bodies))
            assert [each.content for each in found] == bodies
        assert len(proxy.asked) <= 5
        await half.close()
        await eventually(lambda: server.open == 0)


@pytest.mark.parametrize("by_tls", [False, True], ids=["plain proxy", "TLS proxy"])
async def test_calls_cancelled_on_the_way_through_a_tunnel_leave_nothing(
    make_half: MakeHalf, context: ssl.SSLContext, certified: ssl.SSLContext, by_tls: bool
) -> None:
    half = make_half(verify=context)
    if half.name == "sync":
        pytest.skip("threads cannot be cancelled")
    with Scripted(echo, context=certified) as server, Relay(context=certified if by_tls else None) as proxy:
        half = make_half(verify=context, proxy=proxy.url)
        for step in range(60):
            call = asyncio.ensure_future(half.exchange(server.url))
            for _ in range(step):
                await asyncio.sleep(0)
            call.cancel()
            await asyncio.gather(call, return_exceptions=True)
        assert (await half.exchange(server.url, b"after")).content == b"after"
        await half.close()


@pytest.mark.parametrize("by_tls", [False, True], ids=["plain proxy", "TLS proxy"])
async def test_an_answer_during_the_upload_comes_through_the_tunnel(
    make_half: MakeHalf, context: ssl.SSLContext, certified: ssl.SSLContext, by_tls: bool
) -> None:
    def script(peer: Peer) -> None:
        peer.head()
        peer.send(answer(b"too large", "413 Content Too Large"))
        peer.until_closed()

    with Scripted(script, context=certified) as server, Relay(context=certified if by_tls else None) as proxy:
        half = make_half(verify=context, proxy=proxy.url)
        assert (await half.exchange(server.url, b"x" * 30_000_000)).status == 413
        await half.close()
