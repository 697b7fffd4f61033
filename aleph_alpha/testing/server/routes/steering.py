"""Steering concepts."""

from __future__ import annotations

from aleph_alpha.testing.server.call import Answer, Call, Handler
from aleph_alpha.testing.server.model.steering import concept_id


def _create(call: Call) -> Answer:
    examples = call.body["examples"]
    concept = concept_id(examples)
    call.server.concepts[concept] = examples
    return {"id": concept}


HANDLERS: dict[str, Handler] = {"createSteeringConcept": _create}
