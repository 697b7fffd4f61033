"""The module path of earlier versions for :mod:`aleph_alpha.chat.events`."""

from aleph_alpha.chat.events import ChatEvent, ChoiceEnd, CompletionEvent, TextDelta, ToolCallDelta, ToolCallEnd
from aleph_alpha.chat.response import Usage

__all__ = ["ChatEvent", "ChoiceEnd", "CompletionEvent", "TextDelta", "ToolCallDelta", "ToolCallEnd", "Usage"]
