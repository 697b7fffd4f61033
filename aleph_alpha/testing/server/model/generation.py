"""Generates a completion token by token: limits, stop sequences, and the log-probabilities to report.

A stop sequence ends the completion in front of it. Its tokens are counted as generated, but neither their text nor
their log-probabilities are given out; of a token that holds text on both sides the text before the stop sequence is.
The end-of-text token is neither counted nor given out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

import numpy as np
import orjson

from aleph_alpha.testing.server.model.bpe import END, Bpe, TextStream
from aleph_alpha.testing.server.model.language_model import State
from aleph_alpha.testing.server.model.ngrams import Vector
from aleph_alpha.testing.server.model.sampling import Sampler

MAXIMUM_TOKENS, END_OF_TEXT, STOP_SEQUENCE = "maximum_tokens", "end_of_text", "stop_sequence_reached"


@dataclass(frozen=True, slots=True)
class TokenInfo:
    """A token, its log-probability (None where there is none), and the most likely ones in its place, best first."""

    id: int
    log_probability: float | None
    top: tuple[tuple[int, float], ...] = ()


@dataclass(slots=True)
class Piece:
    """Text that will not be taken back, and its tokens."""

    text: str
    tokens: list[TokenInfo]


@dataclass(slots=True)
class Generated:
    """A whole completion."""

    text: str = ""
    tokens: list[TokenInfo] = field(default_factory=list)
    finish_reason: str = MAXIMUM_TOKENS
    token_count: int = 0

    @property
    def mean_log_probability(self) -> float:
        """The measure of `best_of`; an empty completion has the worst."""
        values = [token.log_probability for token in self.tokens if token.log_probability is not None]
        return sum(values) / len(values) if values else -np.inf


def random_for(seed: int, body: Any, index: int) -> np.random.Generator:
    """The source of randomness of completion `index` of a request.

    It depends on the server's seed, on everything the request says, and on the index, so that the same request to a
    server of the same seed gives the same response, in whichever order requests come.
    """
    content = orjson.dumps([seed, body, index], option=orjson.OPT_SORT_KEYS)
    return np.random.Generator(np.random.PCG64(int.from_bytes(blake2b(content, digest_size=16).digest(), "big")))


def token_info(probabilities: Vector, token: int, top: int | None) -> TokenInfo:
    """What to report of a token chosen from these probabilities."""
    log_probability = float(np.log(probabilities[token]))
    if not top:
        return TokenInfo(token, log_probability)
    best = np.argpartition(-probabilities, top - 1)[:top]
    best = best[np.lexsort((best, -probabilities[best]))]
    return TokenInfo(token, log_probability, tuple((int(i), float(np.log(probabilities[i]))) for i in best))


def score(state: State, tokens: Sequence[int], top: int | None, gains: Vector | None = None) -> list[TokenInfo]:
    """Reads tokens into the state, reporting each."""
    infos = []
    for position, token in enumerate(tokens):
        infos.append(token_info(state.probabilities(), token, top))
        state.push(token, 1.0 if gains is None else float(gains[position]))
    return infos


class Generation:
    """One completion under way. Iterate over it for its pieces; then `result` holds the whole."""

    def __init__(
        self, bpe: Bpe, state: State, sampler: Sampler, maximum_tokens: int, stops: Sequence[str], top: int | None
    ) -> None:
        self.result = Generated()
        self._bpe = bpe
        self._state = state
        self._sampler = sampler
        self._maximum = maximum_tokens
        self._stops = [stop for stop in stops if stop]
        self._top = top
        self._pending: list[tuple[TokenInfo, int]] = []
        """Tokens not given out yet, each with the length of the text up to its end."""
        self._text = ""
        self._given = 0

    def __iter__(self) -> Iterator[Piece]:
        stream = TextStream(self._bpe)
        while self.result.token_count < self._maximum:
            probabilities = self._state.probabilities()
            token = self._sampler.choose(np.asarray(np.log(probabilities)))
            if token == END:
                self.result.finish_reason = END_OF_TEXT
                break
            self._state.push(token)
            self.result.token_count += 1
            self._text += stream.feed(token)
            self._pending.append((token_info(probabilities, token, self._top), len(self._text)))
            if (cut := self._stop()) is not None:
                self.result.finish_reason = STOP_SEQUENCE
                yield from self._give(cut, last=True)
                return
            yield from self._give(self._settled(), last=False)
        self._text += stream.finish()
        if (cut := self._stop()) is not None:
            self.result.finish_reason = STOP_SEQUENCE
        yield from self._give(len(self._text) if cut is None else cut, last=True)

    @property
    def greedy(self) -> bool:
        """Whether chance has no part in it."""
        return self._sampler.greedy

    def run(self) -> Generated:
        """Generates to the end."""
        for _ in self:
            pass
        return self.result

    def _stop(self) -> int | None:
        """Where the first stop sequence begins."""
        found = [at for stop in self._stops if (at := self._text.find(stop, self._given)) >= 0]
        return min(found, default=None)

    def _settled(self) -> int:
        """Length of the text that cannot turn out to be the beginning of a stop sequence."""
        held = 0
        for stop in self._stops:
            for length in range(min(len(stop) - 1, len(self._text) - self._given), held, -1):
                if self._text.endswith(stop[:length]):
                    held = length
                    break
        return len(self._text) - held

    def _give(self, end: int, *, last: bool) -> Iterator[Piece]:
        tokens: list[TokenInfo] = []
        start = self._given
        while self._pending:
            info, token_end = self._pending[0]
            # At the end a token counts if any of its text, or of the character it belongs to, is given out.
            token_start = len(self.result.text)
            if token_end <= end or (last and token_start < end):
                tokens.append(info)
                self._pending.pop(0)
                self.result.text = self._text[: min(token_end, end)]
                self._given = len(self.result.text)
                continue
            break
        if last:
            self.result.text = self._text[:end]
            self._given = end
        if tokens or self._given > start:
            self.result.tokens.extend(tokens)
            yield Piece(self._text[start : self._given], tokens)


class Dictation:
    """A text that a toy rule has made, told as the model would tell it: token by token, with log-probabilities."""

    def __init__(self, bpe: Bpe, state: State, text: str, maximum_tokens: int | None, top: int | None) -> None:
        self.result = Generated(finish_reason=END_OF_TEXT)
        self._bpe = bpe
        self._state = state
        self._ids = bpe.encode_continuation(text)
        self._maximum = len(self._ids) if maximum_tokens is None else maximum_tokens
        self._top = top

    @property
    def length(self) -> int:
        """How many tokens will be told."""
        return min(len(self._ids), self._maximum)

    def __iter__(self) -> Iterator[Piece]:
        stream = TextStream(self._bpe)
        told = self._ids[: self._maximum]
        for position, token in enumerate(told):
            (info,) = score(self._state, [token], self._top)
            text = stream.feed(token) + (stream.finish() if position == len(told) - 1 else "")
            self.result.text += text
            self.result.tokens.append(info)
            self.result.token_count += 1
            yield Piece(text, [info])
        if len(told) < len(self._ids):
            self.result.finish_reason = MAXIMUM_TOKENS
