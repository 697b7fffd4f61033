"""Settings of all tests, and of the programs that they start; a watch over their output for tokens."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import warnings
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests.leaks import watched
from tests.secrets.marker import shows_token

os.environ["AA_CACHE"] = ""  # nothing of a test is kept for the next one, or in the user's own folder

# A busy machine is no reason to fail: neither a slow example nor slow generation says anything of the code.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

_shown: list[str] = []  # where a token of the tests came out
_LEFT_OUT = pytest.StashKey[int]()  # slow tests that were not selected


@pytest.hookimpl(hookwrapper=True)
def pytest_collection() -> Generator[None, None, None]:
    """Thousands of tests, and what they import, stay to the end: they are not looked through for garbage."""
    gc.disable()
    yield
    gc.freeze()
    gc.enable()


def pytest_deselected(items: list[pytest.Item]) -> None:
    for item in items:
        if "slow" in item.keywords:
            item.config.stash[_LEFT_OUT] = item.config.stash.get(_LEFT_OUT, 0) + 1


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Each process of pytest-xdist leaves out the same tests; what one counted is told by the one that prints."""
    node.config.stash[_LEFT_OUT] = getattr(node, "workeroutput", {}).get("left_out", 0)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Whatever a test printed, logged or failed with."""
    parts = [report.longreprtext, *(text for _, text in report.sections), *map(str, report.user_properties)]
    if shows_token("\n".join(parts)):
        _shown.append(f"{report.nodeid} ({report.when})")


def pytest_warning_recorded(warning_message: warnings.WarningMessage, nodeid: str) -> None:
    if shows_token(str(warning_message)):
        _shown.append(f"{nodeid} (a warning)")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    if _shown:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
    output: Any = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["left_out"] = session.config.stash.get(_LEFT_OUT, 0)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for where in _shown:
        terminalreporter.write_line(f"ERROR the token came out in {where}", red=True)
    if left_out := terminalreporter.config.stash.get(_LEFT_OUT, 0):
        terminalreporter.write_line(f"{left_out} slow tests left out: `make test-all` runs them, too")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Generator[None, None, None]:
    """With the lowest versions of everything there are no templates."""
    try:
        return (yield)
    except ImportError as error:
        if error.name == "liquid":
            pytest.skip(str(error))
        raise


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Tests that are marked ``proxied`` run a second time through a proxy, those marked ``direct`` do not."""
    item = metafunc.definition
    if item.get_closest_marker("proxied") and not item.get_closest_marker("direct"):
        ways = ["direct", pytest.param("through a proxy", marks=pytest.mark.slow)]
        metafunc.parametrize("proxies", ways, indirect=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The same of single rows of a table, and of tests that make their clients by a parameter."""
    items[:] = [item for item in items if not (item.get_closest_marker("direct") and "through a proxy" in item.name)]


@pytest.fixture(scope="module")
def proxy_url() -> Iterator[str]:
    """Of a proxy in a process of its own, so that its descriptors and threads are not taken for those of a test."""
    if given := os.environ.get("AA_TESTS_PROXY"):
        yield given
        return
    command = [sys.executable, "-m", "tests.wire.relay"]
    root = Path(__file__).parents[1]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=root) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.terminate()


@pytest.fixture(autouse=True)
def proxies(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the environment says about proxies and authorities: nothing, or the proxy of the tests."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
    if getattr(request, "param", "direct") != "direct":
        monkeypatch.setenv("ALL_PROXY", request.getfixturevalue("proxy_url"))


@pytest.fixture
def nothing_left() -> Iterator[None]:
    """The test leaves no descriptor and no thread behind."""
    with watched():
        yield
