# Made from aleph_alpha/_async/embedding_methods.py by scripts/unasync.py: change it there, then run `make fix`.
"""The methods of the client for embeddings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from aleph_alpha._runtime.threads import Items
from aleph_alpha._sync.batch import batch_semantic_embed, iter_batch_semantic_embed
from aleph_alpha._sync.methods import Methods, many

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from aleph_alpha.embedding.batch import BatchSemanticEmbeddingRequest, BatchSemanticEmbeddingResponse
    from aleph_alpha.embedding.instructable import InstructableEmbeddingRequest, InstructableEmbeddingResponse
    from aleph_alpha.embedding.layers import EmbeddingRequest, EmbeddingResponse
    from aleph_alpha.embedding.openai import EmbeddingV2Request, EmbeddingV2Response
    from aleph_alpha.embedding.semantic import (
        SemanticEmbeddingRequest,
        SemanticEmbeddingResponse,
        SemanticRepresentation,
    )

__all__ = ["EmbeddingMethods"]


class EmbeddingMethods(Methods):
    """Vectors of prompts and texts."""

    def embed(self, request: EmbeddingRequest, model: str) -> EmbeddingResponse:
        """Vectors from chosen layers of a model, pooled over the prompt.

        Raises: as :meth:`complete`.

        >>> from aleph_alpha import EmbeddingRequest, Prompt
        >>> request = EmbeddingRequest(Prompt.from_text("This is an example."), layers=[-1], pooling=["mean"])
        >>> response = client.embed(request, model="toy-base")
        >>> [pooling for layer, pooling in response.embeddings]
        ['mean']
        """
        from aleph_alpha.embedding.layers import embed_call

        return self._send(embed_call(request, model, self._defaults), request)

    embed_many, iter_embed_many = many(embed)("""Vectors of many prompts from chosen layers of a model.

        >>> from aleph_alpha import EmbeddingRequest, Prompt
        >>> requests = [EmbeddingRequest(Prompt.from_text(text), [-1], ["mean", "max"]) for text in ("One", "Two")]
        >>> [len(response.embeddings) for response in client.embed_many(requests, "toy-base")]
        [2, 2]
        """)

    def semantic_embed(self, request: SemanticEmbeddingRequest, model: str) -> SemanticEmbeddingResponse:
        """One vector for the meaning of a prompt.

        Raises: as :meth:`complete`.

        >>> from aleph_alpha import Prompt, SemanticEmbeddingRequest, SemanticRepresentation
        >>> request = SemanticEmbeddingRequest(
        ...     Prompt.from_text("The sun is shining"), SemanticRepresentation.Symmetric, compress_to_size=128)
        >>> response = client.semantic_embed(request, model="toy-base")
        >>> len(response.embedding)
        128
        """
        from aleph_alpha.embedding.semantic import semantic_embed_call

        return self._send(semantic_embed_call(request, model, self._defaults), request)

    def batch_semantic_embed(
        self,
        request: BatchSemanticEmbeddingRequest,
        model: str | None = None,
        num_concurrent_requests: int = 1,
        batch_size: int = 100,
        progress_bar: bool = False,
        *,
        as_array: bool = False,
    ) -> BatchSemanticEmbeddingResponse:
        """A vector for each prompt, in their order, however many there are.

        The prompts are sent in batches. When one fails for good, those under way are cancelled and
        its exception is raised; it carries ``.partial`` (index of a prompt -> its vector) and
        ``.remaining`` (indices without one), so that the job can be finished.

        Args:
            request: the prompts and how to represent them.
            model: name of the model.
            num_concurrent_requests: batches under way at once.
            batch_size: prompts in a batch, 1 to 100 (what the API takes).
            progress_bar: show one (tqdm) that counts prompts.
            as_array: ``embeddings`` as one ``numpy.ndarray`` of float32 in the shape (prompts, size)
                instead of lists of float: a quarter of the memory or less (extra ``numpy``). Without
                prompts it is (0, 0), as no response told the size.

        Raises:
            As :meth:`complete`, each with ``.partial`` and ``.remaining``.
            ImportError: `as_array` without numpy.

        >>> from aleph_alpha import BatchSemanticEmbeddingRequest, Prompt, SemanticRepresentation
        >>> prompts = [Prompt.from_text(text) for text in ("deep learning", "deep diving", "artificial snow")]
        >>> request = BatchSemanticEmbeddingRequest(prompts, SemanticRepresentation.Symmetric, compress_to_size=128)
        >>> response = client.batch_semantic_embed(request, model="toy-base", batch_size=2)
        >>> len(response.embeddings), len(response.embeddings[0])
        (3, 128)
        """
        return batch_semantic_embed(
            self._send,
            self._defaults,
            request,
            model,
            concurrency=num_concurrent_requests,
            batch_size=batch_size,
            progress_bar=progress_bar,
            as_array=as_array,
        )

    def iter_batch_semantic_embed(
        self,
        request: BatchSemanticEmbeddingRequest,
        model: str | None = None,
        num_concurrent_requests: int = 1,
        batch_size: int = 100,
        *,
        as_array: bool = False,
    ) -> Items[BatchSemanticEmbeddingResponse]:
        """The vectors of ``batch_semantic_embed``, batch by batch in the order of the prompts, none of them kept.

        Memory does not grow with the number of prompts: at most `num_concurrent_requests` batches are
        under way or wait to be taken. Whoever leaves the loop early closes the iterator
        (``contextlib.closing``), so that the others are cancelled at once and not some time later.

        Args:
            request: the prompts and how to represent them.
            model: name of the model.
            num_concurrent_requests: batches under way at once.
            batch_size: prompts in a batch, 1 to 100 (what the API takes).
            as_array: the vectors of a batch as one ``numpy.ndarray`` of float32 (extra ``numpy``).

        Raises:
            InvalidRequestError: no batch request, or a count that is none; at once. A field that cannot be
                sent is found when its batch is.
            ImportError: `as_array` without numpy.
            And as ``complete``, when the batch that failed is due.

        >>> from aleph_alpha import BatchSemanticEmbeddingRequest, Prompt, SemanticRepresentation
        >>> prompts = [Prompt.from_text(text) for text in ("deep learning", "deep diving", "artificial snow")]
        >>> request = BatchSemanticEmbeddingRequest(prompts, SemanticRepresentation.Symmetric, compress_to_size=128)
        >>> for batch in client.iter_batch_semantic_embed(request, model="toy-base", batch_size=2):
        ...     print(len(batch.embeddings))
        2
        1
        """
        return iter_batch_semantic_embed(
            self._send,
            self._defaults,
            request,
            model,
            concurrency=num_concurrent_requests,
            batch_size=batch_size,
            as_array=as_array,
        )

    def embed_texts(
        self,
        texts: Iterable[str],
        model: str,
        representation: SemanticRepresentation | None = None,
        *,
        compress_to_size: int | None = None,
        normalize: bool = False,
        num_concurrent_requests: int = 4,
        batch_size: int = 100,
        progress_bar: bool = False,
    ) -> NDArray[np.float32]:
        """Semantic embeddings of texts as one array; a text that comes several times is sent once.

        Args:
            texts: what to embed; a generator is fine.
            model: name of the model.
            representation: what the vectors are for, ``SemanticRepresentation.Symmetric`` unless given.
            compress_to_size: 128 for shorter vectors; ``None`` for whole ones.
            normalize: vectors of length 1.
            num_concurrent_requests: batches under way at once, 1 or more.
            batch_size: texts in a batch, 1 to 100 (what the API takes).
            progress_bar: show one (tqdm) that counts texts that are sent.

        Returns:
            float32 of the shape (texts, numbers), in the order of the texts; (0, 0) without any.

        Raises:
            InvalidRequestError: `texts` are not strings.
            ImportError: numpy is not installed (extra ``numpy``).
            And as :meth:`complete`, with ``.partial`` (index of a text -> its vector) and ``.remaining``.

        >>> vectors = client.embed_texts(["sun", "sea", "sun"], model="toy-base", compress_to_size=128)
        >>> vectors.shape, (vectors[0] == vectors[2]).all().item()
        ((3, 128), True)
        """
        from aleph_alpha.embedding.texts import Texts

        task = Texts(texts)
        request = task.request(representation, compress_to_size, normalize)
        try:
            response = self.batch_semantic_embed(
                request, model, num_concurrent_requests, batch_size, progress_bar, as_array=True
            )
        except BaseException as error:
            task.regroup(error)
            raise
        return task.rows(response)

    def embeddings(self, request: EmbeddingV2Request, model: str, *, as_array: bool = False) -> EmbeddingV2Response:
        """Vectors of texts or token ids, as other vendors' APIs give them.

        Args:
            request: the texts.
            model: name of the model.
            as_array: the vectors as rows of one ``numpy.ndarray`` of float32 instead of lists of
                float (extra ``numpy``); they are sent in base64 then, unless the request says otherwise.

        Raises:
            As ``complete``.
            ImportError: `as_array` without numpy.

        >>> from aleph_alpha import EmbeddingV2Request
        >>> response = client.embeddings(EmbeddingV2Request(["Hello", "world"]), model="toy-embedding")
        >>> len(response.embeddings), response.data[1].index
        (2, 1)
        """
        from aleph_alpha.embedding.openai import embeddings_call

        return self._send(embeddings_call(request, model, self._defaults, as_array=as_array))

    def instructable_embed(
        self, request: InstructableEmbeddingRequest, model: str | None = None
    ) -> InstructableEmbeddingResponse:
        """A vector for what an instruction looks for in a prompt.

        Args:
            request: the prompt and the instruction.
            model: name of the model; the server chooses unless given.

        Raises:
            As ``complete``.

        >>> from aleph_alpha import InstructableEmbeddingRequest, Prompt
        >>> request = InstructableEmbeddingRequest(Prompt.from_text("Good morning"), "the kind of salutation")
        >>> response = client.instructable_embed(request, model="toy-instruct-embedding")
        >>> len(response.embedding) > 0
        True
        """
        from aleph_alpha.embedding.instructable import instructable_embed_call

        return self._send(instructable_embed_call(request, model, self._defaults), request)

    instructable_embed_many, iter_instructable_embed_many = many(instructable_embed)("""Vectors for many instructions.

        >>> from aleph_alpha import InstructableEmbeddingRequest, Prompt
        >>> prompts = [Prompt.from_text(text) for text in ("Good morning", "Good night")]
        >>> requests = [InstructableEmbeddingRequest(prompt, "the kind of salutation") for prompt in prompts]
        >>> [len(response.embedding) > 0 for response in client.instructable_embed_many(requests)]
        [True, True]
        """)
