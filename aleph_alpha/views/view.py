"""A view: one figure, which every renderer can show."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from aleph_alpha._call.checks import check_field, integer
from aleph_alpha._runtime.characters import printable
from aleph_alpha._runtime.files import replace_file
from aleph_alpha._runtime.terminal import columns
from aleph_alpha.errors import InvalidRequestError
from aleph_alpha.views import html, terminal
from aleph_alpha.views.model import Figure
from aleph_alpha.views.png import png
from aleph_alpha.views.svg import svg
from aleph_alpha.views.text import layout, plain

__all__ = ["View"]


class View:
    """Something to look at: in a notebook, in a terminal, in a file.

    The last expression of a notebook's cell shows itself. ``print(view)`` writes to the terminal in
    the colours that it has, and plain text to anything else. Nothing is loaded or run to show it.

    Scores are blue above zero and orange below, on one scale for the whole view with zero in its
    middle. What is below zero is underlined, too; what is not a number is outlined.

    >>> from aleph_alpha import Prompt
    >>> view = Prompt.from_text("Hello").view()
    >>> print(view.text(columns=40))
    Prompt, 1 item
    text
    Hello
    """

    def __init__(self, figure: Figure) -> None:
        self._figure = figure

    def html(self, *, page: bool = True) -> str:
        """A page that stands alone; without `page` one element, with its style, to put into another page.

        Light or dark is what the page, notebook or system around it is. There is no script in it.
        """
        return html.page(self._figure) if page else html.fragment(self._figure)

    def svg(self, *, width: int = 800) -> str:
        """A drawing, `width` pixels wide, in light or dark as the system is. A matrix may need more."""
        return svg(self._figure, _positive("width", width))

    def png(self, *, width: int = 800, dark: bool = False, font: str | None = None) -> bytes:
        """An image file, twice `width` pixels wide, for screens with small pixels. A matrix may need more.

        A sheet of more than 32 million pixels is painted with fewer; what does not fit even so is cut.

        Args:
            width: of the sheet, in pixels of a usual screen; 320 or more.
            dark: light text on a dark background.
            font: name or path of a TrueType font that has the letters of the text. ``None`` takes
                DejaVu Sans, Noto Sans, Arial or Helvetica, whichever is installed, and otherwise
                Pillow's own font, which has the letters of ASCII only.

        Raises:
            InvalidRequestError: `width` is less than 1, or the font cannot be opened.
        """
        return png(self._figure, _positive("width", width), dark=dark, font=font)

    def text(self, *, columns: int = 80) -> str:
        """Plain text, `columns` wide (24 or more): a line for each score, its sign and size as plus or minus signs."""
        return plain(self._figure, _positive("columns", columns))

    def ansi(self, *, columns: int = 80, colors: int = 256, dark: bool = True) -> str:
        """Text for terminals of 16, 256 or 16,777,216 colours; plain text for 0.

        Control characters of the text are shown and not sent.
        """
        if colors not in {0, 16, 256, 1 << 24}:
            raise InvalidRequestError(f"colors must be 0, 16, 256 or 16777216, got {colors!r}")
        return terminal.ansi(self._figure, _positive("columns", columns), colors, dark=dark)

    def save(
        self,
        path: str | os.PathLike[str],
        *,
        width: int = 800,
        columns: int = 80,
        dark: bool = False,
        font: str | None = None,
    ) -> Path:
        """Write a file; ``.html``, ``.svg``, ``.png`` or ``.txt`` at the end of its name tells what.

        Args:
            path: of the file; one that is there is replaced by the whole new one, or stays if anything fails.
            width: of ``.svg`` and ``.png``, as in :meth:`svg` and :meth:`png`.
            columns: of ``.txt``, as in :meth:`text`.
            dark: of ``.png``, as in :meth:`png`; pages and drawings are dark where their reader's system is.
            font: of ``.png``, as in :meth:`png`.

        Returns:
            The path.

        Raises:
            InvalidRequestError: another ending, or an argument is out of bounds.
            OSError: the file cannot be written, such as into a folder that does not exist.
        """
        file = Path(path)
        kind = file.suffix.lower()
        content: str | bytes
        match kind:
            case ".html" | ".htm":
                content = self.html()
            case ".svg":
                content = self.svg(width=width)
            case ".png":
                content = self.png(width=width, dark=dark, font=font)
            case ".txt":
                content = f"{self.text(columns=columns)}\n"
            case _:
                raise InvalidRequestError(f"path must end with .html, .svg, .png or .txt, got {str(file)!r}")
        replace_file(file, content if isinstance(content, bytes) else content.encode("utf-8", "replace"))
        return file

    def __str__(self) -> str:
        # For what print() writes to: colours, if that is a terminal that shows them.
        environment, stream = os.environ, sys.stdout
        colours = terminal.colours_of(stream, environment)
        dark = terminal.is_dark(environment)
        shown = terminal.ansi(self._figure, columns(), colours, dark=dark)
        encoding = getattr(stream, "encoding", None) or "utf-8"
        return shown.encode(encoding, "backslashreplace").decode(encoding)

    def __repr__(self) -> str:
        return f"<View: {printable(self._figure.title)}>"

    def _repr_html_(self) -> str:
        return self.html(page=False)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        made = {"text/html": self._repr_html_, "text/plain": self.text}
        wanted = [kind for kind in made if (not include or kind in include) and kind not in (exclude or ())]
        return {kind: made[kind]() for kind in wanted}

    def __rich_console__(self, console: Any, options: Any) -> Iterator[Any]:
        # rich makes its own texts here, so that nothing of it has to be imported.
        for line in layout(self._figure, options.max_width, inline=True):
            text = console.render_str("", markup=False, emoji=False, highlight=False)
            for run, style in line:
                text.append(run, terminal.rich_style(style) or None)
            yield text


def _positive(name: str, value: int) -> int:
    check_field(value, integer, name)
    if value < 1:
        raise InvalidRequestError(f"{name} must be 1 or greater, got {value}")
    return value
