"""What is taken out of a recording, and what is found when something is left."""

from __future__ import annotations

import gzip
import json
from base64 import b64encode, urlsafe_b64encode
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given, strategies as st

from aleph_alpha.testing.replay.scrub import BOUNDARY, REMOVED, REPLAY_HOST, Cleaned, Scrubber
from aleph_alpha.testing.replay.scrub_find import Finder
from tests.server.pictures import picture

TOKEN = "eyJhbGciOiJIUzI1.made+up/token~for.tests"  # shaped to be changed by percent-encoding
HOST = "https://inference.customer.example:8443/api"
AGENT = {"User-Agent": "aleph-alpha/1.0", "Authorization": f"Bearer {TOKEN}"}


def scrubbed(url: str = f"{HOST}/complete", body: bytes = b"{}", **headers: str) -> Cleaned:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    cleaned = Scrubber([HOST]).request("POST", url, {**AGENT, "Content-Type": "application/json", **names}, body)
    assert cleaned is not None
    return cleaned


def answered(body: bytes, path: str = "/complete", **headers: str) -> tuple[dict[str, list[str]], bytes]:
    scrubber = Scrubber([HOST])
    scrubber.request("GET", f"{HOST}/version", AGENT, b"")
    response = {
        "status": {"code": 200, "message": "OK"},
        "headers": {name.replace("_", "-"): [value] for name, value in headers.items()},
        "body": {"string": body},
    }
    cleaned = scrubber.response(response, path)
    return cleaned["headers"], cleaned["body"]["string"]


def test_the_host_and_its_path_become_one_that_cannot_exist() -> None:
    assert scrubbed(f"{HOST}/complete?nice=true").uri == f"{REPLAY_HOST}/complete?nice=true"


@pytest.mark.parametrize("prefix", ["", "/v1"])
def test_a_version_in_the_hosts_path_makes_no_difference(prefix: str) -> None:
    cleaned = Scrubber().request("GET", f"http://127.0.0.1:4711{prefix}/models_available", AGENT, b"")
    assert cleaned is not None
    assert cleaned.path == "/models_available"


@pytest.mark.parametrize(
    "headers",
    [
        {"User-Agent": "python-httpx/0.28"},
        {"Authorization": f"Bearer {TOKEN}"},
        {"User-Agent": "aleph-alpha/1.0"},  # a download of an image carries no token
    ],
)
def test_requests_of_other_programs_are_not_recorded(headers: dict[str, str]) -> None:
    assert Scrubber([HOST]).request("GET", f"{HOST}/complete", headers, b"") is None


def test_only_headers_that_are_known_to_be_harmless_are_kept() -> None:
    cleaned = scrubbed(Cookie="a=b", X_Api_Key="secret", X_Forwarded_For="10.0.0.1", Retry_After="1")
    assert cleaned.headers == {"content-type": "application/json", "retry-after": "1"}
    headers, _ = answered(b"{}", Set_Cookie="session=1", Content_Type="application/json", Via="proxy.customer.example")
    assert headers == {"content-type": ["application/json"]}


def test_more_headers_can_be_kept_but_lose_the_token() -> None:
    scrubber = Scrubber([HOST], ["X-Trace"])
    cleaned = scrubber.request("GET", f"{HOST}/version", {**AGENT, "x-trace": f"a {TOKEN} b"}, b"")
    assert cleaned is not None
    assert cleaned.headers == {"x-trace": f"a {REMOVED} b"}


@pytest.mark.parametrize(
    "form",
    [
        TOKEN,
        quote(TOKEN, safe=""),
        *(b64encode(b"x" * offset + TOKEN.encode() + b"yz").decode() for offset in range(4)),
        *(urlsafe_b64encode(b"{'token': " + b"x" * offset + TOKEN.encode()).decode() for offset in range(4)),
    ],
)
def test_the_token_is_removed_from_every_place_and_in_every_form(form: str) -> None:
    cleaned = scrubbed(f"{HOST}/complete?q={quote(form, safe='')}", json.dumps({"prompt": form}).encode())
    _, body = answered(json.dumps({"completion": form}).encode())
    stream = answered(b"data: " + form.encode() + b"\n\n")[1]
    known = Finder([TOKEN])
    for text in (cleaned.uri, cleaned.body.decode(), body.decode(), stream.decode()):
        assert TOKEN not in text
        assert not list(known._in_text(text, "somewhere", random=False))


