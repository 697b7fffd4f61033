"""Says where a request dataclass and its generated model differ: what a change of the contract leaves to be written.

    python scripts/request_fields.py

A field of the contract without one of the dataclass, or the other way round; another type; a field that
the contract requires and the dataclass leaves out; a field without its line in the docstring. Exit status
1 if there is any.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import attrs

from aleph_alpha._call.request import RequestFields
from aleph_alpha._runtime.terminal import show_anything
from aleph_alpha_api import models

ROOT = Path(__file__).resolve().parent.parent

# Set by the client for every request, or by the method that sends it.
CLIENTS = {"model", "hosting", "tags", "stream", "additional_properties"}

# In the contract because the API knows them, and left out on purpose.
LEFT_OUT = {
    ("ChatRequest", "maximum_tokens"): "the vendor's client sends it; the API's own name is max_tokens",
    ("EmbeddingV2Request", "user"): "the API refuses it",
}

PLAIN = {"list[str]": "Sequence[str]", "list[int]": "Sequence[int]"}


class Pair(NamedTuple):
    """The fields of a dataclass, and the generated model they become."""

    file: Path
    fields: RequestFields
    model: type


def pairs() -> Iterator[Pair]:
    """Every request that is mapped by ``RequestFields``."""
    for file in sorted((ROOT / "aleph_alpha").rglob("*.py")):
        source = file.read_text("utf-8")
        name = re.search(r"_FIELDS\.model\(\s*api\.(\w+)", source)
        if name is not None and "_FIELDS = RequestFields(" in source:
            module = import_module(file.relative_to(ROOT).with_suffix("").as_posix().replace("/", "."))
            yield Pair(file.relative_to(ROOT), module._FIELDS, getattr(models, name[1]))


def differences(pair: Pair) -> Iterator[str]:
    """One line for each thing that is left to be written."""
    kind: Any = pair.fields._kind
    ours = {field.attribute: field for field in pair.fields._fields}
    theirs = {field.name: field for field in attrs.fields(pair.model) if field.name not in CLIENTS - ours.keys()}
    docstring = kind.__doc__ or ""
    for name in sorted(theirs.keys() - ours.keys()):
        if (kind.__name__, name) in LEFT_OUT:
            continue
        yield f"{pair.file}: {kind.__name__} lacks {name} ({theirs[name].type}), which the contract has"
    for name in sorted(ours.keys() - theirs.keys()):
        yield f"{pair.file}: {kind.__name__}.{ours[name].name} is not in the contract"
    for name, field in ours.items():
        if name not in theirs:
            continue
        annotation = str(kind.__dataclass_fields__[field.name].type)
        wanted = [each for each in str(theirs[name].type).split(" | ") if each not in ("None", "Unset")]
        plain = annotation.removesuffix(" | None")
        if field.plain and wanted != ["Any"] and [PLAIN.get(each, each) for each in wanted] != [plain]:
            yield f"{pair.file}: {kind.__name__}.{field.name} is {plain}, in the contract {' | '.join(wanted)}"
        if field.made is not None and field.made not in wanted:
            missing = "" if hasattr(models, field.made) else f"there is no generated model {field.made}; "
            yield f"{pair.file}: {kind.__name__}.{field.name}: {missing}in the contract it is {' | '.join(wanted)}"
        if theirs[name].default is attrs.NOTHING and not field.required:
            yield f"{pair.file}: {kind.__name__}.{field.name} may be None, the contract requires it"
        if not re.search(rf"\b{field.name}\b", docstring):
            yield f"{pair.file}: {kind.__name__}.{field.name} has no line in the docstring"


def main() -> int:
    """Print what is left to be written."""
    found = [line for pair in pairs() for line in differences(pair)]
    sys.stdout.writelines(f"{line}\n" for line in found)
    return 1 if found else 0


if __name__ == "__main__":
    show_anything()
    sys.exit(main())
