"""Settings: option before environment before profile before keyring, where each is from, and no secret shown."""

from __future__ import annotations

import os
import ssl
import stat
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
import trustme
from hypothesis import given, strategies as st

from aleph_alpha.cli import settings
from aleph_alpha.cli.failures import UsageError
from aleph_alpha.cli.profile_file import change_profile
from aleph_alpha.cli.settings import SETTINGS, read_profiles
from aleph_alpha.testing import LocalServer
from tests.cli.running import Ended, Here, run

SECRET = "hidden-in-the-test"


def shown(ended: Ended) -> dict[str, tuple[object, str]]:
    assert ended.code == 0, ended.err
    return {name: (one["value"], one["source"]) for name, one in ended.records[0]["settings"].items()}


def test_an_option_goes_before_the_environment_before_the_profile(
    here: Here, monkeypatch: pytest.MonkeyPatch, server: LocalServer
) -> None:
    monkeypatch.delenv("AA_HOST")
    monkeypatch.delenv("AA_TOKEN")
    config = ("config", "show", "--json")
    assert shown(here(*config))["host"] == ("https://api.aleph-alpha.com", "default")
    assert here("config", "set", "host", server.url).code == 0
    assert here("config", "set", "token", stdin="good\r\n").code == 0
    assert shown(here(*config))["host"] == (server.url, "profile default")
    assert shown(here(*config))["token"] == ("**********", "profile default")
    assert here("models").code == 0
    monkeypatch.setenv("AA_HOST", "http://127.0.0.1:9")
    assert shown(here(*config))["host"] == ("http://127.0.0.1:9", "environment AA_HOST")
    assert here("models", "--retries=0").code == 1
    assert here("models", "--retries=0", "--host", server.url).code == 0


