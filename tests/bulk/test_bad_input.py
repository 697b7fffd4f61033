"""What cannot work is said before anything is sent or written."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from glob import glob
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import dataset, parquet

from aleph_alpha import AsyncClient, InvalidRequestError, bulk
from aleph_alpha.bulk.manifest import Manifest
from aleph_alpha.errors import status_error
from aleph_alpha.testing import LocalServer
from tests.bulk.tasks import Doubling, nobody

ROWS = [{"id": 1, "number": 1}, {"id": 2, "number": 2}]


def run(task: Any, source: Any, output: Path, **words: Any) -> bulk.Report:
    return bulk.run(task, source, output=output, **{"key": "id", "client": nobody(), "progress": False, **words})


def written(folder: Path, name: str, content: str | bytes) -> Path:
    file = folder / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return file


SOURCES: dict[str, tuple[Callable[[Path], Any], str]] = {
    "a missing column": (
        lambda folder: [{"id": 1, "nummer": 1}],
        "the first row has no column 'number'; it has 'id', 'nummer'",
    ),
    "a missing key": (lambda folder: [{"number": 1}], "has no column 'id'"),
    "a null key": (
        lambda folder: [{"id": 1, "number": 1}, {"id": None, "number": 2}],
        "'id' is null in 1 of 2 rows: row 1",
    ),
    "a key twice": (lambda folder: [*ROWS, {"id": 2, "number": 5}], "keys more than once: 2 (rows 1, 2)"),
    "a key that is a number": (lambda folder: [{"id": 1.5, "number": 1}], "of type double; keys must be whole numbers"),
    "keys of two kinds": (lambda folder: [*ROWS, {"id": "a", "number": 1}], "holds values of different types"),
    "no rows": (lambda folder: [], "the input has no rows"),
    "no rows in a table": (
        lambda folder: pa.table({"id": pa.array([], pa.int64()), "number": pa.array([], pa.int64())}),
        "no rows",
    ),
    "an empty file": (lambda folder: written(folder, "x.jsonl", ""), "has no column 'id', 'number'"),
    "an empty CSV file": (lambda folder: written(folder, "x.csv", ""), "x.csv cannot be read: Empty CSV file"),
    "no file": (lambda folder: folder / "x.parquet", "there is no file"),
    "no file in a folder": (lambda folder: folder, "there is no file"),
    "no Parquet": (lambda folder: written(folder, "x.parquet", b"rubbish, and more of it"), "x.parquet cannot be read"),
    "no JSON": (
        lambda folder: written(folder, "x.jsonl", '{"id": 1, "number": 2}\n{"id": '),
        "x.jsonl, line 2 is not valid JSON",
    ),
    "no object": (lambda folder: written(folder, "x.jsonl", "[1]\n"), "line 1 must be a JSON object, got list"),
    "a format nobody knows": (
        lambda folder: written(folder, "x.xlsx", b"PK"),
        "is of no known format; known are .parquet",
    ),
    "binary rubbish as CSV": (
        lambda folder: written(folder, "x.csv", b"id,number\n1,\xff\xfe\n"),
        "x.csv cannot be read",
    ),
    "no dict": (lambda folder: [1, 2], "row 0 must be a dict of column names and values, got int"),
    "no source": (lambda folder: 5, "a source is a path, a list of paths, a table"),
}


@pytest.mark.parametrize("name", SOURCES)
def test_an_input_that_cannot_work_is_refused_before_anything_is_asked_or_written(name: str, tmp_path: Path) -> None:
    source, message = SOURCES[name]
    inputs = tmp_path / "inputs"
    inputs.mkdir()
    task = Doubling()
    with pytest.raises(bulk.SourceError) as raised:
        run(task, source(inputs), tmp_path / "output")
    assert message in str(raised.value)
    assert not task.asked
    assert not (tmp_path / "output").exists()


def test_an_iterable_that_breaks_off_leaves_no_file_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def rows() -> Iterator[dict[str, int]]:
        yield from ({"id": number, "number": 1} for number in range(3000))
        raise RuntimeError("no more")

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with pytest.raises(RuntimeError, match="no more") as raised:  # which refers to all that was there then
        run(Doubling(), rows(), tmp_path / "output")
    assert not [*tmp_path.iterdir()], raised


def test_at_most_ten_offending_keys_are_named(tmp_path: Path) -> None:
    rows = [{"id": number // 2, "number": 1} for number in range(100)]
    with pytest.raises(bulk.KeyColumnError) as raised:
        run(Doubling(), rows, tmp_path / "output")
    assert str(raised.value).count("(rows") == 10
    assert "and others" in str(raised.value)


TYPES: dict[str, tuple[Any, list[Any], str]] = {
    "text": (bulk.Complete("toy-base", "x"), [5], "column 'x' is of type int64; it must hold strings"),
    "image": (bulk.Complete("toy-base", image="x"), [5], "it must hold bytes, paths or URLs of images"),
    "texts": (bulk.Rerank("toy-reranker", "q", "x"), ["a"], "it must hold lists of strings"),
}


@pytest.mark.parametrize("name", TYPES)
def test_a_column_of_the_wrong_type_is_refused(name: str, tmp_path: Path) -> None:
    task, values, message = TYPES[name]
    with pytest.raises(bulk.SourceError) as raised:
        run(task, [{"id": 1, "x": value, "q": "?"} for value in values], tmp_path / "output")
    assert message in str(raised.value)


SCRIPT = """\
from aleph_alpha import AsyncClient, bulk
bulk.run(bulk.Embed("m", "text"), [{"id": 1, "text": "x"}], key="id", output="output", engine="dask",
         client=AsyncClient("token", "http://127.0.0.1:9"), progress=False)
