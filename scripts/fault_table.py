"""Writes `docs/faults.md`: what the clients make of each fault, from the table that the tests check.

python scripts/fault_table.py            write the page
python scripts/fault_table.py --check    only say whether it is what it should be
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from aleph_alpha._runtime.terminal import show_anything

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "faults.md"


def main(arguments: list[str] | None = None) -> int:
    """Command line; exit status 1 when --check finds a difference."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="change nothing, say whether the page differs")
    check = parser.parse_args(arguments).check
    sys.path.insert(0, str(ROOT))
    from tests.fault_table import page

    wanted = page()
    if PAGE.exists() and PAGE.read_text("utf-8") == wanted:
        return 0
    if check:
        print(f"{PAGE.relative_to(ROOT)} is not what scripts/fault_table.py makes: run `make fix`", file=sys.stderr)
        return 1
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(wanted, "utf-8")
    print(PAGE.relative_to(ROOT))
    return 0


if __name__ == "__main__":
    show_anything()
    sys.exit(main())
