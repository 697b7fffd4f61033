"""The module path of earlier versions for :mod:`aleph_alpha.explanation.scores`."""

from aleph_alpha.explanation.scores import (
    ImagePromptItemExplanation,
    ImageScore,
    TargetPromptItemExplanation,
    TargetScore,
    TargetScoreWithRaw,
    TextPromptItemExplanation,
    TextScore,
    TextScoreWithRaw,
    TokenPromptItemExplanation,
    TokenScore,
)

__all__ = [
    "ImagePromptItemExplanation",
    "ImageScore",
    "TargetPromptItemExplanation",
    "TargetScore",
    "TargetScoreWithRaw",
    "TextPromptItemExplanation",
    "TextScore",
    "TextScoreWithRaw",
    "TokenPromptItemExplanation",
    "TokenScore",
]