@given(
    st.text(st.characters(codec="ascii", exclude_categories=["Cc", "Zs"]), min_size=8, max_size=60),
    st.binary(max_size=9),
)
def test_no_secret_survives_inside_base64(secret: str, before: bytes) -> None:
    scrubber = Scrubber()
    headers = {**AGENT, "Authorization": f"Bearer {secret}"}
    encoded = b64encode(before + secret.encode() + b"after").decode()
    cleaned = scrubber.request("POST", "https://host.example/x", headers, json.dumps({"data": encoded}).encode())
    assert cleaned is not None
    import base64

    assert secret.encode() not in base64.b64decode(json.loads(cleaned.body)["data"])


@pytest.mark.parametrize(
    ("path", "sent", "left"),
    [
        ("/users/login", {"email": "a@b.example", "password": "x"}, {"email": REMOVED, "password": REMOVED}),
        (
            "/users/me/tokens",
            {"metadata": {"token_id": 1}, "token": "t"},
            {"metadata": {"token_id": 1}, "token": REMOVED},
        ),
        ("/complete", {"a": [{"api_key": "k", "tokens": True}]}, {"a": [{"api_key": REMOVED, "tokens": True}]}),
        ("/chat/completions", {"logprobs": [{"token": "Hello"}]}, {"logprobs": [{"token": "Hello"}]}),
    ],
)
def test_fields_that_hold_a_secret_by_their_name_are_emptied(path: str, sent: Any, left: Any) -> None:
    body = json.dumps(sent).encode()
    assert json.loads(scrubbed(f"{HOST}{path}", body).body) == json.loads(answered(body, path)[1]) == left


def test_a_body_without_secrets_is_kept_to_the_byte() -> None:
    body = b'{ "completions" : [1.0, 1e-7, "\\u00e4"],\r\n "n":1 }'
    assert scrubbed(body=body).body == answered(body)[1] == body


@pytest.mark.parametrize("encoding", ["gzip", "GZIP"])
def test_compressed_answers_are_unpacked(encoding: str) -> None:
    headers, body = answered(gzip.compress(b'{"a": 1}'), Content_Encoding=encoding, Content_Length="25")
    assert (headers, body) == ({}, b'{"a": 1}')


def test_what_claims_to_be_compressed_and_is_not_is_kept() -> None:
    assert answered(b'{"a": 1}', Content_Encoding="gzip")[1] == b'{"a": 1}'


def test_the_hosts_name_disappears_from_answers() -> None:
    _, body = answered(b'{"servers": ["https://inference.customer.example:8443", "inference.customer.example"]}')
    assert b"customer" not in body


def test_every_multipart_body_has_the_same_boundary() -> None:
    bodies = set()
    for boundary in ("abc123", '"quoted boundary"'):
        plain = boundary.strip('"')
        body = f"--{plain}\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--{plain}--\r\n".encode()
        cleaned = scrubbed(body=body, Content_Type=f"multipart/form-data; boundary={boundary}")
        assert BOUNDARY in cleaned.headers["content-type"]
        bodies.add(cleaned.body)
    assert len(bodies) == 1


# --- finding ---------------------------------------------------------------------------------------

RANDOM = "kJ8sd92nfQpL0x7TzVb3mYwR4u"  # looks like a token and is none
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJtYWRlLXVwIn0.c2lnbmF0dXJlLW1hZGUtdXA"


@pytest.mark.parametrize("secret", [RANDOM, JWT, "0123456789abcdef" * 2, "Bearer abcdefgh.1234", "sk-" + "a1" * 12])
@pytest.mark.parametrize("place", ["url", "header", "json", "text", "stream", "base64"])
def test_a_planted_secret_is_found(secret: str, place: str) -> None:
    finder = Finder()
    if place == "base64" and secret in (RANDOM, "0123456789abcdef" * 2):
        secret = f"Bearer {secret}"  # random bytes inside base64 look like any other bytes
    encoded = b64encode(f'{{"authorization": "{secret}"}}'.encode()).decode()
    where: dict[str, tuple[str, dict[str, str], str]] = {
        "url": (f"{REPLAY_HOST}/complete?q={quote(secret)}", {}, ""),
        "header": (f"{REPLAY_HOST}/complete", {"x-request": secret}, ""),
        "json": (f"{REPLAY_HOST}/complete", {}, json.dumps({"prompt": [{"data": f"use {secret} please"}]})),
        "text": (f"{REPLAY_HOST}/complete", {}, f"text {secret} text"),
        "stream": (f"{REPLAY_HOST}/complete", {}, f'data: {{"completion": "{secret}"}}\n\n'),
        "base64": (f"{REPLAY_HOST}/complete", {}, json.dumps({"data": encoded})),
    }
    uri, headers, body = where[place]
    assert list(finder.in_request(uri, headers, body.encode()))
    if place != "url":
        found = list(finder.in_response(headers, body.encode()))
        assert found
        assert secret not in found[0]


