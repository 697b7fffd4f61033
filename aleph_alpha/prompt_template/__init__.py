"""Prompts from liquid templates, with images and token ids in them.

A template renders to text. What is not text travels through it as a *marker*, a short string with a
random number that nobody can guess, and the rendered text is cut at the markers::

    item ──placeholder / embed_prompt──► marker ──liquid──► text with markers ──► items of a Prompt
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "markers": ["Placeholder"],
        "template": ["PromptTemplate"],
    },
)
