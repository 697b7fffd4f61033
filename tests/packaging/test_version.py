"""The version continues where the vendor's client stopped, and says the same wherever it is stated."""

from __future__ import annotations

import re
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

import aleph_alpha
from aleph_alpha.version import user_agent_headers

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    "pin",
    [
        "aleph_alpha >= 7.1.0, < 13",  # what instrumentors demand of aleph_alpha_client, after the change of name
        "aleph-alpha>=11.5.1",
        "aleph.alpha > 11.5.1",
        "Aleph_Alpha ~= 12.0",
    ],
)
def test_an_instrumentor_that_pinned_the_vendors_client_accepts_this_package(pin: str) -> None:
    wanted = Requirement(pin)
    assert wanted.specifier.contains(metadata.version(wanted.name))
    assert wanted.specifier.contains(aleph_alpha.__version__)


def test_the_version_is_the_same_wherever_it_is_stated() -> None:
    heading = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert heading is not None
    agent = user_agent_headers()["User-Agent"].partition(" ")[0].partition("/")[2]
    assert heading[1] == agent == metadata.version("aleph-alpha") == aleph_alpha.__version__


def test_it_is_a_release_and_no_version_of_the_vendors_client() -> None:
    version = Version(aleph_alpha.__version__)
    assert not version.is_prerelease
    assert version.major >= 12


def test_the_user_agent_does_not_make_the_server_leave_fields_out() -> None:
    """Which it does for an old version under the vendor's name."""
    assert not user_agent_headers()["User-Agent"].lower().startswith("aleph-alpha-python-client")
