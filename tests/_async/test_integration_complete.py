"""Completions against the API as it was recorded."""

from __future__ import annotations

import pytest

from aleph_alpha import AsyncClient, CompletionRequest, Image, Prompt, PromptTemplate, Text
from tests.integration import PICTURE, Models, cassette

START = "The sun is shining and"


@cassette("complete")
async def test_a_prompt_is_continued(client: AsyncClient, models: Models) -> None:
    response = await client.complete(CompletionRequest(Prompt.from_text(START), maximum_tokens=8), models.text)
    (result,) = response.completions
    assert result.completion
    assert result.finish_reason == "maximum_tokens"
    assert response.num_tokens_generated == 8
    assert response.num_tokens_prompt_total > 0
    assert response.model_version
    assert response.meta is not None
    assert (response.meta.status, response.meta.attempts) == (200, 1)


@cassette("complete_twice")
async def test_the_likeliest_completion_is_the_same_each_time(client: AsyncClient, models: Models) -> None:
    request = CompletionRequest(Prompt.from_text(START), maximum_tokens=8)
    assert await client.complete(request, models.text) == await client.complete(request, models.text)


@cassette("complete_log_probs")
async def test_log_probabilities_come_with_each_token(client: AsyncClient, models: Models) -> None:
    request = CompletionRequest(Prompt.from_text(START), maximum_tokens=6, log_probs=3, tokens=True)
    (result,) = (await client.complete(request, models.text)).completions
    assert result.log_probs is not None
    assert result.completion_tokens is not None
    assert len(result.log_probs) == len(result.completion_tokens) == 6
    for token, alternatives in zip(result.completion_tokens, result.log_probs, strict=True):
        assert 3 <= len(alternatives) <= 4
        assert all(value is not None and value <= 0 for value in alternatives.values())
        assert max(alternatives, key=lambda each: alternatives[each] or 0.0) == token


@cassette("complete_n")
async def test_several_completions_can_be_asked_for(client: AsyncClient, models: Models) -> None:
    request = CompletionRequest(Prompt.from_text(START), maximum_tokens=6, n=3, temperature=1.0)
    response = await client.complete(request, models.text)
    assert len(response.completions) == 3
    assert response.num_tokens_generated > 6


@cassette("complete_best_of")
async def test_the_best_of_several_is_returned(client: AsyncClient, models: Models) -> None:
    request = CompletionRequest(Prompt.from_text(START), maximum_tokens=6, n=1, best_of=4, temperature=1.0, log_probs=0)
    response = await client.complete(request, models.text)
    assert len(response.completions) == 1
    assert response.num_tokens_generated > 6


@cassette("complete_stop")
async def test_a_stop_sequence_ends_the_completion(client: AsyncClient, models: Models) -> None:
    request = CompletionRequest(Prompt.from_text("One, two, three,"), maximum_tokens=64, stop_sequences=[",", "."])
    (result,) = (await client.complete(request, models.text)).completions
    assert result.completion is not None
    assert not {",", "."} & set(result.completion)
    assert result.finish_reason == "stop_sequence_reached"


@cassette("complete_echo")
async def test_the_prompt_can_be_echoed(client: AsyncClient, models: Models) -> None:
    request = CompletionRequest(Prompt.from_text(START), maximum_tokens=4, echo=True, log_probs=0)
    (result,) = (await client.complete(request, models.text)).completions
    assert result.completion is not None
    assert START in result.completion
    assert result.log_probs is not None
    assert len(result.log_probs) > 4


@cassette("complete_sampling")
async def test_every_parameter_is_understood(client: AsyncClient, models: Models) -> None:
    request = CompletionRequest(
        Prompt([Text.from_text("An apple a day. ").with_control("apple", 0.5), "The doctor and the"]),
        maximum_tokens=12,
        minimum_tokens=4,
        temperature=0.7,
        top_k=20,
        top_p=0.9,
        presence_penalty=0.1,
        frequency_penalty=0.2,
        sequence_penalty=0.3,
        sequence_penalty_min_length=3,
        repetition_penalties_include_prompt=True,
        use_multiplicative_presence_penalty=True,
        use_multiplicative_frequency_penalty=True,
        use_multiplicative_sequence_penalty=True,
        penalty_bias=" doctor",
        penalty_exceptions=[" the"],
        penalty_exceptions_include_stop_sequences=False,
        logit_bias={5: -1.5},
        stop_sequences=["\n\n"],
        disable_optimizations=True,
        completion_bias_inclusion=[" is", " was", " a", " the", " day", ".", " and"],
        completion_bias_exclusion=[" no"],
        completion_bias_inclusion_first_token_only=True,
        completion_bias_exclusion_first_token_only=True,
        contextual_control_threshold=0.8,
        control_log_additive=False,
        repetition_penalties_include_completion=False,
        raw_completion=True,
    )
    response = await client.with_options(nice=True, hosting="aleph-alpha", tags=["test"]).complete(request, models.text)
    assert response.num_tokens_generated >= 4
    assert response.completions[0].raw_completion is not None


@cassette("complete_tokens")
async def test_a_prompt_can_be_made_of_token_ids(client: AsyncClient, models: Models) -> None:
    request = CompletionRequest(Prompt.from_tokens([40, 41, 42]), maximum_tokens=4)
    response = await client.complete(request, models.text)
    assert response.num_tokens_prompt_total == 3
    assert response.num_tokens_generated == 4


@cassette("complete_template_with_image")
async def test_a_template_with_an_image_is_completed(client: AsyncClient, models: Models) -> None:
    template = PromptTemplate("{% for name in names %}Hello {{ name }}! {% endfor %}{{ image }}The picture shows")
    image = template.placeholder(Image.from_bytes(PICTURE))
    prompt = template.to_prompt(names=["World", "Rutger"], image=image)
    response = await client.complete(CompletionRequest(prompt, maximum_tokens=8), models.images)
    text_only = Prompt([item for item in prompt.items if not isinstance(item, Image)])
    without = await client.complete(CompletionRequest(text_only, maximum_tokens=8), models.images)
    assert response.num_tokens_prompt_total - without.num_tokens_prompt_total == pytest.approx(144, abs=2)
