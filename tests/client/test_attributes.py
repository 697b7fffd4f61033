"""What programs read from a client, a template and a message of the vendor's package, and rely on."""

from __future__ import annotations

import copy
import importlib
import io
import json
import logging
import pickle
import pprint
from typing import Any

import pytest
from hypothesis import given, strategies as st

import aleph_alpha
from aleph_alpha import AsyncClient, Client, Image, Prompt, PromptTemplate, ResponseError, Text, TextControl, Tokens
from aleph_alpha.chat import FunctionCall, Message, Role, ToolCall
from aleph_alpha.errors import APIStatusError, BusyError, QuotaError
from tests.secrets.marker import TOKEN, shows_token

KINDS = [Client, AsyncClient]
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


@pytest.mark.parametrize("kind", KINDS)
def test_a_header_can_be_made_of_the_token_of_a_client(kind: Any) -> None:
    client = kind(TOKEN, "https://example.com")
    expected = "Bearer " + TOKEN
    made = [
        "Bearer " + client.token,
        f"Bearer {client.token}",
        " ".join(["Bearer", client.token]),
    ]
    for copied in (client.with_options(nice=True), pickle.loads(pickle.dumps(client)), copy.deepcopy(client)):
        made.append("Bearer " + copied.token)
    assert isinstance(client.token, str)
    assert client.token == TOKEN == json.loads(json.dumps(client.token)) == copy.copy(client.token)
    assert hash(client.token) == hash(TOKEN)
    assert all(one == expected for one in made)


@pytest.mark.parametrize("kind", KINDS)
def test_whatever_prints_a_client_hides_its_token(kind: Any, caplog: pytest.LogCaptureFixture) -> None:
    client = kind(TOKEN, "https://example.com")
    logging.getLogger("an.application").warning("client %s %r", client, [client.token])
    out = io.StringIO()
    pprint.pprint({name: getattr(client, name) for name in dir(client) if not name.startswith("__")}, stream=out)
    pprint.pprint([vars(client), client.token, {"token": client.token}], stream=out)
    shown = f"{client} {client!r} {client.token!r} {vars(client)} {client._settings}" + out.getvalue() + caplog.text
    assert not shows_token(shown)
    assert not shows_token(repr(pickle.loads(pickle.dumps(client.token))) + repr(copy.deepcopy(client.token)))


@pytest.mark.parametrize("kind", KINDS)
def test_a_client_made_with_the_token_of_another_is_the_same(kind: Any) -> None:
    client = kind(TOKEN, "https://example.com")
    again = kind(client.token, client.host)
    assert again._settings.token == client._settings.token
    assert (again.token, again.host) == (TOKEN, client.host)
    assert not shows_token(repr(vars(again)) + repr(vars(again._settings)))


@pytest.mark.parametrize("kind", KINDS)
def test_a_callable_token_stays_what_it_is(kind: Any) -> None:
    def token() -> str:
        return TOKEN

    assert kind(token).token is token


@pytest.mark.parametrize("kind", KINDS)
def test_the_settings_can_be_read_under_the_vendors_names(kind: Any) -> None:
    client = kind("t", "https://example.com", "aleph-alpha", 10, nice=True, tags=["a", "b"])
    assert (client.host, client.hosting, client.request_timeout_seconds) == ("https://example.com/", "aleph-alpha", 10)
    assert (client.nice, client.tags) == (True, ["a", "b"])
    other = client.with_options(nice=False, tags=None, hosting=None, request_timeout_seconds=None)
    assert (other.nice, other.tags, other.hosting, other.request_timeout_seconds) == (False, None, None, None)
    usual = kind("t")
    assert (usual.nice, usual.tags, usual.hosting, usual.request_timeout_seconds) == (False, None, None, 305)
    assert kind.SSE_DATA_PREFIX == client.SSE_DATA_PREFIX == "data: "


