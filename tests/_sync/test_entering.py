# Made from tests/_async/test_entering.py by scripts/unasync.py: change it there, then run `make fix`.
"""One client entered by several at once: its connections are closed when the last has left."""

from __future__ import annotations

import pytest

from aleph_alpha import Client
from tests.wire.scripted import Scripted, answer, serving

pytestmark = pytest.mark.proxied

VERSION = answer(b"4.7.0", "200 OK", "Content-Type: text/plain")


def test_a_framework_that_enters_the_client_of_another_leaves_its_connections_open() -> None:
    with Scripted(serving(VERSION)) as server:
        with Client("token", server.url) as client:
            for _ in range(3):
                with client as again:
                    assert again.get_version() == "4.7.0"
            client.get_version()
            assert server.connections == 1
        with client:
            client.get_version()
        assert server.connections == 2


def test_a_copy_with_other_options_counts_with_its_client() -> None:
    with Scripted(serving(VERSION)) as server:
        client = Client("token", server.url)
        with client.with_options(nice=True) as polite:
            with client:
                client.get_version()
            polite.get_version()
            assert server.connections == 1
        client.get_version()
        assert server.connections == 2
        client.close()


def test_whoever_leaves_by_an_exception_has_left() -> None:
    with Scripted(serving(VERSION)) as server:
        with Client("token", server.url) as client:
            with pytest.raises(LookupError):  # noqa: PT012
                with client:
                    client.get_version()
                    raise LookupError("of the application")
            client.get_version()
            assert server.connections == 1
        assert client._sender._connections is None


def test_closing_closes_at_once_and_leaving_afterwards_is_no_error() -> None:
    with Scripted(serving(VERSION)) as server:
        with Client("token", server.url) as client, client:
            client.get_version()
            client.close()
            assert client._sender._connections is None
            client.get_version()
        assert client._sender._connections is None
        assert server.connections == 2
