"""What is installed is what constraints.txt says, so that the tests pass next month as they do today."""

from __future__ import annotations

import os
import re

import pytest

from scripts.newer import CONSTRAINTS, differences


@pytest.mark.skipif("AA_NEWEST" in os.environ, reason="other versions than those of constraints.txt are wanted")
def test_exactly_the_versions_of_the_constraints_are_installed() -> None:
    assert list(differences()) == []


def test_the_constraints_are_names_and_versions_and_nothing_else() -> None:
    line = re.compile(r"[a-z0-9-]+==[0-9a-z.+!]+( ; [\w. '<>=!()-]+)?")
    assert [each for each in CONSTRAINTS.read_text("utf-8").splitlines() if not line.fullmatch(each)] == []
