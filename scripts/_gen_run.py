"""One run of the generator: derived contract in, finished package out, and nothing missing in it."""

from __future__ import annotations

import contextlib
import io
import json
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from _gen_code import CodeError, globals_for
from _gen_derive import derive, operations
from _gen_patch import added_files, patched_templates
from openapi_python_client import Project
from openapi_python_client.config import Config, ConfigFile, MetaType
from openapi_python_client.parser.errors import GeneratorError
from openapi_python_client.parser.openapi import GeneratorData
from openapi_python_client.parser.properties import ModelProperty

#: Stands first in every file. Version and hash of the contract are in the package's __init__ only, or each edit of its prose would change every file.
BANNER = "# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.\n"


class RunError(Exception):
    """The generator complained, or dropped something, or a tool that follows it failed."""


def run(document: Mapping[str, Any], sha256: str, settings: Mapping[str, Any], patches: Path, work: Path) -> Path:
    """Generate into `work`, an empty folder, and return the package's folder in it."""
    derived = derive(dict(document))
    data, config = _parse(derived, settings["generator"], work)
    _nothing_dropped(derived, data)
    templates = work / "templates"
    patched_templates(patches, templates)
    project = Project(openapi=data, config=config, custom_template_path=templates)
    project.env.globals.update(globals_for(data.models), spec_sha256=sha256)
    _import_at_module_level(data.models)
    try:
        with contextlib.redirect_stdout(io.StringIO()):  # it prints where it writes
            _no_complaints(project.build())
    except CodeError as error:
        raise RunError(f"no code for a part of the contract: {error}") from error
    package = project.package_dir
    for path in added_files(patches):
        shutil.copy(path, package / path.name)
    _finish(package, document)
    _ruff(settings["ruff"], package)
    return package


def _parse(derived: Mapping[str, Any], options: Mapping[str, Any], work: Path) -> tuple[GeneratorData, Config]:
    config = Config.from_sources(
        ConfigFile(**options),
        meta_type=MetaType.NONE,
        document_source=work,  # not read: the document is handed over
        file_encoding="utf-8",
        overwrite=False,
        output_path=work / str(options["package_name_override"]),
    )
    data = GeneratorData.from_dict(dict(derived), config=config)
    if isinstance(data, GeneratorError):
        raise RunError(_worded(data))
    _no_complaints(
        [*data.errors, *(error for group in data.endpoint_collections_by_tag.values() for error in group.parse_errors)]
    )
    return data, config


def _no_complaints(errors: Sequence[GeneratorError]) -> None:
    """A warning of the generator means that something is missing from its output."""
    if errors:
        raise RunError("\n".join(_worded(error) for error in errors))


def _worded(error: GeneratorError) -> str:
    return f"openapi-python-client: {error.header.strip()} {error.detail or ''}".strip()


def _nothing_dropped(derived: Mapping[str, Any], data: GeneratorData) -> None:
    """The generator is asked for its list, too: it has dropped things without a warning before."""
    wanted = {(method, pointer.split("/")[2].replace("~1", "/")) for pointer, method, _, _ in operations(dict(derived))}
    endpoints = [endpoint for group in data.endpoint_collections_by_tag.values() for endpoint in group.endpoints]
    if len(endpoints) != len(wanted):
        raise RunError(f"{len(wanted)} operations in the contract, {len(endpoints)} generated")
    components = derived.get("components", {}).get("schemas", {})
    classes = {name for name, schema in components.items() if schema.get("type") == "object" or "enum" in schema}
    generated = {str(each.class_info.name) for each in (*data.models, *data.enums)}
    for name in sorted(classes - generated):
        raise RunError(f"/components/schemas/{name}: no class of this name was generated")
    for name in sorted(generated - classes):
        raise RunError(f"class {name} was generated, but there is no object or enum of this name in the contract")


def _import_at_module_level(models: Sequence[ModelProperty]) -> None:
    """Import the classes of fields once, with the module: the packaged template does it anew in each call, for fear of cycles. It still does in a cycle."""
    uses = {
        str(model.class_info.name): {line.split()[-1]: line for line in model.lazy_imports or ()} for model in models
    }

    def reaches(start: str, goal: str) -> bool:
        seen, queue = set(), [start]
        while queue:
            name = queue.pop()
            if name == goal:
                return True
            if name not in seen:
                seen.add(name)
                queue += uses.get(name, ())
        return False

    for model in models:
        mine = uses[str(model.class_info.name)]
        safe = {line for name, line in mine.items() if not reaches(name, str(model.class_info.name))}
        model.set_relative_imports({*(model.relative_imports or ()), *safe})
        model.set_lazy_imports({*mine.values()} - safe)


def _finish(package: Path, document: Mapping[str, Any]) -> None:
    """Take out the sender, put in what a typed package needs, and the contract itself."""
    (package / "client.py").unlink()
    (package / "py.typed").touch()
    (package / "openapi.json").write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    for path in package.rglob("*.py"):
        path.write_text(BANNER + path.read_text(encoding="utf-8"), encoding="utf-8")


def _ruff(commands: Iterable[Sequence[str]], package: Path) -> None:
    for command in commands:
        # Not through PATH: the ruff of this interpreter is the one whose version was checked. -P: our types.py is not the standard library's.
        done = subprocess.run(
            [sys.executable, "-P", "-m", "ruff", *command], cwd=package, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RunError(f"ruff {command[0]}: {(done.stderr or done.stdout).strip()}")
