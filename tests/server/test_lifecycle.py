"""Starting and stopping the server."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
from typing import Any

import httpx
import pytest

from aleph_alpha.testing.server.app import SERVER_NAME
from aleph_alpha.testing.server.local import ASGIApp, LocalServer


def _complete(url: str, **fields: Any) -> Any:
    body = {"model": "toy-base", "prompt": "An apple a day", "maximum_tokens": 8, **fields}
    with httpx.Client(trust_env=False, headers={"authorization": "Bearer any"}) as client:
        response = client.post(url + "/complete", json=body)
    assert response.status_code == 200, response.text
    return response.json()


def test_answers_as_soon_as_the_block_is_entered() -> None:
    with LocalServer() as server:
        response = httpx.get(server.url + "/version", trust_env=False)
        assert response.status_code == 200
        assert response.headers["server"] == SERVER_NAME


def test_leaves_no_thread_and_no_listener_behind() -> None:
    before = set(threading.enumerate())
    with LocalServer() as server:
        _complete(server.url)
        port = int(server.url.rpartition(":")[2])
    assert set(threading.enumerate()) == before
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0


def test_listens_on_loopback_only() -> None:
    with LocalServer() as server:
        assert server.url.startswith("http://127.0.0.1:")


def test_two_servers_do_not_disturb_each_other() -> None:
    with LocalServer(seed=1) as one, LocalServer(seed=2) as two:
        assert one.url != two.url
        for server, description in ((one, "first"), (two, "second")):
            with httpx.Client(base_url=server.url, trust_env=False, headers={"authorization": "Bearer x"}) as client:
                client.post("/users/me/tokens", json={"description": description}).raise_for_status()
                listed = client.get("/users/me/tokens").json()
                assert [token["description"] for token in listed] == [description]
        sampled = {"temperature": 1.0, "maximum_tokens": 20}
        assert _complete(one.url, **sampled) == _complete(one.url, **sampled)
        assert _complete(one.url, **sampled) != _complete(two.url, **sampled)


def test_a_stopped_server_can_be_started_again() -> None:
    server = LocalServer()
    for _ in range(2):
        with server:
            _complete(server.url)
        with pytest.raises(RuntimeError, match="not running"):
            _ = server.url


def test_starting_twice_is_refused_and_stopping_twice_is_not() -> None:
    with LocalServer() as server:
        with pytest.raises(RuntimeError, match="running already"):
            server.start()
        server.stop()
        server.stop()


def test_a_taken_port_is_an_error_that_leaves_nothing_open() -> None:
    with LocalServer() as server:
        port = int(server.url.rpartition(":")[2])
        with pytest.raises(OSError, match="in use"):
            LocalServer(port=port).start()


def test_stops_while_a_connection_is_kept_alive() -> None:
    with httpx.Client(trust_env=False) as client, LocalServer() as server:
        client.get(server.url + "/version").raise_for_status()


def test_stops_while_a_stream_is_open() -> None:
    before = set(threading.enumerate())
    body = {"model": "toy-base", "prompt": "An apple", "n": 100, "temperature": 1.0, "stream": True}
    headers = {"authorization": "Bearer any"}
    with (
        httpx.Client(trust_env=False, headers=headers) as client,
        LocalServer() as server,
        client.stream("POST", server.url + "/complete", json=body) as response,
    ):
        chunks = response.iter_bytes()
        assert next(chunks).startswith(b"data: ")
        server.stop()
        with contextlib.suppress(httpx.RemoteProtocolError):  # unless all of it was in the buffers already
            for _ in chunks:
                pass
    assert set(threading.enumerate()) == before


def test_can_be_wrapped_by_another_application() -> None:
    seen: list[str] = []

    def wrap(app: ASGIApp) -> ASGIApp:
        async def wrapped(scope: Any, receive: Any, send: Any) -> None:
            seen.append(scope["path"])
            await app(scope, receive, send)

        return wrapped

    with LocalServer(wrap=wrap) as server:
        httpx.get(server.url + "/version", trust_env=False).raise_for_status()
    assert seen == ["/version"]


def test_runs_beside_an_event_loop_of_the_caller() -> None:
    async def use() -> str:
        with LocalServer() as server:
            async with httpx.AsyncClient(trust_env=False) as client:
                return (await client.get(server.url + "/v1/version")).text

    assert asyncio.run(use()) == "4.7.0"


@pytest.mark.parametrize("missing", ["jsonschema", "starlette", "uvicorn"])
def test_as_a_process_without_the_extra_it_says_in_a_line_what_to_install(missing: str) -> None:
    program = f"import runpy, sys; sys.modules[{missing!r}] = None; sys.argv[1:] = ['serve', '--port', '0']; "
    program += "runpy.run_module('aleph_alpha.testing', run_name='__main__')"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == f"this needs '{missing}': pip install 'aleph-alpha[testing]'\n"


def test_as_a_process_it_prints_its_url_and_ends_when_interrupted() -> None:
    command = [sys.executable, "-W", "error", "-m", "aleph_alpha.testing", "serve", "--port", "0", "--token", "secret"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            url = process.stdout.readline().strip()
            right, wrong = ({"authorization": f"Bearer {token}"} for token in ("secret", "other"))
            assert httpx.get(url + "/users/me", headers=right, trust_env=False).status_code == 200
            assert httpx.get(url + "/users/me", headers=wrong, trust_env=False).status_code == 401
        finally:
            os.kill(process.pid, signal.SIGINT)
            _, errors = process.communicate(timeout=20)
    assert process.returncode == 0
    assert errors == ""
