"""Certificates that are not there or cannot be loaded: what is said, and when."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Any

import pytest

from aleph_alpha import AsyncClient, Client, InvalidRequestError
from aleph_alpha._http.wire.tls import ssl_context


def test_the_usual_context_verifies_and_switched_off_it_does_not() -> None:
    assert ssl_context().verify_mode is ssl.CERT_REQUIRED
    assert ssl_context().check_hostname
    assert ssl_context(False).verify_mode is ssl.CERT_NONE


@pytest.mark.parametrize(
    ("verify", "cert", "match"),
    [
        ("missing.pem", None, "missing.pem"),
        (True, "missing.pem", "missing.pem"),
        (True, ("a", "b", "c", "d"), "certificate, key"),
    ],
)
def test_files_that_cannot_be_loaded_are_named(verify: object, cert: object, match: str) -> None:
    with pytest.raises(ValueError, match=match):
        ssl_context(verify, cert)  # type: ignore[arg-type]


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR"])
@pytest.mark.parametrize("cert", [None, "cert.pem"])
def test_files_that_a_variable_names_are_named_with_it(
    variable: str, cert: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, "missing.pem")
    with pytest.raises(InvalidRequestError, match=rf"{variable}='missing\.pem'"):
        ssl_context(True, cert)
    assert ssl_context(False).verify_mode is ssl.CERT_NONE, "which needs none"


def test_a_ca_file_without_certificates_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "empty.pem").write_text("nothing")
    with pytest.raises(ValueError, match=r"empty\.pem"):
        ssl_context(tmp_path / "empty.pem")


@pytest.mark.parametrize("setting", ["verify_ssl", "cert"])
async def test_a_clients_missing_certificates_are_one_of_the_documented_errors(setting: str, tmp_path: Path) -> None:
    options: dict[str, Any] = {setting: str(tmp_path / "missing.pem")}
    with pytest.raises(InvalidRequestError, match=r"missing\.pem"):
        async with AsyncClient("some-token", "https://127.0.0.1:1", total_retries=0, **options) as client:
            await client.get_version()


@pytest.mark.parametrize("kind", [Client, AsyncClient])
@pytest.mark.parametrize(
    ("verify", "match"),
    [
        ("missing.pem", r"exists: 'missing\.pem'"),
        ("missing/", "exists: 'missing/'"),
        ("", "exists: ''"),
        (Path("missing.pem"), r"exists: 'missing\.pem'"),
        (None, "got NoneType"),
        (1, "got int"),
    ],
)
def test_a_client_whose_authorities_are_not_there_is_not_built(kind: Any, verify: Any, match: str) -> None:
    with pytest.raises(InvalidRequestError, match=match):
        kind("some-token", "https://api.example", verify_ssl=verify)
