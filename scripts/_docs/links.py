"""The links of a finished site: pages, images, anchors, whatever has made them."""

from __future__ import annotations

import html
import re
from pathlib import Path
from urllib.parse import unquote

_TARGET = re.compile(r'\b(?:href|src)="([^"]*)"')
_ANCHOR = re.compile(r'\b(?:id|name)="([^"]+)"')
_CODE = re.compile(r"<(script|style)\b.*?</\1>", re.DOTALL)
_ELSEWHERE = re.compile(r"(?:[a-z]+:|//)")
_OF_THE_THEME = "__"  # anchors that its scripts make


def broken(site: Path) -> list[str]:
    """What leads nowhere, each with its page; links to other hosts are not looked at."""
    texts = {page.resolve(): _CODE.sub("", page.read_text("utf-8")) for page in site.rglob("*.html")}
    anchors = {page: {html.unescape(one) for one in _ANCHOR.findall(text)} for page, text in texts.items()}
    found = []
    for page, text in texts.items():
        for link in dict.fromkeys(map(html.unescape, _TARGET.findall(text))):
            if _ELSEWHERE.match(link):
                continue
            path, _, anchor = map(unquote, link.partition("#"))
            target = (page.parent / path).resolve() if path else page
            target = target / "index.html" if target.is_dir() else target
            known = anchor in anchors.get(target, {anchor}) or not anchor or anchor.startswith(_OF_THE_THEME)
            if not (target.exists() and known):
                found.append(f"{page.relative_to(site.resolve())} links to {link}")
    return found
