"""Steering concepts."""

from __future__ import annotations

from aleph_alpha.testing.call import Answer, Call, Handler
from aleph_alpha.testing.errors import Rule, invalid
from aleph_alpha.testing.model.steering import concept_id


def _create(call: Call) -> Answer:
    examples = call.body["examples"]
    if not any(example.get("positive") or example.get("negative") for example in examples):
        raise invalid("/examples", "One example with a text is needed at least.", Rule.STEERING_EXAMPLES)
    concept = concept_id(examples)
    call.server.concepts[concept] = examples
    return {"id": concept}


HANDLERS: dict[str, Handler] = {"createSteeringConcept": _create}
