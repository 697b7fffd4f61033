"""Entering a client in several threads and event loops at a time."""

from __future__ import annotations

import asyncio
import gc
import threading

from aleph_alpha import AsyncClient, Client
from tests.wire.scripted import Scripted, answer, serving

VERSION = answer(b"4.7.0", "200 OK", "Content-Type: text/plain")


def test_threads_that_enter_one_client_do_not_close_each_others_connections() -> None:
    with Scripted(serving(VERSION)) as server, Client("token", server.url) as client:
        client.get_version()

        def use() -> None:
            with client:
                client.get_version()

        for _ in range(3):
            thread = threading.Thread(target=use)
            thread.start()
            thread.join()
        client.get_version()
        assert server.connections == 1


def test_each_event_loop_closes_its_own_connections_when_it_has_left() -> None:
    with Scripted(serving(VERSION)) as server:
        client = AsyncClient("token", server.url)

        async def use() -> None:
            async with client:
                await client.get_version()

        async def outer() -> None:
            async with client:
                await client.get_version()
                await asyncio.to_thread(asyncio.run, use())
                async with client:
                    await client.get_version()
                await client.get_version()

        asyncio.run(outer())
        assert client._sender._connections is None
        assert server.connections <= 3


def test_an_event_loop_that_ended_without_leaving_does_not_count() -> None:
    with Scripted(serving(VERSION)) as server:
        client = AsyncClient("token", server.url)

        async def enters() -> None:
            await client.__aenter__()
            await client.get_version()
            await client.close()

        asyncio.run(enters())
        gc.collect()
        assert not client._sender._entries._counts
