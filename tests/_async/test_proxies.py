"""Passwords of proxies and keys are shown no more than the token; error trackers find none in our frames."""

from __future__ import annotations

import logging
import os
import pickle
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from aleph_alpha import AlephAlphaError, AsyncClient, InvalidRequestError
from aleph_alpha._async import sender as sender_module
from tests._async.test_secrets import batch, call, no_wait, stream
from tests.failures.networks import closed_port, head, mute, says
from tests.secrets.marker import TOKEN, shows_token
from tests.wire.scripted import Scripted

PASSWORD = quote(TOKEN, safe="")
HERE = f"{os.sep}tests{os.sep}"


def shown_by(error: BaseException) -> str:
    """What an error tracker shows of an exception: the chain, and the locals of each frame but those of tests."""
    parts = [str(error), repr(error), repr(vars(error)), repr(error.args)]
    if isinstance(error, AlephAlphaError):
        parts.append(pickle.dumps(error).decode("latin-1"))
    each: traceback.TracebackException | None
    each = traceback.TracebackException.from_exception(error, capture_locals=True)
    while each is not None:
        parts += [repr(frame.locals) for frame in each.stack if HERE not in frame.filename]
        each = each.__cause__ or each.__context__
    return "\n".join(parts)


@contextmanager
def speaking(script: Any) -> Iterator[str]:
    with Scripted(script) as server:
        yield server.url


@contextmanager
def not_there() -> Iterator[str]:
    with closed_port() as place:
        yield place.url


SERVERS: dict[str, Any] = {
    "not there": not_there,
    "wants another password": lambda: speaking(says(head("Content-Length: 0", status="407 Who"))),
    "mute": lambda: speaking(mute),
    "no HTTP": lambda: speaking(says(b"SSH-2.0-OpenSSH\r\n")),
    "breaks off": lambda: speaking(says(head("Content-Length: 1000") + b"{")),
    "is not reached": lambda: speaking(says(head("Content-Length: 0", status="502 Bad"))),
}
OPTIONS: dict[str, Any] = {"total_retries": 1, "request_timeout_seconds": 0.3, "log_bodies": True}


@pytest.mark.parametrize("kind", [call, batch, stream])
@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("from_environment", [False, True], ids=["option", "environment"])
@pytest.mark.parametrize("name", SERVERS)
async def test_a_proxy_that_fails_shows_neither_its_password_nor_the_token(
    name: str,
    from_environment: bool,
    scheme: str,
    kind: Any,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(sender_module, "sleep", no_wait)
    caplog.set_level(logging.DEBUG, "aleph_alpha")
    caplog.set_level(logging.INFO)
    with SERVERS[name]() as url:
        where = url.replace("//", f"//user:{PASSWORD}@")
        if from_environment:
            monkeypatch.setenv(f"{scheme}_proxy", where)
        options = OPTIONS if from_environment else {**OPTIONS, "proxy": where}
        async with AsyncClient(TOKEN, f"{scheme}://api.example", **options) as client:
            with pytest.raises(AlephAlphaError) as caught:
                await kind(client)
            assert not shows_token(shown_by(caught.value))
    assert not shows_token(caplog.text + repr([vars(record) for record in caplog.records]))


@pytest.mark.parametrize("kind", [call, batch, stream])
@pytest.mark.parametrize("name", SERVERS)
async def test_an_httpx_client_of_the_callers_that_fails_does_not_show_the_token(
    name: str, kind: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sender_module, "sleep", no_wait)
    with SERVERS[name]() as url:
        async with (
            httpx.AsyncClient(trust_env=False, headers={"x-own": TOKEN}) as own,
            AsyncClient(TOKEN, url, http_client=own, **OPTIONS) as client,
        ):
            with pytest.raises(AlephAlphaError) as caught:
                await kind(client)
            assert not shows_token(shown_by(caught.value))
            assert not shows_token(repr([client, client._settings, client._sender]))


async def test_no_client_or_setting_shows_a_password_that_it_was_given() -> None:
    proxy = f"http://user:{PASSWORD}@proxy.example"
    options: dict[str, Any] = {"cert": ("file.pem", "key.pem", TOKEN), "headers": {"x-key": TOKEN}, "proxy": proxy}
    async with AsyncClient(TOKEN, "https://api.example", **options) as client:
        for each in (client, client._settings, client._sender, client.with_options(headers={"x-key": TOKEN})._settings):
            assert not shows_token(repr(each) + str(each))


BAD: dict[str, dict[str, Any]] = {
    "a host that is none": {"host": "api.example"},
    "a timeout that is none": {"request_timeout_seconds": -1},
    "a hosting that is none": {"hosting": 7},
    "a header that is none": {"headers": {"authorization": "x"}},
    "too few connections": {"limit": 0},
    "Bearer before it": {"token": f"Bearer {TOKEN}"},
    "a line end in it": {"token": f"{TOKEN}\n{TOKEN}"},
    "bytes": {"token": TOKEN.encode()},
}


@pytest.mark.parametrize("name", BAD)
def test_a_client_that_cannot_be_made_does_not_show_the_token(name: str) -> None:
    with pytest.raises((TypeError, InvalidRequestError)) as caught:
        AsyncClient(**{"token": TOKEN, **BAD[name]})
    if name != "bytes":  # of what is no token at all, nothing is known
        assert not shows_token(shown_by(caught.value))


@pytest.mark.parametrize("name", BAD)
def test_a_client_that_cannot_be_made_from_the_environment_does_not_show_the_token(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = dict(BAD[name])
    token = bad.pop("token", TOKEN)
    if not isinstance(token, str):
        pytest.skip("the environment has strings")
    monkeypatch.setenv("AA_TOKEN", token)
    with pytest.raises((TypeError, InvalidRequestError)) as caught:
        AsyncClient.from_env(**bad)
    assert not shows_token(shown_by(caught.value))


@pytest.mark.parametrize("token", [f"Bearer {TOKEN}", f"{TOKEN}\n{TOKEN}"], ids=["Bearer", "line end"])
async def test_a_callable_that_returns_no_token_does_not_show_it(token: str) -> None:
    async with AsyncClient(lambda: token, "http://127.0.0.1:9") as client:
        with pytest.raises(InvalidRequestError) as caught:
            await call(client)
        assert not shows_token(shown_by(caught.value))


async def test_the_token_of_a_client_can_be_given_to_another_one() -> None:
    async with AsyncClient(TOKEN, "https://api.example") as client, AsyncClient(client.token) as other:
        assert other.token == client.token
