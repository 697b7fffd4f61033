"""Lists the licences of everything that is installed with the package; fails for one that was not looked at.

    python scripts/licences.py

Followed are the dependencies of the package and its extras, with theirs, as installed. pip-licenses
does the same with three packages more, and lists development tools as well.
"""

from __future__ import annotations

import re
import sys
from email.message import Message
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from typing import cast

from packaging.requirements import Requirement

from aleph_alpha._runtime.terminal import show_anything

# Permissive, or with a copyleft that ends at its own files (MPL).
ALLOWED = {
    *("0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "HPND", "ISC", "MIT", "MIT-0", "MIT-CMU"),
    *("MPL-2.0", "PSF-2.0", "Unlicense", "Zlib"),
}
# What packages say that do not use the identifiers of SPDX.
SPELLINGS = {
    "3-clause bsd license": "BSD-3-Clause",
    "apache 2.0": "Apache-2.0",
    "apache software license": "Apache-2.0",
    "bsd": "BSD-3-Clause",
    "bsd 3-clause": "BSD-3-Clause",
    "bsd license": "BSD-3-Clause",
    "isc license (iscl)": "ISC",
    "mit license": "MIT",
    "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0",
    "python software foundation license": "PSF-2.0",
    "the unlicense (unlicense)": "Unlicense",
}
# Packages whose metadata say nothing or too little; looked up in their repositories.
KNOWN: dict[str, str] = {"pysimdjson": "MIT", "tokenizers": "Apache-2.0"}


def licence(package: Distribution) -> str:
    """An SPDX expression, or what the package says instead; "" when it says nothing."""
    name = canonical(package.metadata["Name"])
    if name in KNOWN:
        return KNOWN[name]
    about = cast(Message, package.metadata)
    if expression := about.get("License-Expression"):
        return str(expression)
    classified = [
        each.rpartition(" :: ")[2]
        for each in about.get_all("Classifier", [])
        if each.startswith("License :: ") and each != "License :: OSI Approved"
    ]
    found = classified or [str(about.get("License") or "").strip().partition("\n")[0]]
    return " AND ".join(SPELLINGS.get(each.lower(), each) for each in found)


def allowed(expression: str) -> bool:
    """Whether the licence may be relied on: of alternatives one, of several all.

    >>> allowed("MIT OR GPL-3.0-only"), allowed("MIT AND GPL-3.0-only"), allowed("")
    (True, False, False)
    >>> allowed("MPL-2.0 AND (Apache-2.0 OR GPL-3.0-only)"), allowed("GPL-3.0-only AND (Apache-2.0 OR MIT)")
    (True, False)
    """
    while "(" in expression and ")" in expression:
        simpler = re.sub(r"\(([^()]*)\)", lambda inner: "MIT" if allowed(inner[1]) else "none", expression)
        if simpler == expression:
            return False
        expression = simpler
    return any(all(part.strip() in ALLOWED for part in choice.split(" AND ")) for choice in expression.split(" OR "))


def installed_with(name: str) -> dict[str, Distribution]:
    """The package's dependencies with theirs, extras included where they are installed."""
    found: dict[str, Distribution] = {}
    waiting = [(name, True)]
    while waiting:
        current, with_extras = waiting.pop()
        try:
            package = distribution(current)
        except PackageNotFoundError:  # for another system, or an extra that was left out
            continue
        found[canonical(current)] = package
        extras = cast(Message, package.metadata).get_all("Provides-Extra", []) if with_extras else []
        for requirement in map(Requirement, package.requires or []):
            wanted = requirement.marker is None or any(requirement.marker.evaluate({"extra": e}) for e in ["", *extras])
            if wanted and canonical(requirement.name) not in found:
                waiting.append((requirement.name, False))
    return found


def canonical(name: str) -> str:
    """A package's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def main() -> int:
    """Command line; exit status 1 when a licence is not among the allowed."""
    refused = 0
    for name, package in sorted(installed_with("aleph-alpha").items()):
        found = licence(package)
        good = allowed(found)
        refused += not good
        print(f"{'  ' if good else 'NO'} {name} {package.version}: {found or 'says nothing'}")
    if refused:
        print(f"{refused} to look at: add what is fine to scripts/licences.py, replace what is not", file=sys.stderr)
    return 1 if refused else 0


if __name__ == "__main__":
    show_anything()
    sys.exit(main())
