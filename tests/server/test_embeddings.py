"""Embeddings: sizes, lengths, and what lies near to what."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st
from numpy.typing import NDArray

from aleph_alpha.testing.server.model import bpe as bpe_module
from tests.server.client import CheckedClient
from tests.server.pictures import picture
from tests.server.strategies import QUICK, known_texts

pytestmark = pytest.mark.slow

bpe = bpe_module.load()
REPRESENTATIONS = ("symmetric", "document", "query")
# Words without a common piece, so that texts of different ones share nothing.
_WORDS = ["apple", "boat", "cloud", "dentist", "elephant", "fjord", "guitar", "helmet", "igloo", "jungle", "kitchen"]


def _cosine(one: Any, other: Any) -> float:
    a, b = np.asarray(one), np.asarray(other)
    return float(a @ b / np.linalg.norm(a) / np.linalg.norm(b))


def _semantic(api: CheckedClient, prompt: Any, representation: str = "symmetric", **fields: Any) -> list[float]:
    body = {"model": "toy-multimodal", "prompt": prompt, "representation": representation, **fields}
    return list(api.call("semanticEmbed", body)["embedding"])


def _embed(api: CheckedClient, prompt: Any, **fields: Any) -> Any:
    return api.call("embed", {"model": "toy-base", "prompt": prompt, "layers": [-1], "pooling": ["mean"], **fields})


class TestSemantic:
    @pytest.mark.parametrize(
        ("fields", "size"), [({}, 5120), ({"compress_to_size": 128}, 128), ({"compress_to_size": None}, 5120)]
    )
    @pytest.mark.parametrize("representation", REPRESENTATIONS)
    def test_has_the_documented_size(
        self, api: CheckedClient, representation: str, fields: dict[str, Any], size: int
    ) -> None:
        assert len(_semantic(api, "hello", representation, **fields)) == size

    @QUICK
    @given(text=known_texts, size=st.sampled_from([None, 128]))
    def test_is_of_length_one_if_asked_for_and_points_the_same_way(
        self, api: CheckedClient, text: str, size: int | None
    ) -> None:
        plain = _semantic(api, text, compress_to_size=size)
        normalized = _semantic(api, text, compress_to_size=size, normalize=True)
        assert np.linalg.norm(normalized) == pytest.approx(1.0, abs=1e-5)
        assert _cosine(plain, normalized) == pytest.approx(1.0, abs=1e-5)
        assert np.linalg.norm(plain) != pytest.approx(1.0, abs=1e-3)

    @QUICK
    @given(
        words=st.lists(st.sampled_from(_WORDS), min_size=6, max_size=6, unique=True),
        shared=st.integers(1, 3),
        size=st.sampled_from([None, 128]),
        pair=st.sampled_from([("symmetric", "symmetric"), ("query", "document"), ("document", "document")]),
    )
    def test_texts_that_share_words_are_closer_than_texts_that_do_not(
        self, api: CheckedClient, words: list[str], shared: int, size: int | None, pair: tuple[str, str]
    ) -> None:
        left, right = words[:3], words[3:]
        near = " ".join([*left[:shared], *right[shared:]])
        of_left = _semantic(api, " ".join(left), pair[0], compress_to_size=size)
        of_near = _semantic(api, near, pair[1], compress_to_size=size)
        of_far = _semantic(api, " ".join(right), pair[1], compress_to_size=size)
        assert _cosine(of_left, of_near) > _cosine(of_left, of_far)

    def test_the_documented_example_pairs_what_belongs_together(self, api: CheckedClient) -> None:
        texts = ["deep learning", "artificial intelligence", "deep diving", "artificial snow"]
        a, b, c, d = (_semantic(api, text) for text in texts)
        assert min(_cosine(a, c), _cosine(b, d)) > max(_cosine(a, b), _cosine(a, d), _cosine(b, c), _cosine(c, d)) + 0.2

    @QUICK
    @given(text=known_texts)
    def test_is_the_same_for_the_same_text_and_other_for_another_representation(
        self, api: CheckedClient, text: str
    ) -> None:
        assert _semantic(api, text) == _semantic(api, [{"type": "text", "data": text}])
        kinds = [tuple(_semantic(api, text, representation)) for representation in REPRESENTATIONS]
        assert len(set(kinds)) == 3

    def test_upper_and_lower_case_mean_the_same(self, api: CheckedClient) -> None:
        assert _semantic(api, "The Sea") == _semantic(api, "the sea")

    def test_a_red_image_is_close_to_the_word(self, api: CheckedClient) -> None:
        image = _semantic(api, [{"type": "image", "data": picture("red")}])
        assert _cosine(image, _semantic(api, "red")) > 0.9 > _cosine(image, _semantic(api, "blue"))

    def test_token_ids_mean_what_their_text_does(self, api: CheckedClient) -> None:
        ids = [{"type": "token_ids", "data": list(bpe.encode("pizza with cheese").ids)}]
        assert _cosine(_semantic(api, ids), _semantic(api, "pizza with cheese")) > 0.99

    def test_a_control_takes_weight_from_a_word(self, api: CheckedClient) -> None:
        control = {"start": 0, "length": 5, "factor": 0.1}
        controlled = _semantic(api, [{"type": "text", "data": "pizza cheese", "controls": [control]}])
        plain, pizza = _semantic(api, "pizza cheese"), _semantic(api, "pizza")
        assert _cosine(controlled, pizza) < _cosine(plain, pizza) - 0.2

    @pytest.mark.parametrize("text", ["", "   ", "!?", "日本語"])
    def test_texts_without_usual_words_have_one_too(self, api: CheckedClient, text: str) -> None:
        assert np.linalg.norm(_semantic(api, text)) > 0


class TestBatch:
    @QUICK
    @given(texts=st.lists(known_texts, max_size=5))
    def test_answers_in_the_order_of_the_prompts(self, api: CheckedClient, texts: list[str]) -> None:
        body = {"prompts": texts, "representation": "document", "compress_to_size": 128}
        answer = api.call("batchSemanticEmbed", body)
        assert answer["embeddings"] == [_semantic(api, text, "document", compress_to_size=128) for text in texts]
        assert answer["num_tokens_prompt_total"] == sum(len(bpe.encode(text).ids) for text in texts)

    def test_of_more_than_a_hundred_is_refused(self, api: CheckedClient) -> None:
        body = {"prompts": ["a"] * 101, "representation": "document"}
        status, code, message = api.refused("batchSemanticEmbed", body)
        assert (status, code) == (400, "INVALID_REQUEST")
        assert message.startswith("/prompts:")

    def test_a_fault_in_one_prompt_is_pointed_to(self, api: CheckedClient) -> None:
        prompts = ["a", [{"type": "token_ids", "data": [10**6]}]]
        _, _, message = api.refused("batchSemanticEmbed", {"prompts": prompts, "representation": "query"})
        assert message.startswith("/prompts/1/0/data/0:")


class TestInstructable:
    def _embed(self, api: CheckedClient, text: str, instruction: str) -> list[float]:
        body = {"input": text, "instruction": instruction, "normalize": True}
        return list(api.call("instructableEmbed", body)["embedding"])

    def test_depends_on_the_instruction(self, api: CheckedClient) -> None:
        text = "Ida eats bread and looks at the sea"
        assert self._embed(api, text, "food") != self._embed(api, text, "places")

    def test_words_of_the_instruction_count_more(self, api: CheckedClient) -> None:
        text, other = "bread at the sea", "bread in the kitchen"
        about_bread = _cosine(self._embed(api, text, "bread"), self._embed(api, other, "bread"))
        about_sea = _cosine(self._embed(api, text, "sea"), self._embed(api, other, "sea"))
        assert about_bread > about_sea


class TestLayers:
    def test_layer_minus_one_has_its_own_number(self, api: CheckedClient) -> None:
        answer = _embed(api, "abc", layers=[-1, 0, 12, -13])
        assert set(answer["embeddings"]) == {"layer_12", "layer_0"}
        assert len(answer["embeddings"]["layer_12"]["mean"]) == 5120

    @pytest.mark.parametrize("layer", [13, -14])
    def test_layers_that_are_not_there_are_refused(self, api: CheckedClient, layer: int) -> None:
        body = {"model": "toy-base", "prompt": "a", "layers": [0, layer], "pooling": ["mean"]}
        assert api.refused("embed", body)[2].startswith("/layers/1:")

    def test_poolings_relate_as_documented(self, api: CheckedClient) -> None:
        poolings = ["mean", "weighted_mean", "max", "last_token", "abs_max"]
        vectors = _embed(api, "the sea is blue", pooling=poolings)["embeddings"]["layer_12"]
        mean, weighted, highest, last, absolute = (np.array(vectors[name]) for name in poolings)
        assert (highest >= np.maximum(mean, last) - 1e-6).all()
        assert (absolute >= np.abs(highest) - 1e-6).all()
        assert _cosine(weighted, last) > _cosine(mean, last)

    def test_of_one_token_all_but_one_pooling_are_the_same(self, api: CheckedClient) -> None:
        vectors = _embed(api, "sea", pooling=["mean", "weighted_mean", "max", "last_token"])["embeddings"]["layer_12"]
        assert len({tuple(vector) for vector in vectors.values()}) == 1

    def test_an_unknown_pooling_is_refused(self, api: CheckedClient) -> None:
        body = {"model": "toy-base", "prompt": "a", "layers": [0], "pooling": ["mean", "sum"]}
        assert api.refused("embed", body)[2].startswith("/pooling/1:")

    def test_layer_zero_knows_no_context_and_higher_ones_more_and_more(self, api: CheckedClient) -> None:
        def last(prompt: str, layer: int) -> list[float]:
            answer = _embed(api, prompt, layers=[layer], pooling=["last_token"])
            return list(answer["embeddings"][f"layer_{layer}"]["last_token"])

        alike = [_cosine(last("the sea", layer), last("a lazy dog and the sea", layer)) for layer in (0, 4, 12)]
        assert alike[0] == pytest.approx(1.0, abs=1e-5)
        assert alike[0] > alike[1] > alike[2]

    def test_tokens_come_as_text_if_asked_for(self, api: CheckedClient) -> None:
        assert "".join(_embed(api, "the blue sea", tokens=True)["tokens"]) == " the blue sea"
        assert _embed(api, "the blue sea", tokens=None)["tokens"] is None

    def test_normalize_and_type_have_an_effect(self, api: CheckedClient) -> None:
        def vector(**fields: Any) -> list[float]:
            return list(_embed(api, "abc", **fields)["embeddings"]["layer_12"]["mean"])

        assert np.linalg.norm(vector(normalize=True)) == pytest.approx(1.0, abs=1e-5)
        assert vector(type=None) == vector() != vector(type="symmetric")


class TestOpenAiStyle:
    def _embed(self, api: CheckedClient, given: Any, **fields: Any) -> Any:
        return api.call("embeddings", {"model": "toy-embedding", "input": given, **fields})

    @QUICK
    @given(texts=st.lists(known_texts, min_size=1, max_size=4), dimensions=st.sampled_from([None, 1, 64, 1024]))
    def test_base64_holds_the_same_numbers_as_little_endian_float32(
        self, api: CheckedClient, texts: list[str], dimensions: int | None
    ) -> None:
        fields = {} if dimensions is None else {"dimensions": dimensions}
        floats = self._embed(api, texts, encoding_format="float", **fields)
        packed = self._embed(api, texts, encoding_format="base64", **fields)
        assert floats["usage"] == packed["usage"]
        assert [entry["index"] for entry in floats["data"]] == list(range(len(texts)))
        for one, other in zip(floats["data"], packed["data"], strict=True):
            unpacked: NDArray[np.float32] = np.frombuffer(base64.b64decode(other["embedding"]), dtype="<f4")
            assert len(unpacked) == (dimensions or 1024)
            assert np.array_equal(unpacked, np.array(one["embedding"], dtype=np.float32))
            assert np.linalg.norm(unpacked) == pytest.approx(1.0, abs=1e-5)

    def test_takes_texts_and_ids_alone_and_in_lists(self, api: CheckedClient) -> None:
        ids = list(bpe.encode("the blue sea").ids)
        alone, listed = self._embed(api, "the blue sea"), self._embed(api, ["the blue sea", "x"])
        as_ids, as_lists = self._embed(api, ids), self._embed(api, [ids, ids])
        assert alone["data"][0] == listed["data"][0]
        assert len(as_ids["data"]) == 1
        assert len(as_lists["data"]) == 2
        assert alone["usage"] == as_ids["usage"] == {"prompt_tokens": 3, "total_tokens": 3}
        assert _cosine(alone["data"][0]["embedding"], as_ids["data"][0]["embedding"]) > 0.99

    @pytest.mark.parametrize(
        ("fields", "pointer"),
        [
            ({"dimensions": 1025}, "/dimensions"),
            ({"user": "me"}, "/user"),
            ({"input": [[1], [-1]]}, "/input/1/0/data/0"),
        ],
    )
    def test_what_it_cannot_do_is_refused(self, api: CheckedClient, fields: dict[str, Any], pointer: str) -> None:
        body = {"model": "toy-embedding", "input": "a", **fields}
        assert api.refused("embeddings", body)[2].startswith(f"{pointer}:")

    def test_texts_that_share_words_are_closer(self, api: CheckedClient) -> None:
        data = self._embed(api, ["a fjord in winter", "a fjord in summer", "kitchen helmet"], dimensions=256)["data"]
        a, b, c = (entry["embedding"] for entry in data)
        assert _cosine(a, b) > _cosine(a, c)


def test_another_server_embeds_alike(api: CheckedClient) -> None:
    """Vectors depend on the text only, so that stored ones can be compared with new ones."""
    with CheckedClient(seed=99) as other:
        assert _semantic(other, "the blue sea") == _semantic(api, "the blue sea")
        assert _embed(other, "the blue sea") == _embed(api, "the blue sea")
