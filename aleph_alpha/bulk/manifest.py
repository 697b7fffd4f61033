"""Which job a folder is of: whatever makes results different, in ``_manifest.json``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

import orjson
import pyarrow as pa

from aleph_alpha.bulk.disk import write_whole
from aleph_alpha.bulk.errors import BulkError, OtherJobError
from aleph_alpha.bulk.task import Task

__all__ = ["MANIFEST", "Manifest"]

MANIFEST = "_manifest.json"
_FORMAT = 1
_WHOLE = 200  # characters of a value that are shown where it is different
_BEFORE, _AROUND = 20, 80  # of a longer one: before the difference, and in all


@dataclass(frozen=True)
class Manifest:
    """What identifies a job, and the types of its columns as soon as there are rows.

    Parameters:
        task: name of the task.
        settings: what makes results different.
        key: name of the key column.
        key_kind: ``"int"`` or ``"string"``.
        columns: name and Arrow type of each column of the parts; ``None`` before the first.
        key_type: Arrow type of the keys in the parts and errors; ``None`` in folders of earlier versions.
    """

    task: str
    settings: Mapping[str, Any]
    key: str
    key_kind: str
    columns: Mapping[str, str] | None = None
    key_type: str | None = None

    @classmethod
    def of(cls, task: Task, key: str, key_kind: str, key_type: str | None = None) -> Self:
        """The manifest of a job that has not begun."""
        settings = orjson.loads(orjson.dumps(dict(task.settings()), default=str))
        return cls(task.name, settings, key, key_kind, key_type=key_type)

    @property
    def type_of_keys(self) -> pa.DataType | None:
        """The type that keys have in the folder, where that is known."""
        name = self.key_type or (self.columns or {}).get(self.key)
        return None if name is None else pa.type_for_alias(name)

    @classmethod
    def read(cls, folder: Path) -> Self | None:
        """The manifest of a folder; ``None`` where there is none yet.

        Raises:
            BulkError: it cannot be read, or was written by a later version.
        """
        file = folder / MANIFEST
        try:
            found = orjson.loads(file.read_bytes())
            if found.pop("format") != _FORMAT:
                raise BulkError(f"{file} was written by another version of this package")
            return cls(**found)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise BulkError(f"{file} cannot be read: {error}") from error

    def write(self, folder: Path) -> None:
        """Put it into a folder."""
        content = orjson.dumps({"format": _FORMAT, **vars(self)}, option=orjson.OPT_INDENT_2)
        write_whole(folder / MANIFEST, lambda file: file.write_bytes(content))

    def check_same(self, other: Self, folder: Path) -> None:
        """Refuse a job whose results would be others.

        Raises:
            OtherJobError: shows each difference.
        """
        before, now = (
            {"task": one.task, "key": one.key, "key type": one.key_kind, **_flat(one.settings)} for one in (self, other)
        )
        names = [*before, *(name for name in now if name not in before)]
        shown = {name: (_shown(before, name), _shown(now, name)) for name in names}
        lines = [
            "{}: {} in the folder, {} now".format(name, *_where_different(*both))
            for name, both in shown.items()
            if both[0] != both[1]
        ]
        if lines:
            raise OtherJobError(
                f"{folder} holds the results of another job; use another output folder. Different are:\n  "
                + "\n  ".join(lines)
            )

    def with_columns(self, columns: Mapping[str, str]) -> Self:
        """The same with the types of the columns.

        Raises:
            BulkError: they are others than those of the parts before.
        """
        if self.columns is not None and dict(self.columns) != dict(columns):
            names = [name for name in columns if self.columns.get(name) != columns[name]]
            shown = ", ".join(f"{name}: {self.columns.get(name)} before, {columns[name]} now" for name in names)
            raise BulkError(f"the model's results have changed their form ({shown}); use another output folder")
        return replace(self, columns=dict(columns))


def _flat(settings: Mapping[str, Any], path: str = "") -> dict[str, Any]:
    return dict(_leaves(settings, path))


def _leaves(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping) and value:
        for name, one in value.items():
            yield from _leaves(one, f"{path}.{name}" if path else str(name))
    else:
        yield path, value


def _where_different(one: str, other: str) -> tuple[str, str]:
    """Two texts, of which what is long is cut to where they begin to differ.

    >>> _where_different("'" + 300 * "a" + "b'", "'c'")
    ("'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa...", "'c'")
    """
    if max(len(one), len(other)) <= _WHOLE:
        return one, other
    pairs = enumerate(zip(one, other, strict=False))
    same = next((place for place, (left, right) in pairs if left != right), min(len(one), len(other)))
    begin = max(0, same - _BEFORE)
    first, second = (
        f"{'...' if begin else ''}{text[begin : begin + _AROUND]}{'...' if begin + _AROUND < len(text) else ''}"
        for text in (one, other)
    )
    return first, second


def _shown(values: Mapping[str, Any], name: str) -> str:
    return repr(values[name]) if name in values else "not set"
