"""Mistakes that users make, and what they are told."""

from __future__ import annotations

import gzip
import importlib
from collections import UserDict, deque
from typing import Any

import pytest

from aleph_alpha import (
    APIConnectionError,
    AsyncClient,
    Client,
    CompletionRequest,
    Image,
    ImageError,
    InvalidRequestError,
    Prompt,
    PromptTemplate,
    ResponseError,
    Tokens,
)
from aleph_alpha.errors import AlephAlphaError
from tests.loopback import Loopback

REQUEST = CompletionRequest(Prompt.from_text("An apple a day"))


@pytest.mark.parametrize("kind", [Client, AsyncClient])
@pytest.mark.parametrize("host", ["http://a..b", "http://no such host", f"http://{'a' * 70}.example", "http://a|b"])
def test_a_host_name_that_cannot_be_one_is_refused_when_the_client_is_built(kind: Any, host: str) -> None:
    with pytest.raises(InvalidRequestError, match="host"):
        kind("token", host)


def test_a_host_name_that_only_the_look_up_refuses_is_a_connection_error() -> None:
    with pytest.raises(APIConnectionError):
        Client("token", "http://xn--a", total_retries=0).get_version()


def test_port_0_is_not_taken_for_the_default_port() -> None:
    with pytest.raises(APIConnectionError, match=":0"):
        Client("token", "http://127.0.0.1:0", total_retries=0).get_version()


def test_a_token_pasted_with_its_scheme_is_refused() -> None:
    with pytest.raises(InvalidRequestError, match="Bearer"):
        Client("Bearer abc")


def test_https_to_a_server_that_speaks_plain_http_is_not_tried_for_a_minute() -> None:
    with Loopback() as server:
        client = Client("token", server.url.replace("http:", "https:"), deadline=60)
        with pytest.raises(APIConnectionError, match="TLS") as caught:
            client.get_version()
    assert caught.value.attempts == 1


def test_an_answer_that_was_packed_to_blow_up_is_refused() -> None:
    bomb = gzip.compress(b" " * 100_000_000, mtime=0)
    with Loopback() as server:
        server.answers.append((200, {"content-encoding": "gzip", "content-type": "application/json"}, bomb))
        with pytest.raises(ResponseError, match="larger than"):
            Client("token", server.url).complete(REQUEST, "model")


def test_credentials_in_the_url_of_an_image_are_in_no_error() -> None:
    with Loopback() as server:
        server.answers.append((200, {}, b"not an image"))
        url = server.url.replace("http://", "http://user:hunter2@") + "/cat.png?X-Signature=signed"
        with pytest.raises(ImageError) as caught:
            Image.from_url(url)
    assert "hunter2" not in str(caught.value)
    assert "signed" not in str(caught.value)
    assert "/cat.png" in str(caught.value)


@pytest.mark.parametrize("url", ["http://a..b/cat.png", "http://xn--a/cat.png"])
def test_an_image_from_a_host_that_cannot_be_one_is_an_error_of_ours(url: str) -> None:
    with pytest.raises(AlephAlphaError):
        Image.from_url(url)


TOKENS = Tokens.from_token_ids([1, 2])


@pytest.mark.parametrize(
    ("value", "items"),
    [
        ((text for text in "ab"), ["ab"]),
        (map(str, [1, 2]), ["12"]),
        ({"a": "b"}.values(), ["b"]),
        (deque(["a", TOKENS]), ["a", TOKENS]),
        (iter([TOKENS]), [TOKENS]),
    ],
)
def test_a_template_loops_over_whatever_can_be_iterated(value: Any, items: list[Any]) -> None:
    prompt = PromptTemplate("{% for part in parts %}{{ part }}{% endfor %}").to_prompt(parts=value)
    assert [getattr(item, "text", item) for item in prompt.items] == items


def test_a_template_looks_into_any_mapping() -> None:
    prompt = PromptTemplate("{{ values.tokens }}").to_prompt(values=UserDict(tokens=TOKENS))
    assert prompt.items == [TOKENS]


@pytest.mark.parametrize("token", ["", "two\nlines", "Bearer abc", "caf\u00e9"])
def test_what_a_token_callable_returns_is_checked_as_a_token_is(token: str) -> None:
    with pytest.raises(InvalidRequestError, match="token"):
        Client(lambda: token, "http://127.0.0.1:1").get_version()


def test_a_gateway_that_sends_the_request_back_does_not_put_the_token_into_the_error() -> None:
    with Loopback() as server:
        server.answers.append((400, {}, b"Authorization: Bearer marker-token"))
        with pytest.raises(AlephAlphaError) as caught:
            Client("marker-token", server.url).get_version()
    assert "marker-token" not in f"{caught.value} {caught.value.args} {vars(caught.value)}"


def test_a_status_that_is_no_redirect_is_not_called_one() -> None:
    with Loopback() as server:
        server.answers.append((304, {}, b""))
        with pytest.raises(AlephAlphaError, match="neither a success nor an error"):
            Client("token", server.url).get_version()


def test_both_forms_of_replacing_the_old_name_lead_to_the_clients() -> None:
    for module in ("aleph_alpha.aleph_alpha_client", "aleph_alpha.aleph_alpha"):
        assert importlib.import_module(module).Client is Client
