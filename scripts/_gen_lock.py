"""openapi/generator.lock: what the generated package was made from, so that a drift can be traced to its cause."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from importlib.metadata import distribution
from importlib.resources import files
from pathlib import Path
from typing import Any


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def lock(root: Path, spec: Path, version: str, inputs: Iterator[Path], previous: Mapping[str, Any]) -> dict[str, Any]:
    """The entries for the current inputs and tools."""
    return {
        "spec": {"version": version, "sha256": sha256(spec.read_bytes())},
        "inputs": {path.relative_to(root).as_posix(): sha256(path.read_bytes()) for path in sorted(inputs)},
        "openapi-python-client": {
            "version": installed("openapi-python-client"),
            "sha256": _package_hash("openapi_python_client"),
        },
        "ruff": {"version": installed("ruff"), "sha256": _binary_hashes(previous.get("ruff", {}))},
    }


def written(entries: Mapping[str, Any]) -> str:
    return json.dumps(entries, indent=2) + "\n"


def read(path: Path) -> dict[str, Any]:
    """The lock as it is; a missing or broken one is an empty one, from which everything differs."""
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return entries if isinstance(entries, dict) else {}


def differences(old: Mapping[str, Any], new: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    """One line for each entry that is not what it was."""
    for name in sorted({*old, *new}):
        entry = f"{prefix}{name}"
        before, after = old.get(name), new.get(name)
        if isinstance(before, Mapping) and isinstance(after, Mapping):
            yield from differences(before, after, f"{entry} ")
        elif before != after:
            yield f"{entry}: {_shown(before)} in the lock, now {_shown(after)}"


def installed(name: str) -> str:
    return distribution(name).version


def _package_hash(package: str) -> str:
    """Of the package's own files, which are the same on every platform."""
    root = files(package)
    digest = hashlib.sha256()
    for path in sorted(Path(str(root)).rglob("*")):
        if path.suffix in {".py", ".jinja"}:
            digest.update(
                path.relative_to(str(root)).as_posix().encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest()
            )
    return digest.hexdigest()


def _binary_hashes(previous: Mapping[str, Any]) -> dict[str, str]:
    """Ruff is a program for one platform, so its hash stands under the platform of its wheel.

    The hashes of other platforms stay while the version does, and none is added to them: the lock is the same wherever it is written. Where this platform is
    in the lock, its hash must match.
    """
    ruff = distribution("ruff")
    tags = [
        line.removeprefix("Tag: ") for line in (ruff.read_text("WHEEL") or "").splitlines() if line.startswith("Tag: ")
    ]
    platform = ".".join(sorted(tags)) or "unknown"
    program = next(path for path in ruff.files or () if path.name in {"ruff", "ruff.exe"})
    known = previous.get("sha256", {}) if previous.get("version") == ruff.version else {}
    if known and platform not in known:
        return dict(known)
    return {**known, platform: sha256(Path(str(ruff.locate_file(program))).read_bytes())}


def _shown(value: object) -> str:
    text = "nothing" if value is None else str(value)
    return text if len(text) <= 12 else text[:12]