@pytest.mark.parametrize("kind", KINDS)
def test_the_settings_are_changed_by_a_copy_and_not_in_place(kind: Any) -> None:
    client = kind("t", tags=["a"])
    client.tags.append("b")
    assert client.tags == ["a"]
    with pytest.raises(AttributeError, match="nice"):
        client.nice = True


@pytest.mark.parametrize("path", ["aleph_alpha", "aleph_alpha_client", ""])
def test_the_oldest_version_of_the_api_is_where_programs_look_for_it(path: str) -> None:
    module = importlib.import_module(f"aleph_alpha.{path}") if path else aleph_alpha
    assert module.MIN_API_VERSION == "1.16.0"


@pytest.mark.parametrize("path", ["aleph_alpha", "aleph_alpha_client"])
@pytest.mark.parametrize(
    ("status", "kind"),
    [(400, ValueError), (401, PermissionError), (402, QuotaError), (408, TimeoutError), (503, BusyError)]
    + [(status, RuntimeError) for status in (403, 404, 429, 500)],
)
def test_code_with_requests_of_its_own_gets_the_errors_of_the_client(
    path: str, status: int, kind: type[Exception]
) -> None:
    module: Any = importlib.import_module(f"aleph_alpha.{path}")
    with pytest.raises(kind) as caught:
        module._raise_for_status(status, '{"error": "x"}')
    assert isinstance(caught.value, APIStatusError)
    assert caught.value.args == (status, '{"error": "x"}')


@pytest.mark.parametrize("status", [200, 204, 302, 399])
def test_a_status_that_is_no_error_raises_nothing(status: int) -> None:
    from aleph_alpha.aleph_alpha_client import _raise_for_status

    assert _raise_for_status(status, "") is None  # type: ignore[func-returns-value]


def test_a_template_tells_which_items_it_keeps() -> None:
    template = PromptTemplate("{{ x }}")
    assert template.non_text_items == {}
    image, tokens = Image(PNG), Tokens([1, 2])
    first = template.placeholder(image)
    template.embed_prompt(Prompt([Text("a text", [TextControl(0, 1, 0.5)]), tokens]))
    template.to_prompt(x=Tokens([3]))  # of that rendering only
    assert list(template.non_text_items.values()) == [image, tokens]
    assert template.non_text_items[first] is image
    assert template.to_prompt(x=list(template.non_text_items)[1]).items == [tokens]


content = st.lists(st.text() | st.just(Image(PNG)), max_size=3) | st.text()
functions = st.builds(FunctionCall, st.text(), st.text())
calls = st.none() | st.lists(st.builds(ToolCall, st.text(), st.just("function"), functions), max_size=2)


@given(st.builds(Message, st.sampled_from(Role), content, st.none() | st.text(), calls))
def test_a_message_comes_back_from_its_json(message: Message) -> None:
    assert Message.from_json(message.to_json()) == message


@pytest.mark.parametrize(
    ("json", "message"),
    [
        ({"role": "assistant"}, Message(Role.Assistant, "")),
        ({"role": "assistant", "content": None, "tool_calls": None}, Message(Role.Assistant, "")),
        ({"role": "moderator", "content": "x", "new": 1}, Message(Role("moderator"), "x")),
    ],
)
def test_a_message_of_a_response_is_read_too(json: Any, message: Message) -> None:
    assert Message.from_json(json) == message


@pytest.mark.parametrize(
    ("json", "path"),
    [
        ({"content": "x"}, "role"),
        ({"role": 1, "content": "x"}, "role"),
        ({"role": "user", "content": 1}, "content"),
        ({"role": "user", "content": [{"type": "sound"}]}, "content[0].type"),
        (
            {"role": "user", "content": ["", {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}]},
            "content[0]",
        ),
        (
            {"role": "user", "content": [{"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}]},
            "content[0].image_url.url",
        ),
        ([], ""),
    ],
)
def test_what_is_wrong_with_a_message_is_said_with_its_place(json: Any, path: str) -> None:
    with pytest.raises(ResponseError) as caught:
        Message.from_json(json)
    assert caught.value.path == path
