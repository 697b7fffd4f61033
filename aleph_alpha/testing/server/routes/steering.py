"""Steering concepts."""

from __future__ import annotations

from aleph_alpha.testing.server.call import Handler, ServerCall, ServerResponse
from aleph_alpha.testing.server.model.steering import concept_id


def _create(call: ServerCall) -> ServerResponse:
    examples = call.body["examples"]
    concept = concept_id(examples)
    call.server.concepts[concept] = examples
    return {"id": concept}


HANDLERS: dict[str, Handler] = {"createSteeringConcept": _create}
