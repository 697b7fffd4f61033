"""Which way a request goes: the wire, a proxy, a client of the caller's, or a patched httpx."""

from __future__ import annotations

import gzip
import itertools
import pickle
import socket
import sys
import threading
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import httpx
import httpx2
import pytest

from aleph_alpha._call.call import Call
from aleph_alpha._http.connections import AsyncConnections, ConnectionSettings, SyncConnections
from aleph_alpha._http.exchange import explain_failure
from aleph_alpha._http.wire import async_wire as wire_async, connect, sync_wire as wire_sync
from aleph_alpha._http.wire.origin import Origin
from aleph_alpha._http.wire.request import RequestHead
from aleph_alpha._retry.schedule import Failure
from tests.wire.halves import TIMEOUTS, AsyncHalf, Half, MakeHalf, SyncHalf, request
from tests.wire.relay import Relay
from tests.wire.scripted import Peer, Scripted, answer, serving

ways = pytest.mark.parametrize("way", ["send", "exchange"])


def echo(peer: Peer) -> None:
    while (received := peer.request()) is not None:
        peer.send(answer(received.body))


@pytest.fixture
def no_wire(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails whatever goes over the wire."""

    def refuse(*_: object) -> None:
        raise AssertionError("this must not go over the wire")

    for method in ("handle_request", "exchange"):
        monkeypatch.setattr(wire_sync.SyncWire, method, refuse)
    for method in ("handle_async_request", "exchange"):
        monkeypatch.setattr(wire_async.AsyncWire, method, refuse)


# A client of the caller's


@pytest.fixture(params=[httpx, httpx2], ids=["httpx", "httpx2"])
def library(request: pytest.FixtureRequest) -> Any:
    """What the caller's client is of."""
    return request.param


@pytest.fixture
async def given(library: Any, make_half: MakeHalf) -> Any:
    """Builds a half around a client of the caller's."""
    clients: list[Any] = []

    def make(**settings: Any) -> Half:
        kind = library.Client if isinstance(make_half(), SyncHalf) else library.AsyncClient
        clients.append(kind(**settings))
        return make_half(clients[-1])

    yield make
    for client in clients:
        if isinstance(client, library.AsyncClient):
            await client.aclose()
        else:
            client.close()


@ways
@pytest.mark.usefixtures("no_wire")
async def test_a_given_client_sends_everything_with_its_hooks_auth_and_mounts(
    given: Callable[..., Half], make_half: MakeHalf, way: str
) -> None:
    seen: list[str] = []

    def hook(request: httpx.Request) -> None:
        seen.append(request.method)

    async def async_hook(request: httpx.Request) -> None:
        seen.append(request.method)

    synchronous = isinstance(make_half(), SyncHalf)
    half = given(auth=("user", "pass"), event_hooks={"request": [hook if synchronous else async_hook]}, trust_env=False)
    with Scripted(echo) as server:
        assert await half.call(way, server.url, b"hello") == (200, b"hello")
        assert await half.call(way, server.url, b"again", seconds=5) == (200, b"again")
        assert server.received[0].headers["authorization"].startswith("Basic ")
    assert seen == ["POST", "POST"]


@ways
async def test_a_given_mock_transport_answers(given: Callable[..., Half], library: Any, way: str) -> None:
    def handle(request: Any) -> Any:
        return library.Response(202, content=request.content + b"!", headers={"X-Found": "1"})

    half = given(transport=library.MockTransport(handle))
    assert await half.call(way, "http://anywhere.example", b"body") == (202, b"body!")
    found = await half.exchange("http://anywhere.example")
    assert (b"X-Found", b"1") in found.headers


@pytest.mark.usefixtures("no_wire")
async def test_a_given_client_is_not_closed(given: Callable[..., Half], library: Any) -> None:
    half = given(transport=library.MockTransport(lambda request: library.Response(200)))
    await half.close()
    assert (await half.exchange("http://anywhere.example")).status == 200


@ways
async def test_a_given_clients_failures_are_httpx_exceptions(given: Callable[..., Half], way: str) -> None:
    half = given(trust_env=False)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(httpx.ConnectError):
        await half.call(way, f"http://127.0.0.1:{port}")


@ways
async def test_a_given_clients_failure_that_is_its_own_cause_does_not_hang(
    given: Callable[..., Half], library: Any, way: str
) -> None:
    def ring(request: Any) -> Any:
        error = library.ConnectError("down")
        raise error from error

    with pytest.raises(httpx.ConnectError, match="down") as caught:
        await given(transport=library.MockTransport(ring)).call(way, "http://anywhere.example")
    call: Call[object] = Call("complete", "POST", "/complete", "", b"{}", None, "application/json", bytes)
    assert explain_failure(caught.value, call)[0] is Failure.NOT_SENT


@ways
@pytest.mark.parametrize("drip", ["body", "silence"])
async def test_a_given_client_keeps_the_deadline(given: Callable[..., Half], way: str, drip: str) -> None:
    def script(peer: Peer) -> None:
        peer.request()
        peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        while drip == "body":
            time.sleep(0.02)
            peer.send(b"x")
        peer.until_closed()

    half = given(trust_env=False)
    started = time.monotonic()
    with Scripted(script) as server:
        with pytest.raises(httpx.ReadTimeout):
            await half.call(way, server.url, seconds=0.3)
        assert time.monotonic() - started < 3


@ways
async def test_a_deadline_that_is_over_reaches_no_given_client(
    given: Callable[..., Half], library: Any, way: str
) -> None:
    half = given(transport=library.MockTransport(lambda request: pytest.fail("was sent")))
    with pytest.raises(httpx.TimeoutException, match="deadline"):
        await half.call(way, "http://anywhere.example", seconds=-1)


async def test_a_given_clients_stream_arrives_part_by_part(given: Callable[..., Half]) -> None:
    go = threading.Event()

    def script(peer: Peer) -> None:
        peer.request()
        peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\none")
        go.wait(10)
        peer.send(b"two")

    half = given(trust_env=False)
    with Scripted(script) as server:
        async with half.opened(request(server.url, seconds=10)) as opened:
            assert await opened.part() == b"one"
            go.set()
            assert await opened.part() == b"two"
            assert await opened.part() == b""


def test_a_client_of_the_wrong_kind_is_refused(library: Any) -> None:
    name = library.__name__
    expected = rf"httpx\.AsyncClient or an httpx2\.AsyncClient, not {name}\.Client"
    with library.Client() as client, pytest.raises(TypeError, match=expected):
        AsyncConnections(ConnectionSettings(), client)
    with pytest.raises(TypeError, match=rf"httpx\.Client or an httpx2\.Client, not {name}\.AsyncClient"):
        SyncConnections(ConnectionSettings(), library.AsyncClient())


@ways
async def test_what_a_hook_of_a_given_client_has_read_is_read_once(
    given: Callable[..., Half], make_half: MakeHalf, way: str
) -> None:
    def hook(response: Any) -> None:
        response.read()

    async def async_hook(response: Any) -> None:
        await response.aread()

    packed = answer(gzip.compress(b"well"), "200 OK", "Content-Encoding: gzip")
    half = given(event_hooks={"response": [hook if isinstance(make_half(), SyncHalf) else async_hook]}, trust_env=False)
    with Scripted(serving(packed)) as server:
        assert await half.call(way, server.url) == (200, b"well")


@ways
async def test_a_given_clients_content_is_unpacked(given: Callable[..., Half], way: str) -> None:
    with Scripted(serving(answer(gzip.compress(b"well"), "200 OK", "Content-Encoding: gzip"))) as server:
        assert await given(trust_env=False).call(way, server.url) == (200, b"well")


# Settings and secrets


@pytest.mark.parametrize("settings", [{"max_connections": 0}, {"max_idle": -1}, {"idle_expiry": -1.0}])
def test_settings_that_cannot_work_are_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(settings))):
        ConnectionSettings(**settings)


