"""Finds import circles in the package, counting imports inside functions and under `TYPE_CHECKING`.

    python scripts/import_circles.py

import-linter's layers say which way imports may go between packages; this finds circles between any
two modules. Exit status 1 if there is one; each is printed with the imports that close it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise

import grimp

from aleph_alpha._runtime.terminal import show_anything


def circles(imports: Mapping[str, set[str]]) -> Iterator[list[str]]:
    """The circles of a graph, one by one: each is opened before the next is looked for."""
    left = {module: set(imported) for module, imported in imports.items()}
    while True:
        try:
            TopologicalSorter(left).prepare()
            return
        except CycleError as error:
            circle: list[str] = error.args[1]
            yield circle
            for imported, module in pairwise(circle):
                left[module].discard(imported)


def main() -> int:
    """Print the circles."""
    graph = grimp.build_graph("aleph_alpha", cache_dir=None)
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    found = list(circles(imports))
    for circle in found:
        print(" <- ".join(circle))
    print(f"{len(imports)} modules, {sum(map(len, imports.values()))} imports, {len(found)} circles")
    return 1 if found else 0


if __name__ == "__main__":
    show_anything()
    sys.exit(main())
