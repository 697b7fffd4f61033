"""Which proxy: what a setting and the environment say."""

from __future__ import annotations

import re

import httpx
import pytest

from aleph_alpha._http.connections import ConnectionSettings
from aleph_alpha._http.proxies import proxy_for
from aleph_alpha._http.wire.origin import Origin
from tests.wire.halves import MakeHalf

pytestmark = pytest.mark.direct  # the tests choose the proxy themselves


@pytest.mark.parametrize(
    "proxy",
    [
        "ftp://proxy.example",
        "http://:80",
        "http://user:sesame@proxy.example:port",
        "http://user:sesame/x@proxy.example",  # where / ? and # end what could be the host
        "http://user:sesame#x@proxy.example",
        "http://user:1234/sesame@proxy.example",
        "http://user:1234?sesame@proxy.example",
        "http://user:1234#sesame@proxy.example",
    ],
)
def test_an_unusable_proxy_is_refused_at_once_without_its_password(proxy: str) -> None:
    with pytest.raises(ValueError, match="proxy") as caught:
        ConnectionSettings(proxy=proxy)
    assert not {"sesame", "1234"} & set(re.split(r"\W", str(caught.value)))


@pytest.mark.parametrize("proxy", ["http://user:pw@proxy.example/", "http://proxy.example:3128/path", "p:1/x?y#z"])
def test_a_path_of_a_proxys_url_means_nothing(proxy: str) -> None:
    ConnectionSettings(proxy=proxy)


async def test_an_unusable_proxy_of_the_environment_is_named_when_it_is_needed(
    make_half: MakeHalf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "ftp://user:sesame@proxy.example")
    with pytest.raises(httpx.UnsupportedProtocol, match="proxy") as caught:
        await make_half().exchange("http://far.example")
    assert "sesame" not in str(caught.value)


