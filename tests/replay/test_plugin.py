"""The pytest plugin as the author of an application meets it."""

from __future__ import annotations

import asyncio
import gc
import importlib
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import pytest

import aleph_alpha_api
from aleph_alpha import AsyncClient, Client, CompletionRequest, Prompt
from aleph_alpha.testing import LocalServer
from aleph_alpha.testing.replay.recorder import use_cassette

pytestmark = pytest.mark.slow

pytest_plugins = ["pytester"]

CONFIG = """
[pytest]
addopts = -p no:cacheprovider -p no:hypothesispytest --strict-markers
filterwarnings = error
anyio_mode = auto
"""

# An application that makes its own client, and tests of it with each way to get at one.
TESTS = """
import pytest
from aleph_alpha import Client, CompletionRequest, Prompt

def request(text="An apple a day"):
    return CompletionRequest(Prompt.from_text(text), maximum_tokens=3)

@pytest.mark.aleph_alpha_cassette("shared")
def test_sync(aleph_alpha_client):
    assert aleph_alpha_client.complete(request(), "toy-base").completions

@pytest.mark.aleph_alpha_cassette("shared")
async def test_async(aleph_alpha_async_client):
    assert (await aleph_alpha_async_client.complete(request(), "toy-base")).completions

@pytest.mark.aleph_alpha_cassette
def test_application():
    with Client.from_env() as client:
        assert client.get_version() == "4.7.0"
"""

BLOCKED = """
import pytest
from tests.replay.blocked import no_network

@pytest.fixture(autouse=True)
def _blocked():
    with no_network():
        yield
"""


@pytest.fixture(scope="module", autouse=True)
def everything_loaded(tmp_path_factory: pytest.TempPathFactory) -> None:
    """pytester forgets the modules that a run was the first to import; half of a package must not come twice."""
    for module in pkgutil.walk_packages(aleph_alpha_api.__path__, "aleph_alpha_api."):
        importlib.import_module(module.name)
    cassette = tmp_path_factory.mktemp("once") / "cassette.yaml"
    with LocalServer() as server, use_cassette(cassette, record=True), Client("token", server.url) as client:
        client.complete(CompletionRequest(Prompt.from_text("a"), maximum_tokens=1), "toy-base")
        client.tokenizer("toy-base")
        client.models()
        asyncio.run(call_async(server.url))


