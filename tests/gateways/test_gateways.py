"""Behind nginx, haproxy, apache, caddy and envoy: connections that they close, what they refuse, their restarts."""

from __future__ import annotations

import asyncio
import signal
import ssl
import time
from typing import Any

import pytest
import trustme

from aleph_alpha import APIStatusError, CompletionRequest, Prompt
from tests.failures.networks import right, right_answer
from tests.gateways.conftest import close, done, failures
from tests.gateways.programs import LIMITED, REVERSE
from tests.gateways.test_forward_proxies import REQUEST, texts
from tests.wire.scripted import Peer, Scripted

gateways = pytest.mark.parametrize("name", REVERSE)


@gateways
async def test_connections_that_the_gateway_closes_lose_no_call(
    kind: Any, name: str, authority: trustme.CA, context: ssl.SSLContext
) -> None:
    """After twenty requests each, as nginx, apache and envoy are told to."""
    with Scripted(right) as server, REVERSE[name](authority, server.port) as gateway:
        client = kind("token", f"https://127.0.0.1:{gateway.port}", verify_ssl=context, total_retries=0)
        assert await failures(client, 8, 60, "complete", REQUEST, "model") == []
        assert len(server.received) == 480, "nothing was carried out twice"
        assert await texts(client) == ["well"]
        await close(client)


@pytest.mark.parametrize("name", ["nginx", "haproxy"])  # of the others, one says 502 and one takes it
async def test_a_body_that_is_refused_while_it_is_sent_is_the_status_it_is(
    kind: Any, name: str, authority: trustme.CA, context: ssl.SSLContext
) -> None:
    large = CompletionRequest(Prompt.from_text("x" * 5_000_000), maximum_tokens=1)
    with Scripted(right) as server, REVERSE[name](authority, server.port) as gateway:
        client = kind("token", f"https://127.0.0.1:{gateway.port}", verify_ssl=context, total_retries=0)
        for _ in range(20):
            with pytest.raises(APIStatusError) as caught:
                await done(client, "complete", large, "model")
            assert caught.value.status == 413
        await close(client)


@pytest.mark.parametrize(("name", "reload"), [("nginx", signal.SIGHUP), ("haproxy", signal.SIGUSR2)])
async def test_a_gateway_that_reloads_loses_no_call(
    kind: Any, name: str, reload: signal.Signals, authority: trustme.CA, context: ssl.SSLContext
) -> None:
    with Scripted(right) as server, REVERSE[name](authority, server.port) as gateway:
        client = kind("token", f"https://127.0.0.1:{gateway.port}", verify_ssl=context)
        calls = asyncio.ensure_future(failures(client, 8, 150, "complete", REQUEST, "model"))
        for _ in range(3):
            await asyncio.sleep(0.2)
            gateway.process.send_signal(reload)
        assert await calls == []
        assert len(server.received) == 1200, "nothing was carried out twice"
        await close(client)


def slow(peer: Peer) -> None:
    while (request := peer.request()) is not None:
        time.sleep(0.03)
        peer.send(right_answer(request))


@pytest.mark.parametrize("name", LIMITED)
async def test_a_gateway_that_lets_four_requests_through_at_a_time_loses_no_call_of_many(
    kind: Any, name: str, authority: trustme.CA, context: ssl.SSLContext
) -> None:
    with Scripted(slow) as server, LIMITED[name](authority, server.port, 4) as gateway:
        client = kind("token", f"https://127.0.0.1:{gateway.port}", verify_ssl=context)
        assert await failures(client, 50, 6, "complete", REQUEST, "model") == []
        assert len(server.received) == 300, "nothing was carried out twice"
        await close(client)
