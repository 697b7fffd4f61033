"""A server from which an OpenAPI document is read can neither hold the reader up nor send it elsewhere."""

from __future__ import annotations

import socket
from collections.abc import Callable

import pytest

from scripts._spec import load as spec_load
from scripts._spec.load import SpecError, load
from tests.failures.networks import head, mute, says
from tests.wire.scripted import Peer, Scripted


def drips(peer: Peer) -> None:
    """A byte at a time, for ever."""
    peer.request()
    peer.send(head("Content-Length: 1000000"))
    peer.sock.settimeout(0.02)
    while True:
        peer.send(b" ")
        try:
            if not peer.sock.recv(1):
                return
        except TimeoutError:
            continue


@pytest.mark.parametrize(
    ("script", "message"),
    [
        (drips, "not whole after"),
        (mute, "timed out"),
        (says(b"SSH-2.0-OpenSSH\r\n"), "SSH-2.0"),
        (says(head() + b"x" * 50_000), "more than 10,000 bytes"),
        (says(head("Content-Length: 100") + b"openapi: 3.1.0\npaths: {}"), "broke off after 24 bytes"),
    ],
    ids=["drips", "mute", "no HTTP", "too large", "cut"],
)
def test_a_server_that_does_not_give_a_document_is_left_in_time_with_a_line_about_it(
    script: Callable[[Peer], None], message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spec_load, "TIMEOUT_SECONDS", 0.3)
    monkeypatch.setattr(spec_load, "LARGEST_BYTES", 10_000)
    with Scripted(script) as server, pytest.raises(SpecError) as caught:
        load(f"{server.url}/openapi.yaml")
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("scheme", ["ftp", "file", "data", "gopher"])
def test_a_document_is_not_read_from_where_a_redirect_into_another_scheme_leads(scheme: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        target = f"{scheme}://127.0.0.1:{other.getsockname()[1]}/openapi.yaml"
        script = says(head("Content-Length: 0", f"Location: {target}", status="302 Found"))
        with Scripted(script) as server, pytest.raises(SpecError, match="cannot be read"):
            load(f"{server.url}/openapi.yaml")
        other.setblocking(False)
        with pytest.raises(BlockingIOError):
            other.accept()
