# Made from aleph_alpha/_async/client.py by scripts/unasync.py: change it there, then run `make fix`.
"""Client: one method a task, each a described call handed to the sender."""

from __future__ import annotations

import os
import ssl
import warnings
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from aleph_alpha._runtime.threads import in_background
from aleph_alpha._secret import Secret, TokenSource
from aleph_alpha._sync.batch import batch_semantic_embed
from aleph_alpha._sync.chat_methods import ChatMethods
from aleph_alpha._sync.many_methods import ManyMethods
from aleph_alpha._sync.sender import Sender
from aleph_alpha._sync.service_methods import AccountMethods
from aleph_alpha._sync.task_methods import TaskMethods
from aleph_alpha.options import (
    DEFAULT,
    DEFAULT_HOST,
    DEFAULT_REQUEST_TIMEOUT,
    Default,
    Settings,
    connection_limit,
    from_environment,
)
from aleph_alpha.version import check_api_version

if TYPE_CHECKING:
    import httpx
    import httpx2
    from tokenizers import Tokenizer

    from aleph_alpha.completion.request import CompletionRequest
    from aleph_alpha.completion.response import CompletionResponse
    from aleph_alpha.detokenization import DetokenizationRequest, DetokenizationResponse
    from aleph_alpha.embedding.batch import BatchSemanticEmbeddingRequest, BatchSemanticEmbeddingResponse
    from aleph_alpha.embedding.layers import EmbeddingRequest, EmbeddingResponse
    from aleph_alpha.embedding.semantic import SemanticEmbeddingRequest, SemanticEmbeddingResponse
    from aleph_alpha.evaluation import EvaluationRequest, EvaluationResponse
    from aleph_alpha.explanation.request import ExplanationRequest
    from aleph_alpha.explanation.response import ExplanationResponse
    from aleph_alpha.qa import QaRequest, QaResponse
    from aleph_alpha.summarization import SummarizationRequest, SummarizationResponse
    from aleph_alpha.tokenization import TokenizationRequest, TokenizationResponse

__all__ = ["Client"]


