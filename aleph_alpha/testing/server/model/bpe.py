"""The tokenizer: byte-level BPE, trained on the corpus, the same object that `/models/{name}/tokenizer` serves.

Like the tokenizer of the luminous models it puts a space in front of a text that begins with none, so that `Hello` at
the beginning and ` Hello` in the middle are one token. Token 0 ends a text.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers

from aleph_alpha.testing.server.model.corpus import END_OF_TEXT

TOKENIZER_FILE = Path(__file__).parent.parent / "data" / "tokenizer.json"
VOCABULARY_SIZE = 2048
END = 0
"""Id of the end-of-text token."""


def train(documents: Iterable[str]) -> str:
    """The tokenizer JSON that the documents give."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.post_processor = processors.ByteLevel(trim_offsets=True)
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY_SIZE,
        min_frequency=2,
        show_progress=False,
        special_tokens=[END_OF_TEXT],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
    )
    tokenizer.train_from_iterator(documents, trainer)
    return tokenizer.to_str(pretty=False)


@dataclass(frozen=True, slots=True)
class Encoded:
    """A text as tokens; `spans[i]` is the half-open range of characters of token i, without its leading space."""

    ids: tuple[int, ...]
    spans: tuple[tuple[int, int], ...]


class Bpe:
    """Encodes, decodes, and knows the bytes of each token."""

    def __init__(self, json: str) -> None:
        self.json = json
        self._tokenizer = Tokenizer.from_str(json)
        # A second one without the prefix space, for pieces that continue a text.
        self._continuing = Tokenizer.from_str(json)
        self._continuing.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        self.size: int = self._tokenizer.get_vocab_size()
        self.token_bytes: tuple[bytes, ...] = tuple(self._bytes_of(i) for i in range(self.size))
        self.token_texts: tuple[str, ...] = tuple(b.decode("utf-8", "replace") for b in self.token_bytes)

    def _bytes_of(self, token_id: int) -> bytes:
        symbol = self.symbol(token_id)
        if token_id == END:
            return symbol.encode()
        return bytes(_byte_of_symbol()[character] for character in symbol)

    def symbol(self, token_id: int) -> str:
        """The token as it stands in the vocabulary: a byte a character, a space is `Ġ`."""
        symbol: str | None = self._tokenizer.id_to_token(token_id)
        if symbol is None:
            raise ValueError(f"no token {token_id} in a vocabulary of {self.size}")
        return symbol

    def encode(self, text: str) -> Encoded:
        """A text of its own, which gets a prefix space if it begins with none."""
        encoding = self._tokenizer.encode(text)
        return Encoded(tuple(encoding.ids), tuple(encoding.offsets))

    def encode_continuation(self, text: str) -> tuple[int, ...]:
        """A text that continues another one: no prefix space."""
        return tuple(self._continuing.encode(text).ids)

    def decode(self, ids: Sequence[int]) -> str:
        """The text of the ids, exactly as `Tokenizer.decode` gives it: without the end-of-text token."""
        text: str = self._tokenizer.decode(list(ids))
        return text


class TextStream:
    """Turns tokens into text one by one; bytes of an unfinished character wait for the rest of it."""

    def __init__(self, bpe: Bpe) -> None:
        self._bpe = bpe
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")

    def feed(self, token_id: int) -> str:
        """The text that this token completes."""
        return self._decoder.decode(self._bpe.token_bytes[token_id])

    def finish(self) -> str:
        """What is left; a cut character becomes U+FFFD."""
        return self._decoder.decode(b"", final=True)


@cache
def _byte_of_symbol() -> dict[str, int]:
    """The GPT-2 mapping of printable symbols to bytes, inverted: printable bytes stand for themselves."""
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    mapping = {chr(byte): byte for byte in printable}
    others = (byte for byte in range(256) if byte not in set(printable))
    mapping.update({chr(256 + index): byte for index, byte in enumerate(others)})
    return mapping


@cache
def load() -> Bpe:
    """The shipped tokenizer."""
    return Bpe(TOKENIZER_FILE.read_text(encoding="utf-8"))
