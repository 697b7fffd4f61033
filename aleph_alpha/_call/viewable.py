"""The one door from the data classes to `aleph_alpha.views`.

Views import the classes that they show, so these cannot import views: the classes name the builder
that they want, and it is imported when somebody looks. By name, and here only: nothing else of the
package knows that there are views, ``import aleph_alpha`` loads none of them, and a program that
looks at nothing never does. (A registry that views fill would need somebody to import views first.)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from aleph_alpha.errors import AlephAlphaError

if TYPE_CHECKING:
    from aleph_alpha.views.view import View

__all__ = ["Viewable", "builder"]


def builder(module: str) -> Any:
    """The module of `aleph_alpha.views` that makes figures of a class."""
    return import_module(f"aleph_alpha.views.{module}")


class Viewable:
    """Shows itself in notebooks and to `rich`, as its ``view()`` does."""

    def view(self) -> View:
        """Something to look at."""
        raise NotImplementedError

    def _repr_html_(self) -> str | None:
        return self._repr_mimebundle_({"text/html"}).get("text/html")

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        try:
            view = self.view()
        except AlephAlphaError:  # such as vectors of several lengths: a cell that made them shows them all the same
            return {"text/plain": repr(self)}
        return view._repr_mimebundle_(include, exclude)

    def __rich__(self) -> View:
        return self.view()
