"""``aleph-alpha config``: profiles of several deployments, and where each value is from."""

from __future__ import annotations

import os
import sys
from typing import Any

from aleph_alpha.cli.command import Command, Context, Parser
from aleph_alpha.cli.failures import UsageError, one_line
from aleph_alpha.cli.inputs import read_text
from aleph_alpha.cli.profile_file import change_profile, use_profile
from aleph_alpha.cli.request_fields import suggestion
from aleph_alpha.cli.settings import (
    DEFAULT_PROFILE,
    SETTINGS,
    Found,
    change_keyring,
    checked,
    config_file,
    keyring_token,
    masked,
    read_profiles,
)

__all__ = ["COMMANDS"]


def _show(context: Context) -> None:
    settings = context.settings
    found = {name: settings.find(name) for name in SETTINGS}
    if found["host"].value is None:
        from aleph_alpha.options import DEFAULT_HOST

        found["host"] = Found(DEFAULT_HOST, "default")
    if found["token"].value is None and found["keyring"].value:
        found["token"] = Found(keyring_token(settings.profile), "keyring")
    if context.out.json:
        told = {
            name: {"value": masked(name, one.value), "source": one.source if one.value is not None else None}
            for name, one in found.items()
        }
        context.out.record({"file": str(settings.file), "profile": settings.profile, "settings": told})
        return
    context.out.note(f"profile {settings.profile} of {settings.file}")
    rows = [
        (name, "-" if one.value is None else masked(name, one.value), "" if one.value is None else one.source)
        for name, one in found.items()
    ]
    context.out.table(("SETTING", "VALUE", "FROM"), rows)


def _path(context: Context) -> None:
    file = config_file()
    if context.out.json:
        context.out.record({"file": str(file), "exists": file.exists()})
    else:
        context.out.text(str(file))


def _profiles(context: Context) -> None:
    content = read_profiles(config_file())
    used = context.options.profile or content.get("profile") or DEFAULT_PROFILE
    profiles: dict[str, Any] = content.get("profiles", {})
    rows = [
        {"profile": name, "host": masked("host", settings.get("host")), "default": name == used}
        for name, settings in profiles.items()
    ]
    if context.out.json:
        for row in rows:
            context.out.record(row)
    else:
        shown = [(row["profile"], row["host"] or "-", "yes" if row["default"] else "") for row in rows]
        context.out.table(("PROFILE", "HOST", "DEFAULT"), shown)


def _set(context: Context) -> None:
    options = context.options
    name = _name(options.name)
    profile = _profile(context)
    value = _value(context, name)
    if options.keyring:
        if name != "token":
            raise UsageError("--keyring is for the token")
        change_keyring(profile, value)
        change_profile(config_file(), profile, {"keyring": True, "token": None})
        where = "the keyring"
    else:
        kept = checked(name, value, name)
        value = kept if isinstance(kept, str) else value  # a path is made absolute
        change_profile(config_file(), profile, {name: kept})
        where = str(config_file())
    if context.out.json:
        told = {"profile": profile, "setting": name, "value": masked(name, value)}
        context.out.record({**told, "keyring": bool(options.keyring)})
    else:
        context.out.note(f"{name} of profile {profile} is in {where}")


def _name(name: str) -> str:
    if name not in SETTINGS:
        close = suggestion(name, SETTINGS) or f"; there are: {', '.join(SETTINGS)}"
        raise UsageError(f"there is no setting {one_line(name, 60)!r}{close}")
    return name


def _profile(context: Context) -> str:
    content = read_profiles(config_file())
    return str(context.options.profile or os.environ.get("AA_PROFILE") or content.get("profile") or DEFAULT_PROFILE)


def _value(context: Context, name: str) -> str:
    given = context.options.value
    if name == "token":
        if given not in (None, "-"):
            context.out.warn(
                "others can read a token on the command line (list of processes, shell history): "
                "leave it out, and it is asked for, or piped in"
            )
            return str(given)
        return _secret()
    if given is None:
        raise UsageError(f"no value: `aleph-alpha config set {name} VALUE`")
    return read_text("-") if given == "-" else str(given)


def _secret() -> str:
    """The token from standard input, or as it is typed, unseen."""
    if sys.stdin is not None and sys.stdin.isatty():
        from getpass import getpass

        token = getpass("API token: ")
    else:
        token = read_text("-")
    if not token.strip():
        raise UsageError("the token is empty")
    return token.strip()


def _unset(context: Context) -> None:
    name = _name(context.options.name)
    profile = _profile(context)
    removed = change_profile(config_file(), profile, {name: None})
    if name == "token" and read_profiles(config_file()).get("profiles", {}).get(profile, {}).get("keyring"):
        removed = change_keyring(profile, None) or removed
    if context.out.json:
        context.out.record({"profile": profile, "setting": name, "removed": removed})
    else:
        context.out.note(f"{name} of profile {profile} {'is removed' if removed else 'was not set'}")


def _use(context: Context) -> None:
    name = context.options.name
    use_profile(config_file(), name)
    if context.out.json:
        context.out.record({"profile": name})
    else:
        context.out.note(f"profile {name} is used from now on")


def _add_set(parser: Parser) -> None:
    parser.add_argument("name", metavar="SETTING", help="one of " + ", ".join(SETTINGS))
    parser.add_argument("value", nargs="?", metavar="VALUE", help="- is standard input; a token is better left out")
    parser.add_argument("--keyring", action="store_true", help="keep the token in the system's keyring (extra keyring)")


def _add_name(parser: Parser) -> None:
    parser.add_argument("name", metavar="SETTING", help="one of " + ", ".join(SETTINGS))


def _add_use(parser: Parser) -> None:
    parser.add_argument("name", metavar="PROFILE", help="name of the profile")


COMMANDS = (
    Command(
        "config show",
        "Show the settings that hold, and where each is from. A token is never shown.",
        _show,
        examples=("aleph-alpha config show", "aleph-alpha config show --json"),
        client=False,
    ),
    Command(
        "config set",
        "Set a setting of a profile. The file is made if there is none, and is for your eyes only.",
        _set,
        _add_set,
        examples=(
            "aleph-alpha config set host https://inference.example.com --profile work",
            "aleph-alpha config set token --profile work < token.txt",
            "aleph-alpha config set model toy-base",
        ),
        client=False,
    ),
    Command(
        "config unset",
        "Remove a setting of a profile.",
        _unset,
        _add_name,
        examples=("aleph-alpha config unset model",),
        client=False,
    ),
    Command(
        "config use",
        "Choose the profile that is used where none is named.",
        _use,
        _add_use,
        examples=("aleph-alpha config use work",),
        client=False,
    ),
    Command(
        "config profiles",
        "List the profiles.",
        _profiles,
        examples=("aleph-alpha config profiles",),
        client=False,
    ),
    Command(
        "config path",
        "Show where the file of profiles is.",
        _path,
        examples=("aleph-alpha config path",),
        client=False,
    ),
)
