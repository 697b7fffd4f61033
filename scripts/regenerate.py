"""Makes the low-level client, generated/aleph_alpha_api, from the contract, openapi/inference.yaml.

    python scripts/regenerate.py            delete the package and build it anew
    python scripts/regenerate.py --check    only say which files, and which entries of openapi/generator.lock, have
                                            drifted from what would be built

Exit status: 0 done, or no drift; 1 the check found a drift; 2 the contract, a patch or a tool is not as it must be. The
package is replaced as a whole once everything has succeeded; after any failure the old one is still there.

1. The contract is read and validated.
2. Rules derive from it what the generator is fed, and refuse what it would misread (_gen/derive.py).
3. openapi-python-client runs (_gen/run.py) with patched templates (_gen/patch.py, openapi/patches), which take the code
   of to_dict, from_dict and parse_response from _gen/code.py. Any warning of it is a failure, and so is an operation or
   a schema that is missing from its output.
4. ruff sorts and formats, isolated from any configuration.
5. deviations.json is made from openapi/deviations.yaml: what the vendor's document is known to have otherwise.
6. The lock says what the package was made from (lock_file.py).
"""

from __future__ import annotations

import argparse
import filecmp
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from openapi_spec_validator import OpenAPIV31SpecValidator

from aleph_alpha._runtime.terminal import show_anything
from scripts._gen import lock as lock_file
from scripts._gen.derive import DeriveError
from scripts._gen.patch import PatchError
from scripts._gen.run import RunError, run
from scripts._spec.deviations import for_clients, read_deviations
from scripts._spec.load import SpecError, load, load_yaml
from scripts._spec.places import check_references, step

ROOT = Path(__file__).resolve().parent.parent


class InputError(Exception):
    """The contract is not valid OpenAPI, or a tool has another version than asked for."""


@dataclass(frozen=True)
class Paths:
    """Where everything is; tests put it elsewhere."""

    root: Path = ROOT
    spec: Path = ROOT / "openapi" / "inference.yaml"
    deviations: Path = ROOT / "openapi" / "deviations.yaml"
    settings: Path = ROOT / "openapi" / "generator.yaml"
    patches: Path = ROOT / "openapi" / "patches"
    lock: Path = ROOT / "openapi" / "generator.lock"
    output: Path = ROOT / "generated" / "aleph_alpha_api"


def main(arguments: Sequence[str] | None = None, paths: Paths | None = None) -> int:
    parser = argparse.ArgumentParser(description="Regenerate the low-level client from openapi/inference.yaml.")
    parser.add_argument("--check", action="store_true", help="change nothing; say what has drifted, and exit 1 then")
    options = parser.parse_args(arguments)
    paths = paths or Paths()
    try:
        if not options.check:
            changed = regenerate(paths)
            summary = f"{_shown(paths.output, paths.root)}: {len(changed)} files changed"
            print(*changed, summary, sep="\n", file=sys.stderr)
            return 0
        lines = drift(paths)
    except (InputError, SpecError, DeriveError, PatchError, RunError, OSError) as error:
        print(f"regenerate: {error}", file=sys.stderr)
        return 2
    for line in lines:
        print(line)
    if lines:
        print("Run `make regenerate`, and commit what it changes.", file=sys.stderr)
    return 1 if lines else 0


def regenerate(paths: Paths) -> list[str]:
    """Replace the package and its lock; returns a line for each file that is another now."""
    paths.output.parent.mkdir(parents=True, exist_ok=True)
    # Beside the output, so that putting it in place is a rename.
    with tempfile.TemporaryDirectory(prefix=".regenerate-", dir=paths.output.parent) as folder:
        package, lock = build(paths, Path(folder))
        changed = [*_differing_files(package, paths.output, _shown(paths.output, paths.root), _WRITTEN)]
        old = Path(folder) / "old"
        if paths.output.exists():
            paths.output.rename(old)
        try:
            package.rename(paths.output)
        except BaseException:
            if old.exists():
                old.rename(paths.output)
            raise
    paths.lock.write_text(lock, encoding="utf-8")
    return changed


def drift(paths: Paths) -> list[str]:
    """What `regenerate` would change, one line each."""
    with tempfile.TemporaryDirectory(prefix="regenerate-") as folder:
        package, lock = build(paths, Path(folder))
        lines = [*_differing_files(package, paths.output, _shown(paths.output, paths.root), _CHECKED)]
    found = _text(paths.lock)
    if found != lock:
        entries = [*lock_file.differences(lock_file.parsed(found), lock_file.parsed(lock))]
        lines += [f"{_shown(paths.lock, paths.root)}: {entry}" for entry in entries or ["not as it is written"]]
    return lines


def build(paths: Paths, work: Path) -> tuple[Path, str]:
    """Build the package inside `work`; its folder, and the text of its lock."""
    settings: dict[str, Any] = load_yaml(paths.settings)
    for tool, wanted in settings["tools"].items():
        if (found := version(tool)) != wanted:
            raise InputError(f"{_shown(paths.settings, paths.root)} asks for {tool} {wanted}, installed is {found}")
    document = load(str(paths.spec))
    _validate(document, _shown(paths.spec, paths.root))
    package = run(document, lock_file.sha256(paths.spec), settings, paths.patches, work)
    known = for_clients(read_deviations(paths.deviations))
    (package / "deviations.json").write_text(json.dumps(known, indent=1) + "\n", encoding="utf-8")
    inputs = [paths.settings, *(path for path in paths.patches.iterdir() if path.is_file())]
    lock = lock_file.lock(
        paths.root, paths.spec, document["info"]["version"], inputs, lock_file.parsed(_text(paths.lock))
    )
    return package, lock


def _validate(document: dict[str, Any], name: str) -> None:
    check_references(document, name)
    problem = next(iter(OpenAPIV31SpecValidator(document).iter_errors()), None)
    if problem is not None:
        raise InputError(f"{name}: {step('', *problem.absolute_path)}: {problem.message.splitlines()[0][:300]}")


# What is said of a file that only one of the two has, or that differs.
_WRITTEN = ("added", "removed", "changed")
_CHECKED = ("missing", "not generated", "differs")


def _differing_files(wanted: Path, found: Path, name: str, words: tuple[str, str, str]) -> Iterator[str]:
    ours, theirs = ({path.relative_to(folder) for path in _files(folder)} for folder in (wanted, found))
    for path in sorted(ours | theirs):
        if path not in theirs:
            yield f"{name}/{path.as_posix()}: {words[0]}"
        elif path not in ours:
            yield f"{name}/{path.as_posix()}: {words[1]}"
        elif not filecmp.cmp(wanted / path, found / path, shallow=False):
            yield f"{name}/{path.as_posix()}: {words[2]}"


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc")


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


def _shown(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix()


if __name__ == "__main__":
    show_anything()
    sys.exit(main())
