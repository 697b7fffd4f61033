"""Whatever an API changes in its document is reported, once, by its pointer; what it only words differently is not."""

from __future__ import annotations

import copy
import os
from collections.abc import Callable
from functools import cache

import pytest

from scripts._spec.compare import compare
from scripts._spec.deviations import Deviation, explain, read_deviations
from scripts._spec.difference import Difference
from scripts._spec.load import Json, load
from scripts._spec.normalise import normalise
from scripts._spec.places import places
from scripts.spec import CONTRACT, CORRECTED, DEVIATIONS
from tests.contract import spec_changes_of_values  # noqa: F401 - adds its kinds
from tests.contract.published import AS_PUBLISHED, CLEAN, published
from tests.contract.spec_changes import KINDS, Change

pytestmark = pytest.mark.slow

DOCUMENTS: dict[str, Callable[[], str]] = {
    "contract": lambda: str(CONTRACT),
    "published": lambda: str(published(CLEAN)),
    "as published": lambda: str(published(AS_PUBLISHED)),
}
#: At how many places of a document each kind of change is tried. AA_SPEC_PLACES=all tries all, which takes very long.
PLACES = {"contract": 2, "published": 2, "as published": 1}


@cache
def _contract() -> Json:
    return normalise(load(str(CONTRACT)), "contract")


def _differences(document: Json) -> frozenset[Difference]:
    return frozenset(compare(normalise(document, "document"), _contract()))


def _deviations(document: Json) -> list[Deviation]:
    return [] if CORRECTED in document else _known()


@cache
def _known() -> list[Deviation]:
    return read_deviations(DEVIATIONS)


@cache
def _before(source: str) -> tuple[Json, frozenset[Difference]]:
    document = load(source)
    return document, _differences(document)


def _sample(changes: list[Change], places: int) -> list[Change]:
    """Some of the changes, evenly spread."""
    if os.environ.get("AA_SPEC_PLACES") == "all":
        return changes
    return changes[:: max(1, len(changes) // places)][:places]


def _whole(pointer: str, before: frozenset[Difference]) -> str:
    """Inside what differs as a whole already (a field that the contract lacks, another type), the whole is reported."""
    for each in before:
        outer = each.pointer.removesuffix("/type") if each.kind == "type" else each.pointer
        if pointer.startswith(outer + "/"):
            return each.pointer
    return pointer


def test_there_are_changes_of_many_kinds() -> None:
    assert len(KINDS) >= 60


@pytest.mark.parametrize("document", DOCUMENTS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_change_is_reported_once_by_its_pointer(kind: str, document: str) -> None:
    original, before = _before(DOCUMENTS[document]())
    changes = list(KINDS[kind](original))
    if not changes:
        pytest.skip(f"nowhere in this document can this happen: {kind}")
    for change in _sample(changes, PLACES[document]):
        if any(each.kind == "type" and each.pointer in change.reported for each in before):
            continue  # with another type there, what differs inside would come to light
        differences = _differences(change.made(original))
        found = explain(sorted(differences), _deviations(original))
        where = (change.place, change.reported, found.unexplained)
        pointers = {pointer for each in found.unexplained for pointer in (each.pointer, each.contract_pointer)}
        expected = {pointer if pointer in pointers else _whole(pointer, before) for pointer in change.reported}
        if change.instead in {each.pointer for each in before}:
            expected = {change.instead}
        # Where theirs has become what ours is, it is the explanation that is reported: it explains nothing any more.
        resolved = (expected - pointers) & {each.pointer for each in before - differences}
        assert expected <= pointers | resolved, where
        assert len(found.unexplained) == len(expected) - len(resolved), where
        assert len(found.stale) >= len(resolved), where


def test_the_documents_have_no_unexplained_differences_before_they_change() -> None:
    for source in DOCUMENTS.values():
        original, before = _before(source())
        assert explain(sorted(before), _deviations(original)).unexplained == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_other_words_are_no_difference(document: str) -> None:
    original, before = _before(DOCUMENTS[document]())
    changed = copy.deepcopy(original)
    for place in places(changed, "document"):
        place.value["description"] = "Quite another description."
        if place.kind in ("schema", "operation"):
            place.value["externalDocs"] = {"url": "https://example.com"}
        if place.kind == "schema":
            place.value.update({"title": "Another title", "example": "null", "x-extension": {"a": 1}})
        if place.kind == "operation":
            place.value.update({"summary": "Another summary.", "tags": ["another"]})
        if place.kind in ("parameter", "media type", "header"):
            place.value["example"] = 7
    changed["info"] = {"title": "Another API", "version": "99.0.0", "description": "New."}
    changed["tags"] = [{"name": "another"}]
    changed["servers"] = [{"url": "https://another.example.com/v1"}]
    changed["x-extension"] = True
    assert _differences(changed) == before


@pytest.mark.parametrize("document", DOCUMENTS)
def test_another_order_is_no_difference(document: str) -> None:
    original, before = _before(DOCUMENTS[document]())

    def reordered(value: object, key: str = "") -> object:
        if isinstance(value, dict):
            return {name: reordered(value[name], name) for name in reversed(value)}
        if isinstance(value, list) and key in ("required", "enum", "type"):
            return value[::-1]
        return [reordered(each) for each in value] if isinstance(value, list) else value

    changed = reordered(original)
    assert isinstance(changed, dict)
    assert _differences(changed) == before
