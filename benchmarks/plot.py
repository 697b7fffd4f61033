"""The ratios as an SVG picture, legible on light and dark backgrounds. Forty lines, so no plotting library."""

from __future__ import annotations

from html import escape

from benchmarks.report import Ratio
from benchmarks.works import VENDOR

__all__ = ["svg"]

_LABELS, _BARS, _NUMBERS, _ROW = 470, 380, 70, 22


def svg(found: list[Ratio]) -> str:
    """A bar for each ratio to the vendor's client, whose full length is 1, and a mark where its target is."""
    rows = [ratio for ratio in found if ratio.target.peer == VENDOR]
    height = _ROW * (len(rows) + 2)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_LABELS + _BARS + _NUMBERS} {height}" '
        'font-family="sans-serif" font-size="13" role="img">',
        "<title>Time and memory as a share of the vendor's client's; the marks are the targets</title>",
        "<style>text{fill:#24292f}.rail{fill:#8883}.bar{fill:#2f81f7}.mark{fill:#d1242f}"
        "@media(prefers-color-scheme:dark){text{fill:#e6edf3}}</style>",
        f'<text x="{_LABELS}" y="15">share of what aleph-alpha-client 11.5.1 takes (less is better)</text>',
    ]
    for index, ratio in enumerate(rows, start=1):
        parts += _row(ratio, index * _ROW)
    parts.append("</svg>\n")
    return "\n".join(parts)


def _row(ratio: Ratio, top: int) -> list[str]:
    measure = {"wall": "time", "cpu": "CPU"}.get(ratio.target.name, ratio.target.name)
    label = escape(f"{ratio.work.title.replace('`', '')}: {measure}")
    bar = max(1.0, _BARS * min(ratio.median, 1.0))
    mark = _LABELS + _BARS * ratio.target.at_most
    return [
        f'<text x="{_LABELS - 8}" y="{top + 16}" text-anchor="end">{label}</text>',
        f'<rect class="rail" x="{_LABELS}" y="{top + 4}" width="{_BARS}" height="{_ROW - 8}"/>',
        f'<rect class="bar" x="{_LABELS}" y="{top + 4}" width="{bar:.1f}" height="{_ROW - 8}"/>',
        f'<rect class="mark" x="{mark:.1f}" y="{top + 2}" width="2" height="{_ROW - 4}"/>',
        f'<text x="{_LABELS + _BARS + 8}" y="{top + 16}">{ratio.median:.3f}</text>',
    ]