def test_settings_can_be_pickled_and_show_no_secret() -> None:
    settings = ConnectionSettings(proxy="http://user:sesame@proxy.example", cert=("a", "b", "sesame"))
    assert pickle.loads(pickle.dumps(settings)) == settings
    assert "sesame" not in repr(settings)


@ways
@pytest.mark.parametrize("script", ["refused", "broken", "silent"])
async def test_no_traceback_of_the_wire_shows_a_header(make_half: MakeHalf, way: str, script: str) -> None:
    """Tools print the local variables of each frame; the token must not be one of ours."""

    def broken(peer: Peer) -> None:
        peer.request()
        if script == "silent":
            peer.until_closed()
        else:
            peer.send(b"nonsense")

    half = make_half()
    headers = ((b"Authorization", b"Bearer sesame" + (b"\n" if script == "refused" else b"")),)
    with Scripted(broken) as server:
        with pytest.raises(httpx.RequestError) as caught:
            await half.call(way, server.url, headers=headers, timeouts={**TIMEOUTS, "read": 0.1})
        await half.close()
    shown = []
    error: BaseException | None = caught.value
    while error is not None:
        shown.append(repr(error))
        frames = error.__traceback__
        while frames is not None:
            code = frames.tb_frame.f_code
            if "_http" in code.co_filename:
                shown += [f"{code.co_name}.{name} = {value!r}" for name, value in frames.tb_frame.f_locals.items()]
            frames = frames.tb_next
        error = error.__cause__ or error.__context__
    assert not [line for line in shown if "sesame" in line]


