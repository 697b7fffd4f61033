"""Settings of a deployment: option before environment before profile before keyring, and where each value is from.

The file of profiles is TOML: ``profile = "work"`` names the one to use, ``[profiles.work]`` holds its settings.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aleph_alpha.cli.failures import NoTokenError, UsageError, one_line
from aleph_alpha.cli.request_fields import suggestion

__all__ = ["DEFAULT_PROFILE", "SETTINGS", "Found", "Setting", "Settings", "change_keyring", "checked", "config_file"]
__all__ += ["keyring_token", "masked", "read_profiles"]

_KEYRING_SERVICE = "aleph-alpha"
DEFAULT_PROFILE = "default"


@dataclass(frozen=True)
class Setting:
    """Something to be told once.

    Parameters:
        help: what it is.
        read: its value of a text; raises ``ValueError``.
        variable: of the environment.
        default: where nothing says it.
        secret: never shown.
    """

    help: str
    read: Callable[[str], Any]
    variable: str | None = None
    default: Any = None
    secret: bool = False


def _flag(text: str) -> bool:
    values = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
    if text.lower() not in values:
        raise ValueError("must be true or false")
    return values[text.lower()]


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        raise ValueError("must be a number of seconds") from None
    if not 0 < value < float("inf"):
        raise ValueError("must be greater than 0")
    return value


def _count(text: str) -> int:
    if not text.isdecimal():
        raise ValueError("must be a whole number, 0 or greater")
    return int(text)


def _path(text: str) -> str:
    """A path that holds whatever the current folder is."""
    if not text.strip():
        raise ValueError("must name a file")
    return os.path.abspath(os.path.expanduser(text))


SETTINGS: Mapping[str, Setting] = {
    "host": Setting("base URL of the deployment", str, "AA_HOST"),
    "token": Setting("API token", str, "AA_TOKEN", secret=True),
    "keyring": Setting("true: the token is in the system's keyring (extra keyring)", _flag, default=False),
    "model": Setting("model of commands that are not told one", str, "AA_MODEL"),
    "chat_model": Setting("model of chat, before model", str),
    "embed_model": Setting("model of embed, before model", str),
    "rerank_model": Setting("model of rerank, before model", str),
    "translate_model": Setting("model of translate, before model", str),
    "transcribe_model": Setting("model of transcribe, before model", str),
    "deadline": Setting("seconds that a call may take, with all its retries", _seconds, "AA_DEADLINE"),
    "retries": Setting("attempts after the first one", _count, "AA_RETRIES"),
    "proxy": Setting("URL of a proxy", str, "AA_PROXY"),
    "ca_file": Setting("file with CA certificates", _path, "AA_CA_FILE"),
    "hosting": Setting("data centres that may process requests: aleph-alpha for the vendor's own", str, "AA_HOSTING"),
    "nice": Setting("true: give way to other users", _flag, "AA_NICE"),
}


def config_file() -> Path:
    """Where the profiles are: ``AA_CONFIG``, or in the folder that the platform has for settings.

    It begins with ``~`` where there is no home.
    """
    if given := os.environ.get("AA_CONFIG"):
        return Path(given)
    home = Path(os.path.expanduser("~"))
    if sys.platform == "win32":
        folder = Path(os.environ.get("APPDATA") or home / "AppData" / "Roaming")
    elif sys.platform == "darwin":
        folder = home / "Library" / "Application Support"
    else:
        given = os.environ.get("XDG_CONFIG_HOME", "")
        folder = Path(given) if os.path.isabs(given) else home / ".config"
    return folder / "aleph-alpha" / "config.toml"


def read_profiles(file: Path) -> dict[str, Any]:
    """What is in the file; nothing where there is none.

    Raises:
        UsageError: it cannot be read, is not TOML, or holds what is not a setting.
    """
    try:
        data = file.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        if isinstance(error, PermissionError) and not os.environ.get("AA_CONFIG"):
            return {}  # of somebody else's home, as after `su`
        raise UsageError(f"{file} cannot be read: {error.strerror}") from error
    import tomllib

    try:
        found = tomllib.loads(data.decode("utf-8-sig").replace("\r\n", "\n"))
    except ValueError as error:  # of decoding, too
        raise UsageError(f"{file} is not valid TOML: {error}", hint="mend it by hand, or remove it") from None
    _check_profiles(found, file)
    return found


def _check_profiles(found: Mapping[str, Any], file: Path) -> None:
    for name in found:
        if name not in ("profile", "profiles"):
            raise UsageError(f"{file}: {name} is not known{suggestion(name, ('profile', 'profiles'))}")
    profiles = found.get("profiles", {})
    if not isinstance(found.get("profile", ""), str) or not isinstance(profiles, dict):
        raise UsageError(f"{file}: profile must be a name, and profiles must be tables, as in [profiles.work]")
    for profile, settings in profiles.items():
        if not isinstance(settings, dict):
            raise UsageError(f"{file}: profiles.{profile} must be a table, as in [profiles.{profile}]")
        for name, value in settings.items():
            if name not in SETTINGS:
                close = suggestion(name, SETTINGS)
                raise UsageError(f"{file}: profiles.{profile}.{name} is not a setting{close}")
            checked(name, value, f"{file}: profiles.{profile}.{name}")


def checked(name: str, value: Any, where: str) -> Any:
    """The value of a setting, given as text or as TOML has it.

    Raises:
        UsageError: it cannot be one; of a secret the message does not repeat it.
    """
    setting = SETTINGS[name]
    text = str(value).lower() if isinstance(value, bool) else str(value)
    try:
        if not isinstance(value, str | int | float):
            raise ValueError("must be a text, a number, true or false")
        return setting.read(text)
    except ValueError as error:
        shown = "" if setting.secret else f", got {one_line(text, 60)!r}"
        raise UsageError(f"{where} {error}{shown}") from None


@dataclass(frozen=True)
class Found:
    """A value and where it is from."""

    value: Any
    source: str


class Settings:
    """The settings that hold for a command.

    Parameters:
        options: what options of the command line say, by the names of the settings.
        profile: name of the profile; by default ``AA_PROFILE``, then what the file says, then ``default``.

    Raises:
        UsageError: there is no such profile, or the file cannot be read.
    """

    def __init__(self, options: Mapping[str, Any], profile: str | None = None) -> None:
        self.file = config_file()
        content = read_profiles(self.file)
        profiles = content.get("profiles", {})
        asked = profile or os.environ.get("AA_PROFILE") or content.get("profile")
        if asked and asked not in profiles:
            close = suggestion(asked, profiles) or f"; there are: {', '.join(profiles) or 'none'}"
            raise UsageError(
                f"there is no profile {one_line(asked, 60)!r}{close}",
                hint="`aleph-alpha config set --profile NAME host URL` makes one",
            )
        self.profile: str = asked or DEFAULT_PROFILE
        self._options = options
        self._profile: Mapping[str, Any] = profiles.get(self.profile, {})

    def find(self, name: str) -> Found:
        """A setting's value and where it is from; the keyring is not asked.

        Raises:
            UsageError: a value that cannot be one.
        """
        setting = SETTINGS[name]
        option = self._options.get(name)
        if option is not None:
            if option == "":
                raise UsageError(f"--{name.replace('_', '-')} is empty")
            return Found(option, f"option --{name.replace('_', '-')}")
        given = os.environ.get(setting.variable, "").strip() if setting.variable else ""
        if given:
            return Found(checked(name, given, str(setting.variable)), f"environment {setting.variable}")
        if name in self._profile:
            where = f"profile {self.profile}"
            return Found(checked(name, self._profile[name], f"{self.file}: {name}"), where)
        return Found(setting.default, "default")

    def value(self, name: str) -> Any:
        """A setting's value."""
        return self.find(name).value

    def token(self) -> Found:
        """The token, with the keyring's where the profile says that it is there.

        Raises:
            NoTokenError: there is none.
        """
        found = self.find("token")
        if found.value is None and self.value("keyring"):
            found = Found(keyring_token(self.profile), "keyring")
        if found.value is None:
            raise NoTokenError(
                "no API token: set AA_TOKEN, or store one with `aleph-alpha config set token`",
                hint="`aleph-alpha config show` tells what is set, and where",
            )
        return found

    @property
    def others_can_read(self) -> bool:
        """Whether other users of this machine can read the file of profiles."""
        return os.name == "posix" and self.file.exists() and bool(self.file.stat().st_mode & 0o077)


