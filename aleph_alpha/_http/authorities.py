"""Files and folders of CA certificates, looked at before they are loaded. Loads no HTTP library."""

from __future__ import annotations

import os
import re

from aleph_alpha.errors import InvalidRequestError

__all__ = ["check_authorities", "is_folder", "is_rehashed", "not_rehashed"]

_REHASHED = re.compile(r"[0-9a-f]{8}\.[0-9]+").fullmatch


def check_authorities(verify: object) -> None:
    """Raise if ``verify_ssl`` of a client cannot be meant; what is in a file shows when it is loaded.

    Raises:
        InvalidRequestError: it names nothing that is there, or a folder in which nothing would be found.
    """
    if isinstance(verify, bool):
        return
    if isinstance(verify, (str, os.PathLike)):
        path = os.fspath(verify)
        if not is_folder(path):
            if not os.path.exists(path):
                raise InvalidRequestError(f"verify_ssl names no file or folder that exists: {path!r}")
        elif not is_rehashed(path):
            raise not_rehashed(f"verify_ssl={path!r}")
        return
    import ssl

    if not isinstance(verify, ssl.SSLContext):
        raise InvalidRequestError(
            "verify_ssl must be True, False, a file or folder of CA certificates, or an ssl.SSLContext, "
            f"got {type(verify).__name__}"
        )


def is_folder(path: str) -> bool:
    """Whether it is a folder, or several as in ``SSL_CERT_DIR``."""
    return all(map(os.path.isdir, path.split(os.pathsep)))


def is_rehashed(path: str) -> bool:
    """Whether OpenSSL finds any certificate in the folders: it looks for names that are made of their subjects."""
    return any(map(_REHASHED, (name for folder in path.split(os.pathsep) for name in os.listdir(folder))))


def not_rehashed(shown: str) -> InvalidRequestError:
    """What to raise where there is nothing else to trust."""
    return InvalidRequestError(
        f"the folder of {shown} has no certificate under a name that OpenSSL looks for, such as 5ed36f99.0: "
        "run `openssl rehash` on it, or name a file with the certificates"
    )
