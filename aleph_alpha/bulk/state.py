"""What is in an output folder: keys that are done and failed; and its repair after a run that broke off."""

from __future__ import annotations

import contextlib
import re
import shutil
from glob import glob
from pathlib import Path
from typing import NamedTuple

from pyarrow import parquet

from aleph_alpha.bulk.disk import publish, sync_folder
from aleph_alpha.bulk.errors import BulkError
from aleph_alpha.bulk.journal import Kind, read_segment, segments_of, settle
from aleph_alpha.bulk.keys import KeySet, Marks, hash_keys
from aleph_alpha.bulk.manifest import MANIFEST, Manifest
from aleph_alpha.bulk.parts import (
    ERRORS,
    Sealed,
    column_types,
    drop_errors,
    is_part,
    key_batches,
    part_name,
    parts_of,
    seal,
)
from aleph_alpha.bulk.report import REPORT

__all__ = ["JOURNAL", "Folder", "Totals", "check_new", "is_of_job", "manifest_of"]

JOURNAL = "_journal"
_LEFT = "x-"  # in front of the name of a run that has been taken over
_RUN = re.compile(r"(?:x-)?(\d+)-\w+")


def check_new(folder: Path) -> None:
    """Refuse a folder that is of no job yet, but holds what readers of its results would take for some.

    Raises:
        BulkError: there is a Parquet file in it.
    """
    found = next(iter(sorted(folder.glob("*.parquet"))), None) if folder.is_dir() else None
    if found is not None:
        told = "whoever reads the results would read it, too"
        raise BulkError(f"{folder} holds {found.name}, but no {MANIFEST} of a job: {told}; use another output folder")


def manifest_of(folder: Path) -> Manifest | None:
    """The manifest of the job whose rows are in a folder; ``None`` where there is no row yet, done or failed.

    Raises:
        BulkError: it cannot be read.
    """
    manifest = Manifest.read(folder)
    begun = glob("*/*.segment", root_dir=folder / JOURNAL)  # which passes over a run that ends in the meantime
    return manifest if begun or parts_of(folder) or parts_of(folder / ERRORS) else None


def is_of_job(file: Path, output: Path | None) -> bool:
    """Whether a job wrote the file beside its results, or as its results if they are those of `output`."""
    if not (is_part(file.name) or file.name == REPORT):
        return False
    is_error = file.name != REPORT and file.parent.name == ERRORS
    job = file.parent.parent if is_error else file.parent
    if not (job / MANIFEST).exists():
        return False
    return is_error or file.name == REPORT or (output is not None and job.resolve() == output.resolve())


class Totals(NamedTuple):
    """Rows with a result, and rows that failed for good."""

    done: int
    failed: int


