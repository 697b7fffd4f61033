# Made from __init__.py by scripts/faces.py: change it there, then run `make fix`.
from .analysis import ScoreRow as ScoreRow
from .calls import explain_call as explain_call
from .request import (
    CustomGranularity as CustomGranularity,
    ExplanationPostprocessing as ExplanationPostprocessing,
    ExplanationRequest as ExplanationRequest,
    PromptGranularity as PromptGranularity,
    TargetGranularity as TargetGranularity,
    prompt_granularity_to_json as prompt_granularity_to_json,
)
from .response import Explanation as Explanation, ExplanationResponse as ExplanationResponse
from .scores import (
    ImagePromptItemExplanation as ImagePromptItemExplanation,
    ImageScore as ImageScore,
    TargetPromptItemExplanation as TargetPromptItemExplanation,
    TargetScore as TargetScore,
    TargetScoreWithRaw as TargetScoreWithRaw,
    TextPromptItemExplanation as TextPromptItemExplanation,
    TextScore as TextScore,
    TextScoreWithRaw as TextScoreWithRaw,
    TokenPromptItemExplanation as TokenPromptItemExplanation,
    TokenScore as TokenScore,
)

__all__ = [
    "CustomGranularity",
    "Explanation",
    "ExplanationPostprocessing",
    "ExplanationRequest",
    "ExplanationResponse",
    "ImagePromptItemExplanation",
    "ImageScore",
    "PromptGranularity",
    "ScoreRow",
    "TargetGranularity",
    "TargetPromptItemExplanation",
    "TargetScore",
    "TargetScoreWithRaw",
    "TextPromptItemExplanation",
    "TextScore",
    "TextScoreWithRaw",
    "TokenPromptItemExplanation",
    "TokenScore",
    "explain_call",
    "prompt_granularity_to_json",
]
