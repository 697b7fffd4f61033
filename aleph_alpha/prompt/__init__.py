"""Prompts: a list of text, token ids and images, each with attention controls."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "controls": ["ControlTokenOverlap"],
        "image": ["Cropping", "Image", "ImageControl"],
        "formats": ["PromptStyle"],
        "lengths": ["TextPart", "join_text", "split_text"],
        "prompt": ["OtherItem", "Prompt", "PromptItem"],
        "text": ["Text", "TextControl"],
        "tokens": ["TokenControl", "Tokens"],
    },
)
