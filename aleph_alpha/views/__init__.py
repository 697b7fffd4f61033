"""Something to look at: explanations, probabilities, prompts, similarities and rankings.

The classes themselves have ``view()``; this package holds what it returns, and `similarity` for
vectors of any source.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "matrix": ["similarity"],
        "view": ["View"],
    },
)
