"""Summaries of documents. Deprecated by the API: newer deployments answer 404."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aleph_alpha._call.call import NO_DEFAULTS, Call, Defaults, call, nice
from aleph_alpha._call.checks import Rule, check_request
from aleph_alpha._call.meta import WithMeta
from aleph_alpha._call.reading import decoder, from_json
from aleph_alpha._call.request import RequestFields
from aleph_alpha._call.short_repr import ShortRepr
from aleph_alpha.document import Document, document_model, unsent_document

if TYPE_CHECKING:
    from aleph_alpha_api import models as api

__all__ = ["SummarizationRequest", "SummarizationResponse", "summarize_call"]


@dataclass(frozen=True)
class SummarizationRequest:
    """Asks for a summary of a document.

    Deprecated by the API. A completion with the document in its prompt does the same today.

    Parameters:
        document: what to summarise. A docx file or a text is cut and prepared by the server; a
            prompt is taken as it is.
        disable_optimizations: keep the server from changing document and summary for the better;
            ``None`` leaves it to the API.

    >>> SummarizationRequest(Document.from_text("Andreas likes pizza.")).to_json()
    {'document': {'text': 'Andreas likes pizza.'}, 'disable_optimizations': False}
    """

    document: Document
    disable_optimizations: bool | None = False

    def to_json(self) -> Mapping[str, Any]:
        """The request as the API takes it."""
        return _to_model(self, NO_DEFAULTS).to_dict()


_FIELDS = RequestFields(SummarizationRequest, {"document": Rule(convert=document_model, unsent=unsent_document)})


def _to_model(request: SummarizationRequest, defaults: Defaults) -> api.SummarizationRequest:
    from aleph_alpha_api import models as api

    return _FIELDS.model(api.SummarizationRequest, request, defaults)


@dataclass(frozen=True, repr=False)
class SummarizationResponse(WithMeta, ShortRepr):
    """The summary of a document.

    Parameters:
        summary: the summary.

    >>> SummarizationResponse.from_json({"summary": "Pizza is liked."})
    SummarizationResponse(summary='Pizza is liked.')
    """

    summary: str

    @classmethod
    def from_json(cls, json: Mapping[str, Any]) -> SummarizationResponse:
        """The response of its JSON.

        Raises:
            ResponseError: what was asked for is missing or cannot be read; `path` says where.
        """
        from aleph_alpha_api.models import SummarizationResponse as Model

        return from_json("SummarizationResponse", Model.from_dict, json, lambda model: cls(model.summary))


def _response(model: api.SummarizationResponse) -> SummarizationResponse:
    return SummarizationResponse(model.summary)


def summarize_call(request: SummarizationRequest, defaults: Defaults) -> Call[SummarizationResponse]:
    """The call that summarises a document.

    Raises:
        InvalidRequestError: a field that cannot be sent, by its name.
    """
    from aleph_alpha_api.api.tasks import summarize

    check_request(request, SummarizationRequest, "summarize")
    parts = summarize.build_request(body=_to_model(request, defaults), nice=nice(defaults))
    return call("summarize", parts, decoder("summarize", summarize.parse_response, _response))
