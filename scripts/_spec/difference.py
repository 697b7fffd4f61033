"""A difference between two documents, and the place where they are collected, each once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

#: What stands for a thing in the document that does not have it.
ABSENT = "absent"


@dataclass(frozen=True, order=True)
class Difference:
    """One thing that is not the same in their document and in the contract."""

    pointer: str
    kind: str
    theirs: str
    ours: str
    contract_pointer: str = field(compare=False)
    operations: tuple[str, ...] = field(compare=False, default=())

    @property
    def change(self) -> str:
        """What is different, as seen from the contract."""
        if self.theirs == ABSENT:
            return "only in the contract"
        return "added" if self.ours == ABSENT else "changed"


class Findings:
    """Collects differences. One that is met on several ways, inside a shared schema, is one."""

    def __init__(self) -> None:
        self._contract_pointers: dict[tuple[str, str, str, str], str] = {}

    def add(self, kind: str, theirs: str, ours: str, pointer: str, contract_pointer: str | None = None) -> None:
        """The contract's pointer is needed where it is not the same as theirs."""
        self._contract_pointers.setdefault((pointer, kind, theirs, ours), contract_pointer or pointer)

    def same(self, kind: str, theirs: str, ours: str, pointer: str, contract_pointer: str | None = None) -> None:
        """Add a difference unless the two are equal."""
        if theirs != ours:
            self.add(kind, theirs, ours, pointer, contract_pointer)

    def differences(self, reach: Callable[[str, str], set[str]]) -> list[Difference]:
        """All of them by pointer; `reach` names the operations of a pointer of theirs and one of the contract."""
        found = self._contract_pointers.items()
        return sorted(Difference(*key, contract, tuple(sorted(reach(key[0], contract)))) for key, contract in found)
