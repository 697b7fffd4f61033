"""The module path of earlier versions for :mod:`aleph_alpha.explanation.request`."""

from aleph_alpha.explanation.request import (
    CustomGranularity,
    ExplanationPostprocessing,
    ExplanationRequest,
    PromptGranularity,
    TargetGranularity,
    prompt_granularity_to_json,
)

__all__ = [
    "CustomGranularity",
    "ExplanationPostprocessing",
    "ExplanationRequest",
    "PromptGranularity",
    "TargetGranularity",
    "prompt_granularity_to_json",
]
