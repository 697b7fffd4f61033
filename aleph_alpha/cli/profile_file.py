"""Changes of the file of profiles: one line each, so that comments and order stay; whole or not at all."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from aleph_alpha.cli.failures import UsageError, one_line
from aleph_alpha.cli.files import write_private
from aleph_alpha.cli.settings import read_profiles

__all__ = ["change_profile", "use_profile"]

_HEAD = "# Profiles of the command line of aleph-alpha. For your eyes only: it may hold tokens.\n"


def change_profile(file: Path, profile: str, changes: Mapping[str, Any]) -> bool:
    """Set settings of a profile, or remove those that are ``None``.

    Returns:
        Whether anything is different.

    Raises:
        UsageError: a name or value that cannot be, a file that cannot be written, or one that was written by hand
            in a way that cannot be changed line by line.
    """
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", profile):
        raise UsageError(f"a profile is named by letters, digits, - and _, got {one_line(profile, 60)!r}")
    before = read_profiles(file)
    wanted = {name: dict(settings) for name, settings in before.get("profiles", {}).items()}
    own = wanted.get(profile, {})
    for name, value in changes.items():
        if value is None:
            own.pop(name, None)
        else:
            own[name] = value
    if own == before.get("profiles", {}).get(profile, {}):
        return False
    text = _text(file)
    for name, value in changes.items():
        line = None if value is None else f"{name} = {_toml(name, value)}"
        text = _with_line(text, f"[profiles.{profile}]", name, line)
    _write(file, text, {**before, "profiles": {**wanted, profile: own}})
    return True


def use_profile(file: Path, profile: str) -> None:
    """Name the profile that is used.

    Raises:
        UsageError: there is no such profile, or as :func:`change_profile`.
    """
    before = read_profiles(file)
    if profile not in before.get("profiles", {}):
        names = ", ".join(before.get("profiles", {})) or "none"
        raise UsageError(f"there is no profile {one_line(profile, 60)!r}; there are: {names}")
    text = _with_line(_text(file), "", "profile", f"profile = {_toml('profile', profile)}")
    _write(file, text, {**before, "profile": profile})


def _text(file: Path) -> str:
    return file.read_text("utf-8-sig") if file.exists() else _HEAD


def _toml(name: str, value: Any) -> str:
    if isinstance(value, str) and not value.isprintable():
        raise UsageError(f"{name} must not hold control characters")
    return json.dumps(value, ensure_ascii=False)


def _with_line(text: str, table: str, name: str, line: str | None) -> str:
    """The text with a line of a table replaced, added or (``None``) left out; `table` is its head, ``""`` the top."""
    lines = text.splitlines()
    heads = [place for place, one in enumerate(lines) if one.lstrip().startswith("[")]
    if table:
        begin = next((place for place in heads if lines[place].split("#")[0].strip() == table), None)
        if begin is None:
            if line is None:
                return text
            lines += ["", table] if lines else [table]
            begin = len(lines) - 1
            heads = [*heads, begin]
    else:
        begin = -1
    end = next((place for place in heads if place > begin), len(lines))
    found = next((place for place in range(begin + 1, end) if re.match(rf"\s*{name}\s*=", lines[place])), None)
    new = [] if line is None else [line]
    if found is not None:
        lines[found : found + 1] = new
    elif table:
        lines[begin + 1 : begin + 1] = new
    else:
        while end and not lines[end - 1].strip():
            end -= 1
        lines[end:end] = new
    return "\n".join(lines) + "\n"


def _write(file: Path, text: str, expected: Mapping[str, Any]) -> None:
    import tomllib

    try:
        right = tomllib.loads(text) == expected
    except ValueError:
        right = False
    if not right:
        raise UsageError(f"{file} is written in a way that cannot be changed line by line: change it by hand")
    if file.parts[0] == "~":
        raise UsageError("there is no home folder to keep the profiles in: set AA_CONFIG to a file")
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_private(file, text)
    except OSError as error:
        raise UsageError(f"{file} cannot be written: {error.strerror}") from error
