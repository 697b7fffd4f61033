"""A quote that is not closed in a CSV file is told of, with its line; whatever keeps to the rules of CSV is read."""

from __future__ import annotations

import csv
import gzip
import io
from pathlib import Path

import pytest
from hypothesis import example, given, settings, strategies as st

from aleph_alpha import bulk
from aleph_alpha.bulk.quotes import QuotedFile
from tests.bulk.tasks import Doubling, nobody

MANY = "".join(f'{number},"{number}"\n' for number in range(200_000))  # several blocks
BROKEN = {
    "to the end of the file": ('id,number\n1,1\n2,"2\n3,3\n4,4\n', 3),
    "in the last row": ('id,number\n1,1\n2,"2', 3),
    "up to the next quote": ('id,number\n1,1\n2,"2\n3,"3"\n4,4\n', 3),
    "in the first column": ('id,number\n1,1\n"2,2\n3,3\n', 3),
    "in the names of the columns": ('id,"number\n1,1\n', 1),
    "after fields of several lines": ('id,number\n1,"\n\n1"\n2,"2\n3,3\n', 5),
    "after a quote in the middle of a field": ('id,number\n1,5" x\n2,"2\n3,"3"\n', 3),
    "after two quotes": ('id,number\n1,""\n2,"""2\n3,3\n', 3),
    "far back": (f'id,number\n{MANY}x,"2\n3,3\n', 200_002),
    "in front of much": (f'id,number\nx,"2\n{MANY}', 2),
    "in front of more than a row may have": (f'id,number\nx,"2\n{MANY.replace(chr(34), "")}', 2),
}


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("name", BROKEN)
def test_a_quote_that_is_not_closed_is_told_of_before_anything_is_asked(
    name: str, packed: bool, tmp_path: Path
) -> None:
    text, line = BROKEN[name]
    file = tmp_path / ("x.csv.gz" if packed else "x.csv")
    file.write_bytes(gzip.compress(text.encode()) if packed else text.encode())
    task = Doubling()
    with pytest.raises(
        bulk.SourceError, match=rf"x\.csv(\.gz)?, line {line}: a field begins with a quote that is not closed"
    ):
        bulk.run(task, str(file), key="id", output=tmp_path / "output", client=nobody(), progress=False)
    assert not task.asked
    assert not (tmp_path / "output").exists()


def test_a_field_in_quotes_that_is_too_long_is_told_of_as_such(tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    file.write_text('id,number\n1,"' + "2\n" * 2_000_000 + '"\n3,"3"\n')
    with pytest.raises(bulk.SourceError, match="a row is longer than 1 MB"):
        bulk.run(Doubling(), str(file), key="id", output=tmp_path / "output", client=nobody(), progress=False)


def is_refused(text: str, size: int, delimiter: str = ",") -> bool:
    file = QuotedFile(io.BytesIO(text.encode()), "x.csv", delimiter)
    while file.read(size):
        pass
    try:
        file.check()
    except bulk.SourceError:
        return True
    return False


FIELD = st.text(st.sampled_from('ab" ,;\t\n\r'), max_size=8)


@given(
    rows=st.lists(st.lists(FIELD, min_size=1, max_size=4), max_size=6),
    delimiter=st.sampled_from(",\t"),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    end=st.sampled_from(["\n", "\r\n"]),
    size=st.integers(1, 9),
)
def test_what_keeps_to_the_rules_is_read(
    rows: list[list[str]], delimiter: str, quoting: int, end: str, size: int
) -> None:
    file = io.StringIO()
    csv.writer(file, delimiter=delimiter, quoting=quoting, lineterminator=end).writerows(rows)  # type: ignore[arg-type]
    assert not is_refused(file.getvalue(), size, delimiter)


@given(text=st.text(st.sampled_from('a" ,\n'), max_size=30), size=st.integers(1, 9))
@settings(max_examples=500)
@example(text='"a\n"b', size=3)
def test_what_is_refused_breaks_the_rules_wherever_the_reading_pauses(text: str, size: int) -> None:
    refused = is_refused(text, 1000)
    assert is_refused(text, size) == refused
    if refused:
        with pytest.raises(csv.Error):
            list(csv.reader(io.StringIO(text, newline=""), strict=True))
