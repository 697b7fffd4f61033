"""Finding out which member of one union is which member of another, where some may have changed, come or gone."""

from __future__ import annotations

from collections.abc import Callable, Collection

from scripts._spec.schema import Schema

_Pairs = list[tuple[Schema, Schema]]


def match(
    theirs: list[Schema], ours: list[Schema], names: Collection[str]
) -> tuple[_Pairs, list[Schema], list[Schema]]:
    """The pairs that are the same member, and what is left of each union. The surest sign is looked for first.

    The names are those of components that both documents have.
    """
    # Where one changed so that it is like another one now, the one that stayed in its place is the one that did not.
    pairs = [(x, y) for x, y in zip(theirs, ours, strict=False) if _same_shape(x, y) and not _known_apart(x, y, names)]
    theirs, ours = _rest(theirs, pairs), _rest(ours, pairs)
    for sign in (_same_name, _same_shape, _same_tag, _same_kind):
        found, theirs, ours = _pair(theirs, ours, sign, names)
        pairs += found
    if len(theirs) == len(ours) == 1:  # one member that changed, unless the two have nothing to do with each other
        x, y = theirs[0], ours[0]
        if not _known_apart(x, y, names) and not _nothing_in_common(x, y):
            return [*pairs, (x, y)], [], []
    return pairs, theirs, ours


def _pair(
    theirs: list[Schema], ours: list[Schema], sign: Callable[[Schema, Schema], bool], names: Collection[str]
) -> tuple[_Pairs, list[Schema], list[Schema]]:
    """Those of one union that are like exactly one of the other and it like exactly one of them."""

    def alike(x: Schema, y: Schema) -> bool:
        return sign(x, y) and not _known_apart(x, y, names)

    pairs: _Pairs = []
    for x in theirs:
        partners = [y for y in ours if alike(x, y)]
        if len(partners) == 1 and sum(alike(rival, partners[0]) for rival in theirs) == 1:
            pairs.append((x, partners[0]))
    return pairs, _rest(theirs, pairs), _rest(ours, pairs)


def _rest(members: list[Schema], pairs: _Pairs) -> list[Schema]:
    paired = {id(each) for pair in pairs for each in pair}
    return [each for each in members if id(each) not in paired]


def _known_apart(x: Schema, y: Schema, names: Collection[str]) -> bool:
    """A component of another name may be the same one, renamed; not so where both documents have that name."""
    theirs, ours = set(x.components), set(y.components)
    return bool(theirs and ours and theirs.isdisjoint(ours) and not (theirs | ours).isdisjoint(names))


def _same_name(x: Schema, y: Schema) -> bool:
    return not set(x.components).isdisjoint(y.components)


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


def _nothing_in_common(x: Schema, y: Schema) -> bool:
    """An object is not another one changed that has none of its fields."""
    return x.type.value == y.type.value == "object" and not x.properties.keys() & y.properties.keys()
