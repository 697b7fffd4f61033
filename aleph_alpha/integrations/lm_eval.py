"""lm-evaluation-harness: log-likelihoods of given continuations, which chat APIs do not tell (extra ``lm-eval``).

From Python, with :class:`AlephAlphaLM` as the `model` of ``lm_eval.simple_evaluate``. From a shell, with the
arguments of the harness's own command::

    python -m aleph_alpha.integrations.lm_eval run --model aleph_alpha --model_args model=toy-base --tasks ...
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from lm_eval.api.model import LM
from lm_eval.api.registry import register_model
from tqdm import tqdm

from aleph_alpha import Client, CompletionRequest, EvaluationRequest, Prompt

if TYPE_CHECKING:
    from lm_eval.api.instance import Instance

__all__ = ["AlephAlphaLM", "windows"]

T = TypeVar("T")

_RESERVED = 8  # tokens of a context that are left free: texts may be split otherwise than when they were counted
_UNTIL_NAMES = ("until", "stop")
_LIMIT_NAMES = ("max_gen_toks", "max_new_tokens", "max_tokens", "max_completion_tokens", "maximum_tokens")
_SAMPLING = ("temperature", "top_k", "top_p", "presence_penalty", "frequency_penalty")
_NOT_SENT = ("do_sample", "num_beams", "num_return_sequences", "max_length", "min_length", "repetition_penalty")


@register_model("aleph_alpha", "aleph-alpha")
class AlephAlphaLM(LM):  # type: ignore[misc]
    """A model whose log-likelihoods come from ``/evaluate``, and its texts from ``/complete``.

    Each request is sent once, however often it occurs; what has arrived is in the harness's cache
    (``use_cache``) at once, so that a run that was interrupted goes on from there. Failed requests
    are tried again by the client.

    Args:
        model: name of the model.
        token: API token; ``AA_TOKEN`` of the environment by default. In the arguments of a command it
            would be visible to others.
        host: base URL; by default ``AA_HOST`` of the environment, else the vendor's.
        num_concurrent_requests: requests under way at once, 1 or more.
        max_length: tokens of the model's context; what ``model_settings`` says by default.
        max_gen_toks: most tokens to generate where a task does not say, 1 or more.
        client: a client to send with, in place of token, host and options.
        batch_size, max_batch_size, device: understood and of no effect.
        options: of ``Client``.

    Raises:
        ValueError: the length of the context is known neither from here nor from the API.

    >>> from lm_eval.api.instance import Instance
    >>> lm = AlephAlphaLM("toy-base", client=client)
    >>> pair = Instance("loglikelihood", {}, ("An apple a day", " keeps the doctor away"), 0)
    >>> [(log_likelihood, is_greedy)] = lm.loglikelihood([pair], disable_tqdm=True)
    >>> log_likelihood < 0
    True
    """

    def __init__(
        self,
        model: str,
        *,
        token: str | None = None,
        host: str | None = None,
        num_concurrent_requests: int = 8,
        max_length: int | None = None,
        max_gen_toks: int = 256,
        client: Client | None = None,
        batch_size: int | str | None = None,
        max_batch_size: int | None = None,
        device: str | None = None,
        **options: Any,
    ) -> None:
        super().__init__()
        self.model = model
        self.num_concurrent_requests = num_concurrent_requests
        self.max_gen_toks = max_gen_toks
        self._client = Client.from_env(token, host, **options) if client is None else client
        self._max_length = max_length

    @property
    def max_length(self) -> int:
        """Tokens of the model's context: prompt and continuation together."""
        if self._max_length is None:
            size = next((one.max_context_size for one in self._client.model_settings() if one.name == self.model), None)
            if size is None:
                raise ValueError(f"the API does not tell the context of {self.model}: pass max_length=...")
            self._max_length = size
        return self._max_length

    @property
    def tokenizer_name(self) -> str:
        """Tells the harness's caches of requests apart."""
        return f"aleph_alpha__{self.model}"

    def tok_encode(self, string: str, **others: Any) -> list[int]:
        """Token ids of a text, by the model's own tokenizer."""
        return list(self._client.tokenizer(self.model).encode(string, add_special_tokens=False).ids)

    def tok_decode(self, tokens: Sequence[int], **others: Any) -> str:
        """The text of token ids."""
        return str(self._client.tokenizer(self.model).decode(list(tokens)))

    def loglikelihood(self, requests: list[Instance], disable_tqdm: bool = False) -> list[tuple[float, bool]]:
        """Natural logarithm of the probability of each continuation after its context, and whether it is greedy.

        White space at the end of a context counts as part of the continuation, as in the harness's
        other models. A context that is too long loses its beginning.
        """
        pairs = [self._fitting(*_pair(*request.args)) for request in requests]
        scored = self._scores(pairs, "loglikelihood", requests, disable_tqdm)
        return [scored[pair] for pair in pairs]

    def loglikelihood_rolling(self, requests: list[Instance], disable_tqdm: bool = False) -> list[float]:
        """Natural logarithm of the probability of each text.

        A text that is longer than the model's context is cut into windows: each token is predicted
        once, the last ones with as much text before them as fits.
        """
        parts = [list(self._windows(request.args[0])) for request in requests]
        scored = self._scores([pair for pairs in parts for pair in pairs], "", [], disable_tqdm)
        sums = [sum(scored[pair][0] for pair in pairs) for pairs in parts]
        for request, log_likelihood in zip(requests, sums, strict=True):
            self.cache_hook.add_partial("loglikelihood_rolling", request.args, log_likelihood)
        return sums

    def generate_until(self, requests: list[Instance], disable_tqdm: bool = False) -> list[str]:
        """A continuation of each context, up to one of the texts that end it (``until``)."""
        asked = [self._completion(*request.args) for request in requests]
        texts: list[str] = []
        responses = self._client.iter_complete_many(
            asked, self.model, num_concurrent_requests=self.num_concurrent_requests
        )
        for request, one, response in zip(
            requests, asked, _shown(responses, len(asked), "generate_until", disable_tqdm), strict=True
        ):
            text = _until(response.completions[0].completion or "", one.stop_sequences or ())
            texts.append(text)
            self.cache_hook.add_partial("generate_until", request.args, text)
        return texts

    def _scores(
        self, pairs: list[tuple[str, str]], method: str, requests: list[Instance], disable_tqdm: bool
    ) -> dict[tuple[str, str], tuple[float, bool]]:
        """Of each pair once."""
        of_pair: dict[tuple[str, str], list[Instance]] = {pair: [] for pair in pairs}
        for pair, request in zip(pairs, requests, strict=False):
            of_pair[pair].append(request)
        asked = (EvaluationRequest(Prompt.from_text(context), continuation) for context, continuation in of_pair)
        responses = self._client.iter_evaluate_many(
            asked, self.model, num_concurrent_requests=self.num_concurrent_requests
        )
        scored: dict[tuple[str, str], tuple[float, bool]] = {}
        for pair, response in zip(
            of_pair, _shown(responses, len(of_pair), method or "loglikelihood_rolling", disable_tqdm), strict=True
        ):
            scored[pair] = (response.result["log_probability"], response.result["correct_greedy"])
            for request in of_pair[pair]:
                self.cache_hook.add_partial(method, request.args, scored[pair])
        return scored

    def _fitting(self, context: str, continuation: str) -> tuple[str, str]:
        """Both, the context without as much of its beginning as is too long."""
        if len(context.encode()) + len(continuation.encode()) + _RESERVED <= self.max_length:
            return context, continuation  # a token is a byte at least
        room = self.max_length - len(self.tok_encode(continuation)) - _RESERVED
        return self._end(context, room), continuation

    def _end(self, text: str, tokens: int) -> str:
        """At most so many tokens of the end of a text."""
        starts = _starts(self._client.tokenizer(self.model).encode(text, add_special_tokens=False).offsets)
        if tokens >= len(starts):
            return text
        return text[starts[-tokens] :] if tokens > 0 else ""

    def _windows(self, text: str) -> Iterator[tuple[str, str]]:
        if len(text.encode()) + _RESERVED <= self.max_length:
            if text:
                yield "", text
            return
        encoded = self._client.tokenizer(self.model).encode(text, add_special_tokens=False)
        yield from windows(text, _starts(encoded.offsets), self.max_length - _RESERVED)

    def _completion(self, context: str, settings: Mapping[str, Any]) -> CompletionRequest:
        known = {*_UNTIL_NAMES, *_LIMIT_NAMES, *_SAMPLING, *_NOT_SENT}
        unknown = sorted(set(settings) - known)
        if unknown:
            raise ValueError(f"generation setting {unknown[0]!r} is not known; known are {', '.join(sorted(known))}")
        until: Any = next((settings[name] for name in _UNTIL_NAMES if settings.get(name)), [])
        limit = int(next((settings[name] for name in _LIMIT_NAMES if settings.get(name)), self.max_gen_toks))
        sampling = {name: settings[name] for name in _SAMPLING if settings.get(name) is not None}
        if not settings.get("do_sample", True):
            sampling = {name: value for name, value in sampling.items() if name.endswith("penalty")}
        if len(context.encode()) + limit + _RESERVED > self.max_length:
            context = self._end(context, self.max_length - limit - _RESERVED)
        stops = [until] if isinstance(until, str) else list(until)
        return CompletionRequest(
            Prompt.from_text(context), maximum_tokens=limit, stop_sequences=[one for one in stops if one], **sampling
        )


