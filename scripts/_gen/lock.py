"""openapi/generator.lock: what the generated package was made from, so that a drift can be traced to its cause."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import distribution, version
from pathlib import Path
from typing import Any

import openapi_python_client

#: Where pip puts programs.
BIN_FOLDERS = frozenset({"bin", "scripts"})


def lock(root: Path, spec: Path, spec_version: str, inputs: Iterable[Path], previous: Mapping[str, Any]) -> str:
    """The text of the lock for the current inputs and tools; `previous` is the lock there is."""
    entries = {
        "spec": {"version": spec_version, "sha256": sha256(spec)},
        "inputs": {path.relative_to(root).as_posix(): sha256(path) for path in sorted(inputs)},
        "openapi-python-client": {
            "version": version("openapi-python-client"),
            "sha256": _folder_hash(Path(openapi_python_client.__file__).parent),
        },
        "ruff": {"version": version("ruff"), "sha256": _ruff_hashes(previous.get("ruff", {}))},
    }
    return json.dumps(entries, indent=2) + "\n"


def parsed(text: str) -> dict[str, Any]:
    """The entries; a broken lock has none, so that everything differs from it."""
    try:
        entries = json.loads(text)
    except ValueError:
        return {}
    return entries if isinstance(entries, dict) else {}


def differences(old: Mapping[str, Any], new: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    """One line for each entry that is not what it was."""
    for name in sorted({*old, *new}):
        before, after = old.get(name), new.get(name)
        if isinstance(before, Mapping) and isinstance(after, Mapping):
            yield from differences(before, after, f"{prefix}{name} ")
        elif before != after:
            yield f"{prefix}{name}: {_shown(before)} in the lock, now {_shown(after)}"


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _folder_hash(folder: Path) -> str:
    """Of the sources and templates, which are the same on every platform."""
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.suffix in {".py", ".jinja"}):
        digest.update(f"{path.relative_to(folder).as_posix()} {sha256(path)}\n".encode())
    return digest.hexdigest()


def _ruff_hashes(previous: Mapping[str, Any]) -> dict[str, str]:
    """Ruff is a program for one platform, so its hash stands under the tag of the wheel it came in.

    While the version stays, the hashes of other platforms stay too, and none is added: the lock comes out the same on
    every machine. Where this platform is in it, its hash must match.
    """
    ruff = distribution("ruff")
    tags = [line.removeprefix("Tag: ") for line in (ruff.read_text("WHEEL") or "").splitlines() if "Tag: " in line]
    platform = ".".join(sorted(tags)) or "unknown"
    known = previous.get("sha256", {}) if previous.get("version") == ruff.version else {}
    if known and platform not in known:
        return dict(known)
    program = next(path for path in ruff.files or () if path.stem == "ruff" and path.parent.name.lower() in BIN_FOLDERS)
    return {**known, platform: sha256(Path(str(ruff.locate_file(program))))}


def _shown(value: object) -> str:
    return "nothing" if value is None else str(value)[:12]
