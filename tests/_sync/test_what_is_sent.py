# Made from tests/_async/test_what_is_sent.py by scripts/unasync.py: change it there, then run `make fix`.
"""What the sender sends, says and hides: headers, tokens, errors, logs."""

from __future__ import annotations

import copy
import json
import logging
import pickle
import re

import httpx
import pytest

from aleph_alpha import (
    Client,
    errors as err,
)
from tests._sync.sending import HOST, MODEL, REQUEST, Waits, client_for, complete
from tests.scripted import COMPLETION, Script, answer, error
from tests.wire.scripted import Peer, Scripted


@pytest.mark.parametrize("failure", [httpx.ConnectError("refused"), httpx.ReadTimeout(""), httpx.ProxyError("407")])
def test_an_error_of_an_http_client_of_the_callers_names_the_host(failure: Exception, waits: Waits) -> None:
    with pytest.raises(err.APIConnectionError) as caught:
        complete(Script(failure), host="https://api.example.com:8080")
    expected = f"POST /complete: api.example.com:8080 through the http_client: {str(failure) or 'ReadTimeout'}"
    assert str(caught.value).partition(" (attempt")[0] == expected


@pytest.mark.parametrize("body", ["nothing", "half"])
@pytest.mark.parametrize("given", ["here", "in the environment"])
def test_an_error_behind_a_proxy_names_the_host_and_the_proxy_but_no_password(
    given: str, body: str, monkeypatch: pytest.MonkeyPatch, waits: Waits
) -> None:
    def script(peer: Peer) -> None:
        if peer.request() is not None and body == "half":
            peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf")

    with Scripted(script) as server:
        proxy = f"http://someone:sesame@127.0.0.1:{server.port}"
        if given == "in the environment":
            monkeypatch.setenv("http_proxy", proxy)
        with Client("token", "http://api.example", proxy=proxy if given == "here" else None) as client:
            with pytest.raises(err.APIConnectionError) as caught:
                client.complete(REQUEST, MODEL)
            where = f"api.example:80 through the proxy http://127.0.0.1:{server.port}"
            assert str(caught.value).startswith(f"POST /complete: no valid response from {where}: ")
            with pytest.raises(err.APIConnectionError) as in_stream:
                client.stream_complete(REQUEST, MODEL).final()
            assert where in str(in_stream.value)
            assert not {"someone", "sesame"} & set(re.split(r"\W", f"{caught.value} {in_stream.value}"))


def test_a_timeout_behind_a_proxy_names_the_host_and_the_proxy_once(waits: Waits) -> None:
    with Scripted(lambda peer: peer.until_closed()) as server:
        client = Client("token", "http://api.example", proxy=server.url, request_timeout_seconds=0.1)
        with client:
            with pytest.raises(err.APITimeoutError) as caught:
                client.complete(REQUEST, MODEL)
    assert str(caught.value).count(f"api.example:80 through the proxy {server.url}") == 1


@pytest.mark.parametrize(
    ("headers", "hint"),
    [
        ({"content-type": "text/html; charset=utf-8"}, "its type is text/html, not application/json: is it from a pro"),
        ({"content-type": "TEXT/Plain"}, "its type is text/plain"),
        ({"content-type": "application/json"}, ""),
        ({"content-type": "application/problem+json"}, ""),
        ({"content-type": "x" * 9000}, "its type is " + "x" * 100 + ","),
        ({}, ""),
    ],
)
def test_a_page_in_place_of_json_is_said_to_be_one(headers: dict[str, str], hint: str) -> None:
    page = httpx.Response(200, headers=headers, content=b"<html>Please log in</html>")
    with pytest.raises(err.ResponseError, match="not JSON") as caught:
        complete(Script(page))
    assert hint in str(caught.value)
    assert ("type is" in str(caught.value)) == bool(hint)
    assert len(str(caught.value)) < 400


def test_an_error_about_a_success_does_not_keep_the_token_that_was_sent_back() -> None:
    echo = httpx.Response(200, text="you sent Authorization: Bearer marker-token")
    with pytest.raises(err.ResponseError) as caught:
        complete(Script(echo))
    assert b"you sent" in caught.value.body
    assert "marker-token" not in f"{caught.value!r} {vars(caught.value)}"


