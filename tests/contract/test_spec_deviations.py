"""deviations.yaml explains what is known, no more: not a new change at the same place, and not what is gone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from scripts._spec.deviations import Deviation, explain, read_deviations
from scripts._spec.difference import ABSENT, Difference
from scripts._spec.load import SpecError, load
from scripts.spec import DEVIATIONS, main
from tests.contract.published import AS_PUBLISHED, CLEAN, published
from tests.recordings import recordings

POINTER = "/components/schemas/Thing/properties/field"


def difference(pointer: str = POINTER, kind: str = "type", theirs: str = "string", ours: str = "integer") -> Difference:
    return Difference(pointer, kind, theirs, ours, pointer)


def deviation(pointer: str = POINTER, kind: str = "type", theirs: str = "string", ours: str = "integer") -> Deviation:
    return Deviation(pointer, kind, theirs, ours, "a recording")


@pytest.mark.parametrize("name", [CLEAN, AS_PUBLISHED])
def test_every_difference_from_the_published_document_is_explained(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["diff", "--from", str(published(name))]) == 0
    assert "0 unexplained, " in capsys.readouterr().out


@pytest.mark.parametrize(
    "found",
    [
        difference(theirs="number"),
        difference(ours="number"),
        difference(kind="format"),
        difference(pointer=POINTER + "/items"),
        difference(pointer="/components/schemas/Thing/properties/other"),
        difference(theirs=ABSENT),
    ],
)
def test_a_new_change_at_the_same_place_is_not_taken_for_a_known_one(found: Difference) -> None:
    result = explain([found], [deviation()])
    assert result == ([found], 0, [(deviation(), 0)])


def test_a_known_difference_is_counted_and_its_deviation_is_not_stale() -> None:
    assert explain([difference()], [deviation()]) == ([], 1, [])


def test_a_star_stands_for_one_key() -> None:
    pattern = replace(deviation("/components/schemas/*/properties/field"), times=2)
    other = difference("/components/schemas/Other/properties/field")
    deeper = difference("/components/schemas/Other/properties/a/properties/field")
    assert explain([difference(), other, deeper], [pattern]) == ([deeper], 2, [])
    assert explain([difference()], [pattern]) == ([], 1, [(pattern, 1)])


def test_lists_in_an_entry_stand_for_entries(tmp_path: Path) -> None:
    path = tmp_path / "deviations.yaml"
    path.write_text("- {pointer: [/a, /b], kind: required, theirs: absent, ours: [x, 2, null], evidence: e}")
    values = [(each.pointer, each.ours) for each in read_deviations(path)]
    assert values == [("/a", "x"), ("/a", "2"), ("/a", "null"), ("/b", "x"), ("/b", "2"), ("/b", "null")]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("a: 1", "a list of deviations is expected"),
        ("- 1", "entry 1: the keys"),
        ("- {pointer: /a, kind: type, theirs: a, ours: b}", "entry 1: the keys"),
        ("- {pointer: /a, kind: type, theirs: a, ours: b, evidence: ''}", "entry 1: the keys"),
        ("- {pointer: /a, kind: type, theirs: a, ours: b, evidence: e, more: 1}", "entry 1: the keys"),
        ("- {pointer: /a, kind: type, theirs: [a, a], ours: b, evidence: e}", "/a: type comes twice"),
        (
            "- {pointer: /a, kind: type, theirs: a, ours: b, evidence: e, times: 2}",
            "`times` is a number",
        ),
        (
            "- {pointer: /*, kind: type, theirs: a, ours: b, evidence: e, times: 0}",
            "`times` is a number",
        ),
        (
            "- {pointer: /*, kind: type, theirs: a, ours: b, evidence: e, times: x}",
            "`times` is a number",
        ),
    ],
)
def test_a_broken_list_is_refused(content: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "deviations.yaml"
    path.write_text(content)
    with pytest.raises(SpecError, match=message):
        read_deviations(path)


def test_evidence_names_recordings_that_exist() -> None:
    names = {recording.name.partition("#")[0] for recording in recordings()}
    folders = {name.partition("/")[0] for name in names}
    for each in read_deviations(DEVIATIONS):
        recording, colon, _ = each.evidence.partition(":")
        name = recording.partition(" ")[0]
        if colon and name.partition("/")[0] in folders:
            assert name in names, each


def test_a_deviation_that_explains_nothing_any_more_is_an_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "deviations.yaml"
    gone = "- {pointer: /paths/~1gone/get, kind: operation, theirs: gone, ours: absent, evidence: it was there once}\n"
    path.write_text(DEVIATIONS.read_text() + gone)
    assert main(["diff", "--from", str(published(CLEAN)), "--deviations", str(path)]) == 1
    lines = capsys.readouterr().out.splitlines()
    what = "operation, theirs gone, ours absent: explains 0 differences, not 1"
    assert lines[0] == f"stale    deviation /paths/~1gone/get: {what}"
    assert len(lines) == 2
    assert lines[1].endswith("1 stale deviations")


def test_a_copy_of_the_contract_has_no_deviations_to_explain(tmp_path: Path) -> None:
    assert "x-deviations" in load(str(DEVIATIONS.with_name("inference.yaml")))
    assert main(["diff", "--from", str(DEVIATIONS.with_name("inference.yaml"))]) == 0
