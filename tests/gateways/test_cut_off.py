"""A network that swallows everything: the call does not wait as long as a model may take."""

from __future__ import annotations

import subprocess
import sys

import pytest

_PROGRAM = [sys.executable, "-m", "tests.gateways.cut_off"]


@pytest.mark.parametrize("when", ["sending", "working"])
def test_a_connection_that_is_cut_off_without_a_word_ends_the_call_in_about_20_seconds(when: str) -> None:
    try:
        subprocess.run(["unshare", "-rn", "ip", "link", "set", "lo", "up"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no network of its own is to be had here (unshare -rn, ip)")
    done = subprocess.run(["unshare", "-rn", *_PROGRAM, when], capture_output=True, text=True, timeout=100, check=True)
    seconds, _, error = done.stdout.partition(" ")
    assert "ETIMEDOUT" in error
    assert 15 < float(seconds) < 40
