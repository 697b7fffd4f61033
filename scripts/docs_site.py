"""Builds the documentation: site/<version>/ with a page and its Markdown for everything, and for agents llms.txt.

    python scripts/docs_site.py                     write site/
    python scripts/docs_site.py --output FOLDER     write another folder

Guides are docs/*.md, in the order of docs/zensical.toml; reference pages come from docstrings; notebooks run against
the reference server. A link or an anchor that leads nowhere is an error. Nothing is loaded from elsewhere.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from aleph_alpha import __version__
from aleph_alpha._runtime.terminal import show_anything
from scripts._docs.accessible import mend
from scripts._docs.links import broken
from scripts._docs.llms import write_twins
from scripts._docs.notebooks import notebook_page
from scripts._docs.pages import DOCS, ROOT, config, every_page, write

BUILD = ROOT / "build" / "docs"


def build(output: Path, work: Path = BUILD, *, run_notebooks: bool = True) -> Path:
    """Build the site of this version in `output`, beside those of other versions; returns its folder.

    Args:
        output: the folder of all versions.
        work: a folder for what the site is made from; what was in it is gone.
        run_notebooks: show what the cells of the notebooks show, which takes most of the time.
    """
    shutil.rmtree(work, ignore_errors=True)
    files = sorted((DOCS / "notebooks").glob("*.py"))
    notebooks = {f"notebooks/{file.stem}.md": notebook_page(file, run=run_notebooks) for file in files}
    found = list(every_page({path: text for path, (text, _) in notebooks.items()}))
    titles = {page.path: title(page.plain) for page in found}
    write(found, work / "pages")
    for _, drawings in notebooks.values():
        for name, svg in drawings.items():
            (work / "pages" / "notebooks" / name).write_text(svg, "utf-8")
    (work / "zensical.toml").write_text(config(found, titles), "utf-8")
    made = work / "site"
    zensical(work)
    (made / "404.html").unlink()  # its links begin at the root of the host, where this site need not be
    mend(made)
    write_twins(found, titles, made)
    if wrong := broken(made):
        sys.exit("\n".join(wrong))
    return publish(made, output)


def zensical(work: Path) -> None:
    """Run the builder; ends the program with what it says when a link or an anchor leads nowhere."""
    command = [sys.executable, "-m", "zensical", "build", "--clean", "--strict", "-f", "zensical.toml"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=work, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        said = re.sub(r"\x1b\[[0-9;]*m", "", done.stdout + done.stderr)
        sys.exit(re.sub(r"Traceback \(most recent call last\):.*", "", said, flags=re.DOTALL))


def title(text: str) -> str:
    """The first heading of a page."""
    found = re.search(r"^# (.+)$", text, re.MULTILINE)
    if found is None:
        raise ValueError(f"a page begins with a heading, not with {text[:60]!r}")
    return found[1].replace("`", "")


def publish(made: Path, output: Path) -> Path:
    """Put the folder of this version in its place, list all versions, and lead the root to the newest."""
    target = output / __version__
    shutil.rmtree(target, ignore_errors=True)
    output.mkdir(parents=True, exist_ok=True)
    shutil.move(made, target)
    versions = sorted((one.parent.name for one in output.glob("*/index.html")), key=_numbers, reverse=True)
    listed = [{"version": one, "title": one, "aliases": ["latest"] if one == versions[0] else []} for one in versions]
    (output / "versions.json").write_text(json.dumps(listed, indent=2) + "\n", "utf-8")
    newest = f"{versions[0]}/index.html"
    (output / "index.html").write_text(
        f'<!doctype html>\n<html lang="en"><meta charset="utf-8"><title>aleph-alpha</title>\n'
        f'<meta http-equiv="refresh" content="0; url={newest}">\n<a href="{newest}">Documentation</a></html>\n',
        "utf-8",
    )
    return target


def _numbers(version: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", version)]


def main(arguments: list[str] | None = None) -> int:
    """Command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--output", type=Path, default=ROOT / "site", help="folder of all versions (default: site)")
    parser.add_argument(
        "--no-notebooks", action="store_true", help="leave the notebooks out, which take most of the time"
    )
    given = parser.parse_args(arguments)
    target = build(given.output, run_notebooks=not given.no_notebooks)
    print(f"{target / 'index.html'}: {len(list(target.rglob('*.html')))} pages")
    return 0


if __name__ == "__main__":
    show_anything()
    sys.exit(main())
