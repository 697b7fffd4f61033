"""Texts of which each is embedded once, however often it comes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from aleph_alpha._call.checks import checked_string, describe
from aleph_alpha.embedding.batch import BatchSemanticEmbeddingRequest, BatchSemanticEmbeddingResponse
from aleph_alpha.embedding.semantic import SemanticRepresentation
from aleph_alpha.embedding.vectors import need_numpy
from aleph_alpha.errors import InvalidRequestError
from aleph_alpha.prompt.prompt import Prompt

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Texts"]


class Texts:
    """The different texts among those given, and where each of them was.

    Raises:
        InvalidRequestError: no iterable of texts; the message says where.
        ImportError: numpy is not installed.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        need_numpy()
        if isinstance(texts, str | bytes) or not isinstance(texts, Iterable):
            raise InvalidRequestError(f"texts must be a list or another iterable of texts, not {describe(texts)}")
        self._different: dict[str, int] = {}
        self._places: list[int] = []  # of each text among the different ones
        for index, text in enumerate(texts):
            checked_string(text, f"texts[{index}]")
            self._places.append(self._different.setdefault(text, len(self._different)))

    def request(
        self, representation: SemanticRepresentation | None, compress_to_size: int | None, normalize: bool
    ) -> BatchSemanticEmbeddingRequest:
        """The request for the different texts."""
        return BatchSemanticEmbeddingRequest(
            [Prompt.from_text(text) for text in self._different],
            SemanticRepresentation.Symmetric if representation is None else representation,
            compress_to_size=compress_to_size,
            normalize=normalize,
        )

    def rows(self, response: BatchSemanticEmbeddingResponse) -> NDArray[np.float32]:
        """A row for each text, in their order."""
        array = response.as_array()
        return array if len(self._different) == len(self._places) else array[self._places]

    def regroup(self, error: BaseException) -> None:
        """Put what the error of the batch carries in terms of the texts."""
        partial: Any = getattr(error, "partial", None)
        if partial is None:
            return
        kept = {index: partial[place] for index, place in enumerate(self._places) if place in partial}
        error.partial = kept  # type: ignore[attr-defined]
        error.remaining = [index for index in range(len(self._places)) if index not in kept]  # type: ignore[attr-defined]
