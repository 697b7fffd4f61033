"""The generator's templates, patched after openapi/patches/patches.yaml.

A patch is data with a reason. It says how often its text must occur, or which template it stands for, so that a new
version of the generator either still gets every fix or stops here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

#: The keys of a patch, besides the reason.
SHAPES = ({"template", "find", "put"}, {"template", "from", "until", "put"}, {"template", "with", "was"}, {"add"})


class PatchError(Exception):
    """A patch does not fit the installed generator, or is not a patch."""


def patched_templates(patches: Path, target: Path) -> None:
    """Write the patched templates into `target`, a folder the generator looks into before its own."""
    templates: dict[str, str] = {}
    for patch in load(patches / "patches.yaml"):
        if "add" in patch:
            continue
        name = patch["template"]
        if "with" in patch:
            _assert_original(name, patch["was"])
            templates[name] = (patches / patch["with"]).read_text(encoding="utf-8")
        else:
            templates[name] = apply(templates.get(name) or packaged(name), patch)
    for name, text in templates.items():
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        (target / name).write_text(text, encoding="utf-8")


def added_files(patches: Path) -> Iterator[Path]:
    """The files that go into the package beside what the generator writes."""
    return (patches / patch["add"] for patch in load(patches / "patches.yaml") if "add" in patch)


def load(path: Path) -> list[dict[str, Any]]:
    patches: list[dict[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    for index, patch in enumerate(patches):
        if not isinstance(patch, dict) or set(patch) - {"reason", "count"} not in SHAPES:
            raise PatchError(f"patch {index}: expected find/put, from/until/put or with/was for a template, or add")
        if not str(patch.get("reason", "")).strip():
            raise PatchError(f"patch {index}: no reason")
    return patches


def packaged(name: str) -> str:
    """A template as the installed generator has it."""
    template = files("openapi_python_client").joinpath("templates", *name.split("/"))
    if not template.is_file():
        raise PatchError(f"{name}: the installed generator has no such template")
    return template.read_text(encoding="utf-8")


def apply(text: str, patch: Mapping[str, Any]) -> str:
    """The patched text, if the patch fits exactly."""
    expected = patch.get("count", 1)
    old = patch["find"] if "find" in patch else _between(text, patch)
    if (count := text.count(old)) != expected:
        raise PatchError(f"{patch['template']}: {_shown(old)} occurs {count} times, not {expected}")
    return text.replace(old, patch["put"])


def _between(text: str, patch: Mapping[str, Any]) -> str:
    """What is cut out; both ends must be unique, or it is not clear which piece is meant."""
    for anchor in (patch["from"], patch["until"]):
        if (count := text.count(anchor)) != 1:
            raise PatchError(f"{patch['template']}: {_shown(anchor)} occurs {count} times, not 1")
    start, end = text.index(patch["from"]), text.index(patch["until"])
    if start >= end:
        raise PatchError(f"{patch['template']}: {_shown(patch['until'])} does not come after {_shown(patch['from'])}")
    return text[start:end]


def _assert_original(name: str, expected: str) -> None:
    actual = hashlib.sha256(packaged(name).encode()).hexdigest()
    if actual != expected:
        raise PatchError(
            f"{name}: ours stands for the template with sha256 {expected}, the installed one has {actual}; compare them"
        )


def _shown(text: str) -> str:
    first = text.strip().splitlines()[0] if text.strip() else text
    return repr(first[:60])
