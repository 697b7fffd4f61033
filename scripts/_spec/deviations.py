"""deviations.yaml: the known differences between the vendor's document and the contract, each with its evidence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

from scripts._spec.difference import Difference
from scripts._spec.load import SpecError, load_yaml
from scripts._spec.schema import text

_KEYS = ("pointer", "kind", "theirs", "ours", "evidence")


@dataclass(frozen=True)
class Deviation:
    """One known difference.

    A `*` in the pointer stands for any one key, and `times` says how many differences that makes. Nothing else is
    loose: a new change at the same place is not this one.
    """

    pointer: str
    kind: str
    theirs: str
    ours: str
    evidence: str = field(compare=False)
    times: int = field(compare=False, default=1)

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
    stale: list[tuple[Deviation, int]]  # with the number of differences that it explains


def read_deviations(path: Path) -> list[Deviation]:
    """The entries of the file. A list in an entry stands for one entry for each of its values."""
    entries = load_yaml(path)
    if not isinstance(entries, list):
        raise SpecError(f"{path}: a list of deviations is expected")
    found: list[Deviation] = []
    for number, entry in enumerate(entries, 1):
        if not isinstance(entry, dict) or {*entry} - {"times"} != {*_KEYS} or not entry["evidence"]:
            raise SpecError(f"{path}: entry {number}: the keys {', '.join(_KEYS)} are expected, each with a value")
        times = entry.get("times", 1)
        if type(times) is not int or times < 1 or ("times" in entry) > ("*" in str(entry["pointer"])):
            raise SpecError(f"{path}: entry {number}: `times` is a number, for a pointer with a `*`")
        pointers, kinds, theirs, ours = (_values(entry[key]) for key in ("pointer", "kind", "theirs", "ours"))
        found += [
            Deviation(*each, evidence=str(entry["evidence"]), times=times)
            for each in product(pointers, kinds, theirs, ours)
        ]
    for each, times in Counter(found).items():
        if times > 1:
            raise SpecError(f"{path}: {each.pointer}: {each.kind} comes twice")
    return found


def explain(differences: Sequence[Difference], deviations: Sequence[Deviation]) -> Explained:
    """Tell the known differences from the others, and the deviations that are not there any more."""
    times: Counter[Deviation] = Counter()
    unexplained: list[Difference] = []
    for difference in differences:
        reasons = [each for each in deviations if each.explains(difference)]
        times.update(reasons)
        if not reasons:
            unexplained.append(difference)
    stale = [(each, times[each]) for each in deviations if times[each] != each.times]
    return Explained(unexplained, len(differences) - len(unexplained), stale)


def for_clients(deviations: Sequence[Deviation]) -> dict[str, Any]:
    """What a client that compares a document with the contract at run time has to know of them, as JSON.

    ``undocumented``: pointers to fields that the vendor's document lacks. ``misdocumented``: pointers to schemas, each
    with the type that the vendor's document has there instead. A `*` stands for any one key.
    """
    fields = {each.pointer for each in deviations if (each.kind, each.theirs) == ("field", "absent")}
    types = {each.pointer.removesuffix("/type"): each.theirs for each in deviations if each.kind == "type"}
    return {
        "undocumented": sorted(fields),
        "misdocumented": {
            pointer: "array" if theirs.startswith("[") else theirs
            for pointer, theirs in sorted(types.items())
            if theirs != "any"
        },
    }


def _values(value: Any) -> list[str]:
    return [each if isinstance(each, str) else text(each) for each in (value if isinstance(value, list) else [value])]
