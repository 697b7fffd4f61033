"""TLS settings as one ``ssl.SSLContext``, built once and shared by everything that connects."""

from __future__ import annotations

import functools
import os
import ssl
from collections.abc import Callable
from typing import TypeVar

import httpx

from aleph_alpha._http.authorities import is_folder, is_rehashed, not_rehashed
from aleph_alpha.errors import InvalidRequestError

__all__ = ["Cert", "Verify", "ssl_context"]

_T = TypeVar("_T")

Verify = bool | str | os.PathLike[str] | ssl.SSLContext
Cert = str | os.PathLike[str] | tuple[str, ...] | None


def ssl_context(verify: Verify = True, cert: Cert = None) -> ssl.SSLContext:
    """The context for ``verify`` and ``cert``.

    Building one takes 40 to 90 ms, so equal settings share one as long as nothing in it is the
    caller's. It is for HTTP/1.1 only: ALPN offers nothing else.

    Args:
        verify: True for the usual authorities, or those that the environment names in their place:
            ``REQUESTS_CA_BUNDLE`` (without it ``CURL_CA_BUNDLE``, either a file or a folder),
            ``SSL_CERT_FILE`` and ``SSL_CERT_DIR``, all that are set; False for none, a file or folder
            of CA certificates, or a context, which is used as it is.
        cert: a client certificate: file with certificate and key, or (certificate, key), or
            (certificate, key, password). With a context of your own it is loaded into that.

    Raises:
        InvalidRequestError: a file is missing or is not a certificate; names it.
    """
    if isinstance(verify, ssl.SSLContext):
        context = verify
        if cert:
            _load_cert(context, cert)
        return context
    authorities = verify if isinstance(verify, bool) else os.fspath(verify)
    if cert:
        context = _build(authorities, _named() if authorities is True else ())
        _load_cert(context, cert)
        return context
    return _shared(authorities, _named() if authorities is True else ())  # read now, not when the first was built


def _named() -> tuple[tuple[str, str], ...]:
    """The variables that name authorities, and what they name."""
    bundle = "REQUESTS_CA_BUNDLE" if os.environ.get("REQUESTS_CA_BUNDLE") else "CURL_CA_BUNDLE"
    names = (bundle, "SSL_CERT_FILE", "SSL_CERT_DIR")
    return tuple((name, os.environ[name]) for name in names if os.environ.get(name))


@functools.lru_cache(maxsize=16)
def _shared(authorities: bool | str, named: tuple[tuple[str, str], ...]) -> ssl.SSLContext:
    return _build(authorities, named)


def _build(authorities: bool | str, named: tuple[tuple[str, str], ...]) -> ssl.SSLContext:
    # httpx would take a path and a certificate too, but warns about the one and, given both,
    # loses the other: it returns before it loads the certificate. Nor does it name the file of a variable.
    if isinstance(authorities, str):
        context = _trusting((("", authorities),))
    elif named:
        context = _trusting(named)
    else:
        context = httpx.create_ssl_context(verify=authorities, trust_env=False)
    context.set_alpn_protocols(["http/1.1"])
    return context


def _trusting(named: tuple[tuple[str, str], ...]) -> ssl.SSLContext:
    """A context that trusts what is in these files and folders; each may have the variable's name that named it."""
    context = _loaded(*named[0], ssl.create_default_context)
    for each in named[1:]:
        _loaded(*each, context.load_verify_locations)
    if all(is_folder(path) and not is_rehashed(path) for _, path in named):
        raise not_rehashed(_shown(*named[0]))
    return context


def _loaded(variable: str, path: str, load: Callable[..., _T]) -> _T:
    try:
        return load(**{"capath" if is_folder(path) else "cafile": path})
    except (OSError, ssl.SSLError) as error:
        raise InvalidRequestError(
            f"the CA certificates of {_shown(variable, path)} cannot be loaded: {error}"
        ) from error


def _shown(variable: str, path: str) -> str:
    return f"{variable or 'verify_ssl'}={path!r}"


def _load_cert(context: ssl.SSLContext, cert: str | os.PathLike[str] | tuple[str, ...]) -> None:
    parts = cert if isinstance(cert, tuple) else (os.fspath(cert),)
    if not 1 <= len(parts) <= 3:
        raise InvalidRequestError("a client certificate is a path, (certificate, key) or (certificate, key, password)")
    key, password = (*parts[1:], None, None)[:2]
    try:
        context.load_cert_chain(parts[0], key, password if password is not None else _no_password)
    except (OSError, ssl.SSLError) as error:
        raise InvalidRequestError(f"the client certificate {parts[0]!r} cannot be loaded: {error}") from error


def _no_password() -> str:
    # OpenSSL would ask on the terminal, and wait.
    raise InvalidRequestError("the key of the client certificate is encrypted: give (certificate, key, password)")
