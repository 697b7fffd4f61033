"""Records the cassettes of the integration tests anew, from the reference server.

    python scripts/record.py            write what has changed
    python scripts/record.py --check    change nothing, say which cassettes would change

A cassette that no test uses any more is deleted. What was recorded is then scanned: for secrets,
and for anything that does not follow the contract. A cassette in which nothing has changed but the
time (``created`` of a chat), or the order of calls made at once, stays as it is.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from aleph_alpha._runtime.terminal import show_anything
from aleph_alpha.testing.replay.file import CassetteFile, Interaction

ROOT = Path(__file__).resolve().parent.parent
CASSETTES = ROOT / "cassettes"
TESTS = [
    str(path) for room in ("_async", "_sync") for path in sorted((ROOT / "tests" / room).glob("test_integration_*.py"))
]


def record(directory: Path) -> int:
    """Record into a directory; the exit status of pytest."""
    option = "--aleph-alpha-record=local"
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-n",
        "0",
        *TESTS,
        "-o",
        f"aleph_alpha_cassettes={directory}",
        option,
    ]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def scan(directory: Path) -> int:
    """Look for what must not be in a cassette; the exit status of the scanner."""
    command = [sys.executable, "-m", "aleph_alpha.testing", "scan", str(directory)]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def contents(directory: Path) -> dict[str, tuple[str, list[Interaction]]]:
    """What the cassettes say, by their path inside the directory; time and order left out."""
    found = {}
    for path in sorted(directory.rglob("*.yaml")):
        file = CassetteFile.read(path)
        timeless = [
            replace(each, body=re.sub(rb'("created": ?)\d+', rb"\g<1>0", each.body)) for each in file.interactions
        ]
        found[path.relative_to(directory).as_posix()] = (file.recorded_from, sorted(timeless, key=repr))
    return found


def take_over(fresh: Path, changed: list[str]) -> None:
    """Replace, add or delete the cassettes that changed."""
    for name in changed:
        target = CASSETTES / name
        if (fresh / name).exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(fresh / name, target)
        else:
            target.unlink()


def main(arguments: list[str] | None = None) -> int:
    """Command line; exit status 1 when --check finds a difference, otherwise that of what failed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="change nothing, say which cassettes would change")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as scratch:
        fresh = Path(scratch)
        failed = record(fresh) or scan(fresh)
        if failed:
            return failed
        old, new = contents(CASSETTES), contents(fresh)
        changed = sorted(name for name in old.keys() | new.keys() if old.get(name) != new.get(name))
        if not options.check:
            take_over(fresh, changed)
    for name in changed:
        what = "new" if name not in old else "not used any more" if name not in new else "changed"
        print(f"cassettes/{name}: {what}")
    if options.check and changed:
        print("run `make record`", file=sys.stderr)
    return 1 if options.check and changed else 0


if __name__ == "__main__":
    show_anything()
    sys.exit(main())