@pytest.mark.parametrize(
    ("uri", "headers", "body"),
    [
        ("https://real.example/complete", {}, b""),
        (f"{REPLAY_HOST}/complete?token=abc", {}, b""),
        (f"{REPLAY_HOST}/complete?access_token=abc", {}, b""),
        (f"{REPLAY_HOST}/complete", {"Authorization": ["Bearer x"]}, b""),
        (f"{REPLAY_HOST}/complete", {"Set-Cookie": ["a=b"]}, b""),
        (f"{REPLAY_HOST}/complete", {}, b'{"password": "x"}'),
        (f"{REPLAY_HOST}/users/me/tokens", {}, b'{"token": "x"}'),
    ],
)
def test_what_should_have_been_removed_by_its_name_is_found(uri: str, headers: dict[str, Any], body: bytes) -> None:
    assert list(Finder().in_request(uri, headers, body))


def test_a_known_token_is_found_however_harmless_it_looks() -> None:
    finder = Finder(["just four plain words"])
    assert list(finder.in_response({}, b"these are just four plain words, or not"))
    assert list(finder.in_response({}, b'{"id": "' + b64encode(b"{just four plain words}") + b'"}'))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"4.7.0",
        b'{"completion": "Donaudampfschifffahrtsgesellschaftskapitaen und seine 27 Matrosen"}',
        b'{"id": "chatcmpl-9f86d081884c7d659a2feaa0c55ad015"}',
        b'{"steering_concepts": ["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"]}',
        b'{"id": "123e4567-e89b-12d3-a456-426614174000"}',
        json.dumps({"type": "image", "data": b64encode(bytes(range(256)) * 4).decode()}).encode(),
        b'{"embedding": [0.0123456789012345678, -1.2345678901234567e-05]}',
        b'{"log_probs": [{" a": -1.3588874866766019}]}',
        b'{"data": "see https://www.example.com/some/long/path/to/an/article-2024-11-05.html for more"}',
        b'{"error": "use /models_available to list symmetric_128_document_embeddings"}',
        b'{"Authorization": "removed", "password": ""}',
    ],
)
def test_ordinary_content_is_no_secret(body: bytes) -> None:
    finder = Finder()
    assert not list(finder.in_request(f"{REPLAY_HOST}/complete", {"content-type": ["application/json"]}, body))
    assert not list(finder.in_response({}, body))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF"])
def test_a_small_image_is_no_secret(kind: str) -> None:
    content = picture("red", "#3fa2c7", width=8, height=8, kind=kind)
    url = f"data:image/{kind.lower()};base64,{content}"
    for body in (
        {"prompt": [{"type": "image", "data": content, "controls": []}]},
        {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": url}}]}]},
    ):
        assert not list(Finder().in_request(f"{REPLAY_HOST}/complete", {}, json.dumps(body).encode()))


@pytest.mark.parametrize("field", ["data", "url", "image_url", "text", "b64_json"])
@pytest.mark.parametrize("secret", [RANDOM, JWT, "sk-" + "a1" * 12])
def test_a_token_where_an_image_belongs_is_found(field: str, secret: str) -> None:
    image = "iVBORw0KGgo="
    for value in (secret, f"data:image/png;base64,{secret}", f"{image} {secret}", f"https://a.example/{secret}"):
        assert list(Finder().in_response({}, json.dumps({field: value}).encode()))


def test_a_known_secret_in_an_image_is_found() -> None:
    body = json.dumps({"data": b64encode(b"\x89PNG\r\n\x1a\n just four plain words").decode()}).encode()
    assert not list(Finder().in_response({}, body))
    assert list(Finder(["just four plain words"]).in_response({}, body))


def test_an_image_where_none_belongs_is_suspicious() -> None:
    body = json.dumps({"completion": picture("red", "#3fa2c7", width=8, height=8)}).encode()
    assert list(Finder().in_response({}, body))


def test_what_only_looks_like_a_token_can_be_allowed() -> None:
    body = f'{{"data": "{RANDOM}"}}'.encode()
    assert list(Finder().in_response({}, body))
    assert not list(Finder(allowed=["kJ8.*"]).in_response({}, body))


@pytest.mark.parametrize("make", ["token_urlsafe", "token_hex"])
def test_random_tokens_are_found(make: str) -> None:
    import random

    generator = random.Random(0)
    found = 0
    for _ in range(500):
        raw = generator.randbytes(32)
        token = raw.hex() if make == "token_hex" else urlsafe_b64encode(raw).decode().rstrip("=")
        found += bool(list(Finder().in_response({}, json.dumps({"text": f"my token is {token}!"}).encode())))
    assert found >= 498