def _pair(context: str, continuation: str) -> tuple[str, str]:
    kept = context.rstrip()
    return kept, context[len(kept) :] + continuation


def _until(text: str, stops: Sequence[str]) -> str:
    """The text before the first of the stops, as some deployments leave them in."""
    for stop in stops:
        text = text.partition(stop)[0]
    return text


def _shown(results: Iterator[T], total: int, about: str, hidden: bool) -> Iterator[T]:
    yield from tqdm(results, total=total, desc=about, disable=hidden)


def _starts(offsets: Sequence[tuple[int, int]]) -> list[int]:
    """Where in a text its tokens begin: where the ones before end, as white space before a token may be left out."""
    return [0, *(end for _, end in offsets)][: len(offsets)]


def windows(text: str, starts: Sequence[int], size: int) -> Iterator[tuple[str, str]]:
    """Cut a text into pairs of what is known and what is predicted after it; each token is predicted once.

    A window is as large as it can be, and begins the next prediction before white space where there
    is some, as texts are split alike on both sides of it.

    Args:
        text: the text.
        starts: where its tokens begin.
        size: most tokens of a pair, 2 or more.

    >>> list(windows("one two three four", [0, 3, 7, 13], 2))
    [('', 'one two'), (' two', ' three'), (' three', ' four')]
    """
    count, first = len(starts), 0
    while first < count:
        room = size if first == 0 else size - 1
        end = min(first + room, count)
        if end < count:
            end = next((place for place in range(end, first, -1) if text[starts[place]].isspace()), None) or next(
                (place for place in range(end, first, -1) if starts[place] > starts[place - 1]), end
            )
        known = max(0, end - size)
        last = starts[end] if end < count else len(text)
        yield text[starts[known] : starts[first]], text[starts[first] : last]
        first = end


def main() -> None:
    """The harness's own command, with this model among its models."""
    from lm_eval.__main__ import cli_evaluate

    cli_evaluate()


if __name__ == "__main__":
    main()
