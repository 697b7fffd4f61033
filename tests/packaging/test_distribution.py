"""What is shipped: the wheel and the source distribution hold what they should and nothing else; both install."""

from __future__ import annotations

import email
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = {"aleph_alpha": ROOT / "aleph_alpha", "aleph_alpha_api": ROOT / "generated" / "aleph_alpha_api"}

pytest.importorskip("hatchling", reason="it builds the distributions: run `make install`")

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The wheel and the source distribution."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-W", "ignore", "-m", "hatchling", "build", "-d", str(folder)]
    subprocess.run(command, check=True, cwd=ROOT, capture_output=True)
    (wheel,), (source,) = folder.glob("*.whl"), folder.glob("*.tar.gz")
    return wheel, source


def tracked(folder: Path) -> set[str]:
    """The files of a folder that belong to the project."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", str(folder)]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return {name for name in listed.splitlines() if (ROOT / name).exists()}


def test_the_wheel_holds_the_two_packages_and_nothing_else(built: tuple[Path, Path]) -> None:
    with zipfile.ZipFile(built[0]) as wheel:
        names = {name for name in wheel.namelist() if ".dist-info/" not in name}
        extra = {name.partition(".dist-info/")[2] for name in wheel.namelist() if ".dist-info/" in name}
    due = set()
    for package, folder in PACKAGES.items():
        prefix = folder.relative_to(ROOT).as_posix()
        due |= {package + name.removeprefix(prefix) for name in tracked(folder)}
    assert names == due
    assert {"aleph_alpha/py.typed", "aleph_alpha_api/py.typed", "aleph_alpha_api/openapi.json"} <= names
    assert extra == {"METADATA", "WHEEL", "RECORD", "entry_points.txt", "licenses/LICENSE"}


def test_the_source_distribution_holds_what_the_wheel_is_made_of(built: tuple[Path, Path]) -> None:
    with tarfile.open(built[1]) as source:
        names = {name.partition("/")[2] for name in source.getnames()}
    due = {"README.md", "CHANGELOG.md", "LICENSE", "pyproject.toml", "PKG-INFO", ".gitignore"}
    due |= {name for folder in ("aleph_alpha", "generated", "openapi") for name in tracked(ROOT / folder)}
    assert names == {name for name in due if name == "PKG-INFO" or (ROOT / name).exists()}


def test_nothing_of_the_machine_that_built_it_is_in_it(built: tuple[Path, Path]) -> None:
    here = str(ROOT).encode()
    with zipfile.ZipFile(built[0]) as wheel:
        assert [name for name in wheel.namelist() if here in wheel.read(name)] == []


def test_the_metadata_name_the_licence_the_python_and_the_dependencies(built: tuple[Path, Path]) -> None:
    with zipfile.ZipFile(built[0]) as wheel:
        (name,) = (each for each in wheel.namelist() if each.endswith("METADATA"))
        about = email.message_from_bytes(wheel.read(name))
    assert (about["Name"], about["License-Expression"], about["Requires-Python"]) == ("aleph-alpha", "MIT", ">=3.11")
    required = [each for each in about.get_all("Requires-Dist", []) if "extra ==" not in each]
    assert all(">=" in each for each in required)
    assert "pytest" not in "".join(about.get_all("Requires-Dist", []))


@pytest.mark.timeout(300)
def test_the_demo_runs_with_a_clean_installation_of_the_wheel(built: tuple[Path, Path], tmp_path: Path) -> None:
    """The package itself comes from the wheel; its dependencies are those of this environment."""
    target = tmp_path / "site"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-index", "--no-deps"]
    subprocess.run([*pip, "--target", str(target), str(built[0])], check=True, capture_output=True)
    code = (
        f"import sys, runpy; sys.path = [p for p in sys.path if p != {str(ROOT)!r} and 'generated' not in p]; "
        f"sys.path.insert(0, {str(target)!r}); import aleph_alpha, aleph_alpha_api; "
        f"assert aleph_alpha.__file__.startswith({str(target)!r}), aleph_alpha.__file__; "
        f"assert aleph_alpha_api.__file__.startswith({str(target)!r}), aleph_alpha_api.__file__; "
        f"sys.argv = ['demo.py']; runpy.run_path({str(ROOT / 'scripts' / 'demo.py')!r}, run_name='__main__')"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
