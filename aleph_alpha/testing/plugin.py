"""The pytest plugin: a reference server, clients, and cassettes for tests of applications.

It is there as soon as ``aleph-alpha[testing]`` is installed, and loads nothing until a test asks
for one of its fixtures or has its marker.

``@pytest.mark.aleph_alpha_cassette("name")``
    The test's API calls are answered from ``cassettes/name.yaml``: no server, no token, no
    network. Without a name, the test's own is used. A call without a recording fails with the
    difference to the nearest one; so does a recording without a call.

fixtures
    ``aleph_alpha_client``, ``aleph_alpha_async_client``: a client for the cassette, or for the
    reference server where the test has none. ``aleph_alpha_target``: the same as token and host, for
    programs that make their own client; in a test with a cassette these are in ``AA_TOKEN`` and
    ``AA_HOST``, too. ``aleph_alpha_server``: the reference server, one a session.
    ``aleph_alpha_faults``: its faults, taken back after the test. ``aleph_alpha_recording``: what
    is recorded or replayed.

options
    ``--aleph-alpha-record`` makes the cassettes anew against ``AA_HOST`` with ``AA_TOKEN``,
    ``--aleph-alpha-record=local`` against the reference server. ``--aleph-alpha-live`` uses no
    cassettes: all calls go to ``AA_HOST`` (``=local``: to the reference server).

settings (``[tool.pytest.ini_options]``)
    ``aleph_alpha_cassettes``: the directory, ``cassettes`` beside the configuration file.
    ``aleph_alpha_cassette_headers``, ``aleph_alpha_cassette_allow``, ``aleph_alpha_cassette_max_kb``:
    see :func:`aleph_alpha.testing.replay.use_cassette`.

Several tests may share a cassette, such as one with each client. The first of them records it;
the others replay it even then, so that it is known to answer them all.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

if TYPE_CHECKING:
    from aleph_alpha import AsyncClient, Client
    from aleph_alpha.testing import LocalServer
    from aleph_alpha.testing.faults.rules import Faults
    from aleph_alpha.testing.replay.recorder import Recording

__all__ = ["Target"]

MARKER = "aleph_alpha_cassette"
_LOCAL, _DEPLOYMENT = "local", "installation"
_LOCAL_TOKEN = "token-of-the-reference-server"  # noqa: S105 (accepted by any, secret to nobody)
_REPLAY_TOKEN = "token-of-a-replayed-test"  # noqa: S105 (scrubbed like any: no word of a prompt)

_LONGEST = 150  # characters of a file's name

_owners = pytest.StashKey[dict[str, str]]()  # cassettes without a name, and the test whose own each is
_recorded = pytest.StashKey[dict[Path, str]]()  # cassettes made in this session, and by which test
_passed = pytest.StashKey[bool]()


class Target(NamedTuple):
    """Where a test's calls go."""

    token: str
    host: str


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("aleph_alpha", "Aleph Alpha API")
    for name, what in (("record", "make the cassettes anew"), ("live", "use no cassettes: send every call")):
        group.addoption(
            f"--aleph-alpha-{name}",
            nargs="?",
            const=_DEPLOYMENT,
            metavar=_LOCAL,
            help=f"{what}, to AA_HOST with AA_TOKEN; with =local to the reference server",
        )
    parser.addini("aleph_alpha_cassettes", "directory of the cassettes", default="cassettes")
    parser.addini("aleph_alpha_cassette_headers", "names of headers that cassettes keep", type="linelist")
    parser.addini("aleph_alpha_cassette_allow", "patterns of words that look like a token but are not", type="linelist")
    parser.addini("aleph_alpha_cassette_max_kb", "largest cassette in kB", default="1000")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers",
        f"{MARKER}(name=None): answer the test's API calls from cassettes/<name>.yaml "
        "(by default named after the test); --aleph-alpha-record makes it anew",
    )
    record, live = _option(config, "record"), _option(config, "live")
    if record and live:
        raise pytest.UsageError("--aleph-alpha-record and --aleph-alpha-live exclude each other")
    if _DEPLOYMENT in (record, live):
        missing = [name for name in ("AA_HOST", "AA_TOKEN") if not os.environ.get(name, "").strip()]
        if missing:
            raise pytest.UsageError(
                f"set {' and '.join(missing)} in the environment, or write =local to use the reference server"
            )
    if record and getattr(config.option, "numprocesses", None):
        raise pytest.UsageError("--aleph-alpha-record needs one process: tests that share a cassette run one by one")
    config.stash[_recorded] = {}
    config.stash[_owners] = {}