async def call_async(host: str) -> None:
    async with AsyncClient("token", host) as client:
        await client.get_version()


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    for name in ("AA_TOKEN", "AA_HOST", "PYTEST_ADDOPTS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.syspath_prepend(Path(__file__).parents[2])
    pytester.makeini(CONFIG)
    return pytester


@pytest.fixture
def application(project: pytest.Pytester) -> pytest.Pytester:
    """The application, with its cassettes recorded."""
    project.makepyfile(test_app=TESTS)
    project.runpytest_inprocess("--aleph-alpha-record=local").assert_outcomes(passed=3)
    return project


def test_recorded_tests_pass_without_server_token_and_network(application: pytest.Pytester) -> None:
    application.makeconftest(BLOCKED)
    application.runpytest_inprocess().assert_outcomes(passed=3)


def test_a_cassette_is_named_by_the_marker_or_after_the_test(application: pytest.Pytester) -> None:
    written = sorted(path.relative_to(application.path).as_posix() for path in application.path.rglob("*.yaml"))
    assert written == ["cassettes/shared.yaml", "cassettes/test_app/test_application.yaml"]
    assert "recorded_from: the reference server" in (application.path / written[0]).read_text()


def test_the_first_of_two_tests_records_and_the_second_replays_even_while_recording(
    project: pytest.Pytester,
) -> None:
    project.makepyfile(
        test_app=TESTS.replace(
            "aleph_alpha_async_client.complete(request(),", "aleph_alpha_async_client.complete(request('other'),"
        )
    )
    result = project.runpytest_inprocess("--aleph-alpha-record=local")
    result.assert_outcomes(passed=2, failed=1, errors=0)
    result.stdout.fnmatch_lines(["*UnmatchedRequestError*shared.yaml has no recording of POST /complete*"])


@pytest.mark.parametrize("option", ["--aleph-alpha-record=local", "--aleph-alpha-live=local"])
def test_async_tests_leave_nothing_open(project: pytest.Pytester, option: str) -> None:
    project.makepyfile(test_app=TESTS)
    result = project.runpytest_inprocess(option, "-k", "test_async")
    result.assert_outcomes(passed=1, deselected=2)
    gc.collect()  # what was left open would warn here, and warnings are errors


def test_ordinary_words_are_not_taken_for_the_token_of_the_replay(project: pytest.Pytester) -> None:
    project.makepyfile(
        test_app=TESTS.replace("An apple a day", "The match was replayed; a token of a test was removed.")
    )
    project.runpytest_inprocess("--aleph-alpha-record=local").assert_outcomes(passed=3)
    project.runpytest_inprocess().assert_outcomes(passed=3)


def test_recording_again_leaves_the_same_files(application: pytest.Pytester) -> None:
    before = {path: path.read_bytes() for path in application.path.rglob("*.yaml")}
    application.runpytest_inprocess("--aleph-alpha-record=local").assert_outcomes(passed=3)
    assert {path: path.read_bytes() for path in application.path.rglob("*.yaml")} == before


def test_a_changed_request_fails_and_recording_anew_repairs_it(application: pytest.Pytester) -> None:
    application.makepyfile(test_app=TESTS.replace("maximum_tokens=3", "maximum_tokens=4"))
    result = application.runpytest_inprocess()
    result.assert_outcomes(passed=1, failed=2)
    result.stdout.fnmatch_lines(['*-  "maximum_tokens": 3,', '*+  "maximum_tokens": 4,'])
    application.runpytest_inprocess("--aleph-alpha-record=local").assert_outcomes(passed=3)
    application.runpytest_inprocess().assert_outcomes(passed=3)


def test_an_unused_recording_fails_the_test(application: pytest.Pytester) -> None:
    application.makepyfile(test_app=TESTS.replace('assert client.get_version() == "4.7.0"', "pass"))
    result = application.runpytest_inprocess()
    result.assert_outcomes(passed=3, errors=1)
    result.stdout.fnmatch_lines(["*UnusedRecordingError*", "*1. GET /version*"])


def test_a_failing_test_shows_its_own_failure_only(application: pytest.Pytester) -> None:
    application.makepyfile(test_app=TESTS.replace('assert client.get_version() == "4.7.0"', "assert False"))
    application.runpytest_inprocess().assert_outcomes(passed=2, failed=1)


def test_a_failing_test_records_nothing(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import pytest

        @pytest.mark.aleph_alpha_cassette
        def test_fails(aleph_alpha_client):
            aleph_alpha_client.get_version()
            assert False
        """
    )
    project.runpytest_inprocess("--aleph-alpha-record=local").assert_outcomes(failed=1)
    assert not list(project.path.rglob("*.yaml"))


def test_without_its_cassette_a_test_says_how_to_record_it(project: pytest.Pytester) -> None:
    project.makepyfile(test_app=TESTS)
    result = project.runpytest_inprocess("-k", "sync and not async")
    result.assert_outcomes(errors=1, deselected=2)
    result.stdout.fnmatch_lines(["*There is no cassette *shared.yaml; record it: pytest --aleph-alpha-record*"])


def test_without_a_marker_the_clients_talk_to_the_reference_server(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import os
        from aleph_alpha.testing.faults import Status

        def test_nothing_is_kept_on_disk(monkeypatch, request):
            monkeypatch.setenv("AA_CACHE", "somewhere")
            request.getfixturevalue("aleph_alpha_client")
            assert os.environ["AA_CACHE"] == ""

        def test_sync(aleph_alpha_client, aleph_alpha_server, aleph_alpha_target, aleph_alpha_recording):
            assert aleph_alpha_client.host == aleph_alpha_server.url + "/" == aleph_alpha_target.host + "/"
            assert aleph_alpha_client.get_version() == "4.7.0"
            assert aleph_alpha_recording is None

        async def test_async(aleph_alpha_async_client):
            assert await aleph_alpha_async_client.get_version() == "4.7.0"

        def test_with_a_fault(aleph_alpha_client, aleph_alpha_faults):
            fault = aleph_alpha_faults.add(Status(429, retry_after=0.01), on=1)
            assert aleph_alpha_client.get_version() == "4.7.0"
            assert fault.hits == 1
            aleph_alpha_faults.add(Status(500))

        def test_without_one_again(aleph_alpha_client, aleph_alpha_server):
            assert aleph_alpha_client.get_version() == "4.7.0"
            assert not aleph_alpha_server.faults.rules
        """
    )
    project.runpytest_inprocess().assert_outcomes(passed=5)


@pytest.mark.parametrize("option", ["--aleph-alpha-record", "--aleph-alpha-live"])
def test_an_installation_is_named_by_the_environment(
    project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, option: str
) -> None:
    project.makepyfile(test_app=TESTS)
    with LocalServer(token="the-token-of-the-installation") as installation:
        monkeypatch.setenv("AA_HOST", installation.url + "/v1")
        monkeypatch.setenv("AA_TOKEN", "the-token-of-the-installation")
        project.runpytest_inprocess(option).assert_outcomes(passed=3)
        asked = [seen.path for seen in installation.faults.seen]
    files = list(project.path.rglob("*.yaml"))
    if option == "--aleph-alpha-live":
        assert (asked, files) == (["/complete", "/complete", "/version"], [])
        return
    assert asked == ["/complete", "/version"]
    assert len(files) == 2
    for file in files:
        text = file.read_text()
        assert "recorded_from: a deployment of the API" in text
        assert "the-token" not in text
        assert "127.0.0.1" not in text
    monkeypatch.delenv("AA_HOST")
    monkeypatch.delenv("AA_TOKEN")
    project.runpytest_inprocess().assert_outcomes(passed=3)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--aleph-alpha-record"], "*set AA_HOST and AA_TOKEN in the environment, or write =local*"),
        (["--aleph-alpha-live"], "*set AA_HOST and AA_TOKEN in the environment, or write =local*"),
        (["--aleph-alpha-record", "test_app.py"], "*takes nothing or '=local', not 'test_app.py'*"),
        (["--aleph-alpha-record=local", "--aleph-alpha-live=local"], "*exclude each other*"),
        (["--aleph-alpha-record=local", "-n", "2"], "*needs one process*"),
    ],
)
def test_options_that_cannot_work_say_so(project: pytest.Pytester, arguments: list[str], message: str) -> None:
    project.makepyfile(test_app=TESTS)
    result = project.runpytest_inprocess(*arguments)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([message])


