"""The module path of earlier versions for :mod:`aleph_alpha.chat.events`."""

from aleph_alpha.chat.events import ChatEvent, ChoiceEnd, TextDelta, ToolCallDelta, ToolCallEnd
from aleph_alpha.chat.response import Usage
from aleph_alpha.completion.events import CompletionResponseStreamItem as CompletionEvent

__all__ = ["ChatEvent", "ChoiceEnd", "CompletionEvent", "TextDelta", "ToolCallDelta", "ToolCallEnd", "Usage"]
