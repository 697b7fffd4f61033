"""What renderers wrote, read back."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree

from aleph_alpha.views.colours import DARK, rgb
from aleph_alpha.views.model import MARKS

SGR = re.compile(r"\x1b\[([0-9;]*)m")
_VOID = {"meta", "input", "img", "br"}
_UNCLOSED = {"tr", "td", "th"}


@dataclass
class Page(HTMLParser):
    """The texts of a page: each with its segments, as (class or "", text)."""

    texts: list[list[tuple[str, str]]] = field(default_factory=list)
    tags: set[str] = field(default_factory=set)
    attributes: set[str] = field(default_factory=set)
    classes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._open: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.update(name for name, _ in attrs)
        values = dict(attrs)
        if tag == "div" and (values.get("class") or "").split()[:1] == ["t"]:
            self.texts.append([])
        if values.get("class") in MARKS:
            self.classes.append(values["class"] or "")
        if tag not in _VOID | _UNCLOSED:
            self._open.append((tag, values))

    def handle_endtag(self, tag: str) -> None:
        if tag not in _UNCLOSED:
            opened, _ = self._open.pop()
            assert opened == tag

    def handle_data(self, data: str) -> None:
        for depth, (tag, values) in enumerate(reversed(self._open)):
            if tag == "div" and (values.get("class") or "").split()[:1] == ["t"]:
                inner = self._open[len(self._open) - depth :]
                self.texts[-1].append(((inner[0][1].get("class") or "") if inner else "", data))
                return

    def shown(self, index: int) -> str:
        """One of the texts, whole."""
        return "".join(text for _, text in self.texts[index])


def page(html: str) -> Page:
    """The page, read; every element is closed."""
    read = Page()
    read.feed(html)
    read.close()
    assert read._open == []
    return read


def svg_marks(svg: str) -> list[tuple[str, float]]:
    """Marks of the boxes in an SVG with their place in reading order, legend and bars included."""
    root = ElementTree.fromstring(svg)
    found: list[Any] = [one for one in root.iter("{http://www.w3.org/2000/svg}rect") if one.get("class")]
    return [(one.get("class").split()[0], float(one.get("width", "0").rstrip("%"))) for one in found]


def ansi_marks(text: str, *, columns: bool = False) -> list[tuple[str, str]]:
    """(SGR code, text) of each run of a terminal's lines."""
    parts = SGR.split(text)
    runs = [("", parts[0])]
    runs += [("" if code in {"", "0"} else code, shown) for code, shown in zip(parts[1::2], parts[2::2], strict=True)]
    return [(code, shown) for code, shown in runs if shown]


def truecolor_mark(code: str) -> str:
    """The mark of a code in 16,777,216 colours on a dark background."""
    for mark in MARKS:
        paper = ";".join(map(str, rgb(DARK[mark])))
        if mark not in {"z", "x"} and code.endswith(f"48;2;{paper}"):
            return mark
    return {"7": "x"}.get(code, "")