@pytest.mark.parametrize(
    ("marker", "message"),
    [
        ('("../outside")', "*'../outside' is not a name for a cassette*"),
        ('("/etc/passwd")', "*is not a name for a cassette*"),
        ("(3)", "*3 is not a name for a cassette*"),
        ('("a", "b")', "*takes one argument*"),
        ('(file="a")', "*takes one argument*"),
    ],
)
def test_a_wrong_marker_says_so(project: pytest.Pytester, marker: str, message: str) -> None:
    project.makepyfile(f"import pytest\n@pytest.mark.aleph_alpha_cassette{marker}\ndef test_it(): pass\n")
    result = project.runpytest_inprocess()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([message])


def test_directory_headers_patterns_and_size_come_from_the_configuration(project: pytest.Pytester) -> None:
    project.makeini(
        CONFIG
        + """
aleph_alpha_cassettes = recordings/api
aleph_alpha_cassette_headers = server
aleph_alpha_cassette_allow = kJ8sd92nf.*
"""
    )
    project.makepyfile(
        test_app=TESTS.replace("An apple a day", "kJ8sd92nfQpL0x7TzVb3mYwR4u"),
        test_big="""
        import pytest

        @pytest.mark.aleph_alpha_cassette("big")
        def test_big(aleph_alpha_client):
            aleph_alpha_client.tokenizer("toy-base")
        """,
    )
    result = project.runpytest_inprocess("--aleph-alpha-record=local", "-o", "aleph_alpha_cassette_max_kb=5")
    result.assert_outcomes(passed=4, errors=1)
    result.stdout.fnmatch_lines(["*big.yaml would have * kB, but 5 are allowed*"])
    written = project.path / "recordings" / "api" / "shared.yaml"
    assert "aleph-alpha-reference-server" in written.read_text()


