"""Finding out which member of one union is which member of another, where some may have changed, come or gone."""

from __future__ import annotations

from collections.abc import Callable

from scripts._spec_schema import Schema

_Pairs = list[tuple[Schema, Schema]]


def match(theirs: list[Schema], ours: list[Schema]) -> tuple[_Pairs, list[Schema], list[Schema]]:
    """The pairs that are the same member, and what is left of each union. The surest sign is looked for first."""
    pairs: _Pairs = []
    for alike in (_same_name, _same_shape, _same_tag, _same_kind):
        found, theirs, ours = _pair(theirs, ours, alike)
        pairs += found
    if len(theirs) == len(ours) == 1 and "object" not in (theirs[0].type.value, ours[0].type.value):
        # Another type in the same place, rather than one that went and one that came. Objects are told apart by more.
        return [*pairs, (theirs[0], ours[0])], [], []
    return pairs, theirs, ours


def _pair(
    theirs: list[Schema], ours: list[Schema], alike: Callable[[Schema, Schema], bool]
) -> tuple[_Pairs, list[Schema], list[Schema]]:
    """Those of one union that are like exactly one of the other and it like exactly one of them."""
    pairs: _Pairs = []
    for x in theirs:
        partners = [y for y in ours if alike(x, y)]
        if len(partners) == 1 and sum(alike(rival, partners[0]) for rival in theirs) == 1:
            pairs.append((x, partners[0]))
    paired = [id(each) for pair in pairs for each in pair]
    return pairs, [x for x in theirs if id(x) not in paired], [y for y in ours if id(y) not in paired]


def _same_name(x: Schema, y: Schema) -> bool:
    return x.component is not None and x.component == y.component


def _same_shape(x: Schema, y: Schema) -> bool:
    return x.shape == y.shape


def _same_tag(x: Schema, y: Schema) -> bool:
    return bool(x.tag) and x.tag == y.tag


def _same_kind(x: Schema, y: Schema) -> bool:
    """Of the same type, and objects with half of their fields in common."""
    if x.type.value != y.type.value:
        return False
    theirs, ours = x.properties.keys(), y.properties.keys()
    return x.type.value != "object" or len(theirs & ours) * 2 >= len(theirs | ours)
