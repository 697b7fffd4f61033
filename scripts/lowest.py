"""Prints the lowest versions that pyproject.toml allows of what users install, as constraints for pip.

    python scripts/lowest.py > constraints.txt

Development tools are not among them: nobody but the developers installs those.
"""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

from packaging.requirements import Requirement

from aleph_alpha._terminal import show_anything

ROOT = Path(__file__).resolve().parent.parent


def lowest(project: dict[str, object]) -> list[str]:
    """One line a dependency, extras included; of two bounds for one package the higher one.

    >>> lowest({"dependencies": ["httpx>=0.27,<1"], "optional-dependencies": {"numpy": ["numpy>=1.26"]}})
    ['httpx==0.27', 'numpy==1.26']
    """
    from packaging.version import Version

    extras = project.get("optional-dependencies", {})
    lines = list(project.get("dependencies", []))  # type: ignore[call-overload]
    for extra in extras.values():  # type: ignore[attr-defined]
        lines += extra
    found: dict[str, Version] = {}
    markers: dict[str, str] = {}
    for requirement in map(Requirement, lines):
        bounds = [Version(each.version) for each in requirement.specifier if each.operator in (">=", "==", "~=")]
        if not bounds:
            raise ValueError(f"{requirement.name} has no lower bound")
        found[requirement.name] = max([*bounds, *filter(None, [found.get(requirement.name)])])
        markers[requirement.name] = f"; {requirement.marker}" if requirement.marker else ""
    return [f"{name}=={version}{markers[name]}" for name, version in sorted(found.items(), key=lambda item: item[0])]


def main() -> int:
    """Command line."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    print("\n".join(lowest(project)))
    return 0


if __name__ == "__main__":
    show_anything()
    sys.exit(main())
