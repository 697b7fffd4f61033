"""Vectors by the methods of Sentence Transformers, for code that is written for them (extra ``encoder``: numpy)."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from aleph_alpha import Client
from aleph_alpha.integrations.vectors import Embedder, EmbeddingKind, Role

__all__ = ["AlephAlphaEncoder"]

Vectors = NDArray[np.float32]

_AT_ONCE = 1000  # texts between two steps of a progress bar
_QUERIES = ("query", "queries")


class AlephAlphaEncoder:
    """Encodes texts as a ``SentenceTransformer`` does, with a model of the API.

    Args:
        model: name of the model.
        kind: ``"asymmetric"`` represents queries and documents each in its way, for search;
            ``"symmetric"`` all texts alike. ``"instructable"`` follows an instruction. ``"plain"`` is for
            models that are served by the embeddings endpoint alone.
        client: a client to send with, in place of `token`, `host` and `options`.
        token, host, options: of ``Client``; by default of the environment (``AA_TOKEN``, ``AA_HOST``).
        query_instruction, document_instruction: what to look for, where `kind` is ``"instructable"``.
        truncate_dim: numbers of each vector: 128 for asymmetric and symmetric ones, any for plain ones.
        num_concurrent_requests: requests under way at once, 1 or more.

    Raises:
        ValueError: settings that are not of this kind.

    >>> encoder = AlephAlphaEncoder("toy-base", truncate_dim=128, client=client)
    >>> encoder.encode_document(["deep learning", "artificial snow"]).shape
    (2, 128)
    """

    def __init__(
        self,
        model: str,
        kind: EmbeddingKind = "asymmetric",
        *,
        client: Client | None = None,
        token: str | None = None,
        host: str | None = None,
        query_instruction: str | None = None,
        document_instruction: str | None = None,
        truncate_dim: int | None = None,
        num_concurrent_requests: int = 8,
        **options: Any,
    ) -> None:
        self.embedder = Embedder(
            model,
            kind,
            query_instruction=query_instruction,
            document_instruction=document_instruction,
            compress_to_size=None if kind == "plain" else truncate_dim,
            dimensions=truncate_dim if kind == "plain" else None,
            num_concurrent_requests=num_concurrent_requests,
        )
        self._client = Client.from_env(token, host, **options) if client is None else client
        self._size: int | None = None

    def encode(
        self,
        sentences: str | Sequence[str],
        *,
        prompt_name: str | None = None,
        prompt: str | None = None,
        batch_size: int = 100,
        show_progress_bar: bool | None = None,
        normalize_embeddings: bool = False,
        convert_to_numpy: bool = True,
        convert_to_tensor: bool = False,
        device: Any = None,
        truncate_dim: int | None = None,
    ) -> Vectors:
        """A vector for each text.

        Args:
            sentences: a text, or several.
            prompt_name: ``"query"`` for queries; anything else is a document.
            prompt: where `kind` is ``"instructable"``, the instruction; else a text that goes before each.
            show_progress_bar: whether to show one, which counts texts.
            normalize_embeddings: scale the vectors to length 1.
            truncate_dim: the first numbers of each vector alone.
            batch_size, convert_to_numpy, device: understood and of no effect.
            convert_to_tensor: refused: tensors are not made here.

        Returns:
            An array of float32 in the shape (numbers,) for one text, else (texts, numbers).

        Raises:
            ValueError: `convert_to_tensor`.
        """
        if convert_to_tensor:
            raise ValueError("convert_to_tensor is not supported: pass the array to torch.from_numpy")
        texts = [sentences] if isinstance(sentences, str) else list(sentences)
        embedder, role = self.embedder, _role(prompt_name)
        if prompt and embedder.kind == "instructable":
            embedder = replace(embedder, query_instruction=prompt, document_instruction=prompt)
        elif prompt:
            texts = [prompt + text for text in texts]
        found: list[Vectors] = []
        with closing(_parts(texts, hidden=not show_progress_bar)) as parts:
            for part in parts:
                found.append(np.asarray(embedder.embed(self._client, part, role), np.float32))
        vectors = np.concatenate(found) if found else np.empty((0, 0), np.float32)
        vectors = vectors[:, :truncate_dim]
        if normalize_embeddings:
            vectors = _normalised(vectors)
        return vectors[0] if isinstance(sentences, str) else vectors

    def encode_query(self, sentences: str | Sequence[str], **settings: Any) -> Vectors:
        """Vectors as of queries; `settings` are those of :meth:`encode`."""
        return self.encode(sentences, **{"prompt_name": "query", **settings})

    def encode_document(self, sentences: str | Sequence[str], **settings: Any) -> Vectors:
        """Vectors as of documents; `settings` are those of :meth:`encode`."""
        return self.encode(sentences, **{"prompt_name": "document", **settings})

    def get_sentence_embedding_dimension(self) -> int:
        """Numbers of each vector; one text is embedded to find out, once."""
        if self._size is None:
            self._size = len(self.encode("size"))
        return self._size

    def similarity(self, embeddings1: Any, embeddings2: Any) -> Vectors:
        """The cosine of each of the first vectors with each of the second ones."""
        one, other = (np.atleast_2d(np.asarray(each, np.float32)) for each in (embeddings1, embeddings2))
        cosines: Vectors = _normalised(one) @ _normalised(other).T
        return cosines

    def similarity_pairwise(self, embeddings1: Any, embeddings2: Any) -> Vectors:
        """The cosine of each of the first vectors with the second one in the same place."""
        one, other = (np.atleast_2d(np.asarray(each, np.float32)) for each in (embeddings1, embeddings2))
        cosines: Vectors = np.sum(_normalised(one) * _normalised(other), axis=1)
        return cosines


def _role(prompt_name: str | None) -> Role:
    return "query" if prompt_name in _QUERIES else "document"


def _parts(texts: list[str], *, hidden: bool) -> Generator[list[str], None, None]:
    with tqdm(total=len(texts), disable=hidden, unit="text") as bar:
        for start in range(0, len(texts), _AT_ONCE):
            part = texts[start : start + _AT_ONCE]
            yield part
            bar.update(len(part))


def _normalised(vectors: Vectors) -> Vectors:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    scaled: Vectors = np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0)
    return scaled