def test_an_error_without_end_is_told_by_its_status_in_calls_and_streams(waits: Waits) -> None:
    def endless(peer: Peer) -> None:
        if peer.request() is not None:
            peer.send(b"HTTP/1.1 503 Busy\r\nRetry-After: 3\r\n\r\n")
            while True:
                peer.send(b"x" * 100_000)

    with Scripted(endless) as server:
        with Client("token", server.url, total_retries=1, request_timeout_seconds=30) as client:
            for _ in range(2):
                with pytest.raises(err.BusyError) as caught:
                    client.complete(REQUEST, MODEL)
                assert (caught.value.attempts, len(caught.value.body)) == (2, 1024 * 1024)
                with pytest.raises(err.BusyError) as caught:
                    client.stream_complete(REQUEST, MODEL).final()
                assert (caught.value.attempts, len(caught.value.body)) == (2, 1024 * 1024)
    assert waits[0] == 3.0


def test_an_error_whose_gzip_is_none_is_told_by_its_status(waits: Waits) -> None:
    def busy(request: httpx.Request) -> httpx.Response:
        return httpx.Response(503, headers={"content-encoding": "gzip"}, stream=httpx.ByteStream(b"busy"))

    client = client_for(Script(busy), total_retries=0)
    with pytest.raises(err.BusyError):
        client.complete(REQUEST, MODEL)
    with pytest.raises(err.BusyError):
        client.stream_complete(REQUEST, MODEL).final()


def test_a_redirect_is_not_followed_but_explained() -> None:
    script = Script(httpx.Response(308, headers={"location": "https://elsewhere.example.com/complete"}))
    with pytest.raises(err.OtherStatusError, match=r"https://elsewhere\.example\.com/complete"):
        complete(script)
    assert len(script.requests) == 1


@pytest.mark.parametrize(
    ("body", "path"),
    [
        (b"", ""),
        (b"{", ""),
        (b"[]", ""),
        (b"null", ""),
        (b'{"model_version": "1"}', ""),
        (b"\xff", ""),
        (json.dumps({**COMPLETION, "completions": [{"completion": 3}]}).encode(), "completions[0].completion"),
    ],
)
def test_a_success_with_a_body_that_is_none_says_where_it_is_wrong(body: bytes, path: str) -> None:
    with pytest.raises(err.ResponseError) as caught:
        complete(Script(httpx.Response(200, content=body)))
    assert caught.value.path.startswith(path)
    assert caught.value.body == body
    assert caught.value.attempts == 1


def test_what_is_sent_names_the_package_and_carries_the_token() -> None:
    script = Script(answer())
    complete(script, headers={"X-Trace": "7"})
    request = script.requests[0]
    assert (request.method, str(request.url)) == ("POST", "https://api.example.com/complete")
    assert request.headers["authorization"] == "Bearer marker-token"
    assert request.headers["user-agent"].startswith("aleph-alpha/")
    assert request.headers["host"] == "api.example.com"
    assert request.headers["content-type"] == "application/json"
    assert request.headers["content-length"] == str(len(request.content))
    assert request.headers["x-trace"] == "7"


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("https://example.com", "https://example.com/complete"),
        ("https://example.com/", "https://example.com/complete"),
        ("https://example.com/v1", "https://example.com/v1/complete"),
        ("https://example.com/v1/", "https://example.com/v1/complete"),
        ("http://127.0.0.1:8000/prefix", "http://127.0.0.1:8000/prefix/complete"),
    ],
)
def test_v1_is_neither_added_nor_taken_away(host: str, url: str) -> None:
    script = Script(answer())
    complete(script, host=host)
    assert str(script.requests[0].url) == url


def test_nice_hosting_and_tags_of_the_client_are_sent() -> None:
    script = Script(answer())
    complete(script)
    complete(script, nice=True, hosting="aleph-alpha", tags=["a", "b"])
    plain, full = script.requests
    assert plain.url.query == b""
    assert {"hosting", "tags"}.isdisjoint(script.bodies[0])
    assert full.url.query == b"nice=true"
    assert (script.bodies[1]["hosting"], script.bodies[1]["tags"]) == ("aleph-alpha", ["a", "b"])


def test_keyword_calls_in_any_order() -> None:
    response = client_for(Script(answer())).complete(model=MODEL, request=REQUEST)
    assert response.model_version == "2026-11"


def test_meta_is_outside_equality_and_json() -> None:
    script = Script(error(503, retry_after="0"), answer(x_trace="8"))
    first, second = complete(script), complete(Script(answer()))
    assert (first.meta.status, first.meta.attempts, first.meta.headers["x-trace"]) == (200, 2, "8")
    assert first.meta.seconds >= 0
    assert first == second
    assert "meta" not in first.to_json()
    assert "meta" not in repr(first)
    assert pickle.loads(pickle.dumps(first)).meta == copy.deepcopy(first).meta == first.meta