@pytest.mark.parametrize(
    ("environment", "configured", "url", "expected"),
    [
        ({}, None, "http://a.example", None),
        ({"HTTP_PROXY": "http://p:1"}, None, "http://a.example", "http://p:1"),
        ({"http_proxy": "http://p:1"}, None, "http://a.example", "http://p:1"),
        ({"HTTP_PROXY": "http://p:1"}, None, "https://a.example", None),
        ({"HTTPS_PROXY": "p:1"}, None, "https://a.example", "http://p:1"),
        ({"ALL_PROXY": "socks5://p:1"}, None, "https://a.example", "socks5://p:1"),
        ({"HTTP_PROXY": "http://p:1", "NO_PROXY": "a.example"}, None, "http://a.example", None),
        ({"HTTP_PROXY": "http://p:1", "NO_PROXY": ".example"}, None, "http://a.example", None),
        ({"HTTP_PROXY": "http://p:1", "NO_PROXY": "b.example"}, None, "http://a.example", "http://p:1"),
        ({"HTTP_PROXY": "http://p:1", "NO_PROXY": "a.example:81"}, None, "http://a.example", "http://p:1"),
        ({"HTTP_PROXY": "http://p:1", "NO_PROXY": "a.example:80"}, None, "http://a.example", None),
        ({"HTTP_PROXY": "http://p:1", "NO_PROXY": "*"}, None, "http://a.example", None),
        ({"HTTP_PROXY": "http://p:1", "NO_PROXY": "::1"}, None, "http://[::1]:8000", None),
        ({"HTTP_PROXY": "http://p:1", "NO_PROXY": "[::1]:8000"}, None, "http://[::1]:8000", None),
        ({"HTTP_PROXY": "http://p:1", "NO_PROXY": "[::1]:8001"}, None, "http://[::1]:8000", "http://p:1"),
        ({"HTTP_PROXY": "http://p:1", "NO_PROXY": "[::1]"}, None, "http://[::1]:8000", None),
        ({"HTTP_PROXY": "http://p:1", "NO_PROXY": "fd00::/8"}, None, "http://[fd00::2]", None),
        ({"HTTP_PROXY": "http://p:1", "NO_PROXY": "fd00::/8"}, None, "http://[fe00::2]", "http://p:1"),
        ({"HTTP_PROXY": "http://p:1", "NO_PROXY": "b.example, 127.0.0.0/8"}, None, "http://127.1.2.3:80", None),
        ({"HTTP_PROXY": "http://p:1", "NO_PROXY": "127.0.0.0/8"}, None, "http://128.0.0.1", "http://p:1"),
        ({"HTTP_PROXY": "http://p:1", "NO_PROXY": "10.0.0.9/24"}, None, "http://10.0.0.1", None),
        ({"HTTP_PROXY": "http://p:1", "NO_PROXY": "[fd00::]/8"}, None, "http://[fd00::2]", None),
        ({"HTTP_PROXY": "http://p:1", "NO_PROXY": "[fd00::/8]"}, None, "http://[fd00::2]", None),
        ({"HTTP_PROXY": "http://p:1", "NO_PROXY": "[fd00::/8]:80"}, None, "http://[fd00::2]", None),
        ({"HTTP_PROXY": "http://p:1", "NO_PROXY": "[fd00::]/8:81"}, None, "http://[fd00::2]", "http://p:1"),
        ({"HTTP_PROXY": "http://p:1", "NO_PROXY": "127.0.0.0/8:80"}, None, "http://127.0.0.1", None),
        ({"HTTP_PROXY": "http://p:1", "NO_PROXY": "127.0.0.0/8:81"}, None, "http://127.0.0.1", "http://p:1"),
        ({"HTTP_PROXY": "http://p:1", "NO_PROXY": "10.0.0.0/255.0.0.0"}, None, "http://10.1.2.3", None),
        ({"HTTP_PROXY": "http://p:1", "NO_PROXY": "0:0:0:0:0:0:0:1"}, None, "http://[::1]", None),
        ({"HTTP_PROXY": "http://p:1", "NO_PROXY": "::ffff:127.0.0.1"}, None, "http://127.0.0.1", None),
        ({"HTTP_PROXY": "http://p:1", "NO_PROXY": "127.0.0.1"}, None, "http://[::ffff:127.0.0.1]", None),
        ({"HTTP_PROXY": "http://p:1", "NO_PROXY": "999.0.0.0/8,a/b/c,[,],:,/"}, None, "http://10.0.0.1", "http://p:1"),
        ({"HTTP_PROXY": "http://p:1", "NO_PROXY": "127.0.0.1:81"}, None, "http://127.0.0.1:80", "http://p:1"),
        ({"HTTP_PROXY": "http://p:1", "NO_PROXY": "127.0.0.1:80"}, None, "http://127.0.0.1:80", None),
        ({"HTTP_PROXY": "http://p:1", "NO_PROXY": "127.0.0.0/8"}, None, "http://127.example", "http://p:1"),
        ({"HTTP_PROXY": "http://p:1", "no_proxy": "A.Example"}, None, "http://a.example", None),
        ({"HTTP_PROXY": "http://p:1", "NO_PROXY": "*.example"}, None, "http://a.example", None),
        ({"HTTP_PROXY": "http://p:1", "NO_PROXY": "xample"}, None, "http://a.example", "http://p:1"),
        ({"HTTP_PROXY": "http://p:1", "NO_PROXY": "a.example"}, None, "http://b.a.example.", None),
        ({"HTTP_PROXY": "http://p:1", "NO_PROXY": "a.example."}, None, "http://a.example", None),
        ({"HTTP_PROXY": "http://p:1", "NO_PROXY": " , ,"}, None, "http://a.example", "http://p:1"),
        ({"HTTP_PROXY": "http://p:1/some/path"}, None, "http://a.example", "http://p:1/some/path"),
        ({"HTTP_PROXY": "http://p:1"}, "", "http://a.example", None),
        ({"HTTP_PROXY": "http://p:1"}, "http://q:2", "http://a.example", "http://q:2"),
    ],
)
def test_the_environment_says_which_proxy(
    monkeypatch: pytest.MonkeyPatch,
    environment: dict[str, str],
    configured: str | None,
    url: str,
    expected: str | None,
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert proxy_for(Origin.of(httpx.URL(url)), configured) == expected
