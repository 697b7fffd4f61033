"""Everything recorded is described by the contract, field by field."""

from __future__ import annotations

from functools import cache

import pytest

from tests.contract.wire import Body, Judge, bodies, closed, contract, operation_of, resolve, without_field
from tests.recordings import Recording, recordings

pytestmark = pytest.mark.slow

RECORDINGS = recordings()


@cache
def closed_judge() -> Judge:
    return Judge(closed(contract()))


def recorded_fields() -> dict[tuple[str, str], Body]:
    """Every field of the contract that occurs in a recording, with a body it occurs in, the smallest there is."""
    found: dict[tuple[str, str], Body] = {}
    every = [body for recording in RECORDINGS for body in bodies(contract(), recording)]
    for body in sorted(every, key=lambda body: len(str(body.value))):
        for field in closed_judge().fields(body.pointer, body.value):
            found.setdefault(field, body)
    return found


FIELDS = recorded_fields()


def field_id(field: tuple[str, str]) -> str:
    return f"{field[0].rpartition('/')[2]}.{field[1]}"


@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda recording: recording.name)
def test_recorded_bodies_validate_with_every_object_closed(recording: Recording) -> None:
    complaints = {
        body.label: closed_judge().complaints(body.pointer, body.value) for body in bodies(contract(), recording)
    }
    assert complaints
    assert not any(complaints.values()), complaints


@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda recording: recording.name)
def test_recorded_query_parameters_are_described(recording: Recording) -> None:
    described = set()
    for parameter in operation_of(contract(), recording)[1].get("parameters", []):
        reference = parameter.get("$ref", "").removeprefix("#")
        described.add((resolve(contract(), reference) if reference else parameter)["name"])
    assert set(recording.query) <= described


@pytest.mark.parametrize("field", FIELDS, ids=field_id)
def test_deleting_a_recorded_field_from_the_contract_is_noticed(field: tuple[str, str]) -> None:
    body = FIELDS[field]
    poorer = Judge(closed(without_field(contract(), *field)))
    assert poorer.complaints(body.pointer, body.value)
