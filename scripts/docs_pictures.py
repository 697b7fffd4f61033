"""Makes the images of the guides from the notebook of views, run against the reference server.

    python scripts/docs_pictures.py            write docs/pictures/*.svg
    python scripts/docs_pictures.py --check    only say which are not what they should be

Each cell of docs/notebooks/views.py that has a name (`# %% targets`) becomes an image of that name; the one of the
explanation becomes an image of a terminal as well.
"""

from __future__ import annotations

import argparse
import io
import re
import sys
from pathlib import Path
from typing import Any

from aleph_alpha._runtime.terminal import show_anything
from scripts._docs.notebooks import drawing_of, on_the_reference_server, run_cells

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOK = ROOT / "docs" / "notebooks" / "views.py"
PICTURES = ROOT / "docs" / "pictures"
WIDTH = 640
COLUMNS = 80
IN_TERMINAL = "explanation"  # the cell whose view is drawn in a terminal, too


def pictures() -> dict[str, str]:
    """File name -> SVG of each cell with a name."""
    found = {}
    with on_the_reference_server():
        for cell in run_cells(NOTEBOOK):
            if cell.name and not cell.text:
                found[f"{cell.name}.svg"] = drawing_of(cell.value).svg(width=WIDTH)
                if cell.name == IN_TERMINAL:
                    found["terminal.svg"] = terminal(cell.value)
    return found


def terminal(view: Any) -> str:
    """What `print(view)` writes to a terminal, drawn by rich; without the fonts that it would load."""
    from rich.console import Console
    from rich.text import Text

    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True)
    console.print(Text.from_ansi(view.ansi(columns=COLUMNS, colors=256)))
    console.print()  # rich cuts the last line off
    svg = console.export_svg(title="print(view)", unique_id="terminal")
    return re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)


def same(one: str, two: str) -> bool:
    """Whether images are the same, but for how the encoder of images of this machine packs them, or rich draws."""
    if "rich-terminal" in one:
        return _words(one) == _words(two)
    return _without_images(one) == _without_images(two)


def _words(svg: str) -> list[str]:
    return re.findall(r">([^<]*\w[^<]*)</text>", svg)


def _without_images(svg: str) -> str:
    return re.sub(r"aav-[0-9a-f]{8}-\d+", "", re.sub(r'"data:[^"]*"', '""', svg))


def main(arguments: list[str] | None = None) -> int:
    """Command line; exit status 1 when --check finds a difference."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="change nothing, say which pictures differ")
    check = parser.parse_args(arguments).check
    wanted = pictures()
    present = {file.name: file.read_text("utf-8") for file in PICTURES.glob("*.svg")}
    changed = [name for name, svg in wanted.items() if name not in present or not same(present[name], svg)]
    left_over = sorted(present.keys() - wanted.keys())
    if check:
        for name in [*changed, *left_over]:
            print(f"docs/pictures/{name} is not what the notebook makes: run `make docs-pictures`", file=sys.stderr)
        return 1 if changed or left_over else 0
    PICTURES.mkdir(exist_ok=True)
    for name in changed:
        (PICTURES / name).write_text(wanted[name], "utf-8")
        print(f"docs/pictures/{name}")
    for name in left_over:
        (PICTURES / name).unlink()
    return 0


if __name__ == "__main__":
    show_anything()
    sys.exit(main())
