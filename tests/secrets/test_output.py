"""The watch over the output of all tests."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
HEAD = "import logging, warnings\nimport pytest\nfrom tests.secrets.marker import TOKEN\n"


@pytest.mark.parametrize(
    ("test", "noticed"),
    [
        ("def test_one():\n    print(TOKEN)\n", True),
        ("def test_one():\n    logging.getLogger('x').error('with %s', TOKEN)\n", True),
        ("def test_one():\n    print(TOKEN.encode().hex())\n", True),
        (
            "@pytest.mark.filterwarnings('default')\ndef test_one():\n"
            "    warnings.warn('with ' + TOKEN, UserWarning, stacklevel=1)\n",
            True,
        ),
        ("def test_one():\n    assert len(TOKEN) > 5\n", False),
    ],
)
def test_a_token_in_the_output_of_any_test_fails_the_run(test: str, noticed: bool, tmp_path: Path) -> None:
    file = tmp_path / "test_one.py"
    file.write_text(HEAD + test, encoding="utf-8")
    options = [
        "-q",
        "-p",
        "no:cacheprovider",
        "-p",
        "tests.conftest",
        "--rootdir",
        str(ROOT),
        "-c",
        str(ROOT / "pyproject.toml"),
    ]
    command = [sys.executable, "-m", "pytest", *options, str(file)]
    ended = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=100)
    assert ended.returncode == (1 if noticed else 0), ended.stdout + ended.stderr
    assert ("ERROR the token came out in" in ended.stdout) is noticed
