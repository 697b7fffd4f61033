"""The style sheet of the HTML renderer: one class for each mark, one set of rules for every theme.

``light-dark()`` follows ``color-scheme``, which follows the theme of JupyterLab, VS Code, Colab and
documentation sites where there is one, and the system's elsewhere. In forced colours, where the
browser takes colours away, the thickness of the underline tells the step.
"""

from __future__ import annotations

from functools import cache

from aleph_alpha.views.colours import DARK, LIGHT
from aleph_alpha.views.model import LEVELS, MARKS, level

__all__ = ["PAGE", "style"]

# JupyterLab, VS Code (whose light high contrast has the class of the dark one, too), Colab, documentation sites.
_LIGHT_THEMES = (
    '[data-jp-theme-light="true"],.vscode-light,.vscode-high-contrast-light,[theme="light"],[data-theme="light"],'
    '[data-bs-theme="light"],[data-md-color-scheme="default"]'
)
_DARK_THEMES = (
    '[data-jp-theme-light="false"],.vscode-dark,.vscode-high-contrast:not(.vscode-high-contrast-light),[theme="dark"],'
    '[data-theme="dark"],[data-bs-theme="dark"],[data-md-color-scheme="slate"]'
)

_BASE = """\
.aav{color-scheme:light dark;background:VAR(paper);color:VAR(ink);padding:.75em;line-height:1.6;\
font:14px/1.6 var(--jp-content-font-family,var(--vscode-font-family,system-ui,sans-serif));text-align:start}
:where(LIGHT_THEMES) .aav{color-scheme:light}
:where(DARK_THEMES) .aav{color-scheme:dark}
.aav *{box-sizing:border-box}
.aav .t{white-space:pre-wrap;overflow-wrap:anywhere;font-size:15px;unicode-bidi:isolate;line-height:1.9}
.aav .t:empty::before{content:"(empty)";color:VAR(faint)}
.aav .h,.aav caption,.aav summary,.aav .l{color:VAR(faint);font-size:12px;text-align:start}
.aav .h{margin:.5em 0 .1em}
.aav .target{border-inline-start:3px solid VAR(line);padding-inline-start:.6em}
.aav .row{display:flex;flex-wrap:wrap;gap:0 2em}
.aav .row>:first-child{flex:3 1 20em;min-width:0}
.aav .top{flex:0 1 auto;min-width:0;max-width:100%}
.aav table{border-collapse:collapse;background:none;color:inherit;margin:.2em 0;font-size:13px;table-layout:auto}
.aav th,.aav td{padding:.1em .6em;text-align:start;border:0;border-bottom:1px solid VAR(line);\
white-space:nowrap;color:VAR(ink);vertical-align:top}
.aav td{white-space:pre-wrap;overflow-wrap:anywhere;unicode-bidi:plaintext}
.aav .c1 td:nth-child(2),.aav .c2 td:nth-child(3),.aav .m td{white-space:nowrap;overflow-wrap:normal}
.aav table tr:nth-child(n){background:none}
.aav .b{min-width:8em;padding-inline:0}
.aav .b>span{display:block;height:1.1em;width:calc(var(--v)*1%);min-width:1px;border:1px solid VAR(ink)}
.aav .m{overflow:auto;max-width:100%;max-height:40em}
.aav .m td{text-align:end}
.aav .m th{position:sticky;inset-inline-start:0;background:VAR(paper)}
.aav .m th[scope=col]{position:static}
.aav .s{display:flex;flex-wrap:wrap;gap:.2em 1em}
.aav .s>label{white-space:pre;cursor:pointer}
.aav .s>div{order:1;width:100%}
.aav .s>label:has(:checked){font-weight:bold;text-decoration:underline}
.aav .s>label:not(:has(:checked))+div{display:none}
.aav .l span{display:inline-block;min-width:1.4em;text-align:center;color:VAR(ink)}
.aav svg{max-width:100%;height:auto;display:block}
.aav .i{background-size:100% 100%;print-color-adjust:exact;image-orientation:none}
.aav :focus-visible{outline:2px solid VAR(ink);outline-offset:2px}
.aav [class^=p],.aav [class^=n]{background:var(--c);color:VAR(ink);print-color-adjust:exact;box-decoration-break:clone}
.aav [class^=n]{text-decoration:underline dotted 1.5px;text-underline-offset:.2em}
.aav .e{outline:2px solid VAR(ink);outline-offset:-1px}
.aav .x{outline:1px dashed VAR(faint);outline-offset:-1px}
"""

_FORCED = """\
@media (forced-colors:active){\
.aav [class^=p]{text-decoration:underline solid}.aav [class^=n]{text-decoration:underline dotted}\
.aav .b>span{background:CanvasText;forced-color-adjust:none}
STEPS}
"""

# Paper is white, holds all panels, and cannot be scrolled.
_PRINT = """\
@media print{.aav{color-scheme:light}.aav .s{display:block}.aav .s input{display:none}\
.aav .s>label:not(:has(:checked))+div{display:block}.aav .m{max-height:none;overflow:visible}}
"""

PAGE = (
    f"html{{color-scheme:light dark;background:light-dark({LIGHT.paper},{DARK.paper})}}"
    "body{margin:1em auto;max-width:60em}h1{font:bold 18px system-ui,sans-serif;margin:.6rem}"
    "@media print{html{color-scheme:light}}"
)
"""What a page that stands alone has on top of it."""


def _value(name: str) -> str:
    return f"light-dark({getattr(LIGHT, name)},{getattr(DARK, name)})"


@cache
def style() -> str:
    """The rules for one view, or for several on one page."""
    base = _BASE.replace("LIGHT_THEMES", _LIGHT_THEMES).replace("DARK_THEMES", _DARK_THEMES)
    for name in ("paper", "ink", "faint", "line"):
        base = base.replace(f"VAR({name})", _value(name))
    marks = [mark for mark in MARKS if level(mark)]
    colours = "".join(f".aav .{mark}{{--c:light-dark({LIGHT[mark]},{DARK[mark]})}}" for mark in marks)
    steps = "".join(
        f".aav .p{step},.aav .n{step}{{text-decoration-thickness:{step * 0.45:.2f}px}}" for step in range(1, LEVELS + 1)
    )
    return f"{base}{colours}\n{_FORCED.replace('STEPS', steps)}{_PRINT}"