"""


@pytest.mark.slow
def test_a_script_without_a_guard_is_told_of_it_by_its_workers_and_at_its_end(tmp_path: Path) -> None:
    pytest.importorskip("distributed")
    script = written(tmp_path, "script.py", SCRIPT)
    path = os.pathsep.join(map(os.path.abspath, filter(None, sys.path)))
    run = subprocess.run(
        [sys.executable, script], cwd=tmp_path, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True
    )
    assert run.returncode == 1
    errors = [line for line in run.stderr.splitlines() if re.match(r"[\w.]+(Error|Exception):", line)]
    assert len(errors) == run.stderr.count("Traceback") == 3, run.stderr  # two workers, and the script
    assert all('call bulk.run below `if __name__ == "__main__":`' in line for line in errors)
    assert "the workers of the cluster ended while they started" in errors[-1]


ARGUMENTS: dict[str, tuple[Callable[[], Any], str]] = {
    "a field that there is not": (
        lambda: bulk.Complete("m", "x", fields={"maximum_token": 1}),
        "did you mean maximum_tokens?",
    ),
    "a field of the request that a task has not": (
        lambda: bulk.Chat("m", "x", fields={"max_token": 1}),
        "did you mean max_tokens?",
    ),
    "two names of one field": (
        lambda: bulk.Chat("m", "x", fields={"max_tokens": 1, "maximum_tokens": 2}),
        "two names of one field",
    ),
    "a field of the rows": (lambda: bulk.Complete("m", "x", fields={"prompt": 1}), "is filled from the rows"),
    "several completions": (lambda: bulk.Complete("m", "x", fields={"n": 2}), "n must be 1, got 2"),
    "no prompt": (lambda: bulk.Complete("m"), "a prompt needs a column, or a template"),
    "two prompts": (lambda: bulk.Complete("m", "x", "{{ y }}"), "two sources of one prompt"),
    "a template that is none": (lambda: bulk.Complete("m", template="{% for %}"), "line 1"),
    "an image that is not used": (
        lambda: bulk.Complete("m", template="{{ x }}", image="y"),
        "does not use the image column 'y'",
    ),
    "a batch of none": (lambda: bulk.Embed("m", "x", batch_size=0), "between 1 and 100, got 0"),
    "a value of the wrong type": (lambda: bulk.Complete("m", "x", fields={"maximum_tokens": "8"}), "must be an int"),
}


@pytest.mark.parametrize("name", ARGUMENTS)
def test_a_task_that_cannot_work_is_refused_when_it_is_made(name: str) -> None:
    make, message = ARGUMENTS[name]
    with pytest.raises(InvalidRequestError) as raised:
        make()
    assert message in str(raised.value)


COUNTS = [
    ({"concurrency": 0}, "concurrency must be 1 or greater, got 0"),
    ({"limit": -1}, "limit must be 1 or greater, got -1"),
]


@pytest.mark.parametrize(("words", "message"), COUNTS)
def test_counts_below_one_are_refused(words: dict[str, int], message: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=message):
        run(Doubling(), ROWS, tmp_path / "output", **words)


def test_a_key_named_like_a_result_is_refused(tmp_path: Path) -> None:
    with pytest.raises(bulk.SourceError, match="has the name of a column of the results"):
        run(Doubling(), [{"doubled": 1, "number": 1}], tmp_path / "output", key="doubled")


def test_a_change_of_what_makes_results_different_is_refused_with_the_difference(tmp_path: Path) -> None:
    run(Doubling(factor=2), ROWS, tmp_path)
    task = Doubling(factor=3)
    with pytest.raises(bulk.OtherJobError, match="factor: 2 in the folder, 3 now"):
        run(task, ROWS, tmp_path)
    template, other = ({"template": 2000 * "word " + end} for end in ("one", "other"))
    with pytest.raises(
        bulk.OtherJobError, match=r"template: '?\.\.\.[word ]+one' in the folder, \.\.\.[word ]+other' now"
    ):
        Manifest("complete", template, "id", "int").check_same(Manifest("complete", other, "id", "int"), tmp_path)
    with pytest.raises(bulk.OtherJobError, match="key type: 'int' in the folder, 'string' now"):
        run(Doubling(factor=2), [{"id": "a", "number": 1}], tmp_path)
    assert not task.asked


def test_a_folder_without_rows_may_become_that_of_another_job(tmp_path: Path) -> None:
    class Refused(Doubling):
        async def send(self, client: AsyncClient, request: Any) -> list[int]:
            raise status_error(404, "there is no such model")

    with pytest.raises(bulk.JobStopped):
        run(Refused(factor=3), ROWS, tmp_path)
    assert bulk.dry_run(Doubling(), ROWS, key="id", output=tmp_path, client=nobody()).rows == 2
    assert run(Doubling(), ROWS, tmp_path).done == 2
    with pytest.raises(bulk.OtherJobError):
        run(Doubling(factor=3), ROWS, tmp_path)


def test_a_change_of_concurrency_is_not(tmp_path: Path) -> None:
    run(Doubling(), ROWS, tmp_path, concurrency=1)
    assert run(Doubling(3), ROWS, tmp_path, concurrency=7).new == 0


def test_a_second_process_is_refused(tmp_path: Path) -> None:
    run(Doubling(), ROWS, tmp_path)
    holds = (
        "import sys; from pathlib import Path; from aleph_alpha.bulk.disk import locked\n"
        "with locked(Path(sys.argv[1])): print(flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", holds, str(tmp_path / "_journal" / "lock")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        other.stdout.readline()
        with pytest.raises(bulk.FolderBusyError, match=f"process {other.pid}"):
            run(Doubling(), ROWS, tmp_path)
        other.kill()
    assert run(Doubling(), ROWS, tmp_path).done == 2


def test_an_output_that_cannot_be_a_folder_is_refused_before_anything_is_asked(tmp_path: Path) -> None:
    written(tmp_path, "file", "")
    task = Doubling()
    for output in (tmp_path / "file", tmp_path / "file" / "inner", Path("/proc/output")):
        with pytest.raises(bulk.JobWriteError):
            run(task, ROWS, output)
    assert not task.asked


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root writes everywhere")
def test_a_folder_without_permission_is_refused_before_anything_is_asked(tmp_path: Path) -> None:
    (tmp_path / "output").mkdir(mode=0o500)
    task = Doubling()
    with pytest.raises(bulk.JobWriteError):
        run(task, ROWS, tmp_path / "output")
    assert not task.asked


@pytest.mark.parametrize(
    ("check_length", "error", "status"),
    [(False, "PromptTooLongError PROMPT_TOO_LONG", 400), (True, "PromptDoesNotFitError", None)],
)
def test_a_row_too_long_for_the_model_fails_alone(
    tmp_path: Path, check_length: bool, error: str, status: int | None
) -> None:
    rows = [{"id": number, "text": "word " * (3000 if number == 150 else 1)} for number in range(300)]
    with LocalServer() as server:
        client = AsyncClient("token", server.url, check_length=check_length)
        report = run(bulk.Embed("toy-base", "text"), rows, tmp_path, client=client)
    assert (report.done, report.failed, report.errors) == (299, 1, {error: 1})
    errors = bulk.read_errors(tmp_path).to_table().to_pylist()
    assert errors[0]["id"] == 150
    assert errors[0]["status"] == status


@pytest.mark.parametrize("output", ["memory://x/y", "s3://bucket/y", "file:///tmp/y"])
@pytest.mark.parametrize("go", [bulk.run, bulk.dry_run])
def test_an_output_that_is_a_url_is_refused_before_anything_is_asked_or_written(
    output: str, go: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    task = Doubling()
    with pytest.raises(InvalidRequestError, match="must be a folder on a disk, got the URL"):
        go(task, ROWS, key="id", output=output, client=nobody())
    assert not task.asked
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["mine.parquet", "part-000001-000001.parquet"])
@pytest.mark.parametrize("go", [bulk.run, bulk.dry_run])
def test_parquet_files_in_a_folder_of_no_job_are_not_mixed_with_results(name: str, go: Any, tmp_path: Path) -> None:
    parquet.write_table(pa.table({"x": [1]}), tmp_path / name)
    task = Doubling()
    with pytest.raises(bulk.BulkError, match=f"holds {name}, but no _manifest.json of a job"):
        go(task, ROWS, key="id", output=tmp_path, client=nobody())
    assert not task.asked
    assert [file.name for file in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("content", [b"", b"rubbish, and more of it", None])
def test_a_part_that_is_damaged_or_of_another_job_is_named(content: bytes | None, tmp_path: Path) -> None:
    run(Doubling(), ROWS, tmp_path)
    part = next(tmp_path.glob("part-*.parquet"))
    if content is None:
        parquet.write_table(pa.table({"x": [1]}), part)
    else:
        part.write_bytes(content)
    with pytest.raises(bulk.BulkError, match=f"{part.name} .*move it elsewhere"):
        run(Doubling(), ROWS, tmp_path)
    part.unlink()
    assert run(Doubling(), ROWS, tmp_path).done == 2


def tuples(found: Any) -> list[tuple[int, ...]]:
    return [tuple(row.values()) for row in found.to_table().to_pylist()]


READERS: dict[str, Callable[[str], list[tuple[int, ...]]]] = {
    "polars": lambda pattern: pytest.importorskip("polars").read_parquet(pattern).rows(),
    "duckdb": lambda pattern: pytest.importorskip("duckdb").sql(f"select * from '{pattern}'").fetchall(),
    "pyarrow": lambda pattern: tuples(dataset.dataset(glob(pattern))),
    "ourselves": lambda pattern: tuples(bulk.read(Path(pattern).parent)),
}


@pytest.mark.parametrize("name", READERS)
def test_what_is_in_the_folder_is_read_by_everybody(name: str, tmp_path: Path) -> None:
    run(Doubling(), ROWS, tmp_path)
    assert sorted(READERS[name](f"{tmp_path}/*.parquet")) == [(1, 2), (2, 4)]
    assert parquet.read_schema(next(tmp_path.glob("*.parquet"))).names == ["id", "doubled"]


NO_OUTPUTS: dict[str, tuple[Callable[[Path], Path], str]] = {
    "no folder": (lambda folder: folder / "nosuch", "there is no such folder; name the output folder of a job"),
    "a file": (lambda folder: written(folder, "x.parquet", ""), "it is not a folder"),
    "a folder of something else": (lambda folder: written(folder, "x.parquet", "").parent, "is no output folder"),
}


@pytest.mark.parametrize("read", [bulk.read, bulk.read_errors])
@pytest.mark.parametrize("name", NO_OUTPUTS)
def test_a_folder_that_is_no_output_cannot_be_read(name: str, read: Callable[[Path], Any], tmp_path: Path) -> None:
    make, message = NO_OUTPUTS[name]
    with pytest.raises(bulk.SourceError, match=message):
        read(make(tmp_path))


def test_an_output_without_results_or_without_its_journal_is_read(tmp_path: Path) -> None:
    begun, copied = tmp_path / "begun", tmp_path / "copied"
    (begun / "_journal").mkdir(parents=True)
    assert bulk.read(begun).count_rows() == bulk.read_errors(begun).count_rows() == 0
    run(Doubling(), ROWS, tmp_path / "output")
    copied.mkdir()
    for file in (tmp_path / "output").glob("*.parquet"):
        file.rename(copied / file.name)
    assert bulk.read(copied).count_rows() == 2
