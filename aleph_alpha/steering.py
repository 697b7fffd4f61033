"""Steering concepts: directions in which completions and chats are pushed, shown by examples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from aleph_alpha._call.call import Call, Defaults, call
from aleph_alpha._call.checks import check_fields, check_request, describe, is_sequence, text
from aleph_alpha._call.fields import known, own_fields
from aleph_alpha._call.meta import WithMeta
from aleph_alpha._call.reading import decoder, from_json
from aleph_alpha.errors import InvalidRequestError, ResponseError

if TYPE_CHECKING:
    from aleph_alpha_api import models as api

__all__ = [
    "SteeringConceptCreationRequest",
    "SteeringConceptCreationResponse",
    "SteeringPairedExample",
    "steering_concept_call",
]


@dataclass(frozen=True)
class SteeringPairedExample:
    """The same thing said in two ways.

    Parameters:
        negative: the way that is not wanted.
        positive: the way that is.
    """

    negative: str
    positive: str

    def to_json(self) -> Mapping[str, Any]:
        """The example as the API takes it."""
        return _example(self).to_dict()


@dataclass(frozen=True)
class SteeringConceptCreationRequest:
    """Creates a concept for the `steering_concepts` of completions and chats.

    Parameters:
        examples: pairs that show the direction.

    >>> request = SteeringConceptCreationRequest([
    ...     SteeringPairedExample(negative="I appreciate your feedback.", positive="Thanks, mate!")])
    >>> request.to_json()["examples"][0]["positive"]
    'Thanks, mate!'
    """

    examples: Sequence[SteeringPairedExample]

    def to_json(self) -> Mapping[str, Any]:
        """The request as the API takes it."""
        return _to_model(self).to_dict()


def _example(example: SteeringPairedExample) -> api.SteeringExample:
    from aleph_alpha_api import models as api

    return api.SteeringExample(negative=example.negative, positive=example.positive)


def _to_model(request: SteeringConceptCreationRequest) -> api.CreateSteeringConceptRequest:
    from aleph_alpha_api import models as api

    body = api.CreateSteeringConceptRequest(examples=[_example(one) for one in request.examples])
    body.additional_properties = own_fields(request, SteeringConceptCreationRequest)
    return body


@dataclass(frozen=True)
class SteeringConceptCreationResponse(WithMeta):
    """The concept.

    Parameters:
        id: for the `steering_concepts` of requests; the same examples always have the same id.

    >>> SteeringConceptCreationResponse.from_json({"id": "a5c2"}).id
    'a5c2'
    """

    id: str

    @staticmethod
    def from_json(json: Mapping[str, Any]) -> SteeringConceptCreationResponse:
        """The response of its JSON.

        Raises:
            ResponseError: a field is missing or has the wrong type; `path` says which.
        """
        from aleph_alpha_api.models import CreateSteeringConceptResponse as Model

        return from_json("SteeringConceptCreationResponse", Model.from_dict, json, _response)


def _response(model: api.CreateSteeringConceptResponse) -> SteeringConceptCreationResponse:
    concept = known(model.id)
    if concept is None:
        raise ResponseError("createSteeringConcept: id is missing", path="id")
    return SteeringConceptCreationResponse(concept)


def steering_concept_call(
    request: SteeringConceptCreationRequest, defaults: Defaults
) -> Call[SteeringConceptCreationResponse]:
    """The call that creates a concept; of a client's settings, the API takes none with it.

    Raises:
        InvalidRequestError: a field that cannot be sent, by its name.
    """
    from aleph_alpha_api.api.steering import create_steering_concept

    kind = "SteeringConceptCreationRequest"
    check_request(request, SteeringConceptCreationRequest, "create_steering_concept")
    if not is_sequence(request.examples) or not len(request.examples):
        raise InvalidRequestError(f"{kind}.examples must be a list of examples, not {describe(request.examples)}")
    examples: Sequence[Any] = request.examples
    for index, example in enumerate(examples):
        if not isinstance(example, SteeringPairedExample):
            where = f"{kind}.examples[{index}]"
            raise InvalidRequestError(f"{where} must be a SteeringPairedExample, not {describe(example)}")
        check_fields(example, SteeringPairedExample, {"negative": text, "positive": text}, f"{kind}.examples[{index}]")
    parts = create_steering_concept.build_request(body=_to_model(request))

    def parse_response(status_code: Literal[200], content: bytes) -> api.CreateSteeringConceptResponse:
        return create_steering_concept.parse_response(201, content)

    return call("createSteeringConcept", parts, decoder("createSteeringConcept", parse_response, _response))
