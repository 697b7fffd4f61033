"""What is laid out alike by every renderer that is not a browser: names of a matrix, words from right to left."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from aleph_alpha._runtime.characters import direction, printable, shortened, visible
from aleph_alpha._runtime.line_breaks import Atom

__all__ = ["matrix_names", "visual"]


def matrix_names(
    labels: Sequence[str], room: float, least: float, measure: Callable[[str], float]
) -> tuple[list[str], list[str], float]:
    """Names of the rows and columns of a matrix, and how wide a column is: `least`, or more if there is `room`.

    Columns are called as rows are where that fits, and otherwise have the numbers that rows begin with.

    >>> matrix_names(["sun", "the harbour"], 30, 6, len)
    (['sun', 'the harbour'], ['sun', 'the harbour'], 11)
    >>> matrix_names(["sun", "the harbour"], 20, 6, len)
    (['0 sun', '1 the harbour'], ['0', '1'], 6)
    """
    names = [shortened(printable(visible(label)), 40) for label in labels]
    widest = max(map(measure, names), default=0)
    if widest <= max(least, room / max(len(names), 1)):
        return names, names, max(least, widest)
    return [f"{index} {name}" for index, name in enumerate(names)], [*map(str, range(len(names)))], least


def visual(line: list[Atom], base: str) -> list[Atom]:
    """The atoms from left to right, in a paragraph whose direction is `base`.

    Right-to-left words come in opposite order, and so does all around them where the paragraph is
    right-to-left: levels 0 to 2 of the bidirectional algorithm, with words for characters.
    """
    ways = [direction(atom.text) for atom in line]
    if base != "R" and "R" not in ways:
        return line
    for index, way in enumerate(ways):
        if not way:
            after = next((one for one in ways[index:] if one), base)
            before = ways[index - 1] if index else base
            ways[index] = before if before == after else base
    order: list[Atom] = []
    group: list[Atom] = []
    for atom, way in zip(line, ways, strict=True):
        if way == base:
            order += [*reversed(group), atom]
            group = []
        else:
            group.append(atom)
    order += reversed(group)
    return order if base != "R" else order[::-1]
