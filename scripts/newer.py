"""Lists what is installed in other versions than constraints.txt says: where to look when a test fails upstream.

python scripts/newer.py
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib.metadata import distributions
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from aleph_alpha._runtime.terminal import show_anything

CONSTRAINTS = Path(__file__).resolve().parent.parent / "constraints.txt"


def tested() -> dict[str, str]:
    """Package -> version in constraints.txt, for this system and Python."""
    found: dict[str, str] = {}
    for line in CONSTRAINTS.read_text("utf-8").splitlines():
        requirement = Requirement(line)
        if requirement.marker is None or requirement.marker.evaluate():
            (pin,) = requirement.specifier
            found[canonicalize_name(requirement.name)] = pin.version
    return found


def installed() -> dict[str, str]:
    """Package -> installed version, but for this project itself."""
    every = {canonicalize_name(each.metadata["Name"]): each.version for each in distributions()}
    return {name: version for name, version in every.items() if name not in ("aleph-alpha", "setuptools")}


def differences() -> Iterator[str]:
    """One line for each package that is not as tested."""
    pinned = tested()
    for name, version in sorted(installed().items()):
        if version != pinned.get(name):
            yield f"{name}: installed {version}, tested {pinned.get(name, 'without it')}"


if __name__ == "__main__":
    show_anything()
    sys.stdout.writelines(f"{line}\n" for line in differences())
