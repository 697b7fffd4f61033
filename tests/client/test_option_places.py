"""An option of the clients is written once, in `Settings`; every other place that names it says the same."""

from __future__ import annotations

import ast
import dataclasses
import inspect
import re
import typing
from pathlib import Path
from typing import Any

import pytest

from aleph_alpha import AsyncClient, Client
from aleph_alpha._observe.events import EventHandler
from aleph_alpha._observe.telemetry import Telemetry
from aleph_alpha.options import DEFAULT, ConstructorOptions, Settings
from scripts import client_options, unasync

ROOT = Path(__file__).resolve().parents[2]
NAMES = {"EventHandler": EventHandler, "Telemetry": Telemetry}
HINTS = typing.get_type_hints(Settings, localns=NAMES, include_extras=True)
ONLY_CONSTRUCTOR = list(ConstructorOptions.__annotations__)
FIELDS = {field.name: field for field in dataclasses.fields(Settings)}
CONSTRUCTOR = [*FIELDS, *(name for name in ONLY_CONSTRUCTOR if name not in FIELDS)]
CHANGEABLE = [name for name in FIELDS if typing.get_origin(HINTS[name]) is not typing.Annotated]


def default(name: str) -> Any:
    """What the constructor has for it."""
    if name in ONLY_CONSTRUCTOR:
        return getattr(ConstructorOptions, name)
    field = FIELDS[name]
    if field.default_factory is not dataclasses.MISSING:
        return None  # stands for what the factory makes
    return inspect.Parameter.empty if field.default is dataclasses.MISSING else field.default


def expected() -> dict[str, tuple[Any, Any]]:
    """Of the constructor: each option with its kind and default."""
    positional, keyword = inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY
    return {
        name: (positional if name in FIELDS and not FIELDS[name].kw_only else keyword, default(name))
        for name in CONSTRUCTOR
    }


def of(function: Any) -> dict[str, tuple[Any, Any]]:
    parameters = inspect.signature(function).parameters.values()
    return {each.name: (each.kind, each.default) for each in parameters if each.name != "self"}


def described(kind: Any) -> list[str]:
    """The options in the docstring of a client."""
    arguments = (inspect.getdoc(kind) or "").partition("Args:\n")[2].partition("\n\n")[0]
    return re.findall(r"^    (\w+): ", arguments, re.MULTILINE)


def rows() -> dict[str, bool]:
    """The options of the page, and whether `with_options` takes them."""
    lines = (ROOT / "docs" / "options.md").read_text("utf-8").splitlines()
    cells = [re.split(r"(?<!\\)\|", line) for line in lines if line.startswith("| `")]
    assert all(each[5].strip() for each in cells)
    return {each[1].strip(" `"): each[4].strip() == "yes" for each in cells}


def test_every_place_has_every_option_as_settings_has_it() -> None:
    changes = dict.fromkeys(CHANGEABLE, (inspect.Parameter.KEYWORD_ONLY, DEFAULT))
    places: dict[str, tuple[Any, Any]] = {
        "Client(...)": (of(Client), expected()),
        "AsyncClient(...)": (of(AsyncClient), expected()),
        "Client.with_options": (of(Client.with_options), changes),
        "AsyncClient.with_options": (of(AsyncClient.with_options), changes),
        "help(Client)": (dict.fromkeys(described(Client)), dict.fromkeys(CONSTRUCTOR)),
        "help(AsyncClient)": (dict.fromkeys(described(AsyncClient)), dict.fromkeys(CONSTRUCTOR)),
        "docs/options.md": (rows(), {name: name in CHANGEABLE for name in CONSTRUCTOR}),
    }
    wrong = {
        f"{place}: {name}": f"{found.get(name, 'missing')}, expected {wanted.get(name, 'nothing')}"
        for place, (found, wanted) in places.items()
        for name in {**wanted, **found}
        if found.get(name, "missing") != wanted.get(name, "missing")
    }
    assert wrong == {}


@pytest.mark.parametrize("kind", [Client, AsyncClient])
def test_the_positions_are_the_documented_ones(kind: Any) -> None:
    positional = [name for name, (how, _) in of(kind).items() if how is inspect.Parameter.POSITIONAL_OR_KEYWORD]
    assert positional == [
        *("token", "host", "hosting", "request_timeout_seconds", "total_retries", "nice", "verify_ssl", "tags"),
    ]


