"""One client entered by several at once: its connections are closed when the last has left."""

from __future__ import annotations

import pytest

from aleph_alpha import AsyncClient
from tests.wire.scripted import Scripted, answer, serving

pytestmark = pytest.mark.proxied

VERSION = answer(b"4.7.0", "200 OK", "Content-Type: text/plain")


async def test_a_framework_that_enters_the_client_of_another_leaves_its_connections_open() -> None:
    with Scripted(serving(VERSION)) as server:
        async with AsyncClient("token", server.url) as client:
            for _ in range(3):
                async with client as again:
                    assert await again.get_version() == "4.7.0"
            await client.get_version()
            assert server.connections == 1
        async with client:
            await client.get_version()
        assert server.connections == 2


async def test_a_copy_with_other_options_counts_with_its_client() -> None:
    with Scripted(serving(VERSION)) as server:
        client = AsyncClient("token", server.url)
        async with client.with_options(nice=True) as polite:
            async with client:
                await client.get_version()
            await polite.get_version()
            assert server.connections == 1
        await client.get_version()
        assert server.connections == 2
        await client.close()


async def test_whoever_leaves_by_an_exception_has_left() -> None:
    with Scripted(serving(VERSION)) as server:
        async with AsyncClient("token", server.url) as client:
            with pytest.raises(LookupError):  # noqa: PT012
                async with client:
                    await client.get_version()
                    raise LookupError("of the application")
            await client.get_version()
            assert server.connections == 1
        assert client._sender._connections is None


async def test_closing_closes_at_once_and_leaving_afterwards_is_no_error() -> None:
    with Scripted(serving(VERSION)) as server:
        async with AsyncClient("token", server.url) as client, client:
            await client.get_version()
            await client.close()
            assert client._sender._connections is None
            await client.get_version()
        assert client._sender._connections is None
        assert server.connections == 2
