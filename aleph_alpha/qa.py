"""Questions about documents. Deprecated by the API: newer deployments answer 404."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aleph_alpha._call.call import NO_DEFAULTS, Call, Defaults, call, nice
from aleph_alpha._call.checks import Rule, check_request, describe, is_sequence
from aleph_alpha._call.fields import promised
from aleph_alpha._call.meta import WithMeta
from aleph_alpha._call.reading import decoder, from_json
from aleph_alpha._call.request import RequestFields
from aleph_alpha._call.short_repr import ShortRepr
from aleph_alpha.document import Document, document_model, unsent_document
from aleph_alpha.errors import InvalidRequestError

if TYPE_CHECKING:
    from aleph_alpha_api import models as api

__all__ = ["QaAnswer", "QaRequest", "QaResponse", "qa_call"]


@dataclass(frozen=True)
class QaRequest:
    """Asks a question about documents.

    Deprecated by the API. A completion with the documents in its prompt does the same today.

    Parameters:
        query: the question.
        documents: where the answer is looked for.
        max_answers: most answers to return; ``None`` leaves it to the API.

    >>> request = QaRequest("Who likes pizza?", [Document.from_text("Andreas likes pizza.")])
    >>> request.to_json()
    {'query': 'Who likes pizza?', 'documents': [{'text': 'Andreas likes pizza.'}]}
    """

    query: str
    documents: Sequence[Document]
    max_answers: int | None = None

    def to_json(self) -> Mapping[str, Any]:
        """The request as the API takes it."""
        return _to_model(self, NO_DEFAULTS).to_dict()


def _documents(documents: Any, field: str) -> list[Any]:
    if not is_sequence(documents):
        raise InvalidRequestError(f"{field} must be a list of documents, not {describe(documents)}")
    return [document_model(document, f"{field}[{index}]") for index, document in enumerate(documents)]


def _unsent_documents(documents: Any, field: str) -> list[Any]:
    return [unsent_document(document, f"{field}[{index}]") for index, document in enumerate(documents)]


_FIELDS = RequestFields(QaRequest, {"documents": Rule(convert=_documents, unsent=_unsent_documents)})


def _to_model(request: QaRequest, defaults: Defaults) -> api.QaRequest:
    from aleph_alpha_api import models as api

    return _FIELDS.model(api.QaRequest, request, defaults)


@dataclass(frozen=True)
class QaAnswer:
    """One answer.

    Parameters:
        answer: the answer.
        score: how certain it is, higher is better.
        evidence: the text of the documents that it was taken from.
    """

    answer: str
    score: float
    evidence: str


@dataclass(frozen=True, repr=False)
class QaResponse(WithMeta, ShortRepr):
    """Answers to a question.

    Parameters:
        answers: best first.

    >>> answer = {"answer": "Andreas", "score": 0.9, "evidence": "Andreas likes pizza."}
    >>> QaResponse.from_json({"answers": [answer]}).answers[0].answer
    'Andreas'
    """

    answers: Sequence[QaAnswer]

    @staticmethod
    def from_json(json: Mapping[str, Any]) -> QaResponse:
        """The response of its JSON.

        Raises:
            ResponseError: what was asked for is missing or cannot be read; `path` says where.
        """
        from aleph_alpha_api.models import QaResponse as Model

        return from_json("QaResponse", Model.from_dict, json, _response)


def _response(model: api.QaResponse) -> QaResponse:
    return QaResponse([QaAnswer(one.answer, promised(one.score), promised(one.evidence)) for one in model.answers])


def qa_call(request: QaRequest, defaults: Defaults) -> Call[QaResponse]:
    """The call that answers a question.

    Raises:
        InvalidRequestError: a field that cannot be sent, by its name.
    """
    from aleph_alpha_api.api.tasks import qa

    check_request(request, QaRequest, "qa")
    parts = qa.build_request(body=_to_model(request, defaults), nice=nice(defaults))
    return call("qa", parts, decoder("qa", qa.parse_response, _response))
