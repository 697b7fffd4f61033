"""The calls that complete a prompt: plain, with JSON, streamed."""

from __future__ import annotations

from aleph_alpha._call.call import Call, Defaults, call, nice
from aleph_alpha._call.events import EVENT_STREAM
from aleph_alpha._call.reading import decoder
from aleph_alpha.completion.request import CompletionRequest, checked_model
from aleph_alpha.completion.response import CompletionResponse, _response
from aleph_alpha.completion.stream import OPERATION

__all__ = ["complete_call", "complete_json_call", "complete_stream_call"]


def complete_call(request: CompletionRequest, model: str, defaults: Defaults) -> Call[CompletionResponse]:
    """The call that completes a prompt.

    Raises:
        InvalidRequestError: a field that cannot be sent, by its name.

    >>> from aleph_alpha.prompt import Prompt
    >>> complete_call(CompletionRequest(Prompt("Hi"), temperature=float("nan")), "luminous-base", Defaults())
    Traceback (most recent call last):
    aleph_alpha.errors.InvalidRequestError: CompletionRequest.temperature must be a finite number or None, not float nan
    """
    from aleph_alpha_api.api.tasks import complete

    parts = complete.build_request(body=checked_model(request, model, defaults, "complete"), nice=nice(defaults))
    return call("complete", parts, decoder("complete", complete.parse_response, _response))


def complete_json_call(request: CompletionRequest, model: str, defaults: Defaults) -> Call[CompletionResponse]:
    """The call that completes a prompt with JSON.

    Raises:
        InvalidRequestError: a field that cannot be sent, by its name.
    """
    from aleph_alpha_api.api.tasks import complete_json

    body = checked_model(request, model, defaults, "complete_json")
    parts = complete_json.build_request(body=body, nice=nice(defaults))
    return call("completeJson", parts, decoder("completeJson", complete_json.parse_response, _response))


def complete_stream_call(request: CompletionRequest, model: str, defaults: Defaults) -> Call[None]:
    """The call that completes a prompt and streams the completion.

    Raises:
        InvalidRequestError: a field that cannot be sent, by its name.
    """
    from aleph_alpha.completion.request import checked_model
    from aleph_alpha_api.api.tasks import complete

    body = checked_model(request, model, defaults, "stream_complete")
    body.stream = True
    parts = complete.build_request(body=body, nice=nice(defaults))
    return call(OPERATION, parts, lambda body: None, EVENT_STREAM)
