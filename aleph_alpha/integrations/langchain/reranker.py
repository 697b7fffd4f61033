"""A reranker, as a compressor of documents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from langchain_core.callbacks import Callbacks
from langchain_core.documents import BaseDocumentCompressor, Document
from pydantic import Field, SecretStr

from aleph_alpha import RerankRequest, RerankResponse
from aleph_alpha.integrations.connection import STRICT, Connection

__all__ = ["AlephAlphaRerank"]


class AlephAlphaRerank(Connection, BaseDocumentCompressor):
    """Keeps of documents those that answer a query best, best first.

    Besides what is listed here it takes the settings of :class:`Connection`: `model`, `token`, `host`, ...

    Parameters:
        top_n: how many to keep, 1 or more; ``None`` keeps and sorts all.

    >>> from langchain_core.documents import Document
    >>> documents = [Document("Rome is old."), Document("Paris is in France.")]
    >>> [kept] = AlephAlphaRerank(model="toy-reranker", top_n=1).compress_documents(documents, "Where is Paris?")
    >>> kept.page_content
    'Paris is in France.'
    """

    model_config = STRICT

    if TYPE_CHECKING:  # other names are taken, too, and tokens as text

        def __init__(self, *, token: str | SecretStr | None = None, **settings: Any) -> None: ...

    top_n: int | None = Field(default=3, ge=1)

    def compress_documents(
        self, documents: Sequence[Document], query: str, callbacks: Callbacks = None
    ) -> Sequence[Document]:
        """Copies of the best documents, best first, with a ``relevance_score`` (0 to 1) in their metadata."""
        if not documents:
            return []
        return _best(self.sync_client().rerank(self._request(documents, query), self.model), documents)

    async def acompress_documents(
        self, documents: Sequence[Document], query: str, callbacks: Callbacks = None
    ) -> Sequence[Document]:
        """Copies of the best documents, best first, with a ``relevance_score`` (0 to 1) in their metadata."""
        if not documents:
            return []
        return _best(await self.asyncio_client().rerank(self._request(documents, query), self.model), documents)

    def _request(self, documents: Sequence[Document], query: str) -> RerankRequest:
        top_n = None if self.top_n is None else min(self.top_n, len(documents))
        return RerankRequest(query, [document.page_content for document in documents], top_n)


def _best(response: RerankResponse, documents: Sequence[Document]) -> list[Document]:
    best = sorted(response.results, key=lambda result: -result.relevance_score)
    return [
        documents[one.index].model_copy(
            update={"metadata": {**documents[one.index].metadata, "relevance_score": one.relevance_score}}
        )
        for one in best
    ]
