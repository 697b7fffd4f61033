"""The HTML renderer: a fragment for notebooks, or a page that stands alone. No script, nothing loaded.

Nothing has an id: several views can be on one page, and one view twice.

Text is escaped here and nowhere else. What HTML has no way to hold, U+0000 and halves of surrogate
pairs, becomes U+FFFD, as in a browser; every other character arrives as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape

from aleph_alpha._runtime.characters import printable, shortened, visible, width
from aleph_alpha.views.css import PAGE, style
from aleph_alpha.views.layout import matrix_names
from aleph_alpha.views.model import Bars, Block, Figure, ImageBlock, Matrix, Panel, Row, Scale, TextBlock, level
from aleph_alpha.views.svg import name, overlay, rendering, sources

__all__ = ["fragment", "page"]

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
_HOVERED = 5_000  # segments that show their notes under the pointer; with more of them only the table does
_WIDTH = 100  # characters, of all names of the columns of a matrix
_LOST = re.compile("[\0\ud800-\udfff]")
_special = re.compile("[&<>\"'\r\0\ud800-\udfff]").search


def quoted(text: str) -> str:
    """Text for elements and for attributes in double quotes."""
    if not _special(text):
        return text
    # A parser makes line feeds of carriage returns, but not of their references.
    return _LOST.sub("\ufffd", escape(text)).replace("\r", "&#13;")


def page(figure: Figure) -> str:
    """A whole document."""
    title = quoted(printable(figure.title))
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        f'<meta name="viewport" content="width=device-width,initial-scale=1"><style>{PAGE}{style()}</style></head>'
        f"<body><main><h1>{title}</h1>{''.join(_element(figure, ''))}</main></body></html>\n"
    )


def fragment(figure: Figure) -> str:
    """An element with its style."""
    return "".join(_element(figure, f"<style>{style()}</style>"))


def _element(figure: Figure, styled: str) -> Iterator[str]:
    # Each image is here once, however many panels show it.
    images = ";".join(f"--{name(source)}:url({source})" for source in sources(figure))
    held = f' style="{images}"' if images else ""
    yield f'<div class="aav" role="group" aria-label="{quoted(printable(figure.title))}"{held}>{styled}'
    if figure.scored:
        yield from _legend(figure.scale)
    if figure.note:
        yield f'<p class="h">{quoted(figure.note)}</p>'
    if len(figure.panels) == 1:
        yield from _panel(figure.panels[0], figure)
    elif figure.panels:
        # A form keeps the switches of several views on one page apart; this kind of it cannot be sent.
        yield '<form method="dialog"><div class="s" role="radiogroup" aria-label="Part of the target">'
        for index, panel in enumerate(figure.panels):
            checked = "" if index else " checked"
            yield f'<label><input type="radio" name="t"{checked}> <bdi>{quoted(visible(panel.name))}</bdi></label><div>'
            yield from _panel(panel, figure)
            yield "</div>"
        yield "</div></form>"
    yield "</div>"


def _legend(scale: Scale) -> Iterator[str]:
    if not scale.bound:
        yield '<p class="l">No score is above or below zero.</p>'
        return
    yield '<p class="l">'
    if scale.low:
        yield f"{quoted(scale.low)} {quoted(scale.form(-scale.bound))} "
    for mark, value in scale.legend:
        sign = "+" if level(mark) > 0 else "−" if level(mark) else scale.form(0.0)
        yield f'<span class="{mark}" title="{quoted(value)}">{quoted(sign)}</span>'
    yield f" {quoted(scale.form(scale.bound))} {quoted(scale.high)}</p>"


def _panel(panel: Panel, figure: Figure) -> Iterator[str]:
    top = panel.top(figure.top)
    yield '<div class="row"><div>'
    for block in panel.blocks:
        yield from _block(block, figure.scale)
    yield "</div>"
    if top:
        yield '<div class="top">'
        yield from _table(f"Top {len(top)}", top, figure, short=True)
        yield "</div>"
    yield "</div>"
    rows = [row for row in panel.rows if not isinstance(panel.blocks[0], Bars)]
    if rows:
        yield "<details><summary>All scores as a table</summary>"
        yield from _table("All scores", rows, figure)
        yield "</details>"


def _table(caption: str, rows: list[Row], figure: Figure, *, short: bool = False) -> Iterator[str]:
    forms, mark = figure.scale.forms, figure.scale.mark
    places = len({row.where for row in rows}) > 1
    notes = any(row.note for row in rows) and not short
    yield f"<table class=c{places + 1}><caption>{caption}</caption><tr>"
    yield f"{'<th>Item' * places}<th>Part<th>Score{'<th>Others' * notes}"
    plain = not _special("".join([row.what for row in rows]))
    parts = []
    for where, what, score, note in rows:
        at = f"<td>{quoted(where)}" if places else ""
        others = f"<td>{quoted(note)}" if notes else ""
        tone = f" class={mark(score)}" if short else ""
        part = shortened(visible(what)) if short or what.isspace() or not what else what
        parts.append(f"<tr>{at}<td>{part if plain else quoted(part)}<td{tone}>{forms[score]}{others}")
    yield "".join(parts)
    yield "</table>"


def _block(block: Block, scale: Scale) -> Iterator[str]:
    yield f'<div class="h">{quoted(block.label)}</div>' if block.label else ""
    match block:
        case TextBlock():
            yield f'<div class="t{" target" * (block.role == "target")}" dir="auto">'
            yield _segments(block, scale)
            yield "</div>"
        case ImageBlock():
            image = f"background-image:var(--{name(block.source)});{rendering(block)}" if block.source else ""
            yield overlay(block, scale, f'class="i" style="{image}" ')
        case Matrix():
            yield from _matrix(block, scale)
        case Bars():
            yield from _bars(block, scale)


def _segments(block: TextBlock, scale: Scale) -> str:
    # Thousands of them: one list is faster than a generator, and most texts need no escaping.
    mark, forms, after = scale.mark, scale.forms, "" if block.known else " "
    hovered = len(block.segments) <= _HOVERED
    plain = not _special("".join([segment.text for segment in block.segments]))
    parts = []
    for text, score, note, focus in block.segments:
        if not plain:
            text = quoted(text)
        if focus:
            parts.append(f'<span class=e title="this is what is explained">{text}</span>{after}')
        elif score is not None:
            said = quoted(f"{forms[score]} · {note}") if note and hovered else forms[score]
            parts.append(f'<span class={mark(score)} title="{said}">{text}</span>{after}')
        else:
            parts.append(f'<span title="{quoted(note)}">{text}</span>{after}' if note else text + after)
    return "".join(parts)


def _matrix(block: Matrix, scale: Scale) -> Iterator[str]:
    yield f'<div class="m" role="region" tabindex="0" aria-label="{quoted(block.label)}"><table><tr><td>'
    rows, heads, _ = matrix_names(block.labels, _WIDTH, 5, width)
    for head, row in zip(heads, rows, strict=True):
        yield f'<th scope=col dir=auto title="{quoted(row)}">{quoted(head)}'
    for row, values in zip(rows, block.values, strict=True):
        yield f"<tr><th scope=row dir=auto>{quoted(row)}"
        yield from (f"<td class={scale.mark(value)}>{quoted(scale.form(value))}" for value in values)
    yield "</table></div>"


def _bars(block: Bars, scale: Scale) -> Iterator[str]:
    yield "<table class=c1><tr><th>Part<th>Score<th>Bar"
    for text, score, note, _ in block.segments:
        if score is None:
            continue
        value = 0.0 if score != score else score
        title = f' title="{quoted(note)}"' if note else ""
        yield f"<tr><td{title}>{quoted(visible(text))}<td>{quoted(scale.form(score))}<td class=b>"
        yield f'<span class="{scale.mark(score)}" style="--v:{abs(scale.share(value)) * 100:.1f}"></span>'
    yield "</table>"