class Folder:
    """The output folder of a job, in the hands of the one process that holds its lock.

    Attributes:
        path: of the folder.
        manifest: of the job; changes when the first rows tell the types of the columns.
    """

    def __init__(self, path: Path, manifest: Manifest) -> None:
        self.path = path
        self.manifest = manifest
        self._retried = False

    @property
    def _key(self) -> str:
        return self.manifest.key

    def next_generation(self) -> int:
        """A number for a run that no run before had."""
        names = [file.name for folder in (self.path, self.path / ERRORS) for file in parts_of(folder)]
        used = [int(name.split("-")[1].partition(".")[0]) for name in names]
        used += [int(match[1]) for run in (self.path / JOURNAL).iterdir() if (match := _RUN.fullmatch(run.name))]
        return max(used, default=0) + 1

    def recover(self) -> None:
        """Bring what runs before have left in the journal to its place."""
        for folder in self._places:
            for file in folder.glob("_new-*.tmp"):
                file.unlink()
        for run in sorted(run for run in (self.path / JOURNAL).iterdir() if run.is_dir()):
            self._recover_run(run)

    def _recover_run(self, run: Path) -> None:
        if not run.name.startswith(_LEFT):  # first out of the way of a worker that does not know yet
            run = run.rename(run.with_name(_LEFT + run.name))
            sync_folder(run.parent)
        left = segments_of(run)
        done = self._done_of([segment for segments in left.values() for segment in segments])
        for shard, segments in sorted(left.items()):
            stem = run / f"{shard:06d}"
            sealed = seal(
                shard, segments, stem, self._key, {}, lambda hashes: ~done.contains(hashes), self.manifest.columns
            )
            name = self.commit(run, sealed)
            if sealed.rows is not None:
                _add_keys(done, self.path / name, self._key)
                done.sort()
        shutil.rmtree(run)
        sync_folder(run.parent)

    def commit(self, run: Path, sealed: Sealed) -> str:
        """Put the files of a shard into their place, under a name that is returned: its rows are there for everybody.

        After that its part of the run's journal goes.

        Raises:
            BulkError: its columns are others than those of the parts before.
        """
        generation = int(run.name.removeprefix(_LEFT).partition("-")[0])
        copy = 0
        while any((folder / part_name(generation, sealed.shard, copy)).exists() for folder in self._places):
            copy += 1
        name = part_name(generation, sealed.shard, copy)
        if sealed.rows is not None:
            manifest = self.manifest.with_columns(column_types(sealed.rows))
            if manifest != self.manifest:
                manifest.write(self.path)
                self.manifest = manifest
            publish(sealed.rows, self.path / name)
        if sealed.errors is not None:
            publish(sealed.errors, self.path / ERRORS / name)
        if self._retried:
            settled = KeySet()
            for folder in self._places:
                if (folder / name).exists():
                    _add_keys(settled, folder / name, self._key)
            settled.sort()
            drop_errors(self.path, self._key, settled, before=name)
        settle(run, sealed.shard)
        return name

    @property
    def _places(self) -> tuple[Path, Path]:
        return self.path, self.path / ERRORS

    def remove_settled(self, keys: KeySet, *, retry_failed: bool) -> Totals:
        """Take the keys out of those of the input that are not to be asked again; how many are done and failed."""
        self._drop_older()
        self._retried = retry_failed
        done, failed = (_marks_of(folder, self._key, keys) for folder in self._places)
        totals = Totals(done.count(), failed.count())
        if not retry_failed:
            done.add(failed)
        if done.count():
            keys.remove(done)
        return totals

    def look(self, keys: KeySet, *, retry_failed: bool) -> int:
        """Take the keys out that a run would not ask for, also those in the journal; how many. Nothing is written."""
        settled = _marks_of(self.path, self._key, keys)
        if not retry_failed:
            settled.add(_marks_of(self.path / ERRORS, self._key, keys))
        journal = self.path / JOURNAL
        for run in journal.iterdir() if journal.is_dir() else ():
            for segment in [one for found in segments_of(run).values() for one in found] if run.is_dir() else ():
                with contextlib.suppress(FileNotFoundError):  # a run that goes on has just settled it
                    for kind, batch in read_segment(segment):
                        if kind is Kind.DONE or not retry_failed:
                            settled.set(keys.places(hash_keys(batch.column(self._key))))
        count = settled.count()
        if count:
            keys.remove(settled)
        return count

    def totals(self) -> Totals:
        """How many rows are in the folder, whatever the input."""
        counts = (sum(parquet.read_metadata(file).num_rows for file in parts_of(folder)) for folder in self._places)
        return Totals(*counts)

    def _drop_older(self) -> None:
        """A kill between two renames leaves a key in two places: a success counts, else the later failure."""
        errors = parts_of(self.path / ERRORS)
        if not errors:
            return
        failed = KeySet()
        for file in errors:
            _add_keys(failed, file, self._key)
        failed.sort()
        beaten = KeySet()
        for file in parts_of(self.path):
            for keys in key_batches(file, self._key):
                hashes = hash_keys(keys)
                beaten.add(hashes[failed.contains(hashes)])
        beaten.sort()
        if len(beaten):
            drop_errors(self.path, self._key, beaten)
        if len(failed.repeated(1)):
            for file in parts_of(self.path / ERRORS)[1:]:
                later = KeySet()
                _add_keys(later, file, self._key)
                later.sort()
                drop_errors(self.path, self._key, later, before=file.name)

    def _done_of(self, segments: list[Path]) -> KeySet:
        """Those keys of a journal that are in parts already; no more is held than the journal has keys."""
        left = KeySet()
        for segment in segments:
            for _, batch in read_segment(segment):
                left.add(hash_keys(batch.column(self._key)))
        left.sort()
        done = KeySet()
        for file in parts_of(self.path) if len(left) else ():
            for array in key_batches(file, self._key):
                hashes = hash_keys(array)
                done.add(hashes[left.contains(hashes)])
        done.sort()
        return done


def _marks_of(folder: Path, key: str, keys: KeySet) -> Marks:
    """Which of the keys are in the parts of a folder."""
    marks = Marks(len(keys))
    for file in parts_of(folder):
        for array in key_batches(file, key):
            marks.set(keys.places(hash_keys(array)))
    return marks


def _add_keys(keys: KeySet, file: Path, key: str) -> None:
    for array in key_batches(file, key):
        keys.add(hash_keys(array))