VALUES: dict[str, Any] = {
    "host": "https://example.com",
    "hosting": "aleph-alpha",
    "request_timeout_seconds": 1.5,
    "total_retries": 3,
    "nice": True,
    "verify_ssl": False,
    "tags": ("a",),
    "limit": 7,
    "deadline": 9.5,
    "retry_ambiguous": True,
    "retry_after_cap": 2.5,
    "strict": True,
    "check_length": True,
    "cache": "responses",
    "headers": {"x-a": "b"},
    "cert": "client.pem",
    "proxy": "http://127.0.0.1:3128",
    "log_bodies": True,
    "on_event": print,
    "telemetry": False,
}


@pytest.mark.parametrize("name", [name for name in FIELDS if name != "token"])
@pytest.mark.parametrize("kind", [Client, AsyncClient])
def test_what_is_passed_arrives_in_the_settings_and_nothing_else_changes(kind: Any, name: str) -> None:
    assert name in VALUES, f"{name} is new: give it a value in VALUES, other than its default"
    value = VALUES[name]
    plain, given = kind("token")._settings, kind("token", **{name: value})._settings
    assert getattr(plain, name) != value
    assert given == dataclasses.replace(plain, **{name: value})
    if name in CHANGEABLE:
        client = kind("token")
        assert client.with_options(**{name: value})._settings == dataclasses.replace(client._settings, **{name: value})
        assert client.with_options(**{name: DEFAULT})._settings == client._settings
    else:
        with pytest.raises(TypeError, match=name):
            kind("token").with_options(**{name: value})


# --- one more option ---------------------------------------------------------------------------

NEW = '''
    retry_budget: Mapping[str, float | None] | int | None = None
    """Seconds that retries may take in all."""
'''


@pytest.fixture
def ruff() -> None:
    """The script formats with it; the tests with the lowest versions go without development tools."""
    pytest.importorskip("ruff")


def with_another(option: str) -> str:
    source = client_options.OPTIONS.read_text("utf-8")
    before = "\n    # Not shown: in a value"
    assert source.count(before) == 1
    return source.replace(before, option + before)


@pytest.mark.usefixtures("ruff")
def test_another_option_is_written_everywhere_from_its_one_place() -> None:
    source = with_another(NEW)
    settings, options = client_options.read(source)
    text = client_options.client(settings, options, client_options.CLIENT.read_text("utf-8"))
    for written in (text, unasync.Converter().convert(text)):
        init, copy = (ast.unparse(node) for node in ast.walk(ast.parse(written)) if named(node))
        assert "retry_budget: Mapping[str, float | None] | int | None=None" in init
        assert "retry_budget=retry_budget" in init
        assert "retry_budget: Mapping[str, float | None] | int | Default | None=DEFAULT" in copy
        assert "retry_budget=retry_budget" in copy
        assert "        retry_budget: seconds that retries may take in all.\n" in written
    row = "| `retry_budget` | `Mapping[str, float \\| None] \\| int \\| None` | `None` | yes | Seconds that retries may"
    assert row in client_options.page(options, source)


def named(node: ast.AST) -> bool:
    return isinstance(node, ast.FunctionDef) and node.name in ("__init__", "with_options")


@pytest.mark.usefixtures("ruff")
def test_an_option_of_the_connections_is_not_one_of_with_options() -> None:
    settings, options = client_options.read(
        with_another(NEW.replace(": Mapping[str, float | None] | int | None", ": Fixed[int | None]"))
    )
    text = client_options.client(settings, options, client_options.CLIENT.read_text("utf-8"))
    assert "retry_budget: int | None = None," in text
    assert "retry_budget: int | Default" not in text


def test_an_option_without_a_docstring_is_refused() -> None:
    with pytest.raises(client_options.OptionError, match=r"line \d+: retry_budget needs a docstring"):
        client_options.read(with_another("\n    retry_budget: int = 3\n"))


@pytest.mark.usefixtures("ruff")
def test_the_files_are_what_the_script_makes(capsys: pytest.CaptureFixture[str]) -> None:
    assert client_options.main(["--check"]) == 0, capsys.readouterr().err


@pytest.mark.usefixtures("ruff")
def test_a_place_that_was_changed_by_hand_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("OPTIONS", "CLIENT", "PAGE"):
        copy = tmp_path / getattr(client_options, name).name
        copy.write_text(getattr(client_options, name).read_text("utf-8"), "utf-8")
        monkeypatch.setattr(client_options, name, copy)
    monkeypatch.setattr(client_options, "ROOT", tmp_path)
    client = client_options.CLIENT
    client.write_text(client.read_text("utf-8").replace("nice: bool = False", "nice: bool = True", 1), "utf-8")
    assert client_options.main(["--check"]) == 1
    error = capsys.readouterr().err
    assert "client.py does not have the options" in error
    assert "options.md" not in error
    assert client_options.main([]) == 0
    assert client_options.main(["--check"]) == 0
