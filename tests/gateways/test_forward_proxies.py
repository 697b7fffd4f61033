"""Through squid and tinyproxy: nothing is lost, and what fails says why."""

from __future__ import annotations

import asyncio
import ssl
from typing import Any

import pytest
import trustme

from aleph_alpha import APIConnectionError, CompletionRequest, Prompt
from tests.failures.networks import certified, right
from tests.gateways.conftest import close, done, failures
from tests.gateways.programs import FORWARD, PASSWORD, folder, free_port, mitmproxy, squid, tinyproxy
from tests.wire.scripted import Scripted

REQUEST = CompletionRequest(Prompt.from_text("x"), maximum_tokens=1)
schemes = pytest.mark.parametrize("scheme", ["http", "https"])


@schemes
@pytest.mark.parametrize("name", FORWARD)
async def test_many_calls_lose_none_without_a_retry(
    kind: Any, name: str, scheme: str, authority: trustme.CA, context: ssl.SSLContext
) -> None:
    tls = certified("127.0.0.1") if scheme == "https" else None
    with FORWARD[name](authority) as proxy, Scripted(right, context=tls) as server:
        client = kind("token", server.url, proxy=proxy, verify_ssl=context, total_retries=0)
        assert await failures(client, 8, 100, "complete", REQUEST, "model") == []
        assert len(server.received) == 800
        await close(client)


@schemes
@pytest.mark.parametrize("name", FORWARD)
async def test_a_large_prompt_and_a_stream_pass(
    kind: Any, name: str, scheme: str, authority: trustme.CA, context: ssl.SSLContext
) -> None:
    tls = certified("127.0.0.1") if scheme == "https" else None
    large = CompletionRequest(Prompt.from_text("x" * 3_000_000), maximum_tokens=1)
    with FORWARD[name](authority) as proxy, Scripted(right, context=tls) as server:
        client = kind("token", server.url, proxy=proxy, verify_ssl=context, total_retries=0)
        assert (await done(client, "complete", large, "model")).completions[0].completion == "well"
        assert await texts(client) == ["well"]
        await close(client)


async def texts(client: Any) -> list[str]:
    stream = client.stream_complete(REQUEST, "model")
    if hasattr(stream, "__aenter__"):
        async with stream:
            return [text async for text in stream.text()]

    def read() -> list[str]:
        with stream:
            return list(stream.text())

    return await asyncio.to_thread(read)


@schemes
@pytest.mark.parametrize("name", ["squid", "tinyproxy", "mitmproxy"])
async def test_a_server_that_is_down_for_a_while_loses_no_call(
    kind: Any, name: str, scheme: str, authority: trustme.CA, context: ssl.SSLContext
) -> None:
    tls = certified("127.0.0.1") if scheme == "https" else None
    port = free_port()
    with FORWARD[name](authority) as proxy:
        client = kind("token", f"{scheme}://127.0.0.1:{port}", proxy=proxy, verify_ssl=context)
        calls = asyncio.ensure_future(failures(client, 4, 5, "complete", REQUEST, "model"))
        await asyncio.sleep(1.5)
        with Scripted(right, context=tls, port=port) as server:
            assert await calls == []
            assert len(server.received) == 20, "nothing was sent before, and nothing twice"
        await close(client)


@pytest.mark.parametrize(
    ("program", "scheme", "status"),  # of http, tinyproxy says 401, as the API itself would
    [(squid, "http", 407), (squid, "https", 407), (tinyproxy, "https", 401)],
)
async def test_a_wrong_password_is_refused_once_with_an_error_that_says_so(
    kind: Any, program: Any, scheme: str, status: int, context: ssl.SSLContext
) -> None:
    with program(password=True) as proxy, Scripted(right) as server:
        wrong = proxy.replace(PASSWORD, "wrong")
        client = kind("token", f"{scheme}://127.0.0.1:{server.port}", proxy=wrong, verify_ssl=context)
        with pytest.raises(APIConnectionError, match=rf"refuses the user and password.*{status}") as caught:
            await done(client, "complete", REQUEST, "model")
        assert caught.value.attempts == 1
        assert server.received == []
        await close(client)


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"])
async def test_a_proxy_that_reads_everything_is_trusted_by_the_authority_that_it_has_made(
    kind: Any, variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (
        folder() as place,
        mitmproxy(None, place=place) as proxy,
        Scripted(right, context=certified("127.0.0.1")) as server,
    ):
        client = kind("token", server.url, proxy=proxy, total_retries=0)
        with pytest.raises(APIConnectionError, match=r"verify_ssl.*SSL_CERT_FILE"):
            await done(client, "complete", REQUEST, "model")
        await close(client)
        monkeypatch.setenv(variable, str(place / "mitmproxy-ca-cert.pem"))
        client = kind("token", server.url, proxy=proxy, total_retries=0)
        assert (await done(client, "complete", REQUEST, "model")).completions[0].completion == "well"
        assert await texts(client) == ["well"]
        await close(client)
