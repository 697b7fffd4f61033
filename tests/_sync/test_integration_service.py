# Made from tests/_async/test_integration_service.py by scripts/unasync.py: change it there, then run `make fix`.
"""Tokens, models, version and refusals against the API as it was recorded."""

from __future__ import annotations

import pytest

from aleph_alpha import (
    BadRequestError,
    Client,
    CompletionRequest,
    DetokenizationRequest,
    NotFoundError,
    Prompt,
    TokenizationRequest,
)
from tests.integration import Models, cassette, only_reference

TEXT = "The harbour of Valparaíso: 12 ships, 3 gulls – and no wind."


@cassette("tokens")
def test_tokens_there_and_back(client: Client, models: Models) -> None:
    tokenized = client.tokenize(TokenizationRequest(TEXT, tokens=True, token_ids=True), models.text)
    assert tokenized.tokens is not None
    assert tokenized.token_ids is not None
    assert len(tokenized.tokens) == len(tokenized.token_ids) > 5
    back = client.detokenize(DetokenizationRequest(tokenized.token_ids), models.text)
    assert back.result.strip() == TEXT


@cassette("tokens_only_ids")
def test_only_what_was_asked_for_is_returned(client: Client, models: Models) -> None:
    response = client.tokenize(TokenizationRequest(TEXT, tokens=False, token_ids=True), models.text)
    assert response.tokens is None
    assert response.token_ids


@cassette("tokenizer")
def test_the_tokenizer_agrees_with_the_api(client: Client, models: Models) -> None:
    tokenizer = client.tokenizer(models.text)
    remote = client.tokenize(TokenizationRequest(TEXT, tokens=True, token_ids=True), models.text)
    local = tokenizer.encode(TEXT)
    assert local.ids == remote.token_ids


@cassette("models")
def test_models_say_what_they_can_do(client: Client, models: Models) -> None:
    listed = client.models()
    assert len({model["name"] for model in listed}) == len(listed) > 0
    assert all(model["max_context_size"] > 0 for model in listed)
    assert models.text in [model["name"] for model in listed]


@cassette("version")
def test_the_version_is_one_that_the_client_works_with(client: Client) -> None:
    assert (client.get_version()).count(".") == 2
    client.validate_version()


@cassette("error_unknown_model")
def test_an_unknown_model_is_named(client: Client) -> None:
    with pytest.raises(NotFoundError) as caught:
        client.complete(CompletionRequest(Prompt.from_text("a"), maximum_tokens=1), "no-such-model")
    assert caught.value.code == "UNKNOWN_MODEL"
    assert caught.value.args[0] == caught.value.status == 404
    assert caught.value.attempts == 1


@cassette("error_prompt_too_long")
def test_a_prompt_that_is_too_long_is_refused(client: Client, models: Models) -> None:
    sizes = {model["name"]: model["max_context_size"] for model in client.models()}
    prompt = Prompt.from_tokens([40] * (sizes[models.text] + 1))
    with pytest.raises(BadRequestError) as caught:
        client.complete(CompletionRequest(prompt, maximum_tokens=1), models.text)
    assert caught.value.code == "PROMPT_TOO_LONG"
    assert isinstance(caught.value, ValueError)


@cassette("error_missing_capability")
def test_a_model_that_cannot_do_it_says_so(client: Client, models: Models) -> None:
    only_reference(models)
    with pytest.raises(BadRequestError) as caught:
        client.complete(CompletionRequest(Prompt.from_text("a"), maximum_tokens=1), "toy-embedding")
    assert caught.value.code == "MISSING_CAPABILITY"