def pytest_itemcollected(item: pytest.Item) -> None:
    names = getattr(item, "fixturenames", None)
    if names is not None and item.get_closest_marker(MARKER) is not None and "aleph_alpha_recording" not in names:
        names.insert(0, "aleph_alpha_recording")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    report = yield
    if report.when == "call":
        item.stash[_passed] = report.passed
    return report


@pytest.fixture(scope="session")
def aleph_alpha_server() -> Iterator[LocalServer]:
    """The reference server, started when the first test asks for it and stopped after the last."""
    from aleph_alpha.testing import LocalServer

    with LocalServer() as server:
        yield server


@pytest.fixture
def aleph_alpha_faults(aleph_alpha_server: LocalServer) -> Iterator[Faults]:
    """The faults of the reference server; none before and after the test."""
    faults = aleph_alpha_server.faults
    faults.clear()
    yield faults
    faults.clear()


@pytest.fixture
def aleph_alpha_recording(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Recording | None]:
    """What is recorded or replayed in this test; ``None`` without a cassette."""
    marker = request.node.get_closest_marker(MARKER)
    config = request.config
    if marker is None or _option(config, "live"):
        yield None
        return
    from aleph_alpha.testing.replay.file import CassetteError
    from aleph_alpha.testing.replay.recorder import UnmatchedRequestError, UnusedRecordingError, use_cassette

    path = _cassette(request.node, marker)
    earlier = config.stash[_recorded].get(path)
    record = _option(config, "record") if earlier is None else None
    target, base_url = _target(request, record or "replay"), os.environ.get("AA_HOST", "").strip()
    monkeypatch.setenv("AA_TOKEN", target.token)
    monkeypatch.setenv("AA_HOST", target.host)
    cassette = use_cassette(
        path,
        record=record is not None,
        recorded_from=_origin(record),
        base_urls=[url for url in {base_url, target.host} if url],
        secrets=[target.token] if record == _DEPLOYMENT else [],
        headers=config.getini("aleph_alpha_cassette_headers"),
        allowed=config.getini("aleph_alpha_cassette_allow"),
        max_kilobytes=float(config.getini("aleph_alpha_cassette_max_kb")),
    )
    try:
        with cassette as recording:
            yield recording
            if not request.node.stash.get(_passed, False):
                recording.abandon()
            elif record is not None:
                config.stash[_recorded][path] = request.node.nodeid
    except (CassetteError, UnmatchedRequestError, UnusedRecordingError) as error:
        pytest.fail(f"{type(error).__name__}: {error}", pytrace=False)


@pytest.fixture
def aleph_alpha_target(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, aleph_alpha_recording: Recording | None
) -> Target:
    """Token and host for this test's calls."""
    if aleph_alpha_recording is None:
        monkeypatch.setenv("AA_CACHE", "")  # tokenizers of a server that is gone tomorrow are not worth keeping
        return _target(request, _option(request.config, "live") or _LOCAL)
    return Target(os.environ["AA_TOKEN"], os.environ["AA_HOST"])


@pytest.fixture
def aleph_alpha_client(aleph_alpha_target: Target) -> Iterator[Client]:
    """A client for this test's calls."""
    from aleph_alpha import Client

    with Client(aleph_alpha_target.token, aleph_alpha_target.host, strict=True) as client:
        yield client


