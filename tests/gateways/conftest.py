"""Fixtures of the tests against real proxies and gateways."""

from __future__ import annotations

import asyncio
import os
import ssl
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import trustme

from aleph_alpha import AsyncClient, Client
from tests.failures.networks import authority as tests_authority, trusting

Calls = Callable[..., Awaitable[list[BaseException]]]


# They need programs that are not installed with the tests, and ports that others may take meanwhile.
collect_ignore_glob = [] if os.environ.get("AA_GATEWAYS") else ["test_*.py"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "gateways" in item.path.parts:
            item.add_marker(pytest.mark.gateway)


@pytest.fixture
def authority() -> trustme.CA:
    return tests_authority()


@pytest.fixture
def context() -> ssl.SSLContext:
    """Trusts the tests' authority alone."""
    return trusting()


@pytest.fixture(params=["sync", "async"])
def kind(request: pytest.FixtureRequest) -> Any:
    """The class of the client."""
    return Client if request.param == "sync" else AsyncClient


async def done(client: Any, method: str, *arguments: Any) -> Any:
    """The result of a client's method, of either client."""
    function = getattr(client, method)
    if isinstance(client, Client):
        return await asyncio.to_thread(function, *arguments)
    return await function(*arguments)


async def close(client: Any) -> None:
    if isinstance(client, Client):
        client.close()
    else:
        await client.close()


async def failures(client: Any, at_once: int, each: int, method: str, *arguments: Any) -> list[BaseException]:
    """What went wrong of so many calls, some at once."""
    failed: list[BaseException] = []

    async def work() -> None:
        for _ in range(each):
            try:
                await done(client, method, *arguments)
            except Exception as error:
                failed.append(error)

    await asyncio.gather(*(work() for _ in range(at_once)))
    return failed
