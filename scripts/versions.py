"""Runs the tests with every supported Python that can be found, and says which ran.

    python scripts/versions.py [arguments for pytest]

Looked for are ``python3.X`` on PATH and the versions of pyenv. Each gets an environment of its own
below .venv.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

from aleph_alpha._terminal import show_anything

ROOT = Path(__file__).resolve().parent.parent
QUIET = ["--quiet", "--disable-pip-version-check"]


def supported() -> list[str]:
    """The versions that pyproject.toml names."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return re.findall(r"Python :: (3\.\d+)", "\n".join(project["classifiers"]))


def found(version: str) -> str | None:
    """An interpreter of this version that runs."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"), "versions")
    for candidate in [f"python{version}", *map(str, sorted(pyenv.glob(f"{version}.*/bin/python"), reverse=True))]:
        check = [candidate, "-c", "import sys, venv; print('%d.%d' % sys.version_info[:2])"]
        try:
            answer = subprocess.run(check, capture_output=True, text=True, check=False).stdout.strip()
        except OSError:
            continue
        if answer == version:
            return candidate
    return None


def run(interpreter: str, version: str, arguments: list[str]) -> str:
    """How the tests ended."""
    folder = ROOT / ".venv" / f"python{version}"
    python = str(folder / "bin" / "python")
    subprocess.run([interpreter, "-m", "venv", "--clear", str(folder)], check=True)
    pip = [python, "-m", "pip", "install", *QUIET]
    subprocess.run([*pip, "--upgrade", "pip>=25.1"], check=True)
    installed = subprocess.run(
        [*pip, "--editable", ".[numpy,openapi,pandas,pydantic,testing]", "--group", "dev"], cwd=ROOT, check=False
    )
    if installed.returncode:
        return "could not be installed"
    command = [python, "-m", "pytest", "-q", "-n", "2", "--dist", "loadgroup", "-p", "no:cacheprovider", *arguments]
    return "passed" if subprocess.run(command, cwd=ROOT, check=False).returncode == 0 else "FAILED"


def main(arguments: list[str]) -> int:
    """Command line; exit status 1 when the tests failed somewhere, or ran nowhere."""
    outcomes: dict[str, str] = {}
    for version in supported():
        interpreter = found(version)
        outcomes[version] = "not found" if interpreter is None else run(interpreter, version, arguments)
        print(f"Python {version}: {outcomes[version]}", flush=True)
    ran = [version for version, outcome in outcomes.items() if outcome == "passed"]
    missing = [version for version, outcome in outcomes.items() if outcome == "not found"]
    print(f"passed: {', '.join(ran) or 'none'}; not to be had here: {', '.join(missing) or 'none'}")
    return 0 if ran and len(ran) + len(missing) == len(outcomes) else 1


if __name__ == "__main__":
    show_anything()
    sys.exit(main(sys.argv[1:]))
