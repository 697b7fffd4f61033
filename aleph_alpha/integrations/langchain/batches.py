"""How many requests of a batch are under way at once."""

from __future__ import annotations

from typing import Any

from langchain_core.runnables import RunnableConfig

__all__ = ["at_once"]


def at_once(config: RunnableConfig | list[RunnableConfig] | None, limit: int) -> Any:
    """The configs of a batch, with a limit unless they have a ``max_concurrency`` of their own."""
    own: RunnableConfig = {"max_concurrency": limit}
    if isinstance(config, list):
        return [{**own, **one} for one in config]
    return {**own, **(config or {})}
