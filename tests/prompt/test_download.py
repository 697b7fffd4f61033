"""Downloads: bounded in bytes, in time and in where they may lead."""

from __future__ import annotations

import base64
import contextlib
import gzip
import threading
import time
import tracemalloc
import zlib
from typing import Any

import pytest
from hypothesis import given, strategies as st

from aleph_alpha._http import download as module
from aleph_alpha._http.download import download
from aleph_alpha.errors import APIConnectionError, APITimeoutError, ImageError
from aleph_alpha.utils import load_base64_from_url
from tests.prompt.web import Handler, serving


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "*")


def get(url: str, *, max_bytes: int = 1_000_000, timeout: float = 10.0) -> bytes:
    return download(url, max_bytes=max_bytes, timeout=timeout)


def test_the_content_is_what_the_server_sent() -> None:
    with serving(lambda handler: handler.reply(b"\x00pixels")) as site:
        assert get(f"{site.url}/a?b=c#d") == b"\x00pixels"
        assert load_base64_from_url(site.url) == base64.b64encode(b"\x00pixels").decode()
    path, headers = site.seen[0]
    assert path == "/a?b=c"
    assert "authorization" not in headers


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_a_content_encoding_that_was_not_asked_for_is_undone(encoding: str) -> None:
    content = b"pixels" * 1000
    packed = gzip.compress(content) if encoding == "gzip" else zlib.compress(content)
    with serving(lambda handler: handler.reply(packed, content_encoding=encoding)) as site:
        assert get(site.url) == content


def test_a_picture_that_is_said_to_be_gzip_and_is_not_is_taken_as_it_is() -> None:
    picture = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
    with serving(lambda handler: handler.reply(picture, content_encoding="gzip")) as site:
        assert get(site.url) == picture


@pytest.mark.parametrize(
    ("body", "encoding", "message"),
    [
        (b"\x1f\x8bnot gzip", "gzip", "says it is gzip and is not"),
        (gzip.compress(b"pixels" * 1000, mtime=0)[:-20], "gzip", "the content ends before its gzip does"),
        (b"pixels", "br", "has the encoding br"),
    ],
)
def test_a_broken_or_unknown_encoding_is_refused(body: bytes, encoding: str, message: str) -> None:
    with (
        serving(lambda handler: handler.reply(body, content_encoding=encoding)) as site,
        pytest.raises(ImageError) as caught,
    ):
        get(site.url)
    assert message in str(caught.value)


def test_a_gzip_bomb_is_not_unpacked() -> None:
    bomb = zlib.compressobj(9, wbits=31)
    packed = b"".join(bomb.compress(bytes(1_000_000)) for _ in range(200)) + bomb.flush()
    tracemalloc.start()
    try:
        with (
            serving(lambda handler: handler.reply(packed, content_encoding="gzip")) as site,
            pytest.raises(ImageError, match="larger than max_bytes=1000000"),
        ):
            get(site.url)
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()


def test_more_than_max_bytes_is_refused_while_it_arrives() -> None:
    def endless(handler: Handler) -> None:
        handler.send_response(200)
        handler.send_header("transfer-encoding", "chunked")
        handler.end_headers()
        try:
            while not site.stopped.is_set():
                handler.wfile.write(b"400\r\n" + bytes(1024) + b"\r\n")
        except OSError:
            handler.close_connection = True

    with serving(endless) as site, pytest.raises(ImageError, match="larger than max_bytes=50000"):
        get(site.url, max_bytes=50_000)


def test_exactly_max_bytes_is_allowed() -> None:
    with serving(lambda handler: handler.reply(bytes(1000))) as site:
        assert len(get(site.url, max_bytes=1000)) == 1000


@pytest.mark.parametrize("part", ["headers", "body"])
def test_a_server_that_drips_is_left_when_the_time_is_up(part: str) -> None:
    def drip(handler: Handler) -> None:
        try:
            if part == "body":
                handler.send_response(200)
                handler.send_header("content-length", "1000000")
                handler.end_headers()
            else:
                handler.wfile.write(b"HTTP/1.1 200 OK\r\nx-slow: ")
            while not site.stopped.wait(0.02):
                handler.wfile.write(b"x")
        except OSError:
            pass
        handler.close_connection = True

    with serving(drip) as site:
        begin = time.monotonic()
        with pytest.raises(APITimeoutError, match=r"took more than 0\.3 s"):
            get(site.url, timeout=0.3)
        assert time.monotonic() - begin < 5


