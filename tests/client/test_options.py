"""Settings: what is refused when a client is built, and in which words."""

from __future__ import annotations

import re
from typing import Any

import pytest

from aleph_alpha import AsyncClient, Client, Telemetry
from aleph_alpha.errors import InvalidRequestError

KINDS = [Client, AsyncClient]


async def handle_later(event: Any) -> None: ...


class Handlers:
    async def later(self, event: Any) -> None: ...


class LaterHandler:
    async def __call__(self, event: Any) -> None: ...


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("arguments", "error", "named"),
    [
        ({"token": "two\nlines"}, InvalidRequestError, "token"),
        ({"token": None}, TypeError, "token"),
        ({"host": "api.example.com"}, InvalidRequestError, "http://"),
        ({"host": ""}, InvalidRequestError, "host"),
        ({"host": "ftp://example.com"}, InvalidRequestError, "host"),
        ({"host": "https://"}, InvalidRequestError, "host"),
        ({"host": "https://example.com:port"}, InvalidRequestError, "host"),
        ({"host": "https://example.com?x=1"}, InvalidRequestError, "query"),
        ({"host": "http://[fe80::1%25eth0]:8080"}, InvalidRequestError, "IPv6 address with a zone"),
        ({"host": "http://[fe80::1%eth0]"}, InvalidRequestError, "IPv6 address with a zone"),
        ({"host": 80}, TypeError, "host"),
        ({"hosting": 10}, TypeError, "limit"),
        ({"hosting": True}, TypeError, "limit"),
        ({"request_timeout_seconds": 0}, InvalidRequestError, "request_timeout_seconds"),
        ({"request_timeout_seconds": float("nan")}, InvalidRequestError, "request_timeout_seconds"),
        ({"request_timeout_seconds": "305"}, TypeError, "request_timeout_seconds"),
        ({"deadline": -1}, InvalidRequestError, "deadline"),
        ({"total_retries": -1}, InvalidRequestError, "total_retries"),
        ({"total_retries": 1.5}, TypeError, "total_retries"),
        ({"limit": 0}, InvalidRequestError, "limit"),
        ({"pool_size": 0}, InvalidRequestError, "limit"),
        ({"limit": 3, "pool_size": 4}, ValueError, "pool_size"),
        ({"tags": "one"}, TypeError, "tags"),
        ({"headers": {"Authorization": "x"}}, InvalidRequestError, "Authorization"),
        ({"headers": {"X-A": "b\r\nX-C: d"}}, InvalidRequestError, "X-A"),
        ({"headers": {"X A": "b"}}, InvalidRequestError, "X A"),
        ({"headers": {"X-A": 1}}, TypeError, "headers"),
        ({"on_event": "print"}, TypeError, "on_event"),
        ({"on_event": handle_later}, TypeError, "async"),
        ({"on_event": Handlers().later}, TypeError, "async"),
        ({"on_event": LaterHandler()}, TypeError, "async"),
        ({"telemetry": None}, TypeError, "telemetry"),
        ({"telemetry": "latest"}, TypeError, "telemetry"),
    ],
)
def test_an_argument_that_cannot_work_is_refused_by_name(
    kind: Any, arguments: dict[str, Any], error: type[Exception], named: str
) -> None:
    with pytest.raises(error, match=named):
        kind(**{"token": "token", **arguments})


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({"conventions": "newest"}, "Telemetry.conventions must be one of released, latest or None, got 'newest'"),
        ({"content": "true"}, "Telemetry.content must be one of NO_CONTENT"),
        ({"content": True}, "Telemetry.content"),
        ({"content_length": 0}, "Telemetry.content_length must be 1 or greater, got 0"),
        ({"content_length": -1}, "Telemetry.content_length must be 1 or greater, got -1"),
        ({"content_length": 1.5}, "Telemetry.content_length must be an integer"),
        ({"content_length": True}, "Telemetry.content_length must be an integer"),
    ],
)
def test_a_telemetry_option_that_cannot_work_is_refused_by_name(arguments: dict[str, Any], named: str) -> None:
    with pytest.raises(InvalidRequestError, match=re.escape(named)):
        Telemetry(**arguments)


@pytest.mark.parametrize("kind", KINDS)
def test_a_password_in_the_host_is_refused_without_being_repeated(kind: Any) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        kind("token", "https://user:hunter2@example.com")
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("kind", KINDS)
def test_the_token_alone_is_enough(kind: Any) -> None:
    assert kind("token").host == "https://api.aleph-alpha.com/"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("host", "shown"),
    [
        ("https://example.com", "https://example.com/"),
        ("https://example.com/", "https://example.com/"),
        ("https://example.com/v1", "https://example.com/v1/"),
        ("http://127.0.0.1:8000/a/b/", "http://127.0.0.1:8000/a/b/"),
    ],
)
def test_the_host_keeps_its_path(kind: Any, host: str, shown: str) -> None:
    assert kind("token", host).host == shown


@pytest.mark.parametrize("kind", KINDS)
def test_token_and_host_come_from_the_environment(kind: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AA_TOKEN", " from-env ")
    monkeypatch.setenv("AA_HOST", "https://env.example.com")
    client = kind.from_env()
    assert (client.token.reveal(), client.host) == ("from-env", "https://env.example.com/")
    client = kind.from_env("given", "https://given.example.com", nice=True)
    assert (client.token.reveal(), client.host) == ("given", "https://given.example.com/")


@pytest.mark.parametrize("kind", KINDS)
def test_a_missing_token_in_the_environment_is_said_so(kind: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AA_TOKEN", raising=False)
    with pytest.raises(InvalidRequestError, match="AA_TOKEN"):
        kind.from_env()


@pytest.mark.parametrize("kind", KINDS)
def test_the_constructor_reads_nothing_from_the_environment(kind: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AA_HOST", "https://env.example.com")
    assert kind("token").host == "https://api.aleph-alpha.com/"


@pytest.mark.parametrize("kind", KINDS)
def test_the_token_is_in_no_repr(kind: Any) -> None:
    client = kind("marker-token", "https://example.com")
    copy = client.with_options(nice=True)
    shown = f"{client!r} {client} {copy!r} {client.token!r} {vars(client)!r} {client._settings!r}"
    assert "marker-token" not in shown
    assert client.token.reveal() == "marker-token"
