"""TLS settings as one ``ssl.SSLContext``, built once and shared by everything that connects."""

from __future__ import annotations

import functools
import os
import ssl

import httpx

from aleph_alpha.errors import InvalidRequestError

__all__ = ["Cert", "Verify", "ssl_context"]

Verify = bool | str | os.PathLike[str] | ssl.SSLContext
Cert = str | os.PathLike[str] | tuple[str, ...] | None


def ssl_context(verify: Verify = True, cert: Cert = None) -> ssl.SSLContext:
    """The context for ``verify`` and ``cert``.

    Building one takes 40 to 90 ms, so equal settings share one as long as nothing in it is the
    caller's. It is for HTTP/1.1 only: ALPN offers nothing else.

    Args:
        verify: True for the usual authorities (``SSL_CERT_FILE`` and ``SSL_CERT_DIR`` are
            obeyed), False for none, a file or folder of CA certificates, or a context, which is
            used as it is.
        cert: a client certificate: file with certificate and key, or (certificate, key), or
            (certificate, key, password). With a context of your own it is loaded into that.

    Raises:
        InvalidRequestError: a file is missing or is no certificate; names it.
    """
    if isinstance(verify, ssl.SSLContext):
        context = verify
        if cert:
            _load_cert(context, cert)
        return context
    authorities = verify if isinstance(verify, bool) else os.fspath(verify)
    if cert:
        context = _build(authorities)
        _load_cert(context, cert)
        return context
    # The variables are read now, not when the first context was built.
    return _shared(authorities, os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR"))


@functools.lru_cache(maxsize=16)
def _shared(authorities: bool | str, file: str | None, folder: str | None) -> ssl.SSLContext:
    return _build(authorities)


def _build(authorities: bool | str) -> ssl.SSLContext:
    # httpx would take a path and a certificate too, but warns about the one and, given both,
    # loses the other: it returns before it loads the certificate.
    try:
        if isinstance(authorities, bool):
            context = httpx.create_ssl_context(verify=authorities)
        elif os.path.isdir(authorities):
            context = ssl.create_default_context(capath=authorities)
        else:
            context = ssl.create_default_context(cafile=authorities)
    except (OSError, ssl.SSLError) as error:
        raise InvalidRequestError(f"the CA certificates {authorities!r} cannot be loaded: {error}") from error
    context.set_alpn_protocols(["http/1.1"])
    return context


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
