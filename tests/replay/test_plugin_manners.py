"""What the pytest plugin leaves as it was, and whose cassette is whose."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, strategies as st

from aleph_alpha.testing.plugin import _of_test
from tests.replay.test_plugin import everything_loaded, project

__all__ = ["everything_loaded", "project"]

pytest_plugins = ["pytester"]

LOOPS = """
import asyncio
import pytest

class Policy(asyncio.DefaultEventLoopPolicy):
    made = 0

    def new_event_loop(self):
        Policy.made += 1
        return super().new_event_loop()

@pytest.fixture(scope="module", autouse=True)
def own():
    policy = Policy()
    asyncio.set_event_loop_policy(policy)
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    yield policy, loop
    assert asyncio.get_event_loop_policy() is policy
    assert asyncio.get_event_loop() is loop
    asyncio.set_event_loop(None)
    asyncio.set_event_loop_policy(None)
    loop.close()

def test_before(own, aleph_alpha_async_client):
    assert own[1].run_until_complete(aleph_alpha_async_client.get_version()) == "4.7.0"

def test_after(own):
    policy, loop = own
    assert asyncio.get_event_loop_policy() is policy
    assert asyncio.get_event_loop() is loop
    assert own[1].run_until_complete(asyncio.sleep(0, 7)) == 7
"""


@pytest.mark.skipif("sys.version_info >= (3, 14)", reason="policies are deprecated")
def test_the_policy_and_the_current_loop_of_a_test_session_are_as_they_were(project: pytest.Pytester) -> None:
    project.makepyfile(test_loops=LOOPS)
    project.runpytest_subprocess().assert_outcomes(passed=2)


PARAMETERS = ["a b", "a_b", "a?b", "a/b", "a:b", "a[b", "a]b", "ä", "", "_", "..", "x" * 300, "x" * 301, "A B"]

ODD = f"""
import pytest
from aleph_alpha import CompletionRequest, Prompt

@pytest.mark.aleph_alpha_cassette
@pytest.mark.parametrize("text", {PARAMETERS!r}, ids=str)
def test_it(aleph_alpha_client, text):
    request = CompletionRequest(Prompt.from_text("say " + text), maximum_tokens=1)
    assert aleph_alpha_client.complete(request, "toy-base").completions
"""


def test_parameters_that_differ_in_odd_characters_only_have_cassettes_of_their_own(project: pytest.Pytester) -> None:
    project.makepyfile(test_odd=ODD)
    project.runpytest_inprocess("--aleph-alpha-record=local").assert_outcomes(passed=len(PARAMETERS))
    files = list(project.path.rglob("*.yaml"))
    assert len({str(file).lower() for file in files}) == len(PARAMETERS)
    project.runpytest_inprocess().assert_outcomes(passed=len(PARAMETERS))
    project.runpytest_inprocess("test_odd.py::test_it[a?b]").assert_outcomes(passed=1)


def test_a_group_of_xdist_does_not_change_the_name_of_a_cassette(project: pytest.Pytester) -> None:
    project.makepyfile(
        test_group="""
        import pytest

        @pytest.mark.xdist_group("one")
        @pytest.mark.aleph_alpha_cassette
        @pytest.mark.parametrize("name", ["a", "b c"])
        def test_it(aleph_alpha_client, name):
            aleph_alpha_client.get_version()
        """
    )
    project.runpytest_inprocess("--aleph-alpha-record=local").assert_outcomes(passed=2)
    project.runpytest_subprocess("-n", "1", "--dist", "loadgroup").assert_outcomes(passed=2)


def test_two_tests_that_would_share_a_cassette_unawares_are_told_apart(project: pytest.Pytester) -> None:
    project.makepyfile(
        test_same="""
        import pytest

        @pytest.mark.aleph_alpha_cassette
        @pytest.mark.parametrize("one", ["a"])
        def test_it(aleph_alpha_client, one):
            aleph_alpha_client.get_version()

        @pytest.mark.aleph_alpha_cassette
        def test_it_a(aleph_alpha_client):
            aleph_alpha_client.models()
        """
    )
    result = project.runpytest_inprocess("--aleph-alpha-record=local")
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*already that of test_same.py::test_it?a?: give one of the two a name*"])


@pytest.mark.parametrize(
    ("nodeid", "name"),
    [
        ("tests/test_a.py::test_it", "tests/test_a/test_it"),
        ("tests/test_a.py::TestAll::test_it", "tests/test_a/TestAll.test_it"),
        ("test_a.py::test_it[toy-base]", "test_a/test_it_toy-base"),
        ("test_a.py::test_it[1-2.5]", "test_a/test_it_1-2.5"),
    ],
)
def test_an_ordinary_name_is_kept_as_it_is(nodeid: str, name: str) -> None:
    assert _of_test(nodeid) == name


ids = st.text(st.characters(exclude_categories=["Cs"]), max_size=200).map(lambda text: f"test_it[{text}]")


@given(ids, ids)
def test_no_two_tests_of_a_function_have_one_name(first: str, second: str) -> None:
    one, other = (_of_test(f"tests/test_a.py::{test}") for test in (first, second))
    assert (one == other) == (first == second)
    assert re.fullmatch(r"[\w-][\w. -]*(/[\w-][\w. -]*)*", one)
    assert len(one.rpartition("/")[2]) <= 200
