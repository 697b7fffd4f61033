"""Asks pip-audit for known vulnerabilities of everything that is installed with the package.

    python scripts/audit.py <python with pip-audit>

Exit status 0: none known; 1: there are some; 2: not checked, no advisory database could be reached.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from aleph_alpha._runtime.terminal import show_anything
from scripts.licences import installed_with


def main(arguments: list[str]) -> int:
    """Command line."""
    packages = {name: each.version for name, each in installed_with("aleph-alpha").items() if name != "aleph-alpha"}
    with tempfile.TemporaryDirectory() as folder:
        pinned = Path(folder, "requirements.txt")
        pinned.write_text("".join(f"{name}=={version}\n" for name, version in sorted(packages.items())), "utf-8")
        options = ["--no-deps", "--disable-pip", "--progress-spinner", "off", "--format", "json", "-r", str(pinned)]
        command = [*arguments, "-m", "pip_audit", *options]
        ended = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        audited = json.loads(ended.stdout)["dependencies"]
    except (ValueError, KeyError):
        reason = (ended.stderr.strip().splitlines() or ["it said nothing"])[-1]
        print(f"not checked, no advisory database could be reached: {reason}", file=sys.stderr)
        return 2
    skipped = [package for package in audited if "skip_reason" in package]  # where its database knows nothing of it
    if len(skipped) == len(audited):
        print(f"not checked, no advisory database could be reached: {skipped[0]['skip_reason']}", file=sys.stderr)
        return 2
    for package in skipped:
        print(f"{package['name']}: not checked: {package['skip_reason']}")
    known = 0
    for package in audited:
        for found in package.get("vulns", []):
            known += 1
            fixed = ", ".join(found.get("fix_versions") or ["no version"])
            print(f"{package['name']} {package['version']}: {found['id']}, fixed in {fixed}")
    print(f"{len(audited) - len(skipped)} packages checked, {known} known vulnerabilities")
    return 1 if known else 0


if __name__ == "__main__":
    show_anything()
    sys.exit(main(sys.argv[1:]))
