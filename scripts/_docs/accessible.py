"""What the theme's pages lack for keyboards and screen readers, as axe-core found it; docs/site.js mends the rest."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

# In the theme's HTML -> what it should be.
_MENDED = {
    # A header of a column without words is a cell.
    re.compile(r"<th></th>"): "<td></td>",
    # Two landmarks of one name cannot be told apart.
    re.compile(r'(<nav class="md-path") aria-label="Navigation"'): r'\1 aria-label="Path"',
    # The text of the button, which is the version, has to be in its name.
    re.compile(r'"select\.version": ?"[^"]*"'): '"select.version":""',
}

# The members of a class in the table of contents; two classes of a page may have one name.
_CONTENTS = re.compile(r'(<nav class="md-nav" aria-label=")([^"]*)"')


def mend(site: Path) -> None:
    """Mend every page of a site."""
    for file in site.rglob("*.html"):
        file.write_text(mended(file.read_text("utf-8")), "utf-8")


def mended(html: str) -> str:
    """A page, mended.

    >>> mended("<tr><th></th></tr>")
    '<tr><td></td></tr>'
    >>> mended('<nav class="md-nav" aria-label="A"><nav class="md-nav" aria-label="A">')
    '<nav class="md-nav" aria-label="A"><nav class="md-nav" aria-label="A (2)">'
    """
    for wrong, right in _MENDED.items():
        html = wrong.sub(right, html)
    seen: Counter[str] = Counter()

    def told_apart(found: re.Match[str]) -> str:
        seen[found[2]] += 1
        return found[0] if seen[found[2]] == 1 else f'{found[1]}{found[2]} ({seen[found[2]]})"'

    return _CONTENTS.sub(told_apart, html)