def test_cassettes_work_with_classes_parameters_and_other_fixtures(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import pytest

        @pytest.fixture
        def version(aleph_alpha_client):
            version = aleph_alpha_client.get_version()
            yield version
            assert aleph_alpha_client.get_version() == version

        @pytest.mark.aleph_alpha_cassette
        class TestThings:
            @pytest.mark.parametrize("name", ["toy-base", "a/b c"])
            def test_model(self, version, name, aleph_alpha_recording):
                assert version == "4.7.0"
                assert len(aleph_alpha_recording) >= 1
        """
    )
    project.runpytest_inprocess("--aleph-alpha-record=local").assert_outcomes(passed=2)
    project.makeconftest(BLOCKED)
    project.runpytest_inprocess().assert_outcomes(passed=2)
    names = sorted(path.name for path in project.path.rglob("*.yaml"))
    assert names == ["b_c.yaml", "TestThings.test_model_toy-base.yaml"] or len(names) == 2


def test_the_plugin_loads_nothing_until_it_is_used(project: pytest.Pytester) -> None:
    heavy = ["httpx", "vcr", "yaml", "starlette", "uvicorn", "numpy", "aleph_alpha_api", "aleph_alpha.testing.server"]
    project.makepyfile(
        f"""
        import sys

        def test_nothing_is_loaded():
            assert [name for name in {heavy!r} if name in sys.modules] == []
        """
    )
    command = [sys.executable, "-m", "pytest", "-q"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=project.path, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("missing", "fixture"), [("vcr", "aleph_alpha_recording"), ("starlette", "aleph_alpha_server")]
)
def test_without_the_extra_only_its_users_fail_and_are_told_what_to_install(
    project: pytest.Pytester, missing: str, fixture: str
) -> None:
    project.makeconftest(
        f"""
        import sys
        sys.modules[{missing!r}] = None
        """
    )
    project.makepyfile(
        f"""
        import pytest

        def test_other():
            pass

        @pytest.mark.aleph_alpha_cassette
        def test_it({fixture}):
            pass
        """
        if missing == "vcr"
        else f"def test_other(): pass\ndef test_it({fixture}): pass\n"
    )
    result = project.runpytest_subprocess()
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*pip install 'aleph-alpha?testing?'*"])


def test_the_guides_examples_work_as_they_stand(project: pytest.Pytester) -> None:
    guide = (Path(__file__).parents[2] / "docs" / "testing.md").read_text("utf-8")
    examples = re.findall(r"^```python\n(.*?)^```", guide, re.MULTILINE | re.DOTALL)
    project.path.joinpath("test_summary.py").write_text("\n".join(examples))
    project.runpytest_inprocess("--aleph-alpha-record=local").assert_outcomes(passed=5)
    assert (project.path / "cassettes/test_summary/test_a_summary_is_short.yaml").exists()
    project.runpytest_inprocess().assert_outcomes(passed=5)