def test_redirects_are_followed() -> None:
    def answer(handler: Handler) -> None:
        if handler.path == "/a":
            handler.reply(status=302, location="/b")
        elif handler.path == "/b":
            handler.reply(status=308, location=f"{site.url}/c")
        else:
            handler.reply(b"pixels")

    with serving(answer) as site:
        assert get(f"{site.url}/a") == b"pixels"
    assert [path for path, _ in site.seen] == ["/a", "/b", "/c"]


@pytest.mark.parametrize(
    "target", ["file:///etc/hostname", "ftp://127.0.0.1/a", "gopher://127.0.0.1/", "data:,a", "javascript:1"]
)
def test_a_redirect_into_another_scheme_is_not_followed(target: str) -> None:
    with (
        serving(lambda handler: handler.reply(status=302, location=target)) as site,
        pytest.raises(ImageError, match="which is not followed"),
    ):
        get(site.url)
    assert len(site.seen) == 1


def test_https_does_not_fall_back_to_http() -> None:
    https = module._target("https://example.org/a")
    with pytest.raises(ImageError, match="which is not followed"):
        module._redirected(https, "http://example.org/a")
    assert module._redirected(module._target("http://example.org/a"), "https://example.org/b").scheme == "https"


def test_a_loop_of_redirects_ends() -> None:
    with (
        serving(lambda handler: handler.reply(status=302, location="/again")) as site,
        pytest.raises(ImageError, match="redirects more than 5 times"),
    ):
        get(site.url)
    assert len(site.seen) == 6


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/hostname",
        "ftp://example.org/a",
        "data:image/png;base64,AAAA",
        "example.org/a.png",
        "http:///a",
        "",
        "http://",
        "//a",
    ],
)
def test_only_http_and_https_urls_are_downloaded(url: str) -> None:
    with pytest.raises(ImageError):
        get(url)


@given(st.text(max_size=20) | st.text(max_size=20).map("http://".__add__))
def test_every_string_is_a_url_or_the_documented_error(url: str) -> None:
    with contextlib.suppress(ImageError):
        assert module._target(url).scheme in ("http", "https")


@pytest.mark.parametrize("url", [None, 7, b"http://example.org"])
def test_what_is_no_string_is_refused(url: Any) -> None:
    with pytest.raises(ImageError, match="not a URL"):
        get(url)


@pytest.mark.parametrize("status", [204, 404, 500])
def test_other_statuses_are_refused(status: int) -> None:
    with (
        serving(lambda handler: handler.reply(status=status)) as site,
        pytest.raises(ImageError, match=f"status {status}"),
    ):
        get(site.url)


def test_credentials_in_the_url_are_sent_and_never_shown() -> None:
    def answer(handler: Handler) -> None:
        if "authorization" in handler.headers and handler.path == "/a?sig=SECRET":
            handler.reply(status=302, location=f"http://127.0.0.1:{site.port}/b")
        else:
            handler.reply(status=403)

    with serving(answer) as site, pytest.raises(ImageError) as caught:
        get(f"http://user:p%40ss@127.0.0.1:{site.port}/a?sig=SECRET")
    assert base64.b64decode(site.seen[0][1]["authorization"].removeprefix("Basic ")) == b"user:p@ss"
    assert "authorization" not in site.seen[1][1]
    assert "p%40ss" not in str(caught.value)
    assert "SECRET" not in str(caught.value)


def test_a_server_that_is_not_there_is_a_connection_error() -> None:
    with serving(lambda handler: handler.reply()) as site:
        pass
    with pytest.raises(APIConnectionError, match="failed"):
        get(site.url)


def test_a_connection_that_breaks_off_is_a_connection_error() -> None:
    def cut(handler: Handler) -> None:
        handler.send_response(200)
        handler.send_header("content-length", "100")
        handler.end_headers()
        handler.wfile.write(b"half")
        handler.close_connection = True

    with serving(cut) as site, pytest.raises(APIConnectionError):
        get(site.url)


def test_nothing_is_left_behind() -> None:
    before = threading.active_count()
    with serving(lambda handler: handler.reply(b"pixels")) as site:
        get(site.url)
        with pytest.raises(ImageError):
            get(site.url, max_bytes=1)
    assert threading.active_count() == before