@pytest.fixture
def aleph_alpha_async_client(aleph_alpha_target: Target) -> Iterator[AsyncClient]:
    """An asynchronous client for this test's calls, under any plugin that runs async tests."""
    from aleph_alpha import AsyncClient

    client = AsyncClient(aleph_alpha_target.token, aleph_alpha_target.host, strict=True)
    yield client
    _close(client)


def _close(client: AsyncClient) -> None:
    """In a thread and on a loop of its own: policy, current and running loop are the test's."""
    import asyncio
    import threading

    def close() -> None:
        loop = asyncio.SelectorEventLoop()
        try:
            loop.run_until_complete(client.close())
        finally:
            loop.close()

    thread = threading.Thread(target=close)
    thread.start()
    thread.join()


def _option(config: pytest.Config, name: str) -> str | None:
    value: str | None = config.getoption(f"--aleph-alpha-{name}")
    if value not in (None, _LOCAL, _DEPLOYMENT):
        raise pytest.UsageError(
            f"--aleph-alpha-{name} takes nothing or '=local', not {value!r}; "
            "put the tests' paths in front of it, or another option behind it"
        )
    return value


def _target(request: pytest.FixtureRequest, where: str) -> Target:
    if where == _LOCAL:
        return Target(_LOCAL_TOKEN, request.getfixturevalue("aleph_alpha_server").url)
    if where == _DEPLOYMENT:
        return Target(os.environ["AA_TOKEN"].strip(), os.environ["AA_HOST"].strip())
    from aleph_alpha.testing.replay.scrub import REPLAY_HOST

    return Target(_REPLAY_TOKEN, REPLAY_HOST)


def _origin(record: str | None) -> str:
    if record == _LOCAL:
        return "the reference server of aleph_alpha.testing (a toy)"
    return "a deployment of the API"


def _cassette(item: pytest.Item, marker: pytest.Mark) -> Path:
    """The file, beside the configuration, for the marker's name or the test's own."""
    if marker.kwargs.keys() - {"name"} or len(marker.args) + len(marker.kwargs) > 1:
        pytest.fail(f"{MARKER} takes one argument, the cassette's name", pytrace=False)
    name = marker.args[0] if marker.args else marker.kwargs.get("name")
    unnamed = name is None
    if unnamed:
        # xdist puts the group of a test behind its id.
        name = _of_test(item.nodeid[: item.nodeid.rindex(item.name) + len(item.name)])
    if not isinstance(name, str) or not re.fullmatch(r"[\w-][\w. -]*(/[\w-][\w. -]*)*", name):
        pytest.fail(
            f"{name!r} is not a name for a cassette: letters, digits, '-', '_', '.' and '/' inside", pytrace=False
        )
    owner = item.config.stash[_owners].setdefault(name, item.nodeid) if unnamed else item.nodeid
    if owner != item.nodeid:
        pytest.fail(f"the cassette {name!r} is already that of {owner}: give one of the two a name", pytrace=False)
    return item.config.rootpath / str(item.config.getini("aleph_alpha_cassettes")) / f"{name}.yaml"


def _of_test(nodeid: str) -> str:
    """The name of a test's own cassette: readable, and another one for each test.

    What a file name cannot say is told apart by a digest.
    """
    module, _, test = nodeid.partition("::")
    folder = os.path.splitext(module)[0]
    function, bracket, parameters = test.removesuffix("]").partition("[")
    plain = function.replace("::", ".") + ("_" if bracket else "") + parameters
    name = f"{folder}/{plain}"
    readable = re.sub(r"[^\w./-]+", "_", folder) + "/" + re.sub(r"[^\w.-]+", "_", plain).rstrip("_")[:_LONGEST]
    if readable == name:
        return name
    return f"{readable}-{hashlib.sha256(nodeid.encode()).hexdigest()[:8]}"
