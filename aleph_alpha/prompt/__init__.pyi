# Made from __init__.py by scripts/faces.py: change it there, then run `make fix`.
from .controls import ControlTokenOverlap as ControlTokenOverlap
from .formats import PromptStyle as PromptStyle
from .image import Cropping as Cropping, Image as Image, ImageControl as ImageControl
from .lengths import TextPart as TextPart, join_text as join_text, split_text as split_text
from .prompt import OtherItem as OtherItem, Prompt as Prompt, PromptItem as PromptItem
from .text import Text as Text, TextControl as TextControl
from .tokens import TokenControl as TokenControl, Tokens as Tokens

__all__ = [
    "ControlTokenOverlap",
    "Cropping",
    "Image",
    "ImageControl",
    "OtherItem",
    "Prompt",
    "PromptItem",
    "PromptStyle",
    "Text",
    "TextControl",
    "TextPart",
    "TokenControl",
    "Tokens",
    "join_text",
    "split_text",
]