def test_with_options_shares_the_connections_and_changes_only_the_copy(waits: Waits) -> None:
    script = Script(error(503))
    client = client_for(script, total_retries=3)
    impatient = client.with_options(total_retries=0, nice=True, headers={"X-Copy": "1"})
    assert impatient._sender is client._sender
    for which, attempts in ((impatient, 1), (client, 4)):
        script.requests.clear()
        with pytest.raises(err.BusyError):
            which.complete(REQUEST, MODEL)
        assert len(script.requests) == attempts
    assert list(script.header("x-copy")) == [None] * 4
    with pytest.raises(TypeError):
        client.with_options(host="https://elsewhere.example.com")  # type: ignore[call-arg]


class Tokens:
    """Hands out token-1, token-2, ..."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self) -> str:
        self.asked += 1
        return f"token-{self.asked}"


def test_a_token_callable_is_asked_once_and_again_on_a_401() -> None:
    tokens = Tokens()
    script = Script(answer(), answer(), error(401), answer())
    client = client_for(script, tokens)
    for _ in range(3):
        client.complete(REQUEST, MODEL)
    sent = list(script.header("authorization"))
    assert sent == ["Bearer token-1", "Bearer token-1", "Bearer token-1", "Bearer token-2"]


def test_a_second_401_in_a_row_is_raised() -> None:
    tokens = Tokens()
    script = Script(error(401))
    with pytest.raises(err.AuthenticationError) as caught:
        client_for(script, tokens).complete(REQUEST, MODEL)
    assert (tokens.asked, len(script.requests), caught.value.attempts) == (2, 2, 2)


def test_a_401_for_a_plain_token_is_not_tried_again() -> None:
    script = Script(error(401))
    with pytest.raises(err.AuthenticationError):
        complete(script)
    assert len(script.requests) == 1


def test_an_exception_of_the_token_callable_reaches_the_caller() -> None:
    def broken() -> str:
        raise LookupError("the vault is closed")

    with pytest.raises(LookupError, match="vault"):
        complete(Script(answer()), token=broken)


def test_the_log_has_neither_token_nor_bodies(caplog: pytest.LogCaptureFixture, waits: Waits) -> None:
    with caplog.at_level(logging.DEBUG):
        complete(Script(error(503), answer()))
    ours = [record.getMessage() for record in caplog.records if record.name == "aleph_alpha"]
    assert [line.split(" in ")[0] for line in ours] == ["POST /complete -> BusyError", "POST /complete -> 200"]
    assert "marker-token" not in caplog.text
    assert "apple" not in "".join(ours)


def test_bodies_are_logged_when_asked_for_but_never_the_token(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, "aleph_alpha"):
        complete(Script(answer()), log_bodies=True)
    assert "apple" in caplog.text
    assert " well" in caplog.text
    assert "marker-token" not in caplog.text


def test_a_client_can_be_entered_again_after_it_was_closed() -> None:
    client = client_for(Script(answer()))
    for _ in range(3):
        with client as entered:
            assert entered is client
            assert (client.complete(REQUEST, MODEL)).completions[0].completion == " well"


def test_clients_are_hashable_and_can_be_pickled_without_their_connections() -> None:
    client = Client("marker-token", HOST, nice=True)
    assert {client: 1}[client] == 1
    again = pickle.loads(pickle.dumps(client))
    assert (again.host, again.token.reveal(), again._settings) == (client.host, "marker-token", client._settings)
    assert pickle.loads(pickle.dumps(client.with_options(nice=False)))._settings.nice is False


def test_a_client_with_a_connection_of_its_own_says_that_it_cannot_be_pickled() -> None:
    with pytest.raises(TypeError, match="http_client"):
        pickle.dumps(client_for(Script(answer())))


@pytest.mark.parametrize("body", [b"", b" ", b"<html>busy</html>", b"{}", b"\xff", b"4" * 101])
def test_what_is_no_version_is_an_error(body: bytes) -> None:
    with pytest.raises(err.ResponseError, match="version"):
        client_for(Script(httpx.Response(200, content=body))).get_version()


@pytest.mark.parametrize(
    ("version", "accepted"),
    [("1.16.0", True), ("1.19.2", True), ("4.7.0", True), ("v4.8.1+abc", True), ("1.15.9", False), ("unknown", False)],
)
def test_every_api_from_1_16_on_is_accepted(version: str, accepted: bool) -> None:
    client = client_for(Script(httpx.Response(200, text=version)))
    assert client.get_version() == version
    if accepted:
        client.validate_version()
    else:
        with pytest.raises(RuntimeError, match=r"1\.16"):
            client.validate_version()
