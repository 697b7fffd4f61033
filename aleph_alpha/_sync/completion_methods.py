# Made from aleph_alpha/_async/completion_methods.py by scripts/unasync.py: change it there, then run `make fix`.
"""The methods of the client for completions."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

from aleph_alpha._runtime.threads import Items
from aleph_alpha._sync.methods import Methods, many
from aleph_alpha._sync.streams import Stream

if TYPE_CHECKING:
    from aleph_alpha.completion.events import CompletionResponseStreamItem
    from aleph_alpha.completion.request import CompletionRequest
    from aleph_alpha.completion.response import CompletionResponse

    CompletionStream: TypeAlias = Stream[CompletionResponseStreamItem, CompletionResponse]

__all__ = ["CompletionMethods"]


class CompletionMethods(Methods):
    """Completions: whole, in JSON, as a stream, and many at once."""

    def complete(self, request: CompletionRequest, model: str) -> CompletionResponse:
        """Continue a prompt.

        Args:
            request: the prompt and how to continue it.
            model: name of the model, one of :meth:`models`; its latest version is used.

        Raises:
            InvalidRequestError: a field that cannot be sent; nothing was sent.
            APIStatusError: the API refused (``PROMPT_TOO_LONG``, ``UNKNOWN_MODEL``, ...).
            APIConnectionError: no whole response arrived, ``APITimeoutError`` if not in time.
            ResponseError: a response that is not what the contract says.

        >>> from aleph_alpha import CompletionRequest, Prompt
        >>> request = CompletionRequest(Prompt.from_text("An apple a day"), maximum_tokens=5, log_probs=0)
        >>> response = client.complete(request, model="toy-base")
        >>> response.num_tokens_generated, len(response.completions[0].log_probs)
        (5, 5)
        """
        from aleph_alpha.completion.calls import complete_call

        return self._send(complete_call(request, model, self._defaults), request)

    complete_many, iter_complete_many = many(complete)("""Continue many prompts.

        >>> from aleph_alpha import CompletionRequest, Prompt
        >>> texts = ("An apple a day", "The early bird", "A stitch in time")
        >>> requests = (CompletionRequest(Prompt.from_text(text), maximum_tokens=4) for text in texts)
        >>> [response.num_tokens_generated for response in client.complete_many(requests, model="toy-base")]
        [4, 4, 4]
        """)

    def complete_json(self, request: CompletionRequest, model: str) -> CompletionResponse:
        """Continue a prompt with JSON.

        Raises:
            As ``complete``.

        >>> import json
        >>> from aleph_alpha import CompletionRequest, Prompt
        >>> request = CompletionRequest(Prompt.from_text("An apple as JSON:"), maximum_tokens=32)
        >>> response = client.complete_json(request, model="toy-base")
        >>> json.loads(response.completions[0].completion) is not None
        True
        """
        from aleph_alpha.completion.calls import complete_json_call

        return self._send(complete_json_call(request, model, self._defaults), request)

    def stream_complete(self, request: CompletionRequest, model: str) -> CompletionStream:
        """Continue a prompt, and get the continuation while it comes.

        The stream is a context manager and an iterator of events: ``StreamChunk`` and
        ``StreamSummary``, each with the ``index`` of its completion, and one ``CompletionSummary``
        at the end; ``.text()`` gives the text alone, ``.final()`` the whole response.

        The request's time limit counts until the first event, and from event to event. A stream
        is tried again until it has begun, and never after.

        Raises:
            As ``complete`` when the stream is entered; ``StreamError`` while events come.

        >>> from aleph_alpha import CompletionRequest, Prompt
        >>> request = CompletionRequest(Prompt.from_text("An apple a day"), maximum_tokens=8)
        >>> with client.stream_complete(request, model="toy-base") as stream:
        ...     text = "".join([piece for piece in stream.text()])
        ...     response = stream.final()
        >>> response.completions[0].completion == text
        True
        """
        from aleph_alpha.completion.stream import CompletionStreamReader

        describe = self._complete_stream_call(request, model)
        return Stream(self._sender, self._settings, describe, CompletionStreamReader())

    def complete_with_streaming(self, request: CompletionRequest, model: str) -> Items[CompletionResponseStreamItem]:
        """Continue a prompt, and iterate over the events of :meth:`stream_complete` while they come.

        Raises:
            As :meth:`stream_complete`.

        >>> from aleph_alpha import CompletionRequest, Prompt
        >>> request = CompletionRequest(Prompt.from_text("An apple a day"), maximum_tokens=8)
        >>> items = [item for item in client.complete_with_streaming(request, "toy-base")]
        >>> items[-1].num_tokens_generated
        8
        """
        with self.stream_complete(request, model) as stream:
            for item in stream:
                yield item

    def _complete_stream_call(self, request: CompletionRequest, model: str) -> Callable[[], Any]:
        def describe() -> Any:
            from aleph_alpha.completion.calls import complete_stream_call

            call = complete_stream_call(request, model, self._defaults)
            if self._settings.check_length:
                self._check_length(call, request)
            return call

        return describe