def keyring_token(profile: str) -> str | None:
    """The token that the system's keyring has for a profile.

    Raises:
        ImportError: the extra is not installed.
        UsageError: the keyring cannot be opened.
    """
    found: str | None = _of_keyring("get_password", profile)
    return found


def change_keyring(profile: str, token: str | None) -> bool:
    """Keep a token in the system's keyring, or (``None``) remove it.

    Returns:
        Whether anything is different.

    Raises:
        As :func:`keyring_token`.
    """
    if token is not None:
        _of_keyring("set_password", profile, token)
    elif keyring_token(profile) is None:
        return False
    else:
        _of_keyring("delete_password", profile)
    return True


def _of_keyring(action: str, *words: str) -> Any:
    from aleph_alpha._optional import need

    keyring = need("keyring", "keyring", what="tokens in the system's keyring")  # which takes a while to load
    try:
        return getattr(keyring, action)(_KEYRING_SERVICE, *words)
    except Exception as error:  # each backend has errors of its own
        reason = f"{type(error).__name__}: {one_line(str(error), 200)}"
        raise UsageError(f"the keyring cannot be used: {reason}", hint="AA_TOKEN works without one") from error


_USER = re.compile(r"^((?:[A-Za-z][A-Za-z0-9+.-]*:)?//)?.*@", re.DOTALL)  # of a URL, or of what is meant for one


def masked(name: str, value: Any) -> Any:
    """A value as it may be shown: no token, and no password in a URL.

    >>> masked("token", "abc"), masked("proxy", "http://me:secret@proxy:8080")
    ('**********', 'http://**********@proxy:8080')
    """
    if value is None:
        return None
    if SETTINGS[name].secret:
        return "**********"
    return _USER.sub(r"\1**********@", value) if name in ("host", "proxy") and isinstance(value, str) else value
