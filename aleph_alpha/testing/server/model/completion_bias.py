"""Which tokens the completion bias leaves to choose from.

Inclusion: a completion is a series of the included texts, each as its tokens, and may end after any of them.
Exclusion: no excluded text comes about, in whichever tokens. With `first_token_only` both concern the first token
alone: it begins an included text, and begins no excluded one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from aleph_alpha.testing.server.model.bpe import END, Bpe
from aleph_alpha.testing.server.problems import Rule, invalid

Mask: TypeAlias = NDArray[np.bool_]


class CompletionBias:
    """The bias of one completion, which follows its tokens."""

    def __init__(
        self,
        bpe: Bpe,
        inclusion: Sequence[str] = (),
        exclusion: Sequence[str] = (),
        *,
        first_included_only: bool = False,
        first_excluded_only: bool = False,
    ) -> None:
        self._bpe = bpe
        self._options = [bpe.encode_continuation(text) for text in inclusion if text]
        # As bytes, because a token may be a part of a character.
        self._excluded = [text.encode() for text in exclusion if text]
        self._first_included_only = first_included_only
        self._first_excluded_only = first_excluded_only
        self._open: list[tuple[int, ...]] = list(self._options)
        """What may follow: the rests of the included texts that fit what was generated since the last whole one."""
        self._complete = False
        self._tail = b""
        self._everything: Mask = np.ones(bpe.size, dtype=bool)
        self._everything.setflags(write=False)

    @classmethod
    def of(cls, body: Mapping[str, Any], bpe: Bpe) -> CompletionBias:
        """From a completion request, refusing texts that contradict each other."""
        inclusion = body.get("completion_bias_inclusion", ())
        exclusion = body.get("completion_bias_exclusion", ())
        for text in filter(None, inclusion):
            for other in filter(None, exclusion):
                if text.startswith(other) or other.startswith(text):
                    message = f"{text[:40]!r} is included and {other[:40]!r} excluded: one is a prefix of the other."
                    raise invalid("/completion_bias_inclusion", message, Rule.COMPLETION_BIAS)
        return cls(
            bpe,
            inclusion,
            exclusion,
            first_included_only=bool(body.get("completion_bias_inclusion_first_token_only")),
            first_excluded_only=bool(body.get("completion_bias_exclusion_first_token_only")),
        )

    def allowed(self, generated: int) -> Mask:
        """The tokens to choose from after `generated` of them."""
        allowed = self._everything
        if self._options and not (self._first_included_only and generated):
            allowed = np.zeros_like(allowed)
            allowed[[rest[0] for rest in self._open if rest]] = True
            if self._complete:
                allowed[[option[0] for option in self._options]] = True
                allowed[END] = True
        if self._excluded and not (self._first_excluded_only and generated):
            allowed = allowed.copy()
            for text in self._excluded:
                if self._first_excluded_only:
                    allowed[self._bpe.encode_continuation(text.decode())[0]] = False
                self._forbid(allowed, text)
        return allowed

    def _forbid(self, allowed: Mask, text: bytes) -> None:
        """Tokens that contain the text, or complete it together with what was generated."""
        allowed &= ~_tokens_with(self._bpe, text)
        for length in range(1, len(text)):
            if self._tail.endswith(text[:length]):
                allowed &= ~_tokens_beginning(self._bpe, text[length:])

    def push(self, token: int) -> None:
        """Follows a chosen token."""
        if token == END:
            return
        if self._excluded:
            longest = max(len(text) for text in self._excluded)
            self._tail = (self._tail + self._bpe.token_bytes[token])[-longest:]
        candidates = self._open + (self._options if self._complete else [])
        self._open = [rest[1:] for rest in candidates if rest and rest[0] == token]
        self._complete = any(not rest for rest in self._open)


@lru_cache(maxsize=256)
def _tokens_with(bpe: Bpe, part: bytes) -> Mask:
    return np.array([part in content for content in bpe.token_bytes])


@lru_cache(maxsize=1024)
def _tokens_beginning(bpe: Bpe, beginning: bytes) -> Mask:
    return np.array([content.startswith(beginning) for content in bpe.token_bytes])
