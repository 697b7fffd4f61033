"""The tests that run through the tests' own proxy (``proxied``) run through real ones with a password, too."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import trustme

from tests.gateways.programs import FORWARD

ROOT = Path(__file__).parents[2]
# Those that look at the server's ends of connections are left out where the proxy keeps such for itself.
SUITES = {
    "cancellation": ["tests/failures/test_cancellation.py", "-k", "through and https-"],
    "uploads": ["tests/_async/test_long_bodies.py", "tests/_sync/test_long_bodies.py", "-k", "through"],
    "many": ["tests/_async/test_many.py", "tests/_sync/test_many.py", "-k", "through"],
    "streams": ["tests/_async/test_stream_server.py", "tests/_sync/test_stream_server.py", "-k", "through"],
    "TLS": ["tests/_async/test_networks.py", "tests/_sync/test_networks.py", "-k", "through and TLS and not behind"],
}


@pytest.mark.parametrize("suite", SUITES)
@pytest.mark.parametrize("name", ["squid with a password", "tinyproxy with a password"])
def test_what_passes_directly_passes_through_it(name: str, suite: str, authority: trustme.CA) -> None:
    with FORWARD[name](authority) as proxy:
        environment = {**os.environ, "AA_TESTS_PROXY": proxy}
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *SUITES[suite]]
        ended = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=ROOT, timeout=600)
    assert ended.returncode == 0, ended.stdout[-3000:]
    assert " passed" in ended.stdout
