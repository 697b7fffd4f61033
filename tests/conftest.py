"""Settings of all tests, and of the programs that they start; a watch over their output for tokens."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests.leaks import watched
from tests.secrets.marker import shows_token

os.environ["AA_CACHE"] = ""  # nothing of a test is kept for the next one, or in the user's own folder

# A busy machine is no reason to fail: neither a slow example nor slow generation says anything of the code.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

_shown: list[str] = []  # where a token of the tests came out


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


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for where in _shown:
        terminalreporter.write_line(f"ERROR the token came out in {where}", red=True)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests' addresses are this machine's, whatever the environment says about proxies."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def nothing_left() -> Iterator[None]:
    """The test leaves no descriptor and no thread behind."""
    with watched():
        yield
