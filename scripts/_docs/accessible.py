"""What the theme's pages lack for keyboards and screen readers, as axe-core found it; docs/site.js mends the rest."""

from __future__ import annotations

import re
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


def mend(site: Path) -> None:
    """Mend every page of a site."""
    for file in site.rglob("*.html"):
        file.write_text(mended(file.read_text("utf-8")), "utf-8")


def mended(html: str) -> str:
    """A page, mended.

    >>> mended("<tr><th></th></tr>")
    '<tr><td></td></tr>'
    """
    for wrong, right in _MENDED.items():
        html = wrong.sub(right, html)
    return html
