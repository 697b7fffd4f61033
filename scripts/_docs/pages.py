"""The pages of the site in a folder of their own: guides, notebooks and reference, with links that fit there."""

from __future__ import annotations

import posixpath
import re
import shutil
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from scripts._docs import reference
from scripts._docs.names import page_of, pages, public_names

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
CONFIG = DOCS / "zensical.toml"

# Pages whose text is elsewhere in the repository.
ELSEWHERE = {"changelog.md": ROOT / "CHANGELOG.md"}
_LINK = re.compile(r"(\]\()([^)#:\s]+)(#[^)]*)?(\))")
_FENCE = re.compile(r"^( *)```.*?^\1```", re.MULTILINE | re.DOTALL)
_FILE = re.compile(r"\]\((?:\.\./)*files/([^)#\s]+)")  # of the repository, put beside the pages
_INLINE = re.compile(r"(?<![\[`])`([A-Za-z_.]+)`(?![\]`])")


@dataclass(frozen=True)
class Page:
    """One page: where it is, its Markdown for the site, and its Markdown for whoever reads that alone."""

    path: str
    section: str
    text: str
    plain: str


def navigation() -> list[tuple[str, list[str]]]:
    """Section -> the guides in it, as docs/zensical.toml has them; the section of pages outside any is ``""``."""
    found: list[tuple[str, list[str]]] = []
    for entry in tomllib.loads(CONFIG.read_text("utf-8"))["project"]["nav"]:
        if isinstance(entry, str):
            found.append(("", [entry]))
            continue
        ((title, content),) = entry.items()
        listed = content if isinstance(content, list) else [content]
        found.append((title, listed))
    return found


def guides() -> list[str]:
    """The pages that docs/zensical.toml lists by their file, notebooks among them."""
    return [page for _, listed in navigation() for page in listed if page.endswith(".md")]


def every_page(notebooks: Mapping[str, str]) -> Iterator[Page]:
    """All pages in the order of the navigation; `notebooks` are their Markdown by path."""
    for section, listed in navigation():
        if listed == ["public names"]:
            for stem, names in pages().items():
                yield Page(f"reference/{stem}.md", section, reference.page(stem, names), reference.plain(stem, names))
        else:
            for path in listed:
                text = notebooks.get(path)
                if text is None:
                    text = with_fitting_links(ELSEWHERE.get(path, DOCS / path).read_text("utf-8"), path)
                yield Page(path, section, linked(text), text)


def with_fitting_links(text: str, path: str) -> str:
    """The page with its links to files of the repository turned into links to pages of the site.

    >>> with_fitting_links("[it](../aleph_alpha/bulk/task.py)", "bulk.md")
    '[it](reference/bulk.md)'
    """
    folder = "" if path in ELSEWHERE else posixpath.join("docs", posixpath.dirname(path))

    def fitting(found: re.Match[str]) -> str:
        target = posixpath.normpath(posixpath.join(folder, found[2]))
        if not (ROOT / target).exists():
            return found[0]  # what is made, or leads nowhere: the builder says which
        return f"{found[1]}{posixpath.relpath(_on_site(target), posixpath.dirname(path) or '.')}{found[3] or ''})"

    return _LINK.sub(fitting, text)


def _on_site(target: str) -> str:
    """Where the site has what a file of the repository holds."""
    if target.startswith("aleph_alpha/"):
        module = target.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        return f"reference/{page_of(module)}.md"
    if target.startswith("docs/notebooks/"):
        return target.removeprefix("docs/").removesuffix(".py") + ".md"
    known = {"README.md": "index.md"} | {file.relative_to(ROOT).as_posix(): page for page, file in ELSEWHERE.items()}
    if target in known or target.startswith("docs/"):
        return known.get(target, target.removeprefix("docs/"))
    return f"files/{target}"


def linked(text: str) -> str:
    """The page with the first mention of each public name as a link to its reference."""
    known = {name.path.removeprefix("aleph_alpha."): name.path for name in public_names()}
    for name in public_names():
        if name.name[0].isupper():  # `run` and `read` may be anything
            known.setdefault(name.name, name.path)
    known |= {f"aleph_alpha.{short}": full for short, full in known.items()}
    known |= {f"client.{method}": f"aleph_alpha.Client.{method}" for method in _methods()}
    seen: set[str] = set()

    def link(found: re.Match[str]) -> str:
        target = known.get(found[1])
        if target is None or target in seen:
            return found[0]
        seen.add(target)
        return f"[`{found[1]}`][{target}]"

    parts = []
    at = 0
    for fence in _FENCE.finditer(text):
        parts += [_prose(text[at : fence.start()], link), fence[0]]
        at = fence.end()
    return "".join([*parts, _prose(text[at:], link)])


def _prose(text: str, link: Callable[[re.Match[str]], str]) -> str:
    """All lines but headings, which are not linked."""
    return "".join(line if line.startswith("#") else _INLINE.sub(link, line) for line in text.splitlines(keepends=True))


def _methods() -> list[str]:
    from aleph_alpha import Client
    from scripts._docs.names import members

    return list(members(Client))


def config(found: list[Page], titles: dict[str, str]) -> str:
    """The configuration of the site, with the generated pages in its navigation."""
    text = CONFIG.read_text("utf-8")
    for section, listed in navigation():
        if listed[0].endswith(".md"):
            continue
        entries = [{titles[page.path]: page.path} for page in found if page.section == section]
        rows = "".join(
            f"    {{ {_quoted(title)} = {_quoted(path)} }},\n" for one in entries for title, path in one.items()
        )
        text = text.replace(f'{{ "{section}" = "{listed[0]}" }}', f'{{ "{section}" = [\n{rows}  ] }}')
    return text.replace('paths = ["../.."]', f"paths = [{_quoted(ROOT.as_posix())}]")


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def write(found: list[Page], folder: Path) -> None:
    """The pages and the files beside them, in a new folder."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for page in found:
        file = folder / page.path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(page.text, "utf-8")
    for beside in DOCS.rglob("*"):
        if beside.is_file() and beside.suffix not in {".md", ".toml", ".pyc"}:
            target = folder / beside.relative_to(DOCS)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(beside, target)
    for linked_file in {path for page in found for path in _FILE.findall(page.text)}:
        target = folder / "files" / linked_file
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / linked_file, target)
