"""The call that explains a completion."""

from __future__ import annotations

from aleph_alpha._call.call import Call, Defaults, call, nice
from aleph_alpha._call.checks import check_model, check_request
from aleph_alpha._call.reading import decoder
from aleph_alpha.explanation import request as requests
from aleph_alpha.explanation.request import ExplanationRequest
from aleph_alpha.explanation.response import ExplanationResponse, _response
from aleph_alpha.explanation.source import located, sources

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
    parse = parser(decoder("explain", explain.parse_response, _response))

    def parse_and_remember(body: bytes) -> ExplanationResponse:
        response = parse(body)
        parts = [one.target for one in response.explanations]
        for one, source in zip(response.explanations, located(request.prompt, request.target, parts), strict=True):
            sources.put(one, source)
        return response

    return call("explain", parts, parse_and_remember)
