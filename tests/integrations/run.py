"""Checks the types of one integration and runs its tests, in the environment that it is started in.

python tests/integrations/run.py langchain
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# The standard suites of LangChain are to need nothing but the reference server, and bring a benchmark.
OPTIONS = {"langchain": ["--disable-socket", "--allow-unix-socket", "--allow-hosts=127.0.0.1", "--benchmark-disable"]}


def main(name: str) -> int:
    """Both are run, whatever the first one says."""
    package = ROOT / "aleph_alpha" / "integrations" / name
    source = package if package.is_dir() else package.with_suffix(".py")
    settings = ROOT / "tests" / "integrations"
    shared = [settings / "test_guide.py", settings / "test_doctests.py"]
    checked = [source, source.parent / "vectors.py", settings / name]
    types = ["mypy", "--config-file", settings / "mypy.ini", *checked]
    tests = ["pytest", "-q", "-c", settings / "pytest.ini", settings / name, *shared, *OPTIONS.get(name, [])]
    environment = {**os.environ, "AA_INTEGRATION": name}
    return max(
        subprocess.run([sys.executable, "-m", *map(str, command)], cwd=ROOT, env=environment).returncode
        for command in (types, tests)
    )


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
