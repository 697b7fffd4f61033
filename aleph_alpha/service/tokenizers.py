"""Tokenizers, kept: parsed ones in the process, downloaded ones on disk.

Parsing takes 0.1 to 0.6 s and downloading 2 to 10 MB, so both are done once. What a tokenizer *is*
goes by the SHA-256 of its JSON: equal content is parsed once in a process, whatever model, host or
client it was asked for, and a file whose content is not what its name says is not used. Which
content a model *has* is remembered by a client for as long as it lives, and on disk for a day.

On disk are ``<sha256>.json``, the tokenizers, and ``<name>.of``, which say what model has which. The
folder is ``tokenizers`` in ``AA_CACHE``, by default in the user's folder for caches; an empty
``AA_CACHE`` keeps nothing on disk. A disk that is full or not writable is not an error.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
import time
from collections import OrderedDict
from pathlib import Path
from typing import TYPE_CHECKING

from aleph_alpha._runtime.files import replace_file
from aleph_alpha._runtime.forks import new_lock
from aleph_alpha.errors import ResponseError
from aleph_alpha.service.models import parse_tokenizer

if TYPE_CHECKING:
    from tokenizers import Tokenizer

__all__ = ["folder", "keep", "stored"]

_VARIABLE = "AA_CACHE"
_FRESH = 24 * 3600  # seconds for which the disk is believed about what a model has
_PARSED_MOST = 8  # a tokenizer of 128,000 tokens takes 50 MB

_parsed: OrderedDict[str, Tokenizer] = OrderedDict()  # by content, used last at the end
_parsing = new_lock()  # also so that two who ask at once do not parse twice


def stored(host: str, model: str) -> Tokenizer | None:
    """The tokenizer of a model, from the disk. Reads and parses: not for an event loop."""
    where = folder()
    if where is None:
        return None
    try:
        note = where / _name(host, model)
        if not 0 <= time.time() - note.stat().st_mtime <= _FRESH:  # of tomorrow: a clock was wrong, nobody knows when
            return None
        digest = note.read_text("ascii").strip()
        return _tokenizer(digest, b"" if digest in _parsed else _checked(where / f"{digest}.json", digest))
    except (OSError, ValueError, ResponseError):
        return None


def keep(host: str, model: str, body: bytes) -> Tokenizer:
    """The tokenizer that was downloaded. Parses and writes: not for an event loop.

    Raises:
        ResponseError: it is not a tokenizer; nothing is kept.
    """
    digest = hashlib.sha256(body).hexdigest()
    tokenizer = _tokenizer(digest, body)
    where = folder()
    if where is not None:
        with contextlib.suppress(OSError):
            where.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not (where / f"{digest}.json").exists():
                replace_file(where / f"{digest}.json", body, private=True)
            replace_file(where / _name(host, model), digest.encode(), private=True)
    return tokenizer


def _name(host: str, model: str) -> str:
    return hashlib.sha256(f"{host.rstrip('/')}\n{model}".encode()).hexdigest()[:32] + ".of"


def folder() -> Path | None:
    """Where tokenizers are kept on disk, or ``None`` for nowhere."""
    chosen = os.environ.get(_VARIABLE)
    try:
        if chosen is not None:
            return Path(chosen).expanduser() / "tokenizers" if chosen.strip() else None
        return _user_caches() / "aleph-alpha" / "tokenizers"
    except RuntimeError:  # there is no home
        return None


def _user_caches() -> Path:
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")


def _tokenizer(digest: str, body: bytes) -> Tokenizer:
    with _parsing:
        tokenizer = _parsed.get(digest)
        if tokenizer is None:
            tokenizer = _parsed[digest] = parse_tokenizer(body)
            if len(_parsed) > _PARSED_MOST:
                _parsed.popitem(last=False)
        _parsed.move_to_end(digest)
        return tokenizer


def _checked(file: Path, digest: str) -> bytes:
    body = file.read_bytes()
    if hashlib.sha256(body).hexdigest() != digest:
        file.unlink(missing_ok=True)  # it was damaged; a download puts it there again
        raise ValueError(f"{file} is not what its name says")
    return body
