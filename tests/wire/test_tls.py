"""TLS: whom to trust, who we are, and the wire's cases once more behind encryption."""

from __future__ import annotations

import asyncio
import contextlib
import re
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import certifi
import httpx
import pytest
import trustme
from cryptography.hazmat.primitives import serialization

from aleph_alpha import AsyncClient, Client, InvalidRequestError
from aleph_alpha._http.wire.tls import ssl_context
from tests.wire.halves import TIMEOUTS, Half, MakeHalf, request
from tests.wire.scripted import Peer, Scripted, answer, serving


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def files(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with ``ca.pem``, and a client certificate in three forms."""
    folder = tmp_path_factory.mktemp("certificates")
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    client = authority.issue_cert("client@example.org")
    client.private_key_and_cert_chain_pem.write_to_path(str(folder / "both.pem"))
    client.private_key_pem.write_to_path(str(folder / "key.pem"))
    for chain in client.cert_chain_pems:
        chain.write_to_path(str(folder / "cert.pem"), append=True)
    key = serialization.load_pem_private_key(client.private_key_pem.bytes(), None)
    encryption = serialization.BestAvailableEncryption(b"sesame")
    pkcs8 = serialization.PrivateFormat.PKCS8
    (folder / "secret.pem").write_bytes(key.private_bytes(serialization.Encoding.PEM, pkcs8, encryption))
    return folder


@pytest.fixture
def server_context(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost", "127.0.0.1").configure_cert(context)
    return context


@pytest.fixture
def server(server_context: ssl.SSLContext) -> Iterator[Scripted]:
    def script(peer: Peer) -> None:
        while (received := peer.request()) is not None:
            peer.send(answer(received.body))

    with Scripted(script, context=server_context) as server:
        yield server


VARIABLES = {  # that name authorities, and what they may name
    "REQUESTS_CA_BUNDLE": "ca.pem",
    "REQUESTS_CA_BUNDLE (folder)": "hashed",
    "CURL_CA_BUNDLE": "ca.pem",
    "SSL_CERT_FILE": "ca.pem",
    "SSL_CERT_DIR": "hashed",
}


@pytest.mark.parametrize("way", ["send", "exchange"])
@pytest.mark.parametrize("kind", ["file", "folder", "context", *VARIABLES, "two variables", "off"])
async def test_a_server_is_trusted_by_every_way_to_say_so(
    make_half: MakeHalf, server: Scripted, files: Path, kind: str, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    verify: object = files / "ca.pem"
    if kind == "folder":
        verify = files / "hashed"
        _hashed_folder(files)
    elif kind == "context":
        verify = ssl.create_default_context(cafile=files / "ca.pem")
    elif kind in VARIABLES:
        verify = True
        monkeypatch.setenv(kind.removesuffix(" (folder)"), str(files / VARIABLES[kind]))
        _hashed_folder(files)
    elif kind == "two variables":
        verify = True
        monkeypatch.setenv("CURL_CA_BUNDLE", certifi.where())
        monkeypatch.setenv("SSL_CERT_FILE", str(files / "ca.pem"))
    elif kind == "off":
        verify = False
    half = make_half(verify=verify)
    for size in (0, 10, 100_000, 3_000_000):
        assert await half.call(way, server.url, b"x" * size) == (200, b"x" * size)
    assert server.connections == 1
    await half.close()


def _hashed_folder(files: Path) -> None:
    folder = files / "hashed"
    folder.mkdir(exist_ok=True)
    # OpenSSL finds certificates in a folder by a hash of their subject.
    name = subprocess.run(
        ["openssl", "x509", "-noout", "-hash", "-in", str(files / "ca.pem")],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    (folder / f"{name}.0").write_text((files / "ca.pem").read_text())


@pytest.mark.parametrize("way", ["send", "exchange"])
async def test_an_unknown_authority_is_a_connect_error(half: Half, server: Scripted, way: str) -> None:
    with pytest.raises(httpx.ConnectError, match=rf"127.0.0.1:{server.port}.*certificate verify failed") as caught:
        await half.call(way, server.url)
    assert {"verify_ssl", "SSL_CERT_FILE"} <= set(re.findall(r"\w+", str(caught.value))), "what can be done about it"
    assert isinstance(caught.value.__cause__, ssl.SSLCertVerificationError)
    assert server.received == []


async def test_a_certificate_for_another_host_is_a_connect_error(
    make_half: MakeHalf, authority: trustme.CA, files: Path
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("example.org").configure_cert(context)
    half = make_half(verify=str(files / "ca.pem"))
    with Scripted(serving(answer()), context=context) as server:
        with pytest.raises(httpx.ConnectError, match=rf"127\.0\.0\.1:{server.port}"):
            await half.exchange(server.url)
        await half.close()


@pytest.mark.parametrize("form", ["one file", "two files", "with a password", "in a context of the caller's"])
async def test_a_client_certificate_is_presented(
    make_half: MakeHalf, authority: trustme.CA, files: Path, server_context: ssl.SSLContext, form: str
) -> None:
    """Also together with a CA file, where httpx 0.28 loses it."""
    server_context.verify_mode = ssl.CERT_REQUIRED
    authority.configure_trust(server_context)
    pair = (str(files / "cert.pem"), str(files / "key.pem"))
    forms: dict[str, dict[str, Any]] = {
        "one file": {"verify": str(files / "ca.pem"), "cert": files / "both.pem"},
        "two files": {"verify": str(files / "ca.pem"), "cert": pair},
        "with a password": {"verify": str(files / "ca.pem"), "cert": (pair[0], str(files / "secret.pem"), "sesame")},
        "in a context of the caller's": {"verify": ssl.create_default_context(cafile=files / "ca.pem"), "cert": pair},
    }
    with Scripted(serving(answer()), context=server_context) as server:
        half = make_half(**forms[form])
        assert (await half.exchange(server.url)).content == b"ok"
        await half.close()


async def test_a_server_that_wants_a_client_certificate_refuses_without(
    make_half: MakeHalf, authority: trustme.CA, files: Path, server_context: ssl.SSLContext
) -> None:
    server_context.verify_mode = ssl.CERT_REQUIRED
    authority.configure_trust(server_context)
    half = make_half(verify=str(files / "ca.pem"))
    with Scripted(serving(answer()), context=server_context) as server:
        with pytest.raises((httpx.ConnectError, httpx.ReadError, httpx.RemoteProtocolError, httpx.WriteError)):
            await half.exchange(server.url)
        await half.close()
        assert server.received == []


@pytest.mark.parametrize("bound", ["connect", "deadline"])
async def test_a_handshake_that_hangs_is_a_connect_timeout(half: Half, bound: str) -> None:
    def script(peer: Peer) -> None:
        peer.until_closed()

    with Scripted(script) as server:
        url = server.url.replace("http:", "https:")
        started = time.monotonic()
        bounds: dict[str, Any] = {"connect": {"timeouts": {**TIMEOUTS, "connect": 0.15}}, "deadline": {"seconds": 0.15}}
        with pytest.raises(httpx.ConnectTimeout):
            await half.exchange(url, **bounds[bound])
        assert time.monotonic() - started < 3


async def test_a_server_without_tls_is_a_connect_error(half: Half) -> None:
    def script(peer: Peer) -> None:
        peer.sock.recv(1000)
        peer.send(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    with Scripted(script) as server, pytest.raises(httpx.ConnectError, match="TLS"):
        await half.exchange(server.url.replace("http:", "https:"))


@contextlib.contextmanager
def speaking_http_2_alone(authority: trustme.CA, folder: Path) -> Iterator[str]:
    """A server that refuses the handshake of others, which the standard library's own never do."""
    authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(str(folder / "server.pem"))
    command = ["openssl", "s_server", "-accept", "127.0.0.1:0", "-alpn", "h2", "-cert", str(folder / "server.pem")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as server:
        assert server.stdout is not None
        accepting = next(line for line in server.stdout if line.startswith(b"ACCEPT "))
        yield f"https://127.0.0.1:{int(accepting.rpartition(b':')[2])}"
        server.kill()


async def test_a_server_of_http_2_alone_is_called_one(make_half: MakeHalf, authority: trustme.CA, files: Path) -> None:
    half = make_half(verify=str(files / "ca.pem"))
    with speaking_http_2_alone(authority, files) as url, pytest.raises(httpx.ConnectError, match=r"HTTP/2.*HTTP/1\.1"):
        await half.exchange(url)
    await half.close()


async def test_a_server_that_hangs_up_during_the_handshake_is_a_connect_error(half: Half) -> None:
    with Scripted(lambda peer: peer.close()) as server, pytest.raises(httpx.ConnectError, match="127"):
        await half.exchange(server.url.replace("http:", "https:"))


@pytest.mark.parametrize("way", ["send", "exchange"])
@pytest.mark.parametrize("how", ["cleanly", "abruptly"])
async def test_a_body_that_is_cut_off_is_noticed_and_one_that_ends_with_the_connection_is_read(
    make_half: MakeHalf, files: Path, server_context: ssl.SSLContext, how: str, way: str
) -> None:
    def script(peer: Peer) -> None:
        received = peer.request()
        if received is None:
            return
        length = b"Content-Length: 5\r\n" if received.body == b"cut" else b""
        peer.send(b"HTTP/1.1 200 OK\r\n" + length + b"\r\nok")
        if how == "cleanly":
            assert isinstance(peer.sock, ssl.SSLSocket)
            peer.sock.settimeout(1)
            with contextlib.suppress(OSError):
                peer.sock.unwrap()

    half = make_half(verify=str(files / "ca.pem"))
    with Scripted(script, context=server_context) as server:
        with pytest.raises(httpx.RemoteProtocolError, match="middle of the body"):
            await half.call(way, server.url, b"cut")
        assert await half.call(way, server.url, b"close") == (200, b"ok")
        await half.close()


async def test_a_dead_idle_connection_is_noticed(
    make_half: MakeHalf, files: Path, server_context: ssl.SSLContext
) -> None:
    def script(peer: Peer) -> None:
        peer.request()
        peer.send(answer())

    half = make_half(verify=str(files / "ca.pem"))
    with Scripted(script, context=server_context) as server:
        for number in range(1, 4):
            assert (await half.exchange(server.url)).content == b"ok"
            assert server.connections == number
            await asyncio.sleep(0.05)
        await half.close()


async def test_a_reused_connection_that_closes_without_a_byte_is_replaced_once(
    make_half: MakeHalf, files: Path, server_context: ssl.SSLContext
) -> None:
    def script(peer: Peer) -> None:
        while peer.request() is not None:
            if peer.number == 0 and len(peer.server.received) == 2:
                return
            peer.send(answer())

    half = make_half(verify=str(files / "ca.pem"))
    with Scripted(script, context=server_context) as server:
        assert not (await half.exchange(server.url)).resent
        assert (await half.exchange(server.url)).resent
        await half.close()


async def test_a_stream_arrives_part_by_part(make_half: MakeHalf, files: Path, server_context: ssl.SSLContext) -> None:
    go = threading.Event()

    def script(peer: Peer) -> None:
        peer.request()
        peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\none")
        go.wait(10)
        peer.send(b"two")

    half = make_half(verify=str(files / "ca.pem"))
    with Scripted(script, context=server_context) as server:
        async with half.opened(request(server.url)) as opened:
            assert await opened.part() == b"one"
            go.set()
            assert await opened.part() == b"two"
        await half.close()


@pytest.mark.direct  # what closes behind a response, a proxy may break off before it has passed that on
@pytest.mark.parametrize("behind", ["waits", "closes"])
@pytest.mark.parametrize("size", [5_000_000, 30_000_000])
async def test_an_answer_during_the_upload_ends_it(
    make_half: MakeHalf, files: Path, server_context: ssl.SSLContext, behind: str, size: int
) -> None:
    stop = threading.Event()

    def script(peer: Peer) -> None:
        peer.head()
        peer.send(answer(b"too large", "413 Content Too Large"))
        if behind == "waits":
            stop.wait(10)

    half = make_half(verify=str(files / "ca.pem"))
    with Scripted(script, context=server_context) as server:
        try:
            for _ in range(5):
                assert (await half.exchange(server.url, b"x" * size)).status == 413
        finally:
            stop.set()
        await half.close()


@pytest.mark.parametrize("bound", ["write", "deadline"])
async def test_a_server_that_takes_nothing_is_a_write_timeout(
    make_half: MakeHalf, files: Path, server_context: ssl.SSLContext, bound: str
) -> None:
    stop = threading.Event()
    half = make_half(verify=str(files / "ca.pem"))
    bounds: dict[str, Any] = {"write": {"timeouts": {**TIMEOUTS, "write": 0.2}}, "deadline": {"seconds": 0.3}}

    def script(peer: Peer) -> None:
        stop.wait(10)

    with Scripted(script, context=server_context) as server:
        try:
            with pytest.raises(httpx.WriteTimeout):
                await half.exchange(server.url, b"x" * 30_000_000, **bounds[bound])
        finally:
            stop.set()
        await half.close()


async def test_cancelled_handshakes_leave_nothing(make_half: MakeHalf, server: Scripted, files: Path) -> None:
    half = make_half(verify=str(files / "ca.pem"))
    if half.name == "sync":
        pytest.skip("threads cannot be cancelled")
    for step in range(40):
        call = asyncio.ensure_future(half.exchange(server.url))
        for _ in range(step):
            await asyncio.sleep(0)
        call.cancel()
        await asyncio.gather(call, return_exceptions=True)
    assert (await half.exchange(server.url, b"after")).content == b"after"
    await half.close()


async def test_concurrent_calls_share_connections(make_half: MakeHalf, server: Scripted, files: Path) -> None:
    half = make_half(verify=str(files / "ca.pem"), max_connections=5)
    for _ in range(3):
        bodies = [b"%d" % number for number in range(40)]
        found = await asyncio.gather(*(half.exchange(server.url, body) for body in bodies))
        assert [each.content for each in found] == bodies
    assert server.connections <= 5
    await half.close()


def test_equal_settings_share_one_context_and_certificates_get_their_own(files: Path) -> None:
    assert ssl_context() is ssl_context()
    assert ssl_context(str(files / "ca.pem")) is ssl_context(files / "ca.pem")
    assert ssl_context() is not ssl_context(False)
    with_cert = ssl_context(str(files / "ca.pem"), str(files / "both.pem"))
    assert with_cert is not ssl_context(str(files / "ca.pem"))
    own = ssl.create_default_context()
    assert ssl_context(own) is own


@pytest.mark.parametrize(
    ("said", "wins"),
    [
        ({"REQUESTS_CA_BUNDLE": "ca.pem", "CURL_CA_BUNDLE": "missing.pem"}, True),
        ({"REQUESTS_CA_BUNDLE": "missing.pem", "CURL_CA_BUNDLE": "ca.pem"}, False),
        ({"REQUESTS_CA_BUNDLE": "", "CURL_CA_BUNDLE": "ca.pem"}, True),
        ({"CURL_CA_BUNDLE": "ca.pem", "SSL_CERT_FILE": "missing.pem"}, False),
        ({"SSL_CERT_FILE": "ca.pem", "SSL_CERT_DIR": "missing"}, False),
    ],
)
def test_what_one_variable_names_comes_before_or_beside_what_another_does(
    said: dict[str, str], wins: bool, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, file in said.items():
        monkeypatch.setenv(name, str(files / file) if file else "")
    if wins:
        assert len(ssl_context().get_ca_certs()) == 1, "in place of certifi's"
    else:
        with pytest.raises(InvalidRequestError, match="missing"):
            ssl_context()
    assert len(ssl_context(files / "ca.pem").get_ca_certs()) == 1, "an option comes before all of them"


@pytest.mark.parametrize(("password", "match"), [((), "give .certificate, key, password"), (("wrong",), "cannot be")])
def test_a_password_is_never_asked_for_on_the_terminal(files: Path, password: tuple[str, ...], match: str) -> None:
    with pytest.raises(ValueError, match=match):
        ssl_context(True, (str(files / "cert.pem"), str(files / "secret.pem"), *password))


async def test_a_ca_file_that_is_missing_leaves_no_connection(make_half: MakeHalf, server: Scripted) -> None:
    half = make_half(verify="missing.pem")
    for _ in range(3):
        with pytest.raises(ValueError, match=r"missing\.pem"):
            await half.exchange(server.url)
    await half.close()


async def test_a_host_name_is_looked_up_and_sent_to_the_server(
    make_half: MakeHalf, files: Path, server_context: ssl.SSLContext
) -> None:
    names: list[str | None] = []
    server_context.sni_callback = lambda _sock, name, _context: names.append(name)
    half = make_half(verify=str(files / "ca.pem"))
    if not _resolves_to_loopback("localhost"):
        pytest.skip("localhost is not the loopback address here")
    with Scripted(serving(answer()), context=server_context) as server:
        assert (await half.exchange(f"https://localhost:{server.port}")).content == b"ok"
        assert names == ["localhost"]
        await half.close()


@pytest.mark.direct
async def test_the_dot_that_ends_a_complete_name_is_not_part_of_the_certificates(
    make_half: MakeHalf, files: Path, server_context: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    names: list[str | None] = []
    server_context.sni_callback = lambda _sock, name, _context: names.append(name)
    looked_up: list[Any] = []
    real = socket.getaddrinfo

    def look_up(host: Any, port: Any, *arguments: Any, **named: Any) -> Any:
        looked_up.append(host)
        return real("127.0.0.1" if host == "localhost." else host, port, *arguments, **named)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    half = make_half(verify=str(files / "ca.pem"))
    with Scripted(serving(answer()), context=server_context) as server:
        assert (await half.exchange(f"https://localhost.:{server.port}")).content == b"ok"
        assert (names, set(looked_up)) == (["localhost"], {"localhost."})
        await half.close()


def _resolves_to_loopback(name: str) -> bool:
    return any(each[4][0] == "127.0.0.1" for each in socket.getaddrinfo(name, 80))


@pytest.mark.parametrize("kind", [Client, AsyncClient])
def test_a_client_is_not_built_with_a_folder_in_which_openssl_finds_nothing(kind: Any, files: Path) -> None:
    """It would trust nobody, and say at the first call that the certificate is unknown."""
    with pytest.raises(InvalidRequestError, match=r"openssl rehash"):
        kind("some-token", "https://api.example", verify_ssl=files)
    _hashed_folder(files)
    kind("some-token", "https://api.example", verify_ssl=files / "hashed")
    kind("some-token", "https://api.example", verify_ssl=ssl.create_default_context())


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_DIR"])
def test_a_variable_that_names_such_a_folder_alone_is_named(
    variable: str, files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, str(tmp_path))
    with pytest.raises(InvalidRequestError, match=rf"{variable}='.*openssl rehash"):
        ssl_context()
    monkeypatch.setenv("SSL_CERT_FILE", str(files / "ca.pem"))
    assert ssl_context().get_ca_certs(), "an empty folder beside a file does no harm"
