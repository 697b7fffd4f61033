"""A copy of the project to try a change in."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PARTS = ("aleph_alpha", "generated", "openapi", "scripts", "tests", "docs", "pyproject.toml", "README.md")


class Scratch:
    """A copy of the project's files in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for part in PARTS:
            source = ROOT / part
            if source.is_dir():
                shutil.copytree(source, folder / part, ignore=shutil.ignore_patterns("__pycache__", "_sync"))
            else:
                shutil.copy(source, folder / part)
        shutil.copytree(ROOT / "aleph_alpha" / "_sync", folder / "aleph_alpha" / "_sync")

    def replace(self, path: str, old: str, new: str) -> None:
        """Edit one place of a file."""
        file = self.folder / path
        text = file.read_text("utf-8")
        assert text.count(old) == 1, f"{path} has {text.count(old)} times: {old}"
        file.write_text(text.replace(old, new), "utf-8")

    def run(self, *arguments: str) -> tuple[int, str]:
        """Exit status and output of a Python command in the copy."""
        path = os.pathsep.join(map(str, (self.folder, self.folder / "generated")))
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": path},
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr
