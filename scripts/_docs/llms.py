"""The pages for programs that read: the Markdown of each beside it, llms.txt, and all of it in llms-full.txt."""

from __future__ import annotations

import re
from pathlib import Path

from scripts._docs.pages import Page

_ABOUT = "Python SDK for the Aleph Alpha (PhariaAI) inference API: import aleph_alpha, Python 3.11 or newer."
_NO_SENTENCES = ("#", "|", "![", "<", "```", "- ")
# The same methods as another page, to be awaited.
_SAID_ALREADY = {"reference/async-client.md"}


def write_twins(found: list[Page], titles: dict[str, str], site: Path) -> None:
    """Write everything beside the pages of a site."""
    for page in found:
        file = site / page.path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(page.plain, "utf-8")
    (site / "llms.txt").write_text(index(found, titles), "utf-8")
    (site / "llms-full.txt").write_text(full(found), "utf-8")


def index(found: list[Page], titles: dict[str, str]) -> str:
    """What there is, one line a page."""
    lines = ["# aleph-alpha", "", f"> {_ABOUT}", "", "All pages in one file: [llms-full.txt](llms-full.txt)."]
    section = None
    for page in found:
        if page.section != section:
            section = page.section
            lines += ["", f"## {section or 'Start'}", ""]
        lines.append(f"- [{titles[page.path]}]({page.path}): {purpose(page.plain)}")
    return "\n".join(lines) + "\n"


def full(found: list[Page]) -> str:
    """Every page, one after the other, each with its path."""
    parts = [f"# aleph-alpha\n\n> {_ABOUT}\n"]
    for page in found:
        if page.path in _SAID_ALREADY:
            text = page.plain.partition("### ")[0] + "Its methods take, return and raise what those of `Client` do.\n"
        else:
            text = page.plain
        parts.append(f"<!-- {page.path} -->\n\n{text}")
    return "\n".join(parts)


def purpose(text: str) -> str:
    """The first sentence after the heading, without links and images."""
    paragraphs = [part.strip() for part in text.split("\n\n")[1:]]
    first = next((part for part in paragraphs if part and not part.startswith(_NO_SENTENCES)), "")
    plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", " ".join(first.split()))
    return re.split(r"(?<=[.!?]) ", plain)[0].rstrip(":")
