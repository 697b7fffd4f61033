"""One run of the generator: contract in, finished package out, and nothing missing in it."""

from __future__ import annotations

import contextlib
import io
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from openapi_python_client import Project
from openapi_python_client.config import Config, ConfigFile, MetaType
from openapi_python_client.parser.errors import GeneratorError
from openapi_python_client.parser.openapi import GeneratorData
from openapi_python_client.parser.properties import ModelProperty

from scripts._gen.code import encode, globals_for
from scripts._gen.decode import classes_in, imports_by_class
from scripts._gen.derive import derive, expected, operations
from scripts._gen.kinds import CodeError
from scripts._gen.names import taken
from scripts._gen.patch import added_files, patched_templates
from scripts._spec.load import Json

#: Stands first in every file. Version and hash of the contract are in the package's __init__ only: each edit of the
#: contract's prose would change every file otherwise.
BANNER = "# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.\n"


class RunError(Exception):
    """The generator complained, or dropped something, or a tool that follows it failed."""


def run(document: Json, sha256: str, settings: Mapping[str, Any], patches: Path, work: Path) -> Path:
    """Generate into `work`, an empty folder, and return the package's folder in it."""
    derived = derive(document)
    data, config = _parse(derived, settings["generator"], work)
    _nothing_dropped(derived, data)
    _import_where_needed(data.models)
    templates = work / "templates"
    patched_templates(patches, templates)
    project = Project(openapi=data, config=config, custom_template_path=templates)
    expects = {name: expected(schema) for name, schema in document["components"]["schemas"].items()}
    project.env.globals.update(globals_for(data.models, expects), spec_sha256=sha256)
    try:
        with contextlib.redirect_stdout(io.StringIO()):  # it prints where it writes
            _no_complaints(project.build())
    except CodeError as error:
        raise RunError(str(error)) from error
    package = project.package_dir
    for path in added_files(patches):
        shutil.copy(path, package / path.name)
    _finish(package, document)
    _ruff(settings["ruff"], package)
    return package


def _parse(derived: Json, options: Mapping[str, Any], work: Path) -> tuple[GeneratorData, Config]:
    config = Config.from_sources(
        ConfigFile(**options),
        meta_type=MetaType.NONE,
        document_source=work,  # not read: the document is handed over
        file_encoding="utf-8",
        overwrite=False,
        output_path=work / str(options["package_name_override"]),
    )
    data = GeneratorData.from_dict(derived, config=config)
    if isinstance(data, GeneratorError):
        raise RunError(_worded(data))
    complaints = [error for group in data.endpoint_collections_by_tag.values() for error in group.parse_errors]
    _no_complaints([*data.errors, *complaints])
    return data, config


def _no_complaints(errors: Sequence[GeneratorError]) -> None:
    """Also a mere warning of the generator means that something is missing from its output."""
    if errors:
        raise RunError("\n".join(_worded(error) for error in errors))


def _worded(error: GeneratorError) -> str:
    return "openapi-python-client: " + " ".join(f"{error.header} {error.detail or ''}".split())


def _nothing_dropped(derived: Json, data: GeneratorData) -> None:
    """Compare with what was asked for: the generator has dropped things without a warning."""
    wanted = len([*operations(derived)])
    made = sum(len(group.endpoints) for group in data.endpoint_collections_by_tag.values())
    if made != wanted:
        raise RunError(f"{wanted} operations in the contract, {made} generated")
    components = derived.get("components", {}).get("schemas", {})
    classes = {name for name, schema in components.items() if schema.get("type") == "object" or "enum" in schema}
    generated = {str(each.class_info.name) for each in (*data.models, *data.enums)}
    problems = [f"{name}: no class of this name was generated" for name in sorted(classes - generated)]
    problems += [f"{name}: a class without an object or enum of this name" for name in sorted(generated - classes)]
    problems += taken(data)
    if problems:
        raise RunError("\n".join(problems))


def _import_where_needed(models: Sequence[ModelProperty]) -> None:
    """Import the classes of a model's fields once, at the top: the packaged template does it in each call, for fear of
    cycles. In a cycle, and for objects that need not be there, it is done where one comes: a program that sends one
    kind of request need not load the classes of all its options."""
    uses = {str(model.class_info.name): imports_by_class(model.lazy_imports or ()) for model in models}
    for model in models:
        own = str(model.class_info.name)
        always = [*(model.required_properties or []), model.additional_properties]
        needed = classes_in(prop for prop in always if prop is not None) | {*re.findall(r"\w+", encode(model))}
        top = {line for name, line in uses[own].items() if name in needed and not _reaches(uses, name, own)}
        model.set_relative_imports({*(model.relative_imports or ()), *top})
        model.set_lazy_imports({*uses[own].values()} - top)


def _reaches(uses: Mapping[str, Iterable[str]], start: str, goal: str) -> bool:
    seen: set[str] = set()
    queue = [start]
    while queue:
        name = queue.pop()
        if name == goal:
            return True
        if name not in seen:
            seen.add(name)
            queue += uses.get(name, ())
    return False


def _finish(package: Path, document: Json) -> None:
    """Take out the sender, put in the mark of a typed package, the contract as JSON and the banners."""
    (package / "client.py").unlink()
    (package / "py.typed").touch()
    (package / "openapi.json").write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    for path in package.rglob("*.py"):
        path.write_text(BANNER + path.read_text(encoding="utf-8"), encoding="utf-8")


def _ruff(commands: Iterable[Sequence[str]], package: Path) -> None:
    # Not through PATH: this interpreter's ruff is the one whose version was checked. Isolated (-I), since a package's
    # folder on the import path, as "." in PYTHONPATH, would put its types.py in place of the standard library's.
    ruff = [sys.executable, "-I", "-m", "ruff"]
    for command in commands:
        done = subprocess.run([*ruff, *command], cwd=package, capture_output=True, encoding="utf-8", check=False)
        if done.returncode:
            raise RunError(f"ruff {command[0]}: {(done.stderr or done.stdout).strip()}")
