# Made from tests/_async/test_integration_explain.py by scripts/unasync.py: change it there, then run `make fix`.
"""Evaluations and explanations against the API as it was recorded."""

from __future__ import annotations

import pytest

from aleph_alpha import (
    Client,
    CompletionRequest,
    CustomGranularity,
    EvaluationRequest,
    ExplanationPostprocessing,
    ExplanationRequest,
    Image,
    ImagePromptItemExplanation,
    Prompt,
    PromptGranularity,
    TargetGranularity,
    TargetPromptItemExplanation,
    TextPromptItemExplanation,
)
from aleph_alpha.explanation import TextScoreWithRaw
from tests.integration import PICTURE, Models, cassette, only_reference
from tests.views.parsed import page

TEXT = "The sun is shining. The bill is due.\n\nBright light comes from the"


@cassette("evaluate")
def test_what_a_model_would_say_is_likely(client: Client, models: Models) -> None:
    prompt = Prompt.from_text("The sun is")
    completion = client.complete(CompletionRequest(prompt, maximum_tokens=4, log_probs=0), models.text)
    text = completion.completions[0].completion
    assert text is not None
    likely = (client.evaluate(EvaluationRequest(prompt, text), models.text)).result
    unlikely = (client.evaluate(EvaluationRequest(prompt, " quxz zebra ##"), models.text)).result
    assert likely["log_probability"] > unlikely["log_probability"]
    assert likely["correct_greedy"] is True
    assert likely["completion"] == text
    if not models.live:
        assert completion.completions[0].log_probs is not None
        total = sum(next(iter(token.values())) or 0.0 for token in completion.completions[0].log_probs)
        assert likely["log_probability"] == pytest.approx(total, abs=1e-6)


@pytest.mark.parametrize(
    ("granularity", "parts"),
    [
        pytest.param(PromptGranularity.Word, 13, marks=cassette("explain_word")),
        pytest.param(PromptGranularity.Sentence, 3, marks=cassette("explain_sentence")),
        pytest.param(PromptGranularity.Paragraph, 2, marks=cassette("explain_paragraph")),
        pytest.param(CustomGranularity(". "), 2, marks=cassette("explain_custom")),
        pytest.param(PromptGranularity.Token, None, marks=cassette("explain_token")),
        pytest.param(None, None, marks=cassette("explain_auto")),
    ],
)
def test_each_part_of_a_prompt_gets_a_score(
    client: Client, models: Models, granularity: PromptGranularity | CustomGranularity | None, parts: int | None
) -> None:
    request = ExplanationRequest(Prompt.from_text(TEXT), target=" sun", prompt_granularity=granularity)
    answered = client.explain(request, models.text)
    assert page(answered.view().html()).shown(0) == TEXT  # it knows its request
    response = answered.with_text_from_prompt(request)
    (explanation,) = response.explanations
    text, target = explanation.items
    assert isinstance(text, TextPromptItemExplanation)
    assert isinstance(target, TargetPromptItemExplanation)
    texts = [score.text for score in text.scores if isinstance(score, TextScoreWithRaw)]
    assert len(texts) == len(text.scores) > 1
    if parts is not None and not models.live:
        assert len(texts) == parts
    assert all(part in TEXT for part in texts)
    assert {row["text"] for row in explanation.top(2)} <= set(texts)


@cassette("explain_target_tokens")
def test_each_token_of_the_target_is_explained_for_itself(client: Client, models: Models) -> None:
    request = ExplanationRequest(
        Prompt.from_text(TEXT),
        target=" sun and the harbour",
        prompt_granularity=PromptGranularity.Sentence,
        target_granularity=TargetGranularity.Token,
        postprocessing=ExplanationPostprocessing.Absolute,
        normalize=True,
    )
    response = client.explain(request, models.text)
    assert len(response.explanations) >= 4
    for explanation in response.explanations:
        scores = [score.score for score in explanation.items[0].scores]
        assert min(scores) >= 0
        assert max(scores) <= 1


@cassette("explain_image")
def test_parts_of_an_image_get_scores_in_pixels(client: Client, models: Models) -> None:
    image = Image.from_bytes(PICTURE)
    request = ExplanationRequest(
        Prompt([image, "The colour of the sky is"]), target=" blue", prompt_granularity=PromptGranularity.Sentence
    )
    response = (client.explain(request, models.images)).with_image_prompt_items_in_pixels(request.prompt)
    item = response.explanations[0].items[0]
    assert isinstance(item, ImagePromptItemExplanation)
    tiles = item.scores
    assert len(tiles) == 9
    width, height = image.dimensions()
    assert all(0 <= tile.left < tile.left + tile.width <= width for tile in tiles)
    assert all(0 <= tile.top < tile.top + tile.height <= height for tile in tiles)


@cassette("explain_tokens")
def test_token_prompts_are_explained_token_by_token(client: Client, models: Models) -> None:
    only_reference(models)
    request = ExplanationRequest(Prompt.from_tokens([40, 41, 42, 43]), target=" sun")
    response = client.explain(request, models.text)
    assert len(response.explanations[0].items[0].scores) == 4
