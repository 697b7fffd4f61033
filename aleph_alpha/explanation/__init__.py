"""Explanations: how much each part of a prompt contributes to a completion."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "analysis": ["ScoreRow"],
        "calls": ["explain_call"],
        "request": [
            "CustomGranularity",
            "ExplanationPostprocessing",
            "ExplanationRequest",
            "PromptGranularity",
            "TargetGranularity",
            "prompt_granularity_to_json",
        ],
        "response": ["Explanation", "ExplanationResponse"],
        "scores": [
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
        ],
    },
)
