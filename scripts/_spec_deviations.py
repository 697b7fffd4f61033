"""deviations.yaml: the known differences between the vendor's document and the contract, each with its evidence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

from scripts._spec_difference import Difference
from scripts._spec_load import SpecError, load_yaml
from scripts._spec_schema import text

_KEYS = ("pointer", "kind", "theirs", "ours", "evidence")


@dataclass(frozen=True)
class Deviation:
    """One known difference.

    A `*` in the pointer stands for any one key. Nothing else is loose: a new change at the same place is not this one.
    """

    pointer: str
    kind: str
    theirs: str
    ours: str
    evidence: str = field(compare=False)

    def explains(self, difference: Difference) -> bool:
        """Whether it is about this difference."""
        if (self.kind, self.theirs, self.ours) != (difference.kind, difference.theirs, difference.ours):
            return False
        mine, its = self.pointer.split("/"), difference.pointer.split("/")
        return len(mine) == len(its) and all(key in ("*", other) for key, other in zip(mine, its, strict=True))


class Explained(NamedTuple):
    """What deviations make of differences."""

    unexplained: list[Difference]
    explained: int
    stale: list[Deviation]


def read_deviations(path: Path) -> list[Deviation]:
    """The entries of the file. A list in an entry stands for one entry for each of its values."""
    entries = load_yaml(path)
    if not isinstance(entries, list):
        raise SpecError(f"{path}: a list of deviations is expected")
    found: list[Deviation] = []
    for number, entry in enumerate(entries, 1):
        if not isinstance(entry, dict) or sorted(entry) != sorted(_KEYS) or not entry["evidence"]:
            raise SpecError(f"{path}: entry {number}: the keys {', '.join(_KEYS)} are expected, each with a value")
        pointers, kinds, theirs, ours = (_values(entry[key]) for key in ("pointer", "kind", "theirs", "ours"))
        found += [Deviation(*each, evidence=str(entry["evidence"])) for each in product(pointers, kinds, theirs, ours)]
    for each, times in Counter(found).items():
        if times > 1:
            raise SpecError(f"{path}: {each.pointer}: {each.kind} comes twice")
    return found


def explain(differences: Sequence[Difference], deviations: Sequence[Deviation]) -> Explained:
    """Tell the known differences from the others, and the deviations that are not there any more."""
    used: set[Deviation] = set()
    unexplained: list[Difference] = []
    for difference in differences:
        reasons = {each for each in deviations if each.explains(difference)}
        used |= reasons
        if not reasons:
            unexplained.append(difference)
    return Explained(
        unexplained, len(differences) - len(unexplained), [each for each in deviations if each not in used]
    )


def _values(value: Any) -> list[str]:
    return [each if isinstance(each, str) else text(each) for each in (value if isinstance(value, list) else [value])]
