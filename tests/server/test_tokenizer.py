"""The tokenizer that is served, and the endpoints that use it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, strategies as st
from tokenizers import Tokenizer

from aleph_alpha.testing.server.model import bpe as bpe_module, images
from aleph_alpha.testing.server.model.bpe import TextStream
from tests.server.client import CheckedClient
from tests.server.strategies import MANY, QUICK, any_texts, known_texts

ROOT = Path(__file__).parents[2]
bpe = bpe_module.load()
token_ids = st.lists(st.integers(0, bpe.size - 1), max_size=30)


@pytest.fixture(scope="module")
def served(api: CheckedClient) -> Tokenizer:
    return Tokenizer.from_str(api.send("getModelTokenizer", path={"modelName": "toy-base"}).text)


@QUICK
@given(text=any_texts | known_texts)
def test_tokenize_agrees_with_the_served_tokenizer(api: CheckedClient, served: Tokenizer, text: str) -> None:
    answer = api.call("tokenize", {"model": "toy-base", "prompt": text, "tokens": True, "token_ids": True})
    encoding = served.encode(text)
    assert answer == {"tokens": encoding.tokens, "token_ids": encoding.ids}


@QUICK
@given(ids=token_ids)
def test_detokenize_agrees_with_the_served_tokenizer(api: CheckedClient, served: Tokenizer, ids: list[int]) -> None:
    assert api.call("detokenize", {"model": "toy-base", "token_ids": ids}) == {"result": served.decode(ids)}


def test_tokenize_answers_only_what_is_asked_for(api: CheckedClient) -> None:
    request = {"model": "toy-base", "prompt": "Hello"}
    assert set(api.call("tokenize", {**request, "tokens": True, "token_ids": False})) == {"tokens"}
    assert set(api.call("tokenize", {**request, "tokens": False, "token_ids": True})) == {"token_ids"}
    assert api.call("tokenize", {**request, "tokens": False, "token_ids": False}) == {}


@MANY
@given(text=any_texts)
def test_a_text_comes_back_from_its_tokens_after_one_prefix_space(text: str) -> None:
    prefix = "" if not text or text.startswith(" ") else " "
    assert bpe.decode(bpe.encode(text).ids) == prefix + text
    assert bpe.decode(bpe.encode_continuation(text)) == text


@MANY
@given(ids=st.lists(st.integers(1, bpe.size - 1), max_size=30))
def test_tokens_told_one_by_one_give_the_same_text_as_all_at_once(ids: list[int]) -> None:
    stream = TextStream(bpe)
    assert "".join([stream.feed(token) for token in ids]) + stream.finish() == bpe.decode(ids)


@MANY
@given(text=any_texts)
def test_spans_point_to_the_text_of_the_tokens(text: str) -> None:
    encoded = bpe.encode(text)
    for token, (start, end) in zip(encoded.ids, encoded.spans, strict=True):
        assert 0 <= start <= end <= len(text)
        if "\ufffd" not in bpe.token_texts[token]:
            assert text[start:end] == bpe.token_texts[token].strip() or text[start:end].strip() == ""


@pytest.mark.parametrize("ids", [[-1], [bpe.size], [1, 2, 10**12]])
def test_ids_outside_the_vocabulary_are_refused_with_their_place(api: CheckedClient, ids: list[int]) -> None:
    status, code, message = api.refused("detokenize", {"model": "toy-base", "token_ids": ids})
    assert (status, code) == (400, "INVALID_REQUEST")
    assert message.startswith(f"/token_ids/{len(ids) - 1}:")


def test_every_colour_of_the_image_rule_is_one_token() -> None:
    assert all(len(bpe.encode(name).ids) == 1 for name in images.COLOURS)


def test_the_shipped_tokenizer_is_what_the_corpus_gives() -> None:
    script = ROOT / "scripts" / "build_tokenizer.py"
    done = subprocess.run([sys.executable, str(script), "--check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
