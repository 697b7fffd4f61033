# Made from __init__.py by scripts/faces.py: change it there, then run `make fix`.
from .markers import Placeholder as Placeholder
from .template import PromptTemplate as PromptTemplate

__all__ = ["Placeholder", "PromptTemplate"]
