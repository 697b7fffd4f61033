"""A reranker, as a postprocessor of nodes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from llama_index.core.postprocessor.types import BaseNodePostprocessor
from llama_index.core.schema import MetadataMode, NodeWithScore, QueryBundle
from pydantic import Field, SecretStr

from aleph_alpha import RerankRequest, RerankResponse
from aleph_alpha.integrations.connection import STRICT, Connection

__all__ = ["AlephAlphaRerank"]


class AlephAlphaRerank(Connection, BaseNodePostprocessor):
    """Keeps of nodes those that answer a query best, best first, with their relevance as the score.

    Besides what is listed here it takes the settings of :class:`Connection`: `model`, `token`, `host`, ...

    Parameters:
        top_n: how many to keep, 1 or more; ``None`` keeps and sorts all.

    >>> from llama_index.core.schema import NodeWithScore, TextNode
    >>> nodes = [NodeWithScore(node=TextNode(text=text)) for text in ("Rome is old.", "Paris is in France.")]
    >>> [kept] = AlephAlphaRerank(model="toy-reranker", top_n=1).postprocess_nodes(nodes, query_str="Where is Paris?")
    >>> kept.text
    'Paris is in France.'
    """

    model_config = STRICT

    if TYPE_CHECKING:  # other names are taken, too, and tokens as text

        def __init__(self, *, token: str | SecretStr | None = None, **settings: Any) -> None: ...

    top_n: int | None = Field(default=3, ge=1)

    @classmethod
    def class_name(cls) -> str:
        """Name of the class in what LlamaIndex writes down."""
        return "AlephAlphaRerank"

    def _postprocess_nodes(
        self, nodes: list[NodeWithScore], query_bundle: QueryBundle | None = None
    ) -> list[NodeWithScore]:
        request = self._request(nodes, query_bundle)
        return _best(self.sync_client().rerank(request, self.model), nodes) if nodes else []

    async def _apostprocess_nodes(
        self, nodes: list[NodeWithScore], query_bundle: QueryBundle | None = None
    ) -> list[NodeWithScore]:
        request = self._request(nodes, query_bundle)
        return _best(await self.asyncio_client().rerank(request, self.model), nodes) if nodes else []

    def _request(self, nodes: list[NodeWithScore], query: QueryBundle | None) -> RerankRequest:
        if query is None:
            raise ValueError("a reranker needs the query: pass query_str=... or query_bundle=...")
        texts = [one.node.get_content(metadata_mode=MetadataMode.EMBED) for one in nodes]
        return RerankRequest(query.query_str, texts, None if self.top_n is None else min(self.top_n, len(nodes)))


def _best(response: RerankResponse, nodes: list[NodeWithScore]) -> list[NodeWithScore]:
    best = sorted(response.results, key=lambda result: -result.relevance_score)
    return [NodeWithScore(node=nodes[one.index].node, score=one.relevance_score) for one in best]
