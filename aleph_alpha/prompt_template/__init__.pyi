# Made from __init__.py by scripts/faces.py: change it there, then run `make fix`.
from .template import Placeholder as Placeholder, PromptTemplate as PromptTemplate

__all__ = ["Placeholder", "PromptTemplate"]