def test_the_model_of_the_profile_may_be_of_one_command(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    here("config", "set", "model", "toy-base")
    here("config", "set", "chat_model", "toy-chat")
    assert here("complete", "one", "--max-tokens=1").code == 0
    assert here("chat", "one", "--max-tokens=1", "--json").records[0]["model"] == "toy-chat"
    monkeypatch.setenv("AA_MODEL", "toy-multimodal")
    assert here("chat", "one", "--max-tokens=1", "--json").records[0]["model"] == "toy-multimodal"


def test_profiles_are_for_several_deployments(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AA_HOST")
    for name in ("work", "home"):
        here("config", "set", "host", f"https://{name}.example.com", "--profile", name)
    config = ("config", "show", "--json")
    assert shown(here(*config))["host"][1] == "default"
    here("config", "use", "work")
    assert shown(here(*config))["host"] == ("https://work.example.com", "profile work")
    assert shown(here(*config, "--profile=home"))["host"] == ("https://home.example.com", "profile home")
    monkeypatch.setenv("AA_PROFILE", "home")
    assert shown(here(*config))["host"] == ("https://home.example.com", "profile home")
    rows = here("config", "profiles", "--json").records
    assert [(row["profile"], row["default"]) for row in rows] == [("work", True), ("home", False)]
    monkeypatch.setenv("AA_PROFILE", "hom")
    assert "did you mean home?" in here("models").err


def test_a_file_of_certificates_is_found_from_everywhere(
    here: Here, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "ca").mkdir()
    for typed in ("ca/ca.pem", "~/ca/ca.pem", "ca/../ca/ca.pem"):
        monkeypatch.setenv("HOME", os.getcwd())
        told = here("config", "set", "ca_file", typed, "--json").records[0]
        wanted = os.path.abspath("ca/ca.pem")
        assert told["value"] == read_profiles(Path("config.toml"))["profiles"]["default"]["ca_file"] == wanted
    ended = here("models", "--json")
    assert (ended.code, ended.error["message"]) == (2, f"ca_file: there is no file {wanted} (from profile default)")
    assert here("config", "unset", "ca_file").code == 0


@pytest.mark.parametrize("command", ["models", "check"])
def test_an_untrusted_certificate_is_told_with_the_setting_for_it(command: str, here: Here) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    with HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        serving = threading.Thread(target=server.serve_forever, args=(0.01,))
        serving.start()
        try:
            ended = here(command, f"--host=https://127.0.0.1:{server.server_port}", "--retries=0")
        finally:
            server.shutdown()
            serving.join()
    told = ended.out + ended.err
    assert "certificate verify failed" in told
    assert "verify_ssl" not in told
    assert "AA_CA_FILE=FILE, or `aleph-alpha config set ca_file FILE`" in told


def test_the_file_is_for_its_owner_only_and_keeps_what_was_written_by_hand(here: Here) -> None:
    file = Path("config.toml")
    file.write_text(
        '# mine\nprofile = "work" # this one\n\n[profiles.work] # at work\n# why\nhost = "https://a.example"\n'
    )
    here("config", "set", "model", "toy-base")
    here("config", "set", "host", "https://b.example")
    here("config", "set", "nice", "yes", "--profile=other")
    text = file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert all(part in text for part in ("# mine\n", "# at work\n", "# why\n", 'profile = "work" # this one'))
    assert read_profiles(file) == {
        "profile": "work",
        "profiles": {"work": {"host": "https://b.example", "model": "toy-base"}, "other": {"nice": True}},
    }
    here("config", "unset", "model")
    assert "model" not in file.read_text()


def test_a_folder_is_made_for_its_owner_only(here: Here, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("AA_CONFIG", str(tmp_path / "new" / "deep" / "config.toml"))
    here("config", "set", "model", "toy-base")
    assert stat.S_IMODE((tmp_path / "new" / "deep").stat().st_mode) == 0o700


VALUES = st.text(st.characters(exclude_categories=["C"]), min_size=1, max_size=30).filter(str.isprintable)


@given(
    st.lists(st.tuples(st.sampled_from(["a", "b"]), st.sampled_from(["model", "host", "token"]), VALUES | st.none()))
)
def test_changes_of_the_file_are_what_is_read_back(changes: list[tuple[str, str, str | None]]) -> None:
    import tempfile

    expected: dict[str, dict[str, str]] = {}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "config.toml"
        for profile, name, value in changes:
            change_profile(file, profile, {name: value})
            if value is not None:
                expected.setdefault(profile, {})[name] = value
            elif profile in expected:
                expected[profile].pop(name, None)
        found = read_profiles(file).get("profiles", {})
        assert {name: one for name, one in found.items() if one} == {name: one for name, one in expected.items() if one}


WRONG: dict[str, tuple[str | bytes, str]] = {
    "not TOML": ("profile = ", "is not valid TOML"),
    "not UTF-8": (b"\xff", "is not valid TOML"),
    "a name that is not known": ("profil = 'x'", "did you mean profile?"),
    "a setting that is not one": ("[profiles.default]\nhots = 'x'", "did you mean host?"),
    "a value of another kind": ("[profiles.default]\nretries = 'x'", "must be a whole number"),
    "a list": ("[profiles.default]\nhost = ['x']", "must be a text"),
    "a profile that is not a table": ("profiles = {default = 1}", "must be a table"),
    "a profile that there is not": ("profile = 'x'", "there is no profile 'x'"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_file_that_is_wrong_is_told_of_before_anything_is_sent(name: str, here: Here) -> None:
    content, message = WRONG[name]
    Path("config.toml").write_bytes(content if isinstance(content, bytes) else content.encode())
    ended = here("models", "--json")
    assert ended.code == 2
    assert message in ended.error["message"]


def test_a_file_that_cannot_be_changed_line_by_line_stays_as_it_is(here: Here) -> None:
    text = 'profiles = {default = {host = "https://a.example"}}\n'
    Path("config.toml").write_text(text)
    assert "change it by hand" in here("config", "set", "model", "toy-base").err
    assert Path("config.toml").read_text() == text


def test_a_device_in_place_of_the_file_stays_one(here: Here, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("os.replace", lambda *names: pytest.fail(str(names)))
    (tmp_path / "link.toml").symlink_to(os.devnull)
    for device in (os.devnull, "link.toml"):
        monkeypatch.setenv("AA_CONFIG", device)
        ended = here("config", "set", "model", "toy-base", "--json")
        assert (ended.code, ended.out) == (2, "")
        assert "not a file" in ended.error["message"]


@pytest.mark.parametrize(("name", "value"), [("retries", "-1"), ("deadline", "0"), ("nice", "maybe"), ("hots", "x")])
def test_a_value_that_cannot_be_one_is_refused(name: str, value: str, here: Here) -> None:
    ended = here("config", "set", name, value)
    assert ended.code == 2
    assert not Path("config.toml").exists()


@pytest.mark.parametrize("name", [name for name, setting in SETTINGS.items() if setting.variable])
def test_a_variable_that_cannot_be_read_is_named(name: str, here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    variable = SETTINGS[name].variable
    assert variable is not None
    if SETTINGS[name].read is not str:
        monkeypatch.setenv(variable, "nonsense")
        assert variable in here("models").err


def test_no_secret_is_shown_anywhere(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AA_TOKEN")
    outputs = [here("config", "set", "token", stdin=SECRET), here("config", "set", "token", "--json", stdin=SECRET)]
    here("config", "set", "proxy", f"http://me:{SECRET}@127.0.0.1:9")
    for words in (["show"], ["show", "--json"], ["profiles"], ["path"], ["unset", "nothing"]):
        outputs.append(here("config", *words))
    for words in (["models"], ["check"], ["check", "--json"], ["models", "--debug"], ["models", "--json", "--debug"]):
        outputs.append(here(*words, "--retries=0"))
    assert SECRET in Path("config.toml").read_text()
    assert not any(SECRET in ended.out + ended.err for ended in outputs)


@pytest.mark.parametrize("before", ["http://", "HTTPS://", "socks5://", "//", "", "http://u@x:"])
@pytest.mark.parametrize("variable", ["AA_HOST", "AA_PROXY"])
def test_no_password_is_shown_that_stands_in_a_url_or_where_one_should(
    variable: str, before: str, here: Here, monkeypatch: pytest.MonkeyPatch
) -> None:
    value = f"{before}me:{SECRET}@127.0.0.1:9"
    outputs = [
        here("config", "set", name, value, *form)
        for name in ("host", "proxy")
        for form in ([], ["--json"], ["--debug"])
    ]
    monkeypatch.setenv(variable, value)
    for words in (["config", "show"], ["config", "profiles"], ["models"], ["check"]):
        outputs += [here(*words, *form) for form in ([], ["--json"], ["--debug"])]
    assert not any(SECRET in ended.out + ended.err for ended in outputs)


def test_a_token_on_the_command_line_is_warned_of(here: Here) -> None:
    ended = here("models", "--token", "good")
    assert ended.code == 0
    assert ended.err.startswith("aleph-alpha: warning: others can read a token")
    assert here("models", "--token", "good", "--json").err.startswith('{"warning": ')
    assert here("models", "--token", "good", "--quiet").err == ""
    assert "others can read" in here("config", "set", "token", SECRET).err


@pytest.mark.skipif(os.name != "posix", reason="modes are of POSIX")
def test_a_file_with_a_token_that_others_can_read_is_warned_of(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AA_TOKEN")
    here("config", "set", "token", stdin="good")
    assert here("models").err == ""
    Path("config.toml").chmod(0o644)
    assert "chmod 600" in here("models").err


PLACES = {
    "linux": ({"XDG_CONFIG_HOME": "/x"}, "/x/aleph-alpha/config.toml"),
    "linux, not absolute": ({"XDG_CONFIG_HOME": "x", "HOME": "/home/me"}, "/home/me/.config/aleph-alpha/config.toml"),
    "darwin": ({"HOME": "/Users/me"}, "/Users/me/Library/Application Support/aleph-alpha/config.toml"),
    "win32": ({"APPDATA": "/roaming"}, "/roaming/aleph-alpha/config.toml"),
}


@pytest.mark.parametrize("name", PLACES)
def test_the_file_is_in_the_place_of_the_platform(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    environment, place = PLACES[name]
    monkeypatch.delenv("AA_CONFIG")
    monkeypatch.setattr(sys, "platform", name.partition(",")[0])
    for variable, value in environment.items():
        monkeypatch.setenv(variable, value)
    assert settings.config_file().as_posix() == place


KEYRING = """
import json, pathlib
_FILE = pathlib.Path("keyring.json")
def _all():
    return json.loads(_FILE.read_text()) if _FILE.exists() else {}
def get_password(service, name):
    return _all().get(f"{service}/{name}")
def set_password(service, name, value):
    _FILE.write_text(json.dumps({**_all(), f"{service}/{name}": value}))
def delete_password(service, name):
    left = _all()
    del left[f"{service}/{name}"]
    _FILE.write_text(json.dumps(left))
"""


def test_the_keyring_is_asked_last_and_only_where_the_profile_says_so(tmp_path: Path) -> None:
    """With a module of the same functions, as a real keyring needs a desktop."""
    modules = tmp_path / "modules"
    modules.mkdir()
    (modules / "keyring.py").write_text(KEYRING)
    environment = {"PYTHONPATH": str(modules), "AA_TOKEN": ""}
    assert run("config", "set", "token", "--keyring", stdin="good", environment=environment).code == 0
    assert "good" not in Path("config.toml").read_text()
    assert run("models", environment=environment).code == 0
    assert shown(run("config", "show", "--json", environment=environment))["token"] == ("**********", "keyring")
    assert run("config", "unset", "token", environment=environment).code == 0
    assert run("models", environment=environment).code == 4
    (modules / "keyring.py").write_text("raise SystemExit('loaded')")
    assert run("models", environment={**environment, "AA_TOKEN": "good"}).code == 0


def test_without_the_extra_the_keyring_is_told_of(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AA_TOKEN")
    monkeypatch.setitem(sys.modules, "keyring", None)
    here("config", "set", "keyring", "true")
    ended = here("models", "--json")
    assert ended.code == 1
    assert "pip install 'aleph-alpha[keyring]'" in ended.error["message"]


def test_a_profile_must_be_one_word(here: Here) -> None:
    for name in ("a b", "a.b", "[x]", "", "x\ny"):
        if name:
            assert here("config", "set", "model", "x", "--profile", name).code == 2
    with pytest.raises(UsageError):
        change_profile(Path("config.toml"), "", {"model": "x"})


@pytest.mark.skipif(os.name != "posix", reason="of POSIX")
def test_without_a_home_everything_works_but_to_keep_profiles(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AA_CONFIG")
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.setattr(os.path, "expanduser", lambda path: path)
    assert here("models").code == 0
    assert "set AA_CONFIG" in here("config", "set", "model", "x").err
    assert not Path("~").exists()
    monkeypatch.setattr(Path, "read_bytes", lambda path: (_ for _ in ()).throw(PermissionError(13, "not yours")))
    assert here("models").code == 0
    monkeypatch.setenv("AA_CONFIG", "config.toml")
    assert "not yours" in here("models").err