def test_a_head_shows_neither_its_headers_nor_its_query() -> None:
    head = RequestHead("POST", "https://user:sesame@far.example/path?token=sesame", ((b"Authorization", b"sesame"),))
    assert repr(head) == "<RequestHead POST https://far.example:443/path>"
    assert "sesame" not in repr(head.outgoing(b"sesame"))


# The outcome of both ways is the same


@pytest.mark.direct
@ways
async def test_a_path_a_query_and_headers_arrive_as_given(half: Half, way: str) -> None:
    with Scripted(echo) as server:
        await half.call(way, server.url + "/a%20b/%C3%A4?x=1&y=%2F", headers=((b"X-One", b"1"), (b"X-Two", b"\xe4")))
        received = server.received[0]
        assert received.target == "/a%20b/%C3%A4?x=1&y=%2F"
        assert (received.headers["x-one"], received.headers["x-two"]) == ("1", "ä")


@pytest.mark.direct
@ways
@pytest.mark.parametrize("proxied", [False, True], ids=["direct", "through a proxy"])
async def test_an_ipv6_address_is_reached(make_half: MakeHalf, way: str, proxied: bool) -> None:
    try:
        server = Scripted(serving(answer(b"six")), host="::1")
    except OSError:
        pytest.skip("there is no IPv6 here")
    with server, Relay() as proxy:
        half = make_half(proxy=proxy.url if proxied else "")
        assert await half.call(way, server.url) == (200, b"six")
        assert server.received[0].headers["host"] == f"[::1]:{server.port}"
        await half.close()


async def test_a_response_has_what_httpx_promises(half: Half) -> None:
    with Scripted(serving(answer(b"{}", "201 Made", "Content-Type: application/json"))) as server:
        sent = request(server.url)
        async with half.opened(sent) as opened:
            response = opened.response
            assert response.request is sent
            assert (response.status_code, response.reason_phrase, response.http_version) == (201, "Made", "HTTP/1.1")
            await opened.part()
            assert response.headers["content-type"] == "application/json"


def test_an_httpx_client_can_be_built_on_the_wire() -> None:
    """It is an httpx transport; the client's own features work on top of it."""
    settings = ConnectionSettings()
    wire = wire_sync.SyncWire(settings.context, 10, 10, 5.0)
    moved = b"HTTP/1.1 302 Found\r\nLocation: /there\r\nContent-Length: 0\r\nSet-Cookie: a=b\r\n\r\n"
    with Scripted(serving(moved, answer(b"there"))) as server:
        with httpx.Client(transport=wire, follow_redirects=True) as client:
            assert client.get(server.url).text == "there"
        assert server.received[1].headers["cookie"] == "a=b"
        assert server.connections == 1


async def test_an_async_httpx_client_can_be_built_on_the_wire() -> None:
    settings = ConnectionSettings()
    wire = wire_async.AsyncWire(settings.context, 10, 10, 5.0)
    with Scripted(serving(answer(b"here"))) as server:
        async with httpx.AsyncClient(transport=wire) as client:
            assert (await client.get(server.url)).text == "here"


def test_halves_are_what_they_say() -> None:
    assert isinstance(SyncHalf(ConnectionSettings()).connections, SyncConnections)
    assert isinstance(AsyncHalf(ConnectionSettings()).connections, AsyncConnections)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not tell how long a round trip takes")
async def test_a_process_that_is_busy_while_it_connects_does_not_take_that_for_the_way_to_the_server(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ticks = itertools.count(0.0, 10.0)  # seconds, at each look at the clock
    monkeypatch.setattr(connect, "time", SimpleNamespace(monotonic=lambda: next(ticks)))
    with Scripted(serving(answer())) as server:
        origin = Origin.of(httpx.URL(server.url))
        for sock, seen in (connect.connect(origin, None), await connect.connect_async(origin)):
            with sock:
                assert connect.round_trip(sock, seen) < 5.0 < seen
