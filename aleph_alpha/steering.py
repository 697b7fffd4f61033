"""Steering concepts: directions in which completions and chats are pushed, shown by examples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from aleph_alpha._call.call import Call, Defaults, call
from aleph_alpha._call.checks import Rule, check_field, check_request, describe, is_sequence, text
from aleph_alpha._call.meta import WithMeta
from aleph_alpha._call.reading import decoder, from_json
from aleph_alpha._call.request import RequestFields
from aleph_alpha._call.short_repr import ShortRepr
from aleph_alpha.errors import InvalidRequestError

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
        return _example(self, "SteeringPairedExample").to_dict()


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
        return _to_model(self, sent=False).to_dict()


def _examples(examples: Any, field: str) -> list[api.SteeringExample]:
    if not is_sequence(examples) or not len(examples):
        raise InvalidRequestError(f"{field} must be a list of examples, not {describe(examples)}")
    return _example_models(examples, field)


def _example_models(examples: Any, field: str) -> list[api.SteeringExample]:
    return [_example(one, f"{field}[{index}]") for index, one in enumerate(examples)]


def _example(example: object, field: str) -> api.SteeringExample:
    from aleph_alpha_api import models as api

    if not isinstance(example, SteeringPairedExample):
        raise InvalidRequestError(f"{field} must be a SteeringPairedExample, not {describe(example)}")
    for name in ("negative", "positive"):
        check_field(getattr(example, name), text, f"{field}.{name}")
    return api.SteeringExample(negative=example.negative, positive=example.positive)


_FIELDS = RequestFields(SteeringConceptCreationRequest, {"examples": Rule(convert=_examples, unsent=_example_models)})


def _to_model(request: SteeringConceptCreationRequest, sent: bool = True) -> api.CreateSteeringConceptRequest:
    from aleph_alpha_api import models as api

    return _FIELDS.model(api.CreateSteeringConceptRequest, request, sent=sent)


@dataclass(frozen=True, repr=False)
class SteeringConceptCreationResponse(WithMeta, ShortRepr):
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
            ResponseError: what was asked for is missing or cannot be read; `path` says where.
        """
        from aleph_alpha_api.models import CreateSteeringConceptResponse as Model

        return from_json("SteeringConceptCreationResponse", Model.from_dict, json, _response)


def _response(model: api.CreateSteeringConceptResponse) -> SteeringConceptCreationResponse:
    return SteeringConceptCreationResponse(model.id)


def steering_concept_call(
    request: SteeringConceptCreationRequest, defaults: Defaults
) -> Call[SteeringConceptCreationResponse]:
    """The call that creates a concept; of a client's settings, the API takes none with it.

    Raises:
        InvalidRequestError: a field that cannot be sent, by its name.
    """
    from aleph_alpha_api.api.steering import create_steering_concept

    check_request(request, SteeringConceptCreationRequest, "create_steering_concept")
    parts = create_steering_concept.build_request(body=_to_model(request))

    def parse_response(
        status_code: Literal[200], content: bytes, deviations: list[Any]
    ) -> api.CreateSteeringConceptResponse:
        return create_steering_concept.parse_response(201, content, deviations)

    return call("createSteeringConcept", parts, decoder("createSteeringConcept", parse_response, _response))
