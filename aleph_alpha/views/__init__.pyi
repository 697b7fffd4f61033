# Made from __init__.py by scripts/faces.py: change it there, then run `make fix`.
from .matrix import similarity as similarity
from .view import View as View

__all__ = ["View", "similarity"]
