"""The call that explains a completion."""

from __future__ import annotations

from aleph_alpha._call.call import Call, Defaults, call, nice
from aleph_alpha._call.checks import check_model, check_request
from aleph_alpha._call.reading import decoder
from aleph_alpha.explanation import request as requests
from aleph_alpha.explanation.request import ExplanationRequest
from aleph_alpha.explanation.response import ExplanationResponse, _response

__all__ = ["explain_call"]


def explain_call(request: ExplanationRequest, model: str, defaults: Defaults) -> Call[ExplanationResponse]:
    """The call that explains a target.

    Raises:
        InvalidRequestError: a field that cannot be sent, by its name.
    """
    from aleph_alpha.explanation.fast_path import parser
    from aleph_alpha_api.api.tasks import explain

    check_request(request, ExplanationRequest, "explain")
    check_model(model, "explain")
    parts = explain.build_request(body=requests.to_model(request, model, defaults), nice=nice(defaults))
    return call("explain", parts, parser(decoder("explain", explain.parse_response, _response)))
