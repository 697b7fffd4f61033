"""The SVG renderer: a drawing that stands alone and follows the system's theme; and tiles over an image."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from html import escape

from aleph_alpha._runtime.characters import printable, width
from aleph_alpha.views.colours import DARK, LIGHT, Theme, tile
from aleph_alpha.views.drawing import Box, ImageShape, Shape, Words, draw, overlay_tiles, shown_size
from aleph_alpha.views.model import MARKS, Figure, ImageBlock, Scale, level

__all__ = ["name", "overlay", "rendering", "sources", "svg"]

_XMLNS = 'xmlns="http://www.w3.org/2000/svg"'
_not_xml = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def svg(figure: Figure, columns: float = 800.0) -> str:
    """A whole document, `columns` pixels wide; a matrix may need more."""
    shapes, height = draw(figure, columns, _measure)
    wide = max(columns, 320.0, *(shape.x + shape.width + 16 for shape in shapes if isinstance(shape, Box)), 0.0)
    parts = "".join(part for shape in shapes for part in _shape(shape, figure.scale))
    title = _quoted(printable(figure.title))
    return (
        f'<svg {_XMLNS} width="{wide:.0f}" height="{height:.0f}" viewBox="0 0 {wide:.0f} {height:.0f}" role="img"'
        f' aria-label="{title}"><title>{title}</title><style>{_style()}</style>{_definitions(figure)}'
        f'<rect class="paper" width="100%" height="100%"/>\n{parts}</svg>\n'
    )


def _measure(text: str, size: float) -> float:
    # Text is fitted into this width, whatever font the viewer has.
    return width(text) * size * 0.6


def _quoted(text: str) -> str:
    return _not_xml.sub("\ufffd", escape(text))


def _style() -> str:
    light, dark = _rules(LIGHT), _rules(DARK)
    font = "text{font-family:ui-monospace,'DejaVu Sans Mono',Menlo,Consolas,monospace;white-space:pre}"
    return f"{font}.x{{stroke-dasharray:3 2}}{light}@media(prefers-color-scheme:dark){{{dark}}}"


def _rules(theme: Theme) -> str:
    marks = "".join(f".{mark}{{fill:{theme[mark]}}}" for mark in MARKS if level(mark))
    return (
        f".paper,.z,.x,.e{{fill:{theme.paper}}}text{{fill:{theme.ink}}}.faint{{fill:{theme.faint}}}"
        f".o{{stroke:{theme.faint}}}.u{{stroke:{theme.ink}}}{marks}"
    )


def _shape(shape: Shape, scale: Scale) -> Iterator[str]:
    match shape:
        case Box(x, y, wide, high, mark, outlined):
            kind = f"{mark} o" if outlined else mark
            yield f'<rect class="{kind}" x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{high:.1f}"/>'
        case Words(x, y, text, wide, size, faint, under):
            if text and not text.isspace():
                kind = ' class="faint"' if faint else ""
                # Isolated, so that a right-to-left word begins at its left edge, too.
                yield (
                    f'<text{kind} x="{x:.1f}" y="{y:.1f}" font-size="{size:g}" textLength="{wide:.1f}"'
                    f' lengthAdjust="spacingAndGlyphs" xml:space="preserve">{_quoted(text)}</text>'
                )
            if under:
                yield f'<path class="u" d="M{x:.1f} {y + 3:.1f}h{wide:.1f}" stroke-dasharray="2 1.5"/>'
        case ImageShape(x, y, wide, high, block):
            used = f'<use href="#{name(block.source or "")}" {_sized(wide, high)} style="{rendering(block)}"/>'
            image = used if block.source else ""
            yield overlay(block, scale, f'x="{x:.1f}" y="{y:.1f}" ', image, (wide, high))


def sources(figure: Figure) -> list[str]:
    """The files of a figure's images, each once, however many panels show it."""
    blocks = (one for panel in figure.panels for one in panel.blocks)
    return sorted({one.source for one in blocks if isinstance(one, ImageBlock) and one.source})


def name(source: str) -> str:
    """What a file is called in a page or drawing; it comes from its content."""
    return f"aav-{zlib.crc32(source.encode()):08x}-{len(source)}"


def rendering(block: ImageBlock) -> str:
    """The style that keeps the pixels of a small image apart."""
    return "image-rendering:pixelated" if block.size and max(block.size) < 160 else ""


def _definitions(figure: Figure) -> str:
    return "".join(
        f'<symbol id="{name(source)}" viewBox="0 0 1 1" preserveAspectRatio="none"><image href="{escape(source)}"'
        ' width="1" height="1" preserveAspectRatio="none" style="image-orientation:none"/></symbol>'
        for source in sources(figure)
    )


def _sized(wide: float, high: float) -> str:
    return f'width="{wide:.1f}" height="{high:.1f}"'


def overlay(
    block: ImageBlock, scale: Scale, place: str, image: str = "", shown: tuple[float, float] | None = None
) -> str:
    """The tiles of an image: colour and strength by the mark, and the step as a number.

    The image itself lies under them: `image`, or what `place` (attributes) puts there.
    """
    return "".join(_overlay(block, scale, place, image, shown or shown_size(block)))


def _overlay(block: ImageBlock, scale: Scale, place: str, image: str, shown: tuple[float, float]) -> Iterator[str]:
    wide, high = shown
    size = f"{block.size[0]} x {block.size[1]} pixels" if block.size else "not readable"
    label = _quoted(printable(f"{block.label}: image, {size}, {len(block.tiles)} scores"))
    yield f'<svg {_XMLNS} {place}width="{wide:.0f}" height="{high:.0f}" viewBox="0 0 {wide:.0f} {high:.0f}" role="img"'
    yield f' aria-label="{label}">{image}'
    if not block.source:
        yield f'<rect {_sized(wide, high)} fill="#808080" fill-opacity=".3" stroke="#808080"/>'
    for one, mark, written in overlay_tiles(block, scale, wide):
        colour, strength = tile(mark)
        x, y, across, down = one.left * wide, one.top * high, one.width * wide, one.height * high
        dashes = ' stroke-dasharray="3 2"' if level(mark) < 0 or mark == "x" else ""
        yield f'<rect x="{x:.1f}" y="{y:.1f}" width="{across:.1f}" height="{down:.1f}" fill="{colour}"'
        yield f' fill-opacity="{strength:.2f}" stroke="{colour}" stroke-opacity=".8"{dashes}/>'
        if written:
            yield f'<text x="{x + across / 2:.1f}" y="{y + down / 2 + 4:.1f}" text-anchor="middle"'
            yield ' style="font:bold 11px sans-serif;fill:#fff;stroke:#000;stroke-width:2.5px;paint-order:stroke">'
            yield f"{written}</text>"
    if block.cropping is not None:
        x, y, across, down, _ = block.cropping
        yield f'<rect x="{x * wide:.1f}" y="{y * high:.1f}" width="{across * wide:.1f}" height="{down * high:.1f}"'
        yield ' fill="none" stroke="#000" stroke-width="3"/>'
        yield f'<rect x="{x * wide:.1f}" y="{y * high:.1f}" width="{across * wide:.1f}" height="{down * high:.1f}"'
        yield ' fill="none" stroke="#fff" stroke-dasharray="6 4"/>'
    yield "</svg>"
