"""Models, tokenizers and the version."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from tokenizers import Tokenizer, models, pre_tokenizers

from aleph_alpha.errors import InvalidRequestError, ResponseError
from aleph_alpha.models import parse_tokenizer, tokenizer_call, version_call


@pytest.fixture(scope="module")
def body() -> bytes:
    """What an installation sends for a model, in small."""
    tokenizer = Tokenizer(models.BPE({"a": 0, "b": 1, "ab": 2, "Ġ": 3}, [("a", "b")]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    return tokenizer.to_str().encode()


@pytest.mark.parametrize(
    ("model", "path"),
    [
        ("luminous-base", "/models/luminous-base/tokenizer"),
        ("../users/me", "/models/..%2Fusers%2Fme/tokenizer"),
        ("a b?c#d", "/models/a%20b%3Fc%23d/tokenizer"),
    ],
)
def test_the_name_of_a_model_cannot_lead_to_another_endpoint(model: str, path: str) -> None:
    call = tokenizer_call(model)
    assert (call.method, call.path, call.query, call.body) == ("GET", path, "", None)


@pytest.mark.parametrize("model", ["", None, 3])
def test_a_tokenizer_without_the_name_of_a_model_is_refused(model: Any) -> None:
    with pytest.raises(InvalidRequestError, match="tokenizer: model must be the name of a model"):
        tokenizer_call(model)


def test_tokenizer_is_a_real_one_that_can_be_copied_and_changed(body: bytes) -> None:
    tokenizer = parse_tokenizer(tokenizer_call("m").parse(body))
    assert isinstance(tokenizer, Tokenizer)
    assert tokenizer.encode("ab").ids == [2]
    twin = copy.deepcopy(tokenizer)
    twin.pre_tokenizer.add_prefix_space = True
    assert (twin.encode("ab").ids, tokenizer.encode("ab").ids) == ([3, 2], [2])


def test_a_version_is_text_without_the_line_end() -> None:
    call = version_call()
    assert (call.method, call.path, call.accept) == ("GET", "/version", "text/plain")
    assert call.parse(b"4.7.0\n") == "4.7.0"
    with pytest.raises(ResponseError, match="not UTF-8 at byte 1"):
        call.parse(b"4\xff")
