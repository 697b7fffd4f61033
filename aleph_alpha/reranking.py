"""Reranking: documents sorted by how well they answer a query."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aleph_alpha._call.call import NO_DEFAULTS, Call, Defaults, call, nice
from aleph_alpha._call.checks import check_model, check_request
from aleph_alpha._call.fields import given, promised
from aleph_alpha._call.meta import WithMeta
from aleph_alpha._call.reading import decoder, from_json
from aleph_alpha._call.request import RequestFields
from aleph_alpha._call.short_repr import ShortRepr
from aleph_alpha._call.viewable import Viewable, builder

if TYPE_CHECKING:
    from aleph_alpha.views.view import View
    from aleph_alpha_api import models as api

__all__ = ["RerankRequest", "RerankResponse", "RerankResult", "RerankUsage", "rerank_call"]


@dataclass(frozen=True)
class RerankRequest:
    """Asks which documents answer a query best.

    Parameters:
        query: what is looked for.
        documents: texts of the documents.
        top_n: how many to return, best first; ``None`` for all.

    >>> request = RerankRequest("What is the capital of France?", ["Brasilia is one.", "It is Paris."], top_n=1)
    >>> request.to_json()["top_n"]
    1
    """

    query: str
    documents: Sequence[str]
    top_n: int | None = None

    def to_json(self) -> Mapping[str, Any]:
        """The request as the API takes it, without the model."""
        return _to_model(self, None, NO_DEFAULTS).to_dict()


_FIELDS = RequestFields(RerankRequest)


def _to_model(request: RerankRequest, model: str | None, defaults: Defaults) -> api.RerankRequest:
    from aleph_alpha_api import models as api

    return _FIELDS.model(api.RerankRequest, request, defaults, model=given(model))


@dataclass(frozen=True)
class RerankResult:
    """How well one document answers the query.

    Parameters:
        index: position in ``RerankRequest.documents``, from 0.
        relevance_score: higher is better, 0 to 1.
    """

    index: int
    relevance_score: float

    @staticmethod
    def from_json(json: Mapping[str, Any]) -> RerankResult:
        """The result of its JSON.

        Raises:
            ResponseError: what was asked for is missing or cannot be read; `path` says where.
        """
        from aleph_alpha_api.models import RerankResult as Model

        return from_json("RerankResult", Model.from_dict, json, _result)


@dataclass(frozen=True)
class RerankUsage:
    """Tokens that it took; the API fills `total_tokens` only.

    Parameters:
        completion_tokens: 0.
        prompt_tokens: 0.
        total_tokens: of query and documents.
    """

    completion_tokens: int
    prompt_tokens: int
    total_tokens: int

    @staticmethod
    def from_json(json: Mapping[str, Any]) -> RerankUsage:
        """The usage of its JSON.

        Raises:
            ResponseError: what was asked for is missing or cannot be read; `path` says where.
        """
        from aleph_alpha_api.models import Usage as Model

        return from_json("RerankUsage", Model.from_dict, json, _usage)


@dataclass(frozen=True, repr=False)
class RerankResponse(WithMeta, Viewable, ShortRepr):
    """Documents, best first.

    Parameters:
        results: one for each document, or `top_n`.
        usage: tokens that it took.

    >>> response = RerankResponse.from_json({
    ...     "results": [{"index": 1, "relevance_score": 0.99}],
    ...     "usage": {"completion_tokens": 0, "prompt_tokens": 0, "total_tokens": 57}})
    >>> response.results[0].index
    1
    """

    results: list[RerankResult]
    usage: RerankUsage

    @staticmethod
    def from_json(json: Mapping[str, Any]) -> RerankResponse:
        """The response of its JSON.

        Raises:
            ResponseError: what was asked for is missing or cannot be read; `path` says where.
        """
        from aleph_alpha_api.models import RerankResponse as Model

        return from_json("RerankResponse", Model.from_dict, json, _response)

    def view(self, documents: Sequence[str] | None = None) -> View:
        """Something to look at: a bar for each document, best first.

        Args:
            documents: those of the request; without them they are named by their positions.

        Raises:
            InvalidRequestError: there are results for more documents than these.

        >>> response = RerankResponse([RerankResult(1, 0.75), RerankResult(0, 0.25)], RerankUsage(0, 0, 57))
        >>> print(response.view(["Brasilia is one.", "It is Paris."]).text(columns=50))
        Ranking of 2 documents
        0 … 1 relevance
              0.75 +++++++   It is Paris.   document 1
              0.25 +++       Brasilia is one.   document 0
        """
        view: View = builder("bars").of_reranking(self.results, documents)
        return view


def _result(model: api.RerankResult) -> RerankResult:
    return RerankResult(model.index, model.relevance_score)


def _usage(model: api.Usage) -> RerankUsage:
    return RerankUsage(promised(model.completion_tokens), promised(model.prompt_tokens), promised(model.total_tokens))


def _response(model: api.RerankResponse) -> RerankResponse:
    used: Any = promised(model.usage)
    return RerankResponse([_result(one) for one in model.results], used and _usage(used))


def rerank_call(request: RerankRequest, model: str | None, defaults: Defaults) -> Call[RerankResponse]:
    """The call that sorts documents; without a model the server chooses.

    Raises:
        InvalidRequestError: a field that cannot be sent, by its name.
    """
    from aleph_alpha_api.api.tasks import rerank

    check_request(request, RerankRequest, "rerank")
    if model is not None:
        check_model(model, "rerank")
    parts = rerank.build_request(body=_to_model(request, model, defaults), nice=nice(defaults))
    return call("rerank", parts, decoder("rerank", rerank.parse_response, _response))
