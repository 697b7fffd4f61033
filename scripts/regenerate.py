"""Makes the low-level client, generated/aleph_alpha_api, from the contract, openapi/inference.yaml.

    python scripts/regenerate.py            delete the package and build it anew
    python scripts/regenerate.py --check    only say which files, and which entries of openapi/generator.lock, are not what they should be

Exit status: 0 done, or nothing to say; 1 the check found a drift; 2 there is no telling, because the contract, a patch or a tool is not as it must be. The
package is replaced as a whole once everything has succeeded; until then, and after any failure, the old one stays as it was.

What happens: the contract is validated; rules derive from it what the generator is fed (_gen_derive.py); openapi-python-client runs with patched templates
(_gen_patch.py, openapi/patches) that take the code of to_dict, from_dict and parse_response from _gen_code.py; a warning of the generator, a duplicate operation
id, a dropped operation or schema is a failure (_gen_run.py); ruff sorts and formats; the lock (_gen_lock.py) says what it was made from.
"""

from __future__ import annotations

import argparse
import filecmp
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import _gen_lock
import yaml
from _gen_derive import DeriveError
from _gen_patch import PatchError
from _gen_run import RunError, run
from openapi_spec_validator import OpenAPIV31SpecValidator

ROOT = Path(__file__).resolve().parent.parent


class InputError(Exception):
    """A file that is needed is missing or unreadable, or a tool has another version."""


@dataclass(frozen=True)
class Paths:
    """Where everything is; tests put it elsewhere."""

    root: Path = ROOT
    spec: Path = ROOT / "openapi" / "inference.yaml"
    settings: Path = ROOT / "openapi" / "generator.yaml"
    patches: Path = ROOT / "openapi" / "patches"
    lock: Path = ROOT / "openapi" / "generator.lock"
    output: Path = ROOT / "generated" / "aleph_alpha_api"

    def inputs(self) -> Iterator[Path]:
        """What decides on the output, besides the contract and the tools."""
        yield self.settings
        yield from (path for path in self.patches.iterdir() if path.is_file())


def generate(paths: Paths, work: Path) -> tuple[Path, str]:
    """Build the package inside `work`; its folder, and the text of its lock."""
    settings = _load(paths.settings)
    for tool, version in settings["tools"].items():
        if (found := _gen_lock.installed(tool)) != version:
            raise InputError(f"{paths.settings.name} asks for {tool} {version}, installed is {found}")
    document = _load(paths.spec)
    _validate(document, paths.spec)
    package = run(document, _gen_lock.sha256(paths.spec.read_bytes()), settings, paths.patches, work)
    entries = _gen_lock.lock(
        paths.root, paths.spec, str(document["info"]["version"]), paths.inputs(), _gen_lock.read(paths.lock)
    )
    return package, _gen_lock.written(entries)


def regenerate(paths: Paths) -> None:
    """Replace the package and its lock."""
    paths.output.parent.mkdir(parents=True, exist_ok=True)
    # Beside the output, so that putting it in place is a rename.
    with tempfile.TemporaryDirectory(prefix=".regenerate-", dir=paths.output.parent) as folder:
        package, lock = generate(paths, Path(folder))
        old = Path(folder) / "old"
        if paths.output.exists():
            paths.output.rename(old)
        try:
            package.rename(paths.output)
        except OSError:
            if old.exists():
                old.rename(paths.output)
            raise
    paths.lock.write_text(lock, encoding="utf-8")


def drift(paths: Paths) -> list[str]:
    """What `regenerate` would change, one line each."""
    with tempfile.TemporaryDirectory(prefix="regenerate-") as folder:
        package, lock = generate(paths, Path(folder))
        lines = list(_differing_files(package, paths.output, paths.root))
        entries = _gen_lock.differences(_gen_lock.read(paths.lock), _parsed(lock))
        name = _relative(paths.lock, paths.root)
        lines += [f"{name}: {entry}" for entry in entries]
        if not lines and (not paths.lock.exists() or paths.lock.read_text(encoding="utf-8") != lock):
            lines.append(f"{name}: not written by this script")
    return lines


def _differing_files(wanted: Path, found: Path, root: Path) -> Iterator[str]:
    ours, theirs = ({path.relative_to(folder) for path in _files(folder)} for folder in (wanted, found))
    for path in sorted(ours | theirs):
        name = _relative(found / path, root)
        if path not in theirs:
            yield f"{name}: missing"
        elif path not in ours:
            yield f"{name}: not generated"
        elif not filecmp.cmp(wanted / path, found / path, shallow=False):
            yield f"{name}: differs"


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc")


def _relative(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix()


def _parsed(lock: str) -> dict[str, Any]:
    entries: dict[str, Any] = yaml.safe_load(lock)
    return entries


def _load(path: Path) -> dict[str, Any]:
    try:
        document = yaml.load(path.read_bytes(), Loader=_Loader)  # noqa: S506 (a SafeLoader)
    except OSError as error:
        raise InputError(f"{path}: {os.strerror(error.errno or 0)}") from error
    except yaml.YAMLError as error:
        raise InputError(f"{path}: {' '.join(str(error).split())}") from error
    if not isinstance(document, dict):
        raise InputError(f"{path}: expected a mapping")
    return document


class _Loader(yaml.CSafeLoader):
    """JSON's types only: an unquoted date stays text."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


def _validate(document: dict[str, Any], path: Path) -> None:
    problem = next(iter(OpenAPIV31SpecValidator(document).iter_errors()), None)
    if problem is not None:
        where = "/".join(str(part) for part in problem.absolute_path)
        raise InputError(f"{path}: /{where}: {problem.message.splitlines()[0][:300]}")


def main(arguments: Sequence[str] | None = None, paths: Paths | None = None) -> int:
    parser = argparse.ArgumentParser(description="Regenerate the low-level client from openapi/inference.yaml.")
    parser.add_argument(
        "--check", action="store_true", help="change nothing; say what differs, and exit 1 if anything does"
    )
    options = parser.parse_args(arguments)
    where = paths or Paths()
    try:
        if not options.check:
            regenerate(where)
            return 0
        lines = drift(where)
    except (InputError, DeriveError, PatchError, RunError) as error:
        print(f"regenerate: {error}", file=sys.stderr)
        return 2
    for line in lines:
        print(line)
    if lines:
        print("Run `make regenerate`, and commit what it changes.", file=sys.stderr)
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
