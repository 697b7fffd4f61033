"""A SOCKS proxy needs a package that is not always there; a client says so when it is built."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from aleph_alpha import AsyncClient, Client, InvalidRequestError

clients = pytest.mark.parametrize("kind", [Client, AsyncClient])


@clients
@pytest.mark.parametrize("said", ["proxy", "all_proxy", "ALL_PROXY", "HTTPS_PROXY"])
@pytest.mark.parametrize("scheme", ["socks5", "socks5h"])
def test_without_the_package_a_client_that_would_need_it_is_not_built(
    kind: Any, said: str, scheme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "socksio", None)
    url = f"{scheme}://user:sesame@127.0.0.1:9"
    if said != "proxy":
        monkeypatch.setenv(said, url)
    with pytest.raises(InvalidRequestError, match=r"socksio.*httpx\[socks\]") as caught:
        kind("token", "https://api.example", **({"proxy": url} if said == "proxy" else {}))
    assert "sesame" not in str(caught.value)


@clients
@pytest.mark.parametrize(
    ("host", "options", "environment"),
    [
        ("https://api.example", {"proxy": ""}, {}),
        ("https://api.example", {}, {"NO_PROXY": "api.example"}),
        ("http://api.example", {"proxy": "http://p:1"}, {}),
        ("http://api.example", {}, {"HTTP_PROXY": "http://p:1"}),
    ],
)
def test_one_that_does_not_need_it_is_built(
    kind: Any, host: str, options: Any, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "socksio", None)
    monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:9")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    kind("token", host, **options)