class Client(ChatMethods, TaskMethods, ManyMethods, AccountMethods):
    """The inference API.

    A client may be built anywhere; it keeps its connections between
    calls and can be used from several threads.
    ``with`` closes the connections at the end; the client can be entered again after that.

    Args:
        token: API token, or a callable that returns one; a callable is asked
            at the first call, and once more when the API answers 401.
        host: base URL of the installation, with or without a trailing slash. Endpoints are
            appended to it as it is: ``/v1`` is neither added nor taken away.
        hosting: data centres that may process the requests: ``"aleph-alpha"`` for the vendor's
            own only, ``None`` for any.
        request_timeout_seconds: bound of one whole attempt in seconds, from getting a connection
            to the end of the body. ``None`` lifts it, and the default `deadline` with it;
            15 s to connect and 305 s without a byte stay as limits. The server itself
            ends a request after 300 s.
        total_retries: attempts after the first one. Tried again are the statuses 408, 429, 500,
            502, 503 and 504 and connections that could not be made, after 0.25 s, 0.5 s, 1 s, ...
            (63.75 s in all with 8), each shortened at random by up to a quarter, or after what
            ``Retry-After`` says.
        nice: give way to other users: the API puts these requests behind theirs.
        verify_ssl: ``True``, ``False``, a file with CA certificates, or an ``ssl.SSLContext``.
        tags: sent with every task (the vendor's documentation calls it internal).
        limit: connections at most, 100 unless given; further calls wait their turn.
        pool_size: another name of `limit`.
        deadline: bound of one call with all its retries in seconds; by default 660, or twice
            `request_timeout_seconds` where that is longer. ``None`` lifts it.
        retry_ambiguous: also try again when an answer broke off or did not come in time, so that
            the request may have been carried out (and paid for) already.
        retry_after_cap: the longest ``Retry-After`` in seconds that is waited for; when the
            server asks for more, the error is raised with ``.retry_after``.
        headers: sent with every request.
        cert: client certificate: a PEM file, ``(certificate, key)`` or
            ``(certificate, key, password)``.
        proxy: URL of a proxy; by default those of the environment (``HTTPS_PROXY``, ``NO_PROXY``, ...).
        http_client: an ``httpx.Client`` or ``httpx2.Client`` to send with instead; its own settings count for
            connections, and it is not closed.
        log_bodies: also log bodies (cut), where the ``aleph_alpha`` logger is at DEBUG.

    Raises:
        TypeError, InvalidRequestError: an argument that cannot work; the message names it.

    >>> from aleph_alpha import Client, CompletionRequest, Prompt
    >>> with Client(token, host) as client:
    ...     request = CompletionRequest(Prompt.from_text("An apple a day"), maximum_tokens=8)
    ...     response = client.complete(request, model="toy-base")
    >>> response.completions[0].finish_reason
    'maximum_tokens'
    """

    def __init__(
        self,
        token: TokenSource,
        host: str = DEFAULT_HOST,
        hosting: str | None = None,
        request_timeout_seconds: float | None = DEFAULT_REQUEST_TIMEOUT,
        total_retries: int = 8,
        nice: bool = False,
        verify_ssl: bool | str | os.PathLike[str] | ssl.SSLContext = True,
        tags: Sequence[str] | None = None,
        *,
        limit: int | None = None,
        pool_size: int | None = None,
        deadline: float | Default | None = DEFAULT,
        retry_ambiguous: bool = False,
        retry_after_cap: float = 60.0,
        headers: Mapping[str, str] | None = None,
        cert: str | tuple[str, str] | tuple[str, str, str] | None = None,
        proxy: str | None = None,
        http_client: httpx.Client | httpx2.Client | None = None,
        log_bodies: bool = False,
    ) -> None:
        token = Secret.of(token)  # whatever is raised from here on does not show it among the local variables
        self._settings = Settings(
            token=token,
            host=host,
            hosting=hosting,
            request_timeout_seconds=request_timeout_seconds,
            total_retries=total_retries,
            nice=nice,
            verify_ssl=verify_ssl,
            tags=tags,
            limit=connection_limit(limit, pool_size),
            deadline=deadline,
            retry_ambiguous=retry_ambiguous,
            retry_after_cap=retry_after_cap,
            headers=headers or {},
            cert=cert,
            proxy=proxy,
            log_bodies=log_bodies,
        )
        self._sender = Sender(self._settings, http_client)
        self._tokenizers: dict[str, Tokenizer] = {}

    def __getstate__(self) -> dict[str, Any]:
        return {**vars(self), "_tokenizers": {}}  # megabytes, and soon there again

    @classmethod
    def from_env(cls, token: TokenSource | None = None, host: str | None = None, **options: Any) -> Self:
        """A client for the token and host of the environment: ``AA_TOKEN`` and ``AA_HOST``.

        What is passed goes before the environment; `options` are those of the constructor.

        Raises:
            InvalidRequestError: there is no token.
        """
        token, host = from_environment(token, host)
        return cls(token, host, **options)

    def with_options(
        self,
        *,
        hosting: str | Default | None = DEFAULT,
        request_timeout_seconds: float | Default | None = DEFAULT,
        total_retries: int | Default = DEFAULT,
        nice: bool | Default = DEFAULT,
        tags: Sequence[str] | Default | None = DEFAULT,
        deadline: float | Default | None = DEFAULT,
        retry_ambiguous: bool | Default = DEFAULT,
        retry_after_cap: float | Default = DEFAULT,
        headers: Mapping[str, str] | Default = DEFAULT,
        log_bodies: bool | Default = DEFAULT,
    ) -> Self:
        """A client with other options that shares this one's connections and token.

        >>> patient = client.with_options(request_timeout_seconds=600, nice=True)
        >>> response = patient.complete(request, model="toy-base")
        """
        copy = object.__new__(type(self))
        copy.__dict__.update(self.__dict__)
        copy._settings = self._settings.changed(
            hosting=hosting,
            request_timeout_seconds=request_timeout_seconds,
            total_retries=total_retries,
            nice=nice,
            tags=tags,
            deadline=deadline,
            retry_ambiguous=retry_ambiguous,
            retry_after_cap=retry_after_cap,
            headers=headers,
            log_bodies=log_bodies,
        )
        return copy

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        settings: Settings | None = vars(self).get("_settings")  # none yet where an argument is refused
        return f"{type(self).__name__}(host={settings.host!r})" if settings else object.__repr__(self)

    @property
    def host(self) -> str:
        """Base URL of the installation, with a slash at the end."""
        return self._settings.host.rstrip("/") + "/"

    @property
    def token(self) -> TokenSource:
        """The API token (hidden: ask it with ``reveal()``), or the callable that provides it."""
        return self._settings.token

    def close(self) -> None:
        """Close the connections; those of copies by :meth:`with_options` are the same ones.

        Calls under way fail with ``APIConnectionError`` and are not tried again, streams with
        ``StreamConnectionError``; those in other event loops, where there are any, come to their end
        first. The next call opens new connections. An `http_client` that was passed is left as it is.
        """
        self._sender.close()

    # --- tasks ---------------------------------------------------------------------------------

    def complete(self, request: CompletionRequest, model: str) -> CompletionResponse:
        """Continue a prompt.

        Args:
            request: the prompt and how to continue it.
            model: name of the model, one of :meth:`models`; its latest version is used.

        Raises:
            InvalidRequestError: a field that cannot be sent; nothing was sent.
            APIStatusError: the API refused (``PROMPT_TOO_LONG``, ``UNKNOWN_MODEL``, ...).
            APIConnectionError: no whole answer arrived, ``APITimeoutError`` if not in time.
            ResponseError: an answer that is not what the contract says.

        >>> from aleph_alpha import CompletionRequest, Prompt
        >>> request = CompletionRequest(Prompt.from_text("An apple a day"), maximum_tokens=5, log_probs=0)
        >>> response = client.complete(request, model="toy-base")
        >>> response.num_tokens_generated, len(response.completions[0].log_probs)
        (5, 5)
        """
        from aleph_alpha.completion.calls import complete_call

        return self._sender.send(complete_call(request, model, self._defaults), self._settings)

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

        return self._sender.send(embed_call(request, model, self._defaults), self._settings)

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

        return self._sender.send(semantic_embed_call(request, model, self._defaults), self._settings)

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
                prompts it is (0, 0), as no answer told the size.

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
            self._sender,
            self._settings,
            self._defaults,
            request,
            model,
            concurrency=num_concurrent_requests,
            batch_size=batch_size,
            progress_bar=progress_bar,
            as_array=as_array,
        )

    def evaluate(self, request: EvaluationRequest, model: str) -> EvaluationResponse:
        """How likely the model is to continue a prompt with a given text.

        Raises: as :meth:`complete`.

        >>> from aleph_alpha import EvaluationRequest, Prompt
        >>> request = EvaluationRequest(Prompt.from_text("The API works"), completion_expected=" well")
        >>> response = client.evaluate(request, model="toy-base")
        >>> response.result["log_probability"] < 0
        True
        """
        from aleph_alpha.evaluation import evaluate_call

        return self._sender.send(evaluate_call(request, model, self._defaults), self._settings)

    def explain(self, request: ExplanationRequest, model: str) -> ExplanationResponse:
        """How much each part of a prompt adds to the likelihood of a target.

        Raises: as :meth:`complete`.

        >>> from aleph_alpha import ExplanationRequest, Prompt
        >>> request = ExplanationRequest(Prompt.from_text("Andreas likes"), target=" pizza.")
        >>> response = client.explain(request, model="toy-base")
        >>> response.explanations[0].target
        ' pizza.'
        """
        from aleph_alpha.explanation.calls import explain_call

        return self._sender.send(explain_call(request, model, self._defaults), self._settings)

    def tokenize(self, request: TokenizationRequest, model: str) -> TokenizationResponse:
        """The tokens of a text, their ids, or both.

        Raises: as :meth:`complete`.

        >>> from aleph_alpha import TokenizationRequest
        >>> request = TokenizationRequest("hello", tokens=True, token_ids=True)
        >>> response = client.tokenize(request, model="toy-base")
        >>> len(response.tokens) == len(response.token_ids)
        True
        """
        from aleph_alpha.tokenization import tokenize_call

        return self._sender.send(tokenize_call(request, model, self._defaults), self._settings)

    def detokenize(self, request: DetokenizationRequest, model: str) -> DetokenizationResponse:
        """The text of token ids.

        Raises: as :meth:`complete`.

        >>> from aleph_alpha import DetokenizationRequest
        >>> response = client.detokenize(DetokenizationRequest([2, 3, 4]), model="toy-base")
        >>> isinstance(response.result, str)
        True
        """
        from aleph_alpha.detokenization import detokenize_call

        return self._sender.send(detokenize_call(request, model, self._defaults), self._settings)

    def qa(self, request: QaRequest, *, model: str | None = None) -> QaResponse:
        """Answer a question from documents. Deprecated: newer installations answer 404.

        `model` is accepted because the documentation's example passes it; it is not sent.
        """
        from aleph_alpha.qa import qa_call

        _deprecated("qa")
        return self._sender.send(qa_call(request, self._defaults), self._settings)

    def summarize(self, request: SummarizationRequest, *, model: str | None = None) -> SummarizationResponse:
        """Summarise a document. Deprecated: newer installations answer 404.

        `model` is accepted because the documentation's example passes it; it is not sent.
        """
        from aleph_alpha.summarization import summarize_call

        _deprecated("summarize")
        return self._sender.send(summarize_call(request, self._defaults), self._settings)

    # --- what the installation has -------------------------------------------------------------

    def tokenizer(self, model: str, *, refresh: bool = False) -> Tokenizer:
        """The model's tokenizer, a ``tokenizers.Tokenizer``; 2 to 10 MB are downloaded.

        It is downloaded and parsed once: the client remembers it, and it is kept on disk for a day,
        in the folder that the environment variable ``AA_CACHE`` names (by default one in the user's
        folder for caches; an empty ``AA_CACHE`` keeps nothing). All who ask share one object, which is
        safe to encode and decode with: **copy it** (``copy.deepcopy``) before changing it, such as with
        ``enable_padding``. Parsing takes 0.1 s for 32,000 tokens and 0.6 s for 128,000, in which no
        other Python thread runs.

        Args:
            model: name of the model.
            refresh: download it again, for when the model has changed.

        Raises: as :meth:`complete`.

        >>> tokenizer = client.tokenizer("toy-base")
        >>> tokenizer.decode(tokenizer.encode("Hello world").ids).strip()
        'Hello world'
        """
        from aleph_alpha.service.models import tokenizer_call
        from aleph_alpha.service.tokenizers import keep, stored

        call, host = tokenizer_call(model), self._settings.host
        found = None if refresh else self._tokenizers.get(model) or in_background(stored, host, model)
        if found is None:
            body = self._sender.send(call, self._settings)
            found = in_background(keep, host, model, body)
        self._tokenizers[model] = found
        return found

    def models(self) -> list[dict[str, Any]]:
        """The models that can be used now, as the API describes them: ``name``, ``max_context_size``, ...

        Raises: as :meth:`complete`.

        >>> "toy-base" in [model["name"] for model in client.models()]
        True
        """
        from aleph_alpha.service.models import models_call

        return self._sender.send(models_call(), self._settings)

    def get_version(self) -> str:
        """Version of the API, as in ``"4.7.0"``.

        Raises: as :meth:`complete`.
        """
        from aleph_alpha.service.models import version_call

        return self._sender.send(version_call(), self._settings)

    def validate_version(self) -> None:
        """Check that the API is one that this client works with: 1.16 or newer.

        Raises:
            UnsupportedVersionError: it is older, or says what is no version.
            And as :meth:`complete`.

        >>> client.validate_version()
        """
        check_api_version(self.get_version())


def _deprecated(method: str) -> None:
    warnings.warn(
        f"{method} is deprecated by the API: newer installations answer 404", DeprecationWarning, stacklevel=3
    )
