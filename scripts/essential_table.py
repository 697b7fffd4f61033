"""Writes the table "what a response is asked for" of docs/reliability.md, from `x-essential` of the contract.

python scripts/essential_table.py            write the table
python scripts/essential_table.py --check    only say whether it is what it should be
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from aleph_alpha._runtime.terminal import show_anything

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "reliability.md"
BEGIN = "<!-- made by scripts/essential_table.py from openapi/inference.yaml -->\n"
END = "<!-- end of what is made -->\n"
JSON_MEDIA, EVENTS_MEDIA = "application/json", "text/event-stream"


def main(arguments: list[str] | None = None) -> int:
    """Command line; exit status 1 when --check finds a difference."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="change nothing, say whether the page differs")
    check = parser.parse_args(arguments).check
    page = PAGE.read_text("utf-8")
    before, _, rest = page.partition(BEGIN)
    wanted = f"{before}{BEGIN}{table()}{END}{rest.partition(END)[2]}"
    if page == wanted:
        return 0
    if check:
        print(f"{PAGE.relative_to(ROOT)} is not what scripts/essential_table.py makes: run `make fix`", file=sys.stderr)
        return 1
    PAGE.write_text(wanted, "utf-8")
    print(PAGE.relative_to(ROOT))
    return 0


def table() -> str:
    """The rows, one for each operation that answers JSON and is called by a method of the client."""
    from aleph_alpha.service.compatibility import METHODS, contract

    lines = ["| method | refused without | refused where it is there and cannot be read |", "|---|---|---|"]
    document = contract()
    operations = [
        operation
        for item in document["paths"].values()
        for operation in item.values()
        if isinstance(operation, dict) and operation.get("operationId") in METHODS
    ]
    for operation in operations:
        method = METHODS[operation["operationId"]][0]
        for media, name in ((JSON_MEDIA, f"`{method}`"), (EVENTS_MEDIA, f"events of `stream_{method}`")):
            schema = _success(operation).get(media, {}).get("schema")
            if schema is None:
                continue
            found = list(_members(document, schema, "", "always"))
            always, present = ([place for place, kind in found if kind == which] for which in ("always", "present"))
            if always or present:
                lines.append(f"| {name} | {_cell(always)} | {_cell(present)} |")
    return "\n".join(lines) + "\n"


def _success(operation: Any) -> Any:
    return next(
        (answer.get("content", {}) for status, answer in operation["responses"].items() if status.startswith("2")), {}
    )


def _members(document: Any, schema: Any, path: str, kind: str) -> Iterator[tuple[str, str]]:
    """Paths of what is essential below a schema; `kind` says whether all above it has to be there."""
    while "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    branches = [branch for branch in schema.get("oneOf", ()) if branch.get("type") != "null"]
    if branches:
        for branch in branches:
            yield from _members(document, branch, path, kind)
        return
    if isinstance(schema.get("additionalProperties"), dict):
        yield from _inner(document, schema["additionalProperties"], f"{path}.*" if path else "*", kind)
    if "items" in schema:
        yield from _inner(document, schema["items"], f"{path}[]", kind)
    for name, member in schema.get("properties", {}).items():
        where = f"{path}.{name}" if path else name
        if name in schema.get("x-essential", ()) and "const" not in member:
            yield from _inner(document, member, where, kind)
        elif name in schema.get("x-essential-where-present", ()):
            yield from _inner(document, member, where, "present")


def _inner(document: Any, schema: Any, path: str, kind: str) -> Iterator[tuple[str, str]]:
    """The members below; where none of them tells as much, the place itself."""
    below = list(_members(document, schema, path, kind))
    if kind not in (each for _, each in below):
        yield path, kind
    yield from below


def _cell(places: list[str]) -> str:
    return ", ".join(f"`{place}`" for place in dict.fromkeys(places)) or "-"


if __name__ == "__main__":
    show_anything()
    sys.path.insert(0, str(ROOT))
    sys.exit(main())
