"""Makes the type stubs of the packages whose names are imported lazily.

    python scripts/faces.py            rewrite every `__init__.pyi`
    python scripts/faces.py --check    only say which are not what they should be

A package lists each of its names once, in the `lazy_loader.attach` of its `__init__.py`; the stub
tells type checkers the same.
"""

from __future__ import annotations

import argparse
import ast
import subprocess
import sys
from pathlib import Path

from aleph_alpha._runtime.terminal import show_anything

ROOT = Path(__file__).resolve().parent.parent
BANNER = "# Made from __init__.py by scripts/faces.py: change it there, then run `make fix`.\n"


def exports(source: str) -> dict[str, list[str]] | None:
    """Submodule -> names, as a package's `__init__.py` passes them to lazy_loader; None if it does not."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "lazy_loader.attach":
            return next(dict(ast.literal_eval(word.value)) for word in node.keywords if word.arg == "submod_attrs")
    return None


def stub(names: dict[str, list[str]]) -> str:
    """The text of the stub, formatted."""
    lines = [
        f"from .{module} import {', '.join(f'{name} as {name}' for name in listed)}" for module, listed in names.items()
    ]
    every = sorted(name for listed in names.values() for name in listed)
    text = f"{BANNER}{chr(10).join(lines)}\n__all__ = {every!r}\n"
    for command in (["check", "--fix-only", "--quiet"], ["format", "--quiet"]):
        text = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "--stdin-filename=__init__.pyi", "-"],
            input=text,
            text=True,
            capture_output=True,
            check=True,
            cwd=ROOT,
        ).stdout
    return text


def main() -> int:
    """Write the stubs, or compare them."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="only say what would change")
    check = parser.parse_args().check
    changed = []
    for init in sorted((ROOT / "aleph_alpha").rglob("__init__.py")):
        names = exports(init.read_text("utf-8"))
        file = init.with_suffix(".pyi")
        text = None if names is None else stub(names)
        if text == (file.read_text("utf-8") if file.exists() else None):
            continue
        changed.append(file.relative_to(ROOT).as_posix())
        if check:
            continue
        if text is None:
            file.unlink()
        else:
            file.write_text(text, "utf-8")
    for path in changed:
        print(f"{path} {'is not what __init__.py makes it: run `make fix`' if check else 'written'}")
    return 1 if check and changed else 0


if __name__ == "__main__":
    show_anything()
    sys.exit(main())
