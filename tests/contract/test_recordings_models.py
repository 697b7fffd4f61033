"""Everything recorded passes through the generated package and comes out as it went in."""

from __future__ import annotations

import pytest

from tests.contract.generated import body_class, decode, encode, endpoint_module, left_over
from tests.contract.wire import bodies, contract, operation_of
from tests.recordings import Recording, recordings

RECORDINGS = recordings()


def for_each(kept: list[Recording]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("recording", kept, ids=lambda recording: recording.name)


@for_each([recording for recording in RECORDINGS if recording.request is not None])
def test_recorded_requests_are_built_as_they_were_sent(recording: Recording) -> None:
    module = endpoint_module(operation_of(contract(), recording)[1])
    body = body_class(module).from_dict(recording.request)
    assert list(left_over(body)) == []

    request = module.build_request(body=body, **({"nice": True} if recording.query.get("nice") == "true" else {}))
    assert request["method"] == recording.method
    assert request["url"] == recording.path
    assert request.get("params", {}) == recording.query
    assert request["json"] == recording.request


@for_each([recording for recording in RECORDINGS if not recording.is_stream])
def test_recorded_answers_are_parsed_without_loss(recording: Recording) -> None:
    module = endpoint_module(operation_of(contract(), recording)[1])
    parsed = module.parse_response(recording.status, recording.body)
    assert list(left_over(parsed)) == []
    assert encode(parsed) == recording.answer


@for_each([recording for recording in RECORDINGS if recording.is_stream])
def test_recorded_events_are_decoded_without_loss(recording: Recording) -> None:
    events = [body for body in bodies(contract(), recording) if body.label.startswith("event")]
    assert events
    for event in events:
        decoded = decode(event.pointer, event.value)
        assert list(left_over(decoded)) == []
        assert encode(decoded) == event.value
