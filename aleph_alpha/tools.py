"""The module path of earlier versions for :mod:`aleph_alpha.chat.tools`."""

from aleph_alpha.chat.tool_loop import ToolLoopError, ToolRun, toolbox
from aleph_alpha.chat.tool_results import tool_result
from aleph_alpha.chat.tools import Tool, tool_model

__all__ = ["Tool", "ToolLoopError", "ToolRun", "tool_model", "tool_result", "toolbox"]
