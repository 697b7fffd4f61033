"""Vectors: semantic embeddings, and those of ``/embeddings``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from aleph_alpha.bulk.task import VECTOR, Input, Row
from aleph_alpha.bulk.tasks.prompts import PromptTask, check_fields, text_of
from aleph_alpha.embedding.batch import BatchSemanticEmbeddingRequest, BatchSemanticEmbeddingResponse
from aleph_alpha.embedding.openai import EmbeddingV2Request, EmbeddingV2Response
from aleph_alpha.embedding.semantic import SemanticRepresentation
from aleph_alpha.errors import InvalidRequestError, ResponseError
from aleph_alpha.prompt.prompt import Prompt

if TYPE_CHECKING:
    from aleph_alpha import AsyncClient

__all__ = ["Embed", "Embeddings"]

_MOST = 100  # prompts that the API takes in one request


@dataclass(frozen=True)
class Embed(PromptTask):
    """Semantic embeddings: a column ``embedding``, a fixed-size list of float32.

    Parameters:
        model: name of a model with semantic embeddings.
        column, template, image: where prompts come from, see ``PromptColumns``.
        representation: what the vectors are to be compared with.
        fields: other fields of ``BatchSemanticEmbeddingRequest``, such as ``{"compress_to_size": 128}``.
        batch_size: prompts in a request, 1 to 100.

    ``num_tokens_prompt`` of a row is null where its request had others as well: the API tells the sum only.

    Raises:
        InvalidRequestError: an argument that cannot work.

    >>> Embed("toy-base", "text", fields={"compress_to_size": 128}).settings()["compress_to_size"]
    128
    """

    representation: SemanticRepresentation = SemanticRepresentation.Document
    batch_size: int = _MOST

    name = "embed"

    def __post_init__(self) -> None:
        check_fields(self.fields, BatchSemanticEmbeddingRequest, ("prompts", "representation"))
        _check_size(self.batch_size)
        self.settings()

    @property
    def rows_per_request(self) -> int:
        """Rows that go into one request."""
        return self.batch_size

    def outputs(self) -> Mapping[str, pa.DataType]:
        """The columns that it makes."""
        return {"embedding": VECTOR, "num_tokens_prompt": pa.int64(), "model_version": pa.string()}

    def settings(self) -> Mapping[str, Any]:
        """What makes results different."""
        body = dict(self._request([Prompt.from_text("")]).to_json())
        del body["prompts"]
        return {"model": self.model, **self.prompts.settings(), **body}

    def _request(self, prompts: Sequence[Prompt]) -> BatchSemanticEmbeddingRequest:
        return BatchSemanticEmbeddingRequest(prompts, self.representation, **self.fields)

    def request(self, rows: Sequence[Row]) -> BatchSemanticEmbeddingRequest:
        """One request for all the rows."""
        prompts = self.prompts
        return self._request([prompts.prompt(row) for row in rows])

    async def send(self, client: AsyncClient, request: BatchSemanticEmbeddingRequest) -> BatchSemanticEmbeddingResponse:
        """Their vectors."""
        return await client.batch_semantic_embed(request, self.model, batch_size=_MOST, as_array=True)

    def columns(
        self, request: BatchSemanticEmbeddingRequest, response: BatchSemanticEmbeddingResponse
    ) -> Mapping[str, Any]:
        """Vectors, and what they cost."""
        rows = len(request.prompts)
        tokens = response.num_tokens_prompt_total if rows == 1 else None
        return {
            "embedding": response.as_array(),
            "num_tokens_prompt": [tokens] * rows,
            "model_version": [response.model_version] * rows,
        }

    def tokens(self, response: BatchSemanticEmbeddingResponse) -> int:
        """Tokens of the whole response."""
        return response.num_tokens_prompt_total


@dataclass(frozen=True)
class Embeddings:
    """Vectors of ``/embeddings``: a column ``embedding``, a fixed-size list of float32.

    Parameters:
        model: name of a model that gives embeddings.
        column: of texts.
        fields: other fields of ``EmbeddingV2Request``, such as ``{"dimensions": 64}``.
        batch_size: texts in a request, 1 to 100.

    Raises:
        InvalidRequestError: an argument that cannot work.
    """

    model: str
    column: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    batch_size: int = _MOST

    name = "embeddings"
    blocking = False

    def __post_init__(self) -> None:
        check_fields(self.fields, EmbeddingV2Request, ("input",))
        _check_size(self.batch_size)
        self.settings()

    @property
    def rows_per_request(self) -> int:
        """Rows that go into one request."""
        return self.batch_size

    def inputs(self) -> Mapping[str, Input]:
        """The columns that it reads."""
        return {self.column: "text"}

    def outputs(self) -> Mapping[str, pa.DataType]:
        """The columns that it makes."""
        return {"embedding": VECTOR, "num_tokens_prompt": pa.int64(), "model_version": pa.string()}

    def settings(self) -> Mapping[str, Any]:
        """What makes results different."""
        body = dict(EmbeddingV2Request([""], **self.fields).to_json())
        del body["input"]
        body.pop("encoding_format", None)  # how vectors are sent, and not what they are
        return {"model": self.model, "column": self.column, **body}

    def request(self, rows: Sequence[Row]) -> EmbeddingV2Request:
        """One request for all the rows."""
        return EmbeddingV2Request([text_of(row, self.column) for row in rows], **self.fields)

    async def send(self, client: AsyncClient, request: EmbeddingV2Request) -> EmbeddingV2Response:
        """Their vectors."""
        return await client.embeddings(request, self.model, as_array=True)

    def columns(self, request: EmbeddingV2Request, response: EmbeddingV2Response) -> Mapping[str, Any]:
        """Vectors in the order of the rows, and what they cost."""
        rows = len(request.input)
        data = sorted(response.data, key=lambda one: one.index)
        if [one.index for one in data] != list(range(rows)):
            raise ResponseError(f"embeddings: {rows} texts were sent, and vectors came for {len(data)}", path="data")
        tokens = response.usage.prompt_tokens if response.usage and rows == 1 else None
        return {
            "embedding": np.stack([np.asarray(one.embedding, dtype=np.float32) for one in data]),
            "num_tokens_prompt": [tokens] * rows,
            "model_version": [response.model] * rows,
        }

    def tokens(self, response: EmbeddingV2Response) -> int:
        """Tokens of the whole response."""
        return response.usage.prompt_tokens if response.usage else 0


def _check_size(size: int) -> None:
    if not 1 <= size <= _MOST:
        raise InvalidRequestError(f"batch_size must be between 1 and {_MOST}, got {size}")
